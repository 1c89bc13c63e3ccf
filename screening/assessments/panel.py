"""A child's assessments on their page: what each is, what it chose, and what still waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.children.models import Child
from cse.children.panels import Panel
from cse.interface.words import plural
from screening.assessments import queries
from screening.assessments.policies import (
    SPECIALISTS,
    check_can_start,
    check_start,
    form_of,
    why_not,
)
from screening.assessments.rules import AT_RISK
from screening.models import (
    AnyAssessment,
    Contribution,
    RiskAssessment,
    Screen,
    StatutoryAssessment,
)
from screening.standing import ChosenLevel, level_states
from screening.ways_on import WayOn

SHOWN = 4
"""Of each in the panel of a child's page; the list of all is one link away."""


@dataclass(frozen=True)
class Row:
    """One assessment in a list."""

    assessment: RiskAssessment
    level: ChosenLevel | None
    states: tuple[str, ...]


@dataclass(frozen=True)
class StatutoryRow:
    """What social care has begun in a list, with how it stands with those who were asked."""

    record: StatutoryAssessment
    states: tuple[str, ...]


Asked = Mapping[Any, Sequence[Contribution]]
"""What was asked for each assessment, by its id."""


def asked_for(records: Iterable[AnyAssessment]) -> Asked:
    """Who was asked to contribute to each of these; one query for any number."""
    asked: dict[Any, list[Contribution]] = {}
    for each in queries.contributions_to([row.pk for row in records]):
        asked.setdefault(each.record_id, []).append(each)
    return asked


def rows_of(found: Sequence[RiskAssessment], asked: Asked) -> list[Row]:
    """The assessments with their levels and what waits; one query for any number."""
    levels = level_states(found)
    return [
        Row(row, level, tuple(_states(row, level, asked.get(row.pk, ()))))
        for row in found
        for level in [levels.get(row.pk)]
    ]


def statutory_rows(found: Iterable[StatutoryAssessment], asked: Asked) -> list[StatutoryRow]:
    """What social care has begun, with what waits."""
    return [StatutoryRow(row, tuple(_waiting(asked.get(row.pk, ())))) for row in found]


def _states(row: Any, level: ChosenLevel | None, asked: Sequence[Contribution]) -> list[str]:
    words = ["Draft" if row.is_draft else "Complete"]
    if row.correction_number:
        words.append(f"correction {row.correction_number}")
    if row.replaced:
        words.append("replaced by a correction")
    words += _waiting(asked)
    if level and level.state:
        words.append(f"level {level.state}")
    return words


def _waiting(asked: Sequence[Contribution]) -> Iterator[str]:
    waiting = [each for each in asked if each.waits]
    if waiting:
        verb = "waits" if len(waiting) == 1 else "wait"
        yield f"{plural(len(waiting), 'contribution')} {verb}"
    late = sum(each.is_late(timezone.localdate()) for each in waiting)
    if late:
        yield f"{late} late"


def assessments_panel(child: Child, user: Any) -> Panel | None:
    """The child's assessments and what social care has begun; four queries for any number.

    None for somebody whose post does not include seeing them; and where there is nothing yet, for
    somebody who does not begin one.
    """
    acts, today = principals_of(user).acts, timezone.localdate()
    if Capability.SEE_ASSESSMENT not in acts:
        return None
    found = list(queries.assessments_of(user, child.pk)[: SHOWN + 1])
    begun = queries.statutory_of(user, child.pk).filter(mistake_reason="")
    statutory = list(begun[: SHOWN + 1])
    may_start = Capability.ASSESS in acts and not why_not(check_start, user, child, today)
    if not found and not statutory and not may_start:
        return None
    asked = asked_for([*found, *statutory])
    return Panel(
        heading="Assessments",
        template="screening/assessment/panel.html",
        context={
            "rows": rows_of(found[:SHOWN], asked),
            "statutory": statutory_rows(statutory[:SHOWN], asked),
            "form_name": form_of(child.authority.tool_key).label,
            "may_start": may_start,
            "more": len(found) > SHOWN or len(statutory) > SHOWN,
        },
    )


def assessment_way_on(screen: Screen, user: Any) -> WayOn | None:
    """Beside a completed screen that identifies risk, for the specialists who lead it (O §20)."""
    if not SPECIALISTS & principals_of(user).roles:
        return None
    if screen.sections.get("level") not in AT_RISK:
        return None
    if why_not(check_can_start, user, screen.child, timezone.localdate()):
        return None
    form = form_of(screen.authority.tool_key)
    return WayOn(
        f"Start a {form.label}", reverse("screening:assessment-start", args=[screen.child_id])
    )
