"""A child's date of birth was changed: the rules are asked about the newest screen again.

The screen stays as it was completed. The change is a named assessment of its own; it can add the
duties of children of 13 or younger, and never takes one off.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from cse.access.capabilities import Capability
from cse.access.policies import check
from cse.audit import events
from cse.children.models import Child
from cse.children.told import BIRTH
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from screening.actions.asking import ask_countersignatures
from screening.actions.assessing import assess_again
from screening.actions.common import ANSWER_DAYS, due_in, leads_of, let_leads_see, lock
from screening.child_then import facts_to_keep
from screening.models import Screen, Status
from screening.policies import Refused, check_answers_for
from screening.queries import changed_duty, latest_assessment, waiting_rows, with_tool
from screening.rules import Obligation

BECAUSE = "date of birth"
ANSWERED = {
    kinds.DUTY_ADDED: "added duty answered",
    kinds.DUTY_TAKEN: "duty taken away answered",
}


def birth_changed(child: Child, before: Mapping[str, Any], by: Any) -> None:
    """Ask the rules about the child's newest completed screen again; called inside the change."""
    screen = (
        with_tool().filter(child=child, status=Status.COMPLETE).order_by("-completed_at").first()
    )
    if screen is None:
        return
    said = latest_assessment(screen).result
    birth = {
        "before": facts_to_keep(Child(**before), BIRTH),
        "after": facts_to_keep(child, BIRTH),
    }
    kept = assess_again(screen, by, BECAUSE, birth)
    added = _rules(kept.result) - _rules(said)
    events.record(
        "screen assessed again",
        by=by,
        child=child,
        obj=screen,
        rule=" ".join(sorted(added)),
        data={"because": BECAUSE},
    )
    if added:
        _tell_the_lead(screen, by)


def _rules(result: Mapping[str, Any]) -> set[str]:
    return {rule["id"] for rule in result["rules"]}


def mandatory_of(screen: Screen) -> set[str]:
    """The mandatory rules of a completed screen as last assessed; of one that waits, also those
    that a correction took away and nobody has answered for.
    """
    rules = latest_assessment(screen).result["rules"]
    found = {rule["id"] for rule in rules if rule["obligation"] == Obligation.MANDATORY}
    return found | ({"taken"} if changed_duty(screen) == kinds.DUTY_TAKEN else set())


def ask_about_taken(screen: Screen, before: set[str]) -> None:
    """A correction took a mandatory duty away: it waits for the leads (DEC-04).

    ``before`` are `mandatory_of` the version that it corrects.
    """
    leads = leads_of(screen.agency_id)
    if leads is None or not before - mandatory_of(screen) or mandatory_of(screen):
        return
    open_item(
        kind=kinds.DUTY_TAKEN,
        group=leads,
        child=screen.child,
        subject=screen,
        due_at=due_in(ANSWER_DAYS, screen.child),
    )


def _tell_the_lead(screen: Screen, by: Any) -> None:
    """A duty was added: it waits for the safeguarding leads of the agency that screened."""
    let_leads_see(screen, by)
    ask_countersignatures(screen, waiting_rows(screen), by)
    leads = leads_of(screen.agency_id)
    if leads is not None:
        open_item(
            kind=kinds.DUTY_ADDED,
            group=leads,
            child=screen.child,
            subject=screen,
            due_at=due_in(ANSWER_DAYS, screen.child),
        )


@transaction.atomic
def answer_added_duty(*, screen_id: Any, by: Any, note: str) -> Screen:
    """Say what is done about a duty that a date of birth added or a correction took away.

    By the safeguarding lead of the agency that screened, or the CSE team, and of a correction never
    by who completed it. Raises `Refused` where none waits, and without a note.
    """
    screen = lock(screen_id)
    check(by, Capability.COUNTERSIGN, screen.child_id)
    check_answers_for(by, screen)
    kind = changed_duty(screen)
    if not kind:
        raise Refused("No change of a duty waits for an answer.")
    if kind == kinds.DUTY_TAKEN and by.pk == screen.completed_by_id:
        raise Refused("You completed this correction yourself: somebody else has to answer.")
    if not note.strip():
        raise Refused("Say what is done about it.")
    close_items(subject=screen, kind=kind)
    events.record(ANSWERED[kind], by=by, child=screen.child_id, obj=screen, reason=note)
    return screen
