"""What may be done with a screen now, and why not: asked by acts, pages and templates alike."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.policies import NotAllowed, NotVisible, check, in_scope
from cse.children.models import Child, LevelEvent
from cse.people.models import Post, Role
from cse.worklist.kinds import DUTY_TAKEN
from cse.worklist.models import WorkItem
from screening.answers import read_answers
from screening.models import Decided, Screen, Status
from screening.queries import chose_level, worked_on
from screening.tools.definition import Tool

ADULT_FROM = 18
TOO_OLD = (
    "This person is 18 or older. A screen is for a child. Use adult safeguarding, and tell the "
    "police about any offence against them as a child."
)


class Refused(NotAllowed):
    """The state does not allow the act; the message says what to do instead."""


class Yourself(Refused):
    """Somebody else has to agree; where the agency has nobody, its administrator names somebody."""

    def __init__(self, did: str, must: str) -> None:
        super().__init__(
            f"You {did} yourself: somebody else has to {must}. Where your agency has nobody else, "
            "its administrator is asked to name another lead."
        )


class NoDraft(Refused):
    """The draft was completed or set aside, perhaps a moment ago by a second click."""


def check_can_start(user: Any, child: Child, today: dt.date) -> None:
    """Raise unless this person may screen this child: under 18, with no lower age (DEC-25)."""
    check(user, Capability.SCREEN, child)
    if is_adult(child, today):
        raise Refused(TOO_OLD)


def is_adult(child: Child, today: dt.date) -> bool:
    """Whether the age is known to be 18 or more: signposted, not screened (DEC-25)."""
    age = child.age_at(today)
    return age is not None and age >= ADULT_FROM


def is_young_for(tool: Tool, child: Child, today: dt.date) -> bool:
    """Whether the page warns that the tool was made for older children (under 8, DEC-25)."""
    age = child.age_at(today)
    return age is not None and age < tool.warn_under


def check_can_save(user: Any, screen: Screen) -> None:
    """Raise unless this person may change the draft now; `NoDraft` where it is none any more."""
    check(user, Capability.SCREEN, screen.child_id)
    if screen.status == Status.COMPLETE:
        raise NoDraft("This screen is complete and can no longer change. Correct it instead.")
    if screen.status == Status.SET_ASIDE:
        raise NoDraft("This draft was set aside. Start a new screen.")


def check_can_correct(user: Any, screen: Screen) -> None:
    """Raise unless this person may begin a correction of a completed screen."""
    check(user, Capability.CORRECT_SCREEN, screen.child_id)
    if not screen.is_complete:
        raise Refused("Only a completed screen is corrected; a draft is simply changed.")


def check_can_countersign(user: Any, screen: Screen, amenders: Collection[str]) -> None:
    """Raise unless this person may answer for a lowered high: a lead, not who did it (DEC-04)."""
    check(user, Capability.COUNTERSIGN, screen.child_id)
    if not screen.is_complete:
        raise Refused("A draft is not countersigned: complete the screen first.")
    if str(user.pk) in amenders:
        raise Yourself("lowered this level", "countersign")
    if user.pk == screen.completed_by_id:
        raise Refused("You completed this version yourself: somebody else has to countersign.")
    check_answers_for(user, screen, screen.pk)
    _check_no_lead_may(user, screen, amenders)


def _check_no_lead_may(user: Any, screen: Screen, amenders: Collection[str]) -> None:
    """Raise where somebody stands in for the lead, and a lead may answer for this row (DEC-04)."""
    posts = Post.objects.current(timezone.localdate()).filter(user__is_active=True)
    if posts.filter(_lead_or_specialist(screen), user=user).exists():
        return
    leads = posts.filter(role=Role.NAMED_LEAD, team__agency_id=screen.agency_id)
    for post in leads.exclude(user__in={*amenders, screen.completed_by_id}).select_related("user"):
        if in_scope(post.user, screen.child_id):
            raise Refused(
                "The safeguarding lead answers for this one: they did not lower it. You are asked "
                "for what they lowered themselves."
            )


def check_can_approve(user: Any, event: LevelEvent, screen: Decided | None) -> None:
    """Raise unless this person may approve or refuse a lowered level (DEC-09)."""
    check(user, Capability.APPROVE_LEVEL, event.child_id)
    if event.taken_back_at:
        raise Refused("A correction took this level back: it does not wait for an answer.")
    if not event.needs_approval or event.approved_at or event.refused_at:
        raise Refused("This level does not wait for an answer.")
    if event.decided_by_id == user.pk:
        raise Yourself("chose this level", "approve it")
    if screen is not None and user.pk in chose_level(screen):
        raise Yourself("chose this level in the draft, or wrote why,", "approve it")
    if screen is not None:
        check_answers_for(user, screen, event.pk)


def may_countersign(user: Any, screen: Screen, rows: Iterable[str]) -> bool:
    """Whether this person may answer for one at least of these lowered rows."""
    given = read_answers(screen.answers)
    lowered_by = {given[row].amenders for row in rows}
    return any(_allowed(check_can_countersign, user, screen, each) for each in lowered_by)


def may_approve(user: Any, event: LevelEvent, screen: Decided | None) -> bool:
    """Whether this person may answer a lowered level."""
    return _allowed(check_can_approve, user, event, screen)


def may_answer_duty(user: Any, screen: Screen, kind: str) -> bool:
    """Whether this person may answer for a duty that was added or taken away (``kind``)."""
    return _allowed(check_can_answer_duty, user, screen, kind)


def check_can_answer_duty(user: Any, screen: Screen, kind: str) -> None:
    """Raise unless this person may answer for a changed duty: of a correction never who made it."""
    check(user, Capability.COUNTERSIGN, screen.child_id)
    check_answers_for(user, screen, screen.pk)
    if kind == DUTY_TAKEN and user.pk in {screen.completed_by_id, *worked_on(screen)}:
        raise Yourself("worked on this correction", "answer")


def _allowed(check: Callable[..., None], *what: Any) -> bool:
    try:
        check(*what)
    except (NotVisible, NotAllowed):
        return False
    return True


def answering(screen: Decided) -> Q:
    """The posts by which somebody may answer: lead of the recording agency, CSE team, manager."""
    return _lead_or_specialist(screen) | _manager(screen)


def _lead_or_specialist(screen: Decided) -> Q:
    lead = Q(role=Role.NAMED_LEAD, team__agency_id=screen.agency_id)
    return lead | Q(role=Role.CSE_TEAM, team__agency__authority_id=screen.authority_id)


def _manager(screen: Decided) -> Q:
    return Q(role=Role.SENIOR_MANAGER, team__agency_id=screen.agency_id)


def answers_for(user: Any, screen: Decided, subject_id: uuid.UUID | None = None) -> bool:
    """Whether this person is the safeguarding lead of the recording agency, or the CSE team's.

    Or its senior manager, while they are asked to answer for ``subject_id``: that is where the
    agency has no other lead.
    """
    posts = Post.objects.current(timezone.localdate()).filter(user_id=user.pk)
    if posts.filter(_lead_or_specialist(screen)).exists():
        return True
    if subject_id is None or not posts.filter(_manager(screen)).exists():
        return False
    waiting = WorkItem.objects.filter(subject_id=subject_id, closed_at__isnull=True)
    return waiting.filter(owner_id=user.pk).exists()


def check_answers_for(user: Any, screen: Decided, subject_id: uuid.UUID | None = None) -> None:
    """Raise unless this person answers for what was decided with the screen."""
    if not answers_for(user, screen, subject_id):
        raise Refused(
            "Only the safeguarding lead of the agency that made this, whoever is asked in their "
            "place, or the CSE team can answer here."
        )
