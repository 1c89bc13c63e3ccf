"""Completing a screen: from here it is frozen, and the rules' word on it is kept."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.actions import end_asked_access, grant_by_rule
from cse.access.models import Basis
from cse.audit import events
from cse.children.models import Child
from cse.worklist.actions import close_items
from screening.actions.asking import ask_countersignatures, no_longer_asked
from screening.actions.assessing import keep_assessment
from screening.actions.common import ACCESS_DAYS, let_leads_see, lock
from screening.actions.duties import duty_taken, had_duty
from screening.actions.levels import write_level
from screening.actions.repeat import ask_to_repeat
from screening.changes import correction_problems
from screening.child_then import facts_to_keep
from screening.facts import facts_of
from screening.lowered_ratings import lowered_problems
from screening.models import Screen, Status
from screening.policies import check_can_save
from screening.queries import (
    agreed_rows,
    held_domains,
    judged_on,
    level_history,
    levels_until,
    tool_of,
    waiting_rows,
)
from screening.rules import Problem, assess, completion_problems


class Unfinished(Exception):  # noqa: N818  (nothing went wrong: something is missing)
    """The screen cannot be completed yet; ``problems`` name everything that is missing."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} things are missing")


class StaleCheck(Exception):  # noqa: N818
    """Somebody saved after the answers were checked: check them again before signing."""


@transaction.atomic
def complete(*, screen_id: uuid.UUID, by: Any, version: int) -> Screen:
    """Complete a draft: freeze it, keep what the rules say, and hand on what waits.

    ``version`` is the screen's own at the time the answers were checked. Raises `StaleCheck` if it
    was saved since, `NoDraft` if it is none any more, `Unfinished` while something is missing or
    a correction changes nothing. The recorder and the leads of their
    agency can see the child from now on; a level chosen becomes an event of the child.
    """
    screen = lock(screen_id)
    check_can_save(by, screen)
    if screen.version != version:
        raise StaleCheck
    # The child's levels are compared with this one: two screens of a child take turns.
    screen.child = Child.objects.select_for_update(no_key=True).get(pk=screen.child_id)
    tool = tool_of(screen.tool_version_id)
    facts = facts_of(
        screen,
        on=judged_on(screen),
        history=levels_until(screen, level_history(screen.child_id)),
        countersigned=agreed_rows(screen),
        held=held_domains(screen),
    )
    problems = (
        *completion_problems(facts, tool),
        *lowered_problems(screen, tool),
        *correction_problems(screen, tool),
    )
    if problems:
        raise Unfinished(problems)
    assessment = assess(facts, tool)
    had = had_duty(screen)
    _freeze(screen, by)
    _give_access(screen, by)
    _done(screen, by)
    # Rooms above are told here: what the screen owes waits for people who see the child by now.
    keep_assessment(screen, assessment, by, "completed")
    if had:
        duty_taken(screen, by)
    events.record(
        "screen completed",
        by=by,
        child=screen.child_id,
        obj=screen,
        rule=" ".join(rule.id for rule in assessment.rules),
        data={"unanswered": assessment.unanswered, "correction": screen.correction_number},
    )
    write_level(screen, assessment.level_change, by)
    _hand_on(screen, by)
    if screen.corrects is not None:
        no_longer_asked(screen)
    return screen


def _freeze(screen: Screen, by: Any) -> None:
    now = timezone.now()
    screen.status, screen.completed_by = Status.COMPLETE, by
    screen.completed_at, screen.completed_on = now, timezone.localdate(now)
    screen.child_facts = facts_to_keep(screen.child)
    screen.version += 1
    screen.saved_at = now
    screen._change_reason = "completed"  # type: ignore[attr-defined]
    screen.save()


def _give_access(screen: Screen, by: Any) -> None:
    grant_by_rule(
        child=screen.child,
        basis=Basis.RECORDER,
        user=by,
        by=by,
        days=ACCESS_DAYS,
        reason="Completed a screen of this child",
    )
    let_leads_see(screen, by)


def _done(screen: Screen, by: Any) -> None:
    """What the draft owed is done, and what waited on the version that it corrects; only the
    reminder to repeat that one goes on, with its day.
    """
    close_items(subject=screen)
    ask_to_repeat(screen, by)
    if screen.corrects is not None:
        close_items(subject=screen.corrects)


def _hand_on(screen: Screen, by: Any) -> None:
    """Ask whoever has to agree to something in it; who was asked has answered."""
    ask_countersignatures(screen, waiting_rows(screen), by)
    end_asked_access(screen.child, by)
