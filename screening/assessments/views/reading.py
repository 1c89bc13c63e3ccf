"""An assessment to read: each part in words, and beside a domain what the screen said in it."""

from __future__ import annotations

from dataclasses import dataclass

from screening.assessments.carried import Carried
from screening.assessments.local_form import parts_of
from screening.assessments.views.common import Opened
from screening.models import Screen
from screening.parts import Part, domain_part
from screening.side_by_side import ComparedRow
from screening.views.reading import ReadPart, in_words, read_domain


@dataclass(frozen=True)
class CarriedPart:
    """What the screen said in one domain, and what changed in it since the screen before."""

    screen: Screen
    read: ReadPart
    before: Screen | None
    changed: tuple[ComparedRow, ...]


def carried_part(opened: Opened, part: Part) -> CarriedPart | None:
    """What is carried forward for a part; None for one that is no domain, or without a screen."""
    carried: Carried = opened.carried
    if part.domain is None or carried.screen is None:
        return None
    return CarriedPart(
        screen=carried.screen,
        read=read_domain(domain_part(part.domain, opened.tool), carried.screen, opened.tool),
        before=carried.before,
        changed=carried.changed_in(part.title),
    )


@dataclass(frozen=True)
class WrittenPart:
    """One part as it was written, with what stood beside it."""

    part: Part
    facts: tuple[tuple[str, str], ...]
    carried: CarriedPart | None


def read_parts(opened: Opened) -> list[WrittenPart]:
    """Every part in order."""
    return [
        WrittenPart(part, _facts(part, opened), carried_part(opened, part))
        for part in parts_of(opened.tool)
    ]


def _facts(part: Part, opened: Opened) -> tuple[tuple[str, str], ...]:
    """What was written, field by field; what applies only sometimes is left out while empty."""
    sections = opened.assessment.sections
    return tuple(
        (each.title, in_words(each, sections.get(each.key, "")))
        for each in part.fields
        if sections.get(each.key) or not _sometimes(each.key)
    )


def _sometimes(key: str) -> bool:
    ends = ("_not_sought", "_note", "_reason", "without_contributions", "direction")
    return key.endswith(ends)
