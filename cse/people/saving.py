"""Saving what somebody edited: what was saved meanwhile shows, and a name taken says so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from cse.audit import events

#: Which field a constraint is about, by a part of its name; else the name.
_FIELDS = {"email": "email", "leads": "kind", "label": "label"}


class Changed(Exception):  # noqa: N818  (nothing failed: somebody else was first)
    """Somebody else saved it meanwhile; ``current`` is what is stored now."""

    def __init__(self, current: models.Model) -> None:
        super().__init__("It was changed meanwhile.")
        self.current = current


class Taken(Exception):  # noqa: N818
    """Another one has this name or address; ``field`` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is taken")
        self.field = field


def version_of(instance: models.Model, fields: Iterable[str]) -> str:
    """What an edit page was opened on: a digest of the fields it edits."""
    values = [str(getattr(instance, name)) for name in fields]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:20]


def save_edit(
    instance: Any,
    fields: tuple[str, ...],
    values: Mapping[str, Any],
    version: str,
    act: str,
    by: Any,
) -> list[str]:
    """Lock, compare, change, save, record. Raises `Changed`; saves nothing when nothing differs."""
    current = type(instance).objects.select_for_update().get(pk=instance.pk)
    if version != version_of(current, fields):
        raise Changed(current)
    changed = [name for name in fields if getattr(current, name) != values[name]]
    if not changed:
        return changed
    for name in changed:
        setattr(current, name, values[name])
    save_or_taken(current)
    events.record(act, by=by, obj=current, changed=changed)
    return changed


def save_or_taken(instance: Any) -> None:
    """Save; a name or address that exists already raises `Taken`, and nothing is half done."""
    try:
        with transaction.atomic():
            instance.save()
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        if "ends_after" in name:
            raise ValidationError("It ends before it starts.") from error
        field = next((field for part, field in _FIELDS.items() if part in name), "name")
        raise Taken(field) from error
