"""Who answers for what somebody lowered, and the access they have only until they have answered.

Another safeguarding lead of the agency; else its senior managers; else the CSE team of the area;
where there is nobody, its administrators are to name another lead. Whoever gets access in order to
answer keeps it until the answer, and 14 days at most.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.db import models
from django.utils import timezone

from cse.access.abandoned import administrators_of
from cse.access.actions import let_see_to_answer
from cse.access.models import Exclusion, Seal, SealName
from cse.access.policies import only_in_an_emergency
from cse.children.models import LevelEvent
from cse.people.models import Post, Role, Team, TeamKind, User
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from cse.worklist.models import WorkItem
from screening.actions.common import ANSWER_DAYS, due_in, leads_of
from screening.answers import read_answers
from screening.models import Decided, Screen
from screening.policies import answering
from screening.queries import chose_level, decided_with, waiting_rows, worked_on

ASKED_FOR = (kinds.COUNTERSIGN, kinds.APPROVE_LEVEL, kinds.DUTY_TAKEN)
"""What waits for a second person."""
ASKED = "Asked to answer for what was lowered; until the answer"


def ask_countersignatures(
    screen: Screen, rows: Iterable[str], by: Any, *, lost: Iterable[Any] = (), **work: Any
) -> list[dict[str, Any]]:
    """Let each lowered high of a screen wait for somebody who did not lower it, nor completed it.

    Row by row: whoever lowered one may answer for another. Gives those who are asked.
    """
    answers = read_answers(screen.answers)
    asked = []
    for amenders in {frozenset(answers[row].amenders) for row in rows}:
        if amenders:
            not_by = {*amenders, screen.completed_by_id, *lost}
            asked += ask(
                screen, kind=kinds.COUNTERSIGN, subject=screen, not_by=not_by, by=by, **work
            )
    return asked


def ask_for_the_rest(screen: Screen, rows: Iterable[str], by: Any) -> None:
    """One row is answered: it waits no longer for those who may answer none of the others."""
    waiting = WorkItem.objects.filter(
        subject_id=screen.pk, kind=kinds.COUNTERSIGN, closed_at__isnull=True
    )
    due_at = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    asked = ask_countersignatures(screen, rows, by, due_at=due_at or _due(screen))
    for item in waiting:
        if _principal_of(item) not in asked:
            _close(item)


def ask(
    screen: Decided,
    *,
    kind: str,
    subject: models.Model,
    not_by: Iterable[Any],
    by: Any,
    due_at: dt.datetime | None = None,
) -> list[dict[str, Any]]:
    """Let something wait for those who may answer; ``not_by`` are ids of people who decided it.

    Gives those who are asked, as `open_item` takes them.
    """
    barred = _barred(screen, not_by)
    work: dict[str, Any] = {"child": screen.child, "due_at": due_at or _due(screen)}
    found = _principals(screen, barred, by)
    asked = found or _nobody_yet(screen)
    for principal in asked:
        open_item(kind=kind, subject=subject, **work, **principal)
    if not found:
        for owner in administrators_of(screen.agency):
            open_item(kind=kinds.SECOND_LEAD, subject=screen.agency, owner=owner, **work)
    return asked


def ask_again(item: WorkItem) -> bool:
    """Ask others in place of those who were asked and no longer see the child.

    They are not asked again themselves. Whether it waits for somebody else now.
    """
    team = Post.objects.current(timezone.localdate()).filter(team__group=item.owner_group_id)
    lost = [item.owner_id] if item.owner_id else team.values_list("user_id", flat=True)
    work: dict[str, Any] = {"by": None, "due_at": item.due_at}
    subject: Any
    if item.kind == kinds.APPROVE_LEVEL:
        subject = LevelEvent.objects.filter(pk=item.subject_id).first()
        record = decided_with(subject) if subject else None
        if record is None:
            return False
        not_by = {subject.decided_by_id, *chose_level(record), *lost}
        asked = ask(record, kind=item.kind, subject=subject, not_by=not_by, **work)
    else:
        subject = Screen.objects.filter(pk=item.subject_id).first()
        if subject is None:
            return False
        if item.kind == kinds.COUNTERSIGN:
            asked = ask_countersignatures(subject, waiting_rows(subject), lost=lost, **work)
        else:
            did = {subject.completed_by_id, *worked_on(subject)}
            not_by = {*lost, *(did if item.kind == kinds.DUTY_TAKEN else ())}
            asked = ask(subject, kind=item.kind, subject=subject, not_by=not_by, **work)
    if not asked or _principal_of(item) in asked:
        return False
    _close(item)
    return True


def _principal_of(item: WorkItem) -> dict[str, Any]:
    return {"owner": item.owner} if item.owner_id else {"group": item.owner_group}


def _close(item: WorkItem) -> None:
    item.closed_at = timezone.now()
    item.save()


def _due(screen: Decided) -> dt.datetime:
    return due_in(ANSWER_DAYS, screen.child)


def somebody_answered(screen: Decided) -> None:
    """The agency has a second person: its administrators need name none for this any more."""
    close_items(subject=screen.agency, kind=kinds.SECOND_LEAD)


def no_longer_asked(screen: Decided) -> None:
    """What waited was corrected away: nobody else has to be named where nothing waits for leads."""
    waiting = WorkItem.objects.filter(
        owner_group__team__agency_id=screen.agency_id, kind__in=ASKED_FOR, closed_at__isnull=True
    )
    if not waiting.exists():
        somebody_answered(screen)


def _nobody_yet(screen: Decided) -> list[dict[str, Any]]:
    """The agency's leads, where nobody may answer today: it waits for the next one."""
    leads = leads_of(screen.agency_id)
    return [] if leads is None else [{"group": leads}]


