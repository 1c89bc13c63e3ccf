"""Early help: offering it, the plan of the team around the child, and how it ends (W §8, R13)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.policies import can, check
from cse.audit import events
from cse.children.models import Child
from cse.interface.words import date_words
from cse.people.models import User
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from referrals.actions.beside import (
    LONGEST,
    agency_of,
    draft_referral,
    let_agency_see,
    lock,
    lock_child,
    made_before,
)
from referrals.actions.common import ANSWER_DAYS, check_same, keep
from referrals.models import (
    STAYS,
    Closing,
    EarlyHelp,
    HelpAction,
    HelpMeeting,
    HelpOutcome,
    Referral,
)
from referrals.policies import Refused, check_can_start, check_was_read
from referrals.policies_beside import check_can_answer_ending, check_can_begin
from referrals.queries.beside import first_assessed
from screening.actions.common import due_in, end_of, leads_of
from screening.models import Screen
from screening.never_give_up import says_only_not_engaging
from screening.policies import is_adult

PLAN_TEXTS = ("needs", "strengths", "child_views")
OFFERED = (*PLAN_TEXTS, "status", "not_taken_up_reason", "assessed_on", "review_on")
CLOSED = "This early help has ended and can no longer change. Begin it anew."

NOT_ENGAGING = (
    "That a child or family does not take up help is never by itself a reason to end it. Say, in a "
    "sentence of its own, what is different for the child."
)


class StaleHelp(Exception):  # noqa: N818  (a clash of two people, not a mistake of either)
    """Somebody else changed the plan since the page was opened; ``version`` is what it has now."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__("changed by somebody else")


@transaction.atomic
def offer_help(
    *, child: Child, by: Any, token: uuid.UUID, taken_up: bool, said: Mapping[str, Any]
) -> tuple[EarlyHelp, bool]:
    """Keep that early help was offered: with its assessment where it was taken up, else why not.

    ``said``: ``assessed_on``, the texts of the assessment, ``lead_professional`` (a user who sees
    the child) and ``review_on``, the day of the next meeting; or ``not_taken_up_reason`` and in
    ``review_on`` the day on which it is offered again. An agency has one open for a child. Raises
    `SentAlready` where the same form said something else before.
    """
    check_can_start(by, child, timezone.localdate())
    check(by, Capability.EARLY_HELP, child)
    check_can_begin(by, child)
    child = lock_child(child)
    made = made_before(EarlyHelp.objects.all(), child, made_by=by, token=token)
    row = EarlyHelp(
        token=token,
        child=child,
        authority=child.authority,
        agency=agency_of(by),
        made_by=by,
        made_at=timezone.now(),
        lead_professional=by,
    )
    _write(row, said, taken_up=taken_up)
    if made is not None:
        check_same(made, **{name: getattr(row, name) for name in OFFERED})
        return made, False
    try:
        with transaction.atomic():
            keep(row, "offered")
    except IntegrityError:
        raise Refused("Your agency has early help open for this child: go on with that.") from None
    let_agency_see(child, row.agency, by, "Offered this child early help")
    _record("early help begun" if taken_up else "early help not taken up", row, by)
    close_items(subject=child, kind=kinds.HELP_OWED)
    _wait(row)
    return row, True


@transaction.atomic
def take_up(*, help_id: uuid.UUID, by: Any, said: Mapping[str, Any], version: int) -> EarlyHelp:
    """Early help that was not taken up is taken up now; or its assessment is written anew."""
    row = _to_change(help_id, by, version)
    _write(row, said, taken_up=True)
    _saved(row, by, "early help assessed", "assessed")
    return row


@transaction.atomic
def offer_again(*, help_id: uuid.UUID, by: Any, said: Mapping[str, Any], version: int) -> EarlyHelp:
    """It was offered again and not taken up: why, and when next. Nobody gives up on a child."""
    row = _to_change(help_id, by, version)
    if row.is_open:
        raise Refused("There is a plan: meet, and write down what was decided.")
    _write(row, said, taken_up=False)
    _saved(row, by, "early help not taken up", "offered again")
    return row


