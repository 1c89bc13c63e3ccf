"""A child's date of birth was changed: the rules are asked about the newest screen again.

The screen stays as it was completed. The change is a named assessment of its own; it can add the
duties of children of 13 or younger, and never takes one off.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cse.audit import events
from cse.children.models import Child
from cse.children.told import BIRTH
from screening.actions.asking import ask_countersignatures
from screening.actions.assessing import assess_again
from screening.actions.common import let_leads_see
from screening.actions.duties import duty_added
from screening.child_then import facts_to_keep
from screening.models import Screen
from screening.queries import latest_assessment, newest_screen, waiting_rows

BECAUSE = "date of birth"


def birth_changed(child: Child, before: Mapping[str, Any], by: Any) -> None:
    """Ask the rules about the child's newest completed screen again; called inside the change."""
    screen = newest_screen(child.pk)
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


def _tell_the_lead(screen: Screen, by: Any) -> None:
    """A duty was added: the safeguarding leads of the agency that screened see and read it."""
    let_leads_see(screen, by)
    ask_countersignatures(screen, waiting_rows(screen), by)
    duty_added(screen)
