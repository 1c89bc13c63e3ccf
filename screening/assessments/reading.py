"""An assessment to read: each part in words, and beside a domain what the screen said in it."""

from __future__ import annotations

from dataclasses import dataclass

from screening.assessments.carried import Carried
from screening.assessments.local_form import parts_of
from screening.models import RiskAssessment, Screen
from screening.parts import Part, domain_part
from screening.reading import ReadPart, in_words, read_domain
from screening.side_by_side import ComparedRow
from screening.tools.definition import Field, Tool


@dataclass(frozen=True)
class CarriedPart:
    """What the screen said in one domain, and what changed in it since the screen before."""

    screen: Screen
    read: ReadPart
    before: Screen | None
    changed: tuple[ComparedRow, ...]


def carried_part(part: Part, carried: Carried, tool: Tool) -> CarriedPart | None:
    """What is carried forward for a part; None for one that is no domain, or without a screen."""
    if part.domain is None or carried.screen is None:
        return None
    return CarriedPart(
        screen=carried.screen,
        read=read_domain(domain_part(part.domain, tool), carried.screen, tool),
        before=carried.before,
        changed=carried.changed_in(part.title),
    )


@dataclass(frozen=True)
class WrittenPart:
    """One part as it was written, with what stood beside it."""

    part: Part
    facts: tuple[tuple[str, str], ...]
    carried: CarriedPart | None


def read_parts(assessment: RiskAssessment, carried: Carried, tool: Tool) -> list[WrittenPart]:
    """Every part in order, with what is ``carried`` forward beside it."""
    return [
        WrittenPart(part, _facts(part, assessment), carried_part(part, carried, tool))
        for part in parts_of(tool)
    ]


def _facts(part: Part, assessment: RiskAssessment) -> tuple[tuple[str, str], ...]:
    return tuple((field.title, words) for field, words in written(part, assessment))


def written(part: Part, assessment: RiskAssessment) -> tuple[tuple[Field, str], ...]:
    """What was written, field by field; what applies only sometimes is left out while empty."""
    sections = assessment.sections
    return tuple(
        (each, in_words(each, sections.get(each.key, "")))
        for each in part.fields
        if sections.get(each.key) or not _sometimes(each.key)
    )


def _sometimes(key: str) -> bool:
    ends = ("_not_sought", "_note", "_reason", "without_contributions", "direction")
    return key.endswith(ends)