@transaction.atomic
def add_outcome(*, help_id: uuid.UUID, by: Any, wanted: str, known_by: str) -> HelpOutcome:
    """Add what is to be different for the child, and how everybody will know (W §8.2).

    The same words twice, from a form sent twice, are one.
    """
    row = _of_plan(help_id, by)
    said = {
        "wanted": _text(wanted, "Say what is to be different for the child."),
        "known_by": _text(known_by, "Say how you will know."),
    }
    before = row.outcomes.filter(**said).first()
    if before is not None:
        return before
    outcome = HelpOutcome(early_help=row, added_at=timezone.now(), **said)
    keep(outcome, "added")
    _record("early help outcome added", row, by)
    return outcome


@transaction.atomic
def add_action(
    *,
    outcome_id: uuid.UUID,
    by: Any,
    what: str,
    due_on: dt.date,
    owner: User | None = None,
    owner_name: str = "",
) -> HelpAction:
    """Add what somebody does towards an outcome by a day: a colleague, or anybody by name.

    It waits for the colleague; for the lead professional where the owner has no account. The same
    twice, from a form sent twice, is one.
    """
    outcome = lock(HelpOutcome.objects.select_related("early_help"), outcome_id)
    row = _of_plan(outcome.early_help_id, by)
    if (owner is None) == (not owner_name.strip()):
        raise Refused("Say who does it: a colleague, or a name.")
    if owner is not None and not may_own(owner, row.child):
        raise Refused("They do not see this child. Give them access first, or write the name.")
    _future(due_on, "Give a day from today on.")
    said = {
        "what": _text(what, "Say what is to be done."),
        "owner": owner,
        "owner_name": "" if owner else owner_name.strip(),
        "due_on": due_on,
    }
    before = outcome.actions.filter(state="open", **said).first()
    if before is not None:
        return before
    action = HelpAction(outcome=outcome, added_at=timezone.now(), **said)
    keep(action, "added")
    open_item(
        kind=kinds.HELP_ACTION,
        owner=owner or row.lead_professional,
        child=row.child,
        subject=action,
        due_at=end_of(due_on),
    )
    _record("early help action added", row, by)
    return action


def may_own(person: User, child: Child) -> bool:
    """Whether somebody sees the child and may plan early help, so that it can wait for them."""
    return can(person, Capability.EARLY_HELP, child)


@transaction.atomic
def end_action(*, action_id: uuid.UUID, by: Any, done: bool, result: str) -> HelpAction:
    """Say that an action is done, or no longer planned, and what came of it."""
    action = lock(HelpAction.objects.select_related("outcome"), action_id)
    row = _of_plan(action.outcome.early_help_id, by)
    if action.state != "open":
        raise Refused("This action has ended already.")
    action.state = "done" if done else "dropped"
    action.result = _text(result, "Say what came of it.")
    action.ended_by, action.ended_at = by, timezone.now()
    keep(action, action.state)
    close_items(subject=action)
    _record("early help action ended", row, by)
    return action


