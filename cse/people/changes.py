"""Changes of an account that take two people: its address, and taking its second factor away.

An administrator asks; another administrator, or a safeguarding lead or senior manager of the
person's agency, agrees. Nobody agrees to what they asked for, nor to what is about themselves.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.policies import NotAllowed, NotVisible, check
from cse.audit import events
from cse.people.models import AccountChange, ChangeKind, ChangeOutcome, User
from cse.people.notices import send_notice
from cse.people.queries import changes_open_to, second_people_for
from cse.people.saving import Taken, save_or_taken
from cse.people.sessions import end_sessions_of

MAIL = "account/email/account_change_"


def takes_two(by: Any, person: User) -> bool:
    """Whether a change of this account decides who can act as somebody else.

    Not one's own account, nor one that nobody has used or that never had a post: whoever made it
    chose its address.
    """
    used = person.last_login is not None or person.has_usable_password()
    return by.pk != person.pk and used and person.posts.exists()


def ask_for_change(
    *, by: Any, person: User, kind: str, new_email: str = "", reason: str = ""
) -> AccountChange:
    """Let a change wait for a second person; the person is told at the address they have now.

    For callers that have checked that ``by`` administers this account, in their transaction.
    Raises `Taken` for an address in use, `NotAllowed` where such a change waits already.
    """
    User.objects.select_for_update().get(pk=person.pk)
    if new_email and User.objects.filter(email__iexact=new_email).exclude(pk=person.pk).exists():
        raise Taken("email")
    if AccountChange.objects.filter(person=person, kind=kind, outcome="").exists():
        raise NotAllowed("Such a change waits for a second person already. Withdraw it first.")
    change = AccountChange(
        person=person, kind=kind, new_email=new_email, reason=reason, asked_by=by
    )
    change.save()
    events.record(
        "change of account asked for",
        by=by,
        obj=person,
        reason=reason,
        data={"kind": kind, "change": str(change.pk)},
    )
    send_notice(person, f"{MAIL}asked")
    for colleague in second_people_for(change):
        send_notice(colleague, f"{MAIL}waits")
    return change


@transaction.atomic
def agree_to_change(*, by: Any, change: AccountChange) -> None:
    """The second person agrees: the change holds now, and every session of the account ends.

    Raises `NotVisible` for a change that is not this person's to decide, `NotAllowed` for one's
    own or one decided meanwhile, `Taken` where the address has become somebody else's.
    """
    current = _to_decide(by, change)
    if current.asked_by_id == by.pk:
        events.refused("agree to a change of an account", rule="own request", obj=current.person)
        raise NotAllowed("You asked for this change: somebody else has to agree.")
    person = User.objects.select_for_update().get(pk=current.person_id)
    old = person.email
    if current.kind == ChangeKind.ADDRESS:
        person.email = current.new_email
        save_or_taken(person)
    else:
        take_factors(person)
    _decide(current, by, ChangeOutcome.AGREED)
    took_effect(by=by, person=person, kind=current.kind, old=old, reason=current.reason,
                asked_by=current.asked_by_id)  # fmt: skip


@transaction.atomic
def refuse_change(*, by: Any, change: AccountChange) -> None:
    """Somebody who may decide refuses, or whoever asked withdraws: the account stays as it is."""
    current = _to_decide(by, change)
    _decide(current, by, ChangeOutcome.REFUSED)
    events.record(
        "change of account refused",
        by=by,
        obj=current.person,
        data={"kind": current.kind, "change": str(current.pk)},
    )


def _to_decide(by: Any, change: AccountChange) -> AccountChange:
    check(by, Capability.AGREE_ACCOUNT_CHANGE)
    current = AccountChange.objects.select_for_update().get(pk=change.pk)
    if current.outcome:
        raise NotAllowed("This change was decided meanwhile.")
    if not changes_open_to(by).filter(pk=current.pk).exists():
        raise NotVisible
    return current


def _decide(change: AccountChange, by: Any, outcome: str) -> None:
    change.outcome, change.decided_by, change.decided_at = outcome, by, timezone.now()
    change.save()


def take_factors(person: User) -> None:
    """All second factors of an account go. Raises `NotAllowed` where there is none."""
    from allauth.mfa.models import Authenticator

    removed, _ = Authenticator.objects.filter(user_id=person.pk).delete()
    if not removed:
        raise NotAllowed("There is no second factor to remove.")


def took_effect(
    *, by: Any, person: User, kind: str, old: str, reason: str = "", asked_by: Any = None
) -> None:
    """The event of an address or factor changed; sessions end, and the old address is told."""
    ended = end_sessions_of(person.pk)
    data = {"kind": "all", "by": "administrator", "sessions_ended": ended}
    if asked_by is not None:
        data["asked_by"] = str(asked_by)
    if kind == ChangeKind.ADDRESS:
        events.record("address changed", by=by, obj=person, changed=["email"], data=data)
    else:
        events.record("second factor removed", by=by, obj=person, reason=reason, data=data)
    send_notice(person, f"{MAIL}made", to=old)