def _principals(screen: Decided, barred: set[str], by: Any) -> list[dict[str, Any]]:
    leads = leads_of(screen.agency_id)
    at_agency = {"team__agency_id": screen.agency_id}
    if leads is not None and _holders(barred, role=Role.NAMED_LEAD, team__group=leads):
        # Screening from an emergency opening lets them see nothing: here they have to.
        if by is not None and only_in_an_emergency(by, screen.child):
            let_see_to_answer(child=screen.child, reason=ASKED, group=leads, by=by)
        return [{"group": leads}]
    managers = _holders(barred, role=Role.SENIOR_MANAGER, **at_agency)
    if managers:
        for manager in managers:
            let_see_to_answer(child=screen.child, reason=ASKED, user=manager, by=by)
        return [{"owner": manager} for manager in managers]
    specialists = _specialists(screen, barred)
    if specialists is not None:
        let_see_to_answer(child=screen.child, reason=ASKED, group=specialists, by=by)
        return [{"group": specialists}]
    return []


def _specialists(screen: Decided, barred: set[str]) -> Group | None:
    """The CSE team of the area, where somebody of it may answer."""
    teams = Team.objects.filter(
        agency__authority_id=screen.authority_id, kind=TeamKind.CSE_TEAM
    ).select_related("group")
    found = (each for each in teams if _holders(barred, role=Role.CSE_TEAM, team=each))
    team = next(found, None)
    return team.group if team else None


def _holders(barred: set[str], **post: Any) -> list[User]:
    """People with an open account who hold such a post today, each once, without those barred."""
    today = Post.objects.current(timezone.localdate()).filter(user__is_active=True)
    posts = today.filter(**post).select_related("user")
    people = {each.user_id: each.user for each in posts}
    return [person for key, person in people.items() if str(key) not in barred]


def _barred(screen: Decided, not_by: Iterable[Any]) -> set[str]:
    """Who decided it, and who is kept from this child: by a conflict, or not named in its seal."""
    kept_out = Exclusion.objects.filter(child_id=screen.child_id, ended_at__isnull=True)
    barred = {*not_by, *kept_out.values_list("user_id", flat=True)}
    seal = Seal.objects.filter(child_id=screen.child_id, lifted_at__isnull=True).first()
    if seal is not None:
        named = SealName.objects.filter(seal=seal, ended_at__isnull=True).values("user_id")
        may = Post.objects.current(timezone.localdate()).filter(answering(screen))
        barred |= {*may.exclude(user__in=named).values_list("user_id", flat=True)}
    return {str(each) for each in barred}
