"""A duty that a completed screen has gained or lost waits for somebody else's answer.

A corrected date of birth adds one (DEC-02); a correction of the screen may take one away, and no
one person ends what a rule makes mandatory (DEC-04; decision 0010).
"""

from __future__ import annotations

import uuid
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction

from cse.access.actions import end_asked_access
from cse.audit import events
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from screening.actions.asking import ask, somebody_answered
from screening.actions.assessing import assess_again
from screening.actions.common import ANSWER_DAYS, due_in, leads_of, lock
from screening.models import Screen
from screening.policies import Refused, check_can_answer_duty
from screening.queries import (
    DUTY_ANSWERED,
    changed_duty,
    held_domains,
    latest_assessment,
    original_of,
    tool_of,
    worked_on,
)
from screening.rules import Obligation

ANSWERED: Final = MappingProxyType(
    {
        kinds.DUTY_ADDED: "added duty answered",
        kinds.DUTY_TAKEN: "duty taken away answered",
    }
)


def duty_added(screen: Screen) -> None:
    """It waits for the safeguarding leads of the agency that screened."""
    leads = leads_of(screen.agency_id)
    if leads is not None:
        open_item(
            kind=kinds.DUTY_ADDED,
            group=leads,
            child=screen.child,
            subject=screen,
            due_at=due_in(ANSWER_DAYS, screen.child),
        )


def had_duty(screen: Screen) -> bool:
    """Whether the version that this one corrects makes something mandatory, or made it so before
    a correction that nobody has answered for yet. To be asked before its work is closed.
    """
    if screen.corrects_id is None:
        return False
    before = original_of(screen)
    return _makes_mandatory(before) or changed_duty(before) == kinds.DUTY_TAKEN


def duty_taken(screen: Screen, by: Any) -> None:
    """A correction of one that `had_duty` may make nothing mandatory, or rate a domain lower that
    was high: it waits for who answers for what somebody lowered, and not for who worked on it.
    """
    if not _makes_mandatory(screen) or _holds_a_high(screen):
        not_by = [screen.completed_by_id, *worked_on(screen)]
        ask(screen, kind=kinds.DUTY_TAKEN, subject=screen, not_by=not_by, by=by)


def _makes_mandatory(screen: Screen) -> bool:
    rules = latest_assessment(screen).result["rules"]
    return any(rule["obligation"] == Obligation.MANDATORY for rule in rules)


def _holds_a_high(screen: Screen) -> bool:
    """Whether any-one-High is owed for a rating, too, that this correction lowered."""
    held = held_domains(screen)
    domains = tool_of(screen.tool_version_id).domains_by_key
    titles = {domains[key].title for key in held}
    rules = latest_assessment(screen).result["rules"]
    return any(titles & set(rule["because"]) for rule in rules if rule["id"] == "R5")


@transaction.atomic
def answer_changed_duty(*, screen_id: uuid.UUID, by: Any, note: str) -> Screen:
    """Say what is done about a duty that a date of birth added or a correction took away.

    By the safeguarding lead of the agency that screened, whoever is asked in their place, or the
    CSE team; of a correction never by who completed it. Raises `Refused` where none waits, and
    without a note.
    """
    screen = lock(screen_id)
    kind = changed_duty(screen)
    check_can_answer_duty(by, screen, kind)
    if not kind:
        raise Refused("No change of a duty waits for an answer.")
    if not note.strip():
        raise Refused("Say what is done about it.")
    close_items(subject=screen, kind=kind)
    events.record(ANSWERED[kind], by=by, child=screen.child_id, obj=screen, reason=note)
    if kind == kinds.DUTY_TAKEN:
        assess_again(screen, by, DUTY_ANSWERED)
    end_asked_access(screen.child, by)
    somebody_answered(screen)
    return screen
