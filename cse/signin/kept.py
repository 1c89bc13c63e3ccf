"""Keeping what was typed when a session ended, and giving it back to the same person.

A form that arrives after its session has ended is nobody's act: it is not carried out. Its text
is kept on the server, encrypted, for a day, under the account on whose page it was typed (the form
says which, ``cse.signin.authors``; a signed cookie where it does not), and shown to that account
alone (bad-input.md, "session ends while typing"). Nothing is stored in the browser.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from cse.audit import events
from cse.audit.extra import AUTHOR
from cse.signin.models import KeptForm
from cse.signin.secrets import decrypt, encrypt

PURPOSE = "kept form"
KEPT_FOR = dt.timedelta(hours=24)
#: An anonymous sender must not fill the table: at most so many for one account.
MOST = 50
#: Never kept, whatever the form.
SECRETS = ("password", "csrfmiddlewaretoken", AUTHOR, "otp", "credential")


@dataclass(frozen=True)
class Given:
    """A kept form as its page shows it: readable fields, every one of them."""

    id: uuid.UUID
    path: str
    page: str
    kept_at: dt.datetime
    can_send_again: bool
    fields: tuple[tuple[str, str], ...]


@transaction.atomic
def keep(
    *,
    user_id: uuid.UUID,
    path: str,
    page: str,
    fields: Mapping[str, Sequence[str]],
    can_send_again: bool = True,
) -> KeptForm | None:
    """Keep a form's texts for that account; None when there is nothing in it worth keeping."""
    pairs = [
        [name, value]
        for name, values in fields.items()
        for value in values
        if not any(word in name.lower() for word in SECRETS)
    ]
    forget_expired()
    _forget_earlier(user_id, path, pairs)
    if not any(value.strip() for _, value in pairs) or _waiting(user_id).count() >= MOST:
        return None
    now = timezone.now()
    row = KeptForm(
        user_id=user_id,
        path=path[:500],
        page=page[:500],
        fields=encrypt(json.dumps(pairs), purpose=PURPOSE),
        can_send_again=can_send_again and len(path) <= 500,
        kept_at=now,
        expires_at=now + KEPT_FOR,
    )
    row.save()
    events.record("typed text kept", obj=row, data={"for": str(user_id)})
    return row


def waiting_for(user: Any) -> list[Given]:
    """What waits for this person, newest first. What cannot be decrypted any more is left out."""
    return [given for row in _waiting(user.pk) if (given := _read(row))]


def waits_for(user_id: uuid.UUID | None) -> bool:
    """Whether something typed waits for this account; nobody's waits for nobody."""
    return user_id is not None and bool(_waiting(user_id).exists())


@transaction.atomic
def drop(*, kept_id: uuid.UUID, by: Any) -> bool:
    """Delete what waits for this person; False when there is no such thing of theirs."""
    row = _waiting(by.pk).filter(pk=kept_id).first()
    if row is None:
        return False
    events.record("typed text given back", by=by, obj=row)
    row.delete()
    return True


def forget_expired() -> int:
    """Delete what is older than a day; how many there were."""
    return KeptForm.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def forget_ended_sessions() -> int:
    """Delete sessions that are over, with what they held; how many there were."""
    return Session.objects.filter(expire_date__lte=timezone.now()).delete()[0]


def _forget_earlier(user_id: uuid.UUID, path: str, pairs: list[list[str]]) -> None:
    """Delete what the newer form says too: one page saves itself first and is then sent.

    What was typed in another window, and does not stand in the newer form, stays.
    """
    newer: dict[str, list[str]] = {}
    for name, value in pairs:
        newer.setdefault(name, []).append(value)
    for row in _waiting(user_id).filter(path=path[:500]):
        given = _read(row)
        if given and all(_says_too(newer.get(name, []), value) for name, value in given.fields):
            row.delete()


def _says_too(newer: list[str], value: str) -> bool:
    """Whether a newer value begins with this one: typing goes on at the end."""
    return not value.strip() or any(each.startswith(value) for each in newer)


def _waiting(user_id: uuid.UUID) -> Any:
    return KeptForm.objects.filter(user_id=user_id, expires_at__gt=timezone.now())


def _read(row: KeptForm) -> Given | None:
    try:
        pairs = json.loads(decrypt(row.fields, purpose=PURPOSE))
    except ValueError:
        return None
    return Given(
        id=row.pk,
        path=row.path,
        page=row.page,
        kept_at=row.kept_at,
        can_send_again=row.can_send_again,
        fields=tuple((str(name), str(value)) for name, value in pairs),
    )
