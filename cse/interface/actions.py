"""Acts on the language helper's terms. What somebody writes is never an act and leaves no trace."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.policies import NotAllowed, check
from cse.audit import events
from cse.interface.models import LanguageTerm
from cse.people.saving import Changed, version_of

FIELDS = ("label", "phrases", "why", "alternative", "source")


@transaction.atomic
def add_term(*, by: Any, **fields: str) -> LanguageTerm:
    """Add a term; `fields` are those of `FIELDS`. Raises ValidationError for a bad phrase."""
    check(by, Capability.MANAGE_LANGUAGE)
    term = LanguageTerm(**fields)
    term.full_clean()
    term.save()
    events.record("language term added", by=by, obj=term, changed=FIELDS)
    return term


@transaction.atomic
def change_term(*, by: Any, term: LanguageTerm, version: str, **fields: str) -> LanguageTerm:
    """Change a term. Nothing is written where nothing differs.

    ``version`` is that of `FIELDS` which the page was opened on; raises `Changed` for an older one.
    """
    check(by, Capability.MANAGE_LANGUAGE)
    term = LanguageTerm.objects.select_for_update().get(pk=term.pk)
    if version != version_of(term, FIELDS):
        raise Changed(term)
    changed = [name for name in fields if getattr(term, name) != fields[name]]
    if not changed:
        return term
    for name in changed:
        setattr(term, name, fields[name])
    term.full_clean()
    term.save()
    events.record("language term changed", by=by, obj=term, changed=changed)
    return term


@transaction.atomic
def retire_term(*, by: Any, term: LanguageTerm) -> LanguageTerm:
    """Take a term out of use; it stays on record and can come back."""
    return _set_retired(by, term, retired=True)


@transaction.atomic
def restore_term(*, by: Any, term: LanguageTerm) -> LanguageTerm:
    """Put a retired term back into use."""
    return _set_retired(by, term, retired=False)


def _set_retired(by: Any, term: LanguageTerm, *, retired: bool) -> LanguageTerm:
    check(by, Capability.MANAGE_LANGUAGE)
    term = LanguageTerm.objects.select_for_update().get(pk=term.pk)
    if (term.retired_at is not None) == retired:
        raise NotAllowed("The term is already " + ("retired." if retired else "in use."))
    term.retired_at = timezone.now() if retired else None
    term.save()
    act = "language term retired" if retired else "language term restored"
    events.record(act, by=by, obj=term, changed=["retired_at"])
    return term