@transaction.atomic
def record_meeting(
    *, help_id: uuid.UUID, by: Any, version: int, said: Mapping[str, Any]
) -> HelpMeeting:
    """Keep a meeting of the team around the child, and the day of the next (W §8.1, §8.2).

    ``said``: ``held_on``, ``present``, ``family_part``, ``decided``, ``next_on``.
    """
    row = _to_change(help_id, by, version)
    _check_plan(row)
    held_on, next_on = said["held_on"], said["next_on"]
    if held_on > timezone.localdate():
        raise Refused("A meeting in the future cannot be recorded.")
    begun = first_assessed(row)
    if begun is not None and held_on < begun:
        raise Refused(before_begun(begun))
    _future(next_on, "Give a day from today on for the next meeting.")
    if next_on <= held_on:
        raise Refused("The next meeting is after this one.")
    meeting = HelpMeeting(
        early_help=row,
        held_on=held_on,
        next_on=next_on,
        present=_text(said["present"], "Say who was there."),
        family_part=_text(said["family_part"], "Say how the child and family took part."),
        decided=_text(said["decided"], "Say what was decided."),
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    meeting.save(force_insert=True)
    if not row.meetings.filter(held_on__gt=held_on).exists():
        # One that is written down late says nothing of when they meet next.
        row.review_on = next_on
    _saved(row, by, "team around the child met", "met")
    return meeting


@transaction.atomic
def close_help(
    *,
    help_id: uuid.UUID,
    by: Any,
    version: int,
    because: str,
    note: str,
    rescreen_on: dt.date | None = None,
) -> EarlyHelp:
    """Ask to end early help, for one of the reasons there are; a lead of the agency agrees or not.

    Not engaging, refusing and moving are no reasons. Where nobody else leads now it says on which
    day the child is screened again (DEC-44). "Referred" needs a referral that this agency has sent
    since, and ends it at once: social care has it then. 18 needs a young person of that age.
    """
    row = _to_change(help_id, by, version)
    if because not in Closing.values:
        raise Refused("Choose one of the reasons.")
    _check_reason(row, because)
    note = _text(note, "Say what has changed for the child, and who stays in touch.")
    if says_only_not_engaging(note):
        raise Refused(NOT_ENGAGING)
    if because == Closing.REFERRED:
        return _end(row, by, because, note)
    row.rescreen_on = (
        _future(rescreen_on, "Give the day, from today on, on which the child is screened again.")
        if because in STAYS
        else None
    )
    row.ending_because, row.ending_note = because, note
    row.ending_by, row.ending_at = by, timezone.now()
    row.answered_by, row.answer_note = None, ""
    row.version += 1
    keep(row, "asked to end")
    _ask_lead(row)
    _record("early help: its end was asked for", row, by, reason=note)
    return row


@transaction.atomic
def answer_ending(
    *, help_id: uuid.UUID, by: Any, agrees: bool, note: str, about: str = ""
) -> EarlyHelp:
    """Agree as a lead that early help ends, or not: then it goes on, and says why (DEC-44).

    ``about``: when the end that was read was asked for (ISO); another one since is refused.
    """
    row = _open_row(help_id, by)
    check_can_answer_ending(by, row)
    check_was_read(about, row.ending_at.isoformat() if row.ending_at else "")
    row.answered_by = by
    row.answer_note = _text(note, "Say why you agree or do not agree.")
    if agrees:
        _check_reason(row, row.ending_because)
        return _end(row, row.ending_by, row.ending_because, row.ending_note)
    row.ending_because = row.ending_note = ""
    row.ending_by = row.ending_at = row.rescreen_on = None
    row.version += 1
    keep(row, "goes on")
    close_items(subject=row, kind=kinds.END_HELP)
    _record("early help goes on", row, by, reason=note)
    return row


def before_begun(begun: dt.date) -> str:
    """Why a meeting before the assessment is none of this early help."""
    return (
        f"Early help was assessed on {date_words(begun)}: a meeting of its team is on that day or "
        "after"
    )


def _ask_lead(row: EarlyHelp) -> None:
    leads = leads_of(row.agency_id)
    if leads is None:
        raise Refused(
            "Your agency has no safeguarding lead who could agree. Ask your administrator."
        )
    open_item(
        kind=kinds.END_HELP,
        group=leads,
        child=row.child,
        subject=row,
        due_at=due_in(ANSWER_DAYS, row.child),
    )


def _end(row: EarlyHelp, by: Any, because: str, note: str) -> EarlyHelp:
    """It ends, and what is open of it; the child is screened again on the day that was said."""
    row.status, row.closed_because, row.closed_note = "closed", because, note
    row.closed_by, row.closed_at = by, timezone.now()
    row.version += 1
    for action in HelpAction.objects.select_for_update().filter(
        outcome__early_help=row, state="open"
    ):
        action.state, action.result = "dropped", "Early help has ended."
        action.ended_by, action.ended_at = by, row.closed_at
        keep(action, "early help ended")
        close_items(subject=action)
    keep(row, "closed")
    close_items(subject=row)
    if row.rescreen_on:
        open_item(
            kind=kinds.SCREEN_AGAIN,
            owner=row.lead_professional,
            child=row.child,
            subject=row,
            due_at=end_of(row.rescreen_on),
        )
    _record("early help ended", row, row.answered_by or by, reason=row.answer_note or note)
    return row


def screened_again(screen: Screen, because: str, by: Any) -> None:
    """A screen of the child was completed: what early help left to do is done (DEC-44)."""
    if because == "completed":
        for row in EarlyHelp.objects.filter(child=screen.child_id, rescreen_on__isnull=False):
            close_items(subject=row, kind=kinds.SCREEN_AGAIN)


def _check_reason(row: EarlyHelp, because: str) -> None:
    sent = Referral.objects.filter(
        child=row.child, agency=row.agency, status="sent", sent_at__gte=row.made_at
    )
    if because == Closing.REFERRED and not sent.exists():
        raise Refused("No referral of this child has been sent since. Send it first.")
    if because == Closing.ADULT and not is_adult(row.child, timezone.localdate()):
        raise Refused("The young person is not 18 yet.")
    if because == Closing.ACHIEVED:
        open_actions = HelpAction.objects.filter(outcome__early_help=row, state="open")
        if not row.outcomes.exists() or open_actions.exists():
            raise Refused("The plan has no outcome, or actions that are open: end those first.")


@transaction.atomic
def refer_from_help(*, help_id: uuid.UUID, by: Any) -> Referral:
    """More is needed than early help: the draft of a referral. The plan goes on until then."""
    row = lock(EarlyHelp.objects.select_related("child"), help_id)
    check(by, Capability.REFER, row.child_id)
    return draft_referral(child=row.child, key=row.pk, facts={}, by=by)


def _rows() -> Any:
    return EarlyHelp.objects.select_related(
        "child__authority", "authority", "agency", "lead_professional"
    )


def _open_row(help_id: uuid.UUID, by: Any) -> EarlyHelp:
    row: EarlyHelp = lock(_rows(), help_id)
    check(by, Capability.EARLY_HELP, row.child_id)
    if row.status == "closed":
        raise Refused(CLOSED)
    return row


def _of_plan(help_id: uuid.UUID, by: Any) -> EarlyHelp:
    row = _open_row(help_id, by)
    _check_plan(row)
    return row


def _check_plan(row: EarlyHelp) -> None:
    if not row.is_open:
        raise Refused("Early help was not taken up: there is no plan yet.")


def _to_change(help_id: uuid.UUID, by: Any, version: int) -> EarlyHelp:
    row = _open_row(help_id, by)
    if row.version != version:
        raise StaleHelp(row.version)
    return row


def _saved(row: EarlyHelp, by: Any, act: str, because: str) -> None:
    row.version += 1
    keep(row, because)
    _wait(row)
    _record(act, row, by)


def _write(row: EarlyHelp, said: Mapping[str, Any], *, taken_up: bool) -> None:
    row.status = "open" if taken_up else "not_taken_up"
    row.review_on = _future(said["review_on"], "Give a day from today on.")
    if not taken_up:
        row.not_taken_up_reason = _text(
            said["not_taken_up_reason"], "Say why early help was not taken up."
        )
        return
    for name in PLAN_TEXTS:
        setattr(row, name, str(said.get(name, "")).strip()[:LONGEST])
    _text(row.needs, "Say what the child needs.")
    row.assessed_on = said["assessed_on"]
    if row.assessed_on is None or row.assessed_on > timezone.localdate():
        raise Refused("Say on which day the assessment was made, today or before.")
    person = said.get("lead_professional") or row.lead_professional
    if not may_own(person, row.child):
        raise Refused("The lead professional has to see this child. Give them access first.")
    row.lead_professional = person


def _wait(row: EarlyHelp) -> None:
    """The next meeting waits for the lead professional; or that it is offered again."""
    for kind in (kinds.HELP_MEETING, kinds.OFFER_HELP):
        close_items(subject=row, kind=kind)
    open_item(
        kind=kinds.HELP_MEETING if row.is_open else kinds.OFFER_HELP,
        owner=row.lead_professional,
        child=row.child,
        subject=row,
        due_at=end_of(row.review_on),
    )


def _text(text: Any, otherwise: str) -> str:
    words = str(text).strip()
    if not words:
        raise Refused(otherwise)
    if len(words) > LONGEST:
        raise Refused(f"A field holds {LONGEST:,} characters at most; nothing was saved.")
    return words


def _future(day: dt.date | None, otherwise: str) -> dt.date:
    if day is None or day < timezone.localdate():
        raise Refused(otherwise)
    return day


def _record(act: str, row: EarlyHelp, by: Any, **more: Any) -> None:
    events.record(act, by=by, child=row.child_id, obj=row, rule="R13", **more)
