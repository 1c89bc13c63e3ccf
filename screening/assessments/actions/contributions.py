"""Asking agencies for their part of an assessment, and what they answer (O §10.2).

Of one in a local form, and of one of children's social care alike.

Whoever is asked sees the request and not the record. Their answer is theirs: nobody changes it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cse.access.actions import end_asked_access, let_contribute
from cse.access.capabilities import Capability
from cse.access.models import Exclusion
from cse.access.policies import NotVisible
from cse.access.principals import principals_of
from cse.access.queries import seal_on
from cse.audit import events
from cse.people.models import Post, Team, User
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from screening.actions.common import end_of
from screening.assessments.actions.common import lock, lock_statutory, need
from screening.assessments.policies import (
    check_asks,
    check_can_answer,
    check_can_ask,
    check_can_write_down,
    check_waits,
)
from screening.models import Answered, AnyAssessment, Contribution, StatutoryAssessment
from screening.policies import Refused

LONGEST_DAYS: Final = 60
"""Days at most until a contribution is wanted. Ours: no handbook gives a number."""
LATE_DAYS: Final = 14
"""Days after that day in which a late answer can still be given; then access has ended."""
REASON: Final = "Asked to contribute to an assessment; until the answer"
ASKED_BEFORE: Final = "Asked before:"
CANNOT_SEE: Final = (
    "They cannot be given access to this child. Ask the safeguarding lead why, and ask somebody "
    "else of their agency."
)


class StaleContribution(Exception):  # noqa: N818  (a clash of two people, not a mistake of either)
    """A colleague saved or answered since the page was opened; ``contribution`` is what is kept."""

    def __init__(self, contribution: Contribution) -> None:
        self.contribution = contribution
        super().__init__("saved by a colleague")


@transaction.atomic
def ask_contribution(
    *,
    by: Any,
    question: str,
    due_on: dt.date,
    assessment_id: uuid.UUID | None = None,
    statutory_id: uuid.UUID | None = None,
    user: User | None = None,
    team: Team | None = None,
    name: str = "",
    agency_name: str = "",
) -> Contribution:
    """Ask a person, a team, or somebody without an account by ``name``; exactly one of them.

    For an assessment in a local form, or for one of social care; exactly one of them too. A person
    or team gets the request on home and access to it alone, until they have answered and
    ``LATE_DAYS`` after the day at most. For a name it waits for whoever asks; the agency belongs to
    the name, and another agency's person of the same name is somebody else. Who was asked already
    and has not answered is asked again by the same request: with the new day, and with the new
    question before the old one, so that an answer is to all that was asked.
    """
    record = _lock_record(assessment_id, statutory_id)
    check_can_ask(by, record)
    question = need(question, "Say what you ask them for.")
    _check_due(due_on)
    asked = {
        "asked_user": user,
        "asked_team": team,
        "asked_name": name.strip(),
        "asked_agency_name": agency_name.strip(),
    }
    waiting = _waiting_of(record, asked)
    same = waiting is not None and question in questions_of(waiting)
    if waiting is not None and same and waiting.due_on == due_on:
        return waiting
    _check_can_be_asked(record, by, user, team)
    if waiting is not None:
        return _ask_again(waiting, question, due_on, by)
    row = Contribution(
        **_to(record),
        **asked,
        question=question,
        asked_by=by,
        asked_at=timezone.now(),
        due_on=due_on,
    )
    row._change_reason = "asked"  # type: ignore[attr-defined]
    row.save(force_insert=True)
    return _let_answer(row, by)


def _ask_again(row: Contribution, question: str, due_on: dt.date, by: Any) -> Contribution:
    if question not in questions_of(row):
        before = f"{ASKED_BEFORE} {row.question}"
        row.question, row.asked_at = f"{question}\n\n{before}", timezone.now()
        # Who had the page open reads what else is asked before they answer.
        row.version += 1
    row.due_on = due_on
    row._change_reason = "asked again"  # type: ignore[attr-defined]
    row.save()
    return _let_answer(row, by)


def questions_of(row: Contribution) -> list[str]:
    """Everything that was asked by a request, the newest first."""
    return row.question.split(f"\n\n{ASKED_BEFORE} ")


def _check_due(due_on: dt.date) -> None:
    today = timezone.localdate()
    if due_on < today:
        raise Refused("The day must be today or in the future.")
    if due_on > today + dt.timedelta(days=LONGEST_DAYS):
        raise Refused(f"Choose a day within {LONGEST_DAYS} days.")


def _to(record: AnyAssessment) -> dict[str, AnyAssessment]:
    """The record under the name that a contribution has for it."""
    return {"statutory" if isinstance(record, StatutoryAssessment) else "assessment": record}


def _waiting(record: AnyAssessment) -> QuerySet[Contribution]:
    """What was asked for a record and is still wanted."""
    return _whole().filter(**_to(record), answered_at__isnull=True, withdrawn_at__isnull=True)


def _waiting_of(record: AnyAssessment, asked: Mapping[str, Any]) -> Contribution | None:
    """What this person or team was asked already, or this name at this agency however it is typed:
    two agencies may each have somebody of the same name.
    """
    of = ("asked_user", "asked_team")
    found = _waiting(record).filter(**{name: asked[name] for name in of})
    typed = ("asked_name", "asked_agency_name")
    wanted = [_folded(asked[name]) for name in typed]
    same = (each for each in found if [_folded(getattr(each, name)) for name in typed] == wanted)
    return next(same, None)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _whole() -> QuerySet[Contribution]:
    return Contribution.objects.select_related(
        "assessment__child", "statutory__child", "asked_team__group"
    )


def _check_can_be_asked(
    record: AnyAssessment, by: Any, user: User | None, team: Team | None
) -> None:
    if user is not None and user.pk == by.pk:
        raise Refused("What you know yourself goes into the assessment.")
    if (user is not None or team is not None) and seal_on(record.child_id) is not None:
        raise Refused(
            "This child is sealed. Ask by telephone, and write down what they say; or have them "
            "named in the seal first."
        )
    if user is not None:
        if Capability.CONTRIBUTE not in principals_of(user).acts:
            raise Refused("They have no current post in which they could contribute.")
        excluded = Exclusion.objects.filter(child_id=record.child_id, ended_at__isnull=True)
        if excluded.filter(user=user).exists():
            raise Refused(CANNOT_SEE)
    if team is not None:
        posts = Post.objects.current(timezone.localdate()).filter(team=team, user__is_active=True)
        if not posts.exists():
            raise Refused("Nobody holds a post in this team now.")


def _let_answer(row: Contribution, by: Any) -> Contribution:
    """Work on home, and access to the request: for those asked, or for who asks on their behalf."""
    child = row.child
    events.record(
        "contribution asked for",
        by=by,
        child=child,
        obj=row,
        reason=row.question,
        data={
            "principal": str(row.asked_user_id or row.asked_team_id or ""),
            "due": row.due_on.isoformat(),
        },
    )
    group = row.asked_team.group if row.asked_team else None
    days = (row.due_on - timezone.localdate()).days + LATE_DAYS
    if row.has_account:
        let_contribute(
            child=child, reason=REASON, days=days, user=row.asked_user, group=group, by=by
        )
    open_item(
        kind=kinds.CONTRIBUTE if row.has_account else kinds.WRITE_DOWN,
        child=child,
        subject=row,
        due_at=end_of(row.due_on),
        owner=None if group else row.asked_user or by,
        group=group,
    )
    return row


@transaction.atomic
def keep_contribution(
    *, contribution_id: uuid.UUID, text: str, version: int, by: Any
) -> Contribution:
    """Keep what is typed so far; only those who were asked see it. Raises `StaleContribution`."""
    row = _lock(contribution_id)
    check_can_answer(by, row)
    if row.version != version:
        raise StaleContribution(row)
    if row.text == text:
        return row
    row.text = text
    row.version += 1
    row._change_reason = "kept"  # type: ignore[attr-defined]
    row.save()
    events.record("contribution kept", by=by, child=row.child, obj=row, changed=["text"])
    return row


@transaction.atomic
def give_contribution(
    *, contribution_id: uuid.UUID, answer: str, text: str, version: int, by: Any
) -> Contribution:
    """Answer what one was asked: contribute, know nothing, or cannot (with the reason).

    It never changes again. The same answer sent twice is one. Raises `StaleContribution` where a
    colleague saved meanwhile, `Refused` where a colleague has answered.
    """
    row = _lock(contribution_id)
    if (row.answered_by_id, row.answer, row.text) == (by.pk, answer, text.strip()):
        return row
    check_can_answer(by, row)
    if row.version != version:
        raise StaleContribution(row)
    return _answer(row, answer, text, by)


@transaction.atomic
def write_down(
    *,
    contribution_id: uuid.UUID,
    answer: str,
    text: str,
    said_on: dt.date,
    version: int,
    by: Any,
) -> Contribution:
    """Write down what somebody without an account has said, and on which day they said it.

    Raises `StaleContribution` where they are asked for more since ``version``, `Refused` where it
    was written down or withdrawn.
    """
    row = _lock(contribution_id)
    kept = (row.answered_by_id, row.answer, row.text, row.said_on)
    if kept == (by.pk, answer, text.strip(), said_on):
        return row
    check_can_write_down(by, row)
    if row.version != version:
        raise StaleContribution(row)
    if said_on > timezone.localdate():
        raise Refused("The day must be today or in the past.")
    row.said_on = said_on
    return _answer(row, answer, text, by)


def _answer(row: Contribution, answer: str, text: str, by: Any) -> Contribution:
    if answer not in Answered.values or not answer:
        raise Refused("Choose an answer.")
    if answer != Answered.NOTHING:
        need(text, "Write what you know." if answer == Answered.GIVEN else "Say why you cannot.")
    row.answer, row.text = answer, text.strip()
    row.answered_by, row.answered_at = by, timezone.now()
    row.answered_as = principals_of(by).post_title
    row.version += 1
    row._change_reason = "answered"  # type: ignore[attr-defined]
    row.save()
    events.record(
        "contribution given",
        by=by,
        child=row.child,
        obj=row,
        changed=["answer", "text"],
        data={"answer": answer},
    )
    close_items(subject=row)
    end_asked_access(row.child, by)
    return row


@transaction.atomic
def withdraw_request(
    *, contribution_id: uuid.UUID, by: Any, reason: str, version: int
) -> Contribution:
    """Ask no longer; the request is kept, with the reason. Access given for it ends.

    Raises `StaleContribution` where they are asked for more since ``version``: nobody ends a
    question that they have not read.
    """
    row = _lock(contribution_id)
    check_asks(by, row.record)
    check_waits(row)
    if not _asks_the_same(row, version):
        raise StaleContribution(row)
    return _withdraw(row, by, need(reason, "Say why it is no longer asked for."))


def _asks_the_same(row: Contribution, version: int) -> bool:
    """Whether the question is that of a version. Who was asked saves what they type as versions
    too: nobody else knows of these, and they change no question.
    """
    if row.version == version:
        return True
    then = row.history.filter(version=version).order_by("-history_id").first()
    return then is not None and then.question == row.question


def withdraw_all(record: AnyAssessment, by: Any, reason: str) -> None:
    """Ask nobody any more: inside the act that sets a draft aside, or takes a record back."""
    for row in _waiting(record).select_for_update(of=("self",)):
        _withdraw(row, by, reason)


def _withdraw(row: Contribution, by: Any, reason: str) -> Contribution:
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason = by, timezone.now(), reason
    row._change_reason = "withdrawn"  # type: ignore[attr-defined]
    row.save()
    events.record(
        "contribution no longer asked for",
        by=by,
        child=row.child,
        obj=row,
        reason=reason,
    )
    close_items(subject=row)
    end_asked_access(row.child, by)
    return row


def _lock(contribution_id: uuid.UUID) -> Contribution:
    """The request, locked after its assessment; raises `NotVisible` for an unknown id."""
    found = Contribution.objects.filter(pk=contribution_id)
    ids = found.values_list("assessment_id", "statutory_id").first()
    if ids is None:
        raise NotVisible
    _lock_record(*ids)
    return _whole().select_for_update(of=("self",)).get(pk=contribution_id)


def _lock_record(assessment_id: uuid.UUID | None, statutory_id: uuid.UUID | None) -> AnyAssessment:
    if assessment_id is not None:
        return lock(assessment_id)
    if statutory_id is None:
        raise NotVisible
    return lock_statutory(statutory_id)
