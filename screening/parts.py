"""The parts of a screen: what is filled in and saved on one page. Pure.

A part is a domain of the tool or a section of it that asks something beside the indicators.
Each is saved by itself and counts its own saves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from screening.tools.definition import Choice, Domain, Field, Section, Tool

#: What a page of its own asks; everything else is a domain's, or is worked out.
ASKED = frozenset({"text", "choice", "yes_no", "level", "direction", "table"})
NOT_ASKED = frozenset({"previous_level"})


@dataclass(frozen=True)
class Part:
    """One page of a screen. ``key`` names it in versions, history and events."""

    key: str
    slug: str
    title: str
    source: str
    number: str = ""
    domain: Domain | None = None
    fields: tuple[Field, ...] = ()

    @property
    def is_domain(self) -> bool:
        """Whether it is a domain's page of indicators."""
        return self.domain is not None


def parts_of(tool: Tool) -> tuple[Part, ...]:
    """Every part, domains first, in the tool's order."""
    domains = tuple(domain_part(domain, tool) for domain in tool.domains)
    sections = (section_part(section, tool) for section in tool.sections)
    return (*domains, *(part for part in sections if part.fields))


def domain_part(domain: Domain, tool: Tool) -> Part:
    """A domain's page."""
    return Part(f"domain.{domain.key}", domain.key, domain.title, tool.source.short, domain=domain)


def section_part(section: Section, tool: Tool) -> Part:
    """A section's page, without fields where it asks nothing of its own."""
    return Part(
        key=f"section.{section.key}",
        slug=section.key,
        title=section.title,
        source=section.source,
        number=section.number,
        fields=tuple(_fields(section, tool)),
    )


def find_part(tool: Tool, key: str) -> Part | None:
    """The part with that key, if this version of the tool has it."""
    return next((part for part in parts_of(tool) if part.key == key), None)


def part_of_field(tool: Tool, field: str) -> Part | None:
    """Where a field is filled in: a section, or a domain, by its key (``health.notes``) or that
    of one of its indicators (``O-IND-HEA-01.reason``).
    """
    name = field.split(".")[0]
    row = tool.indicators.get(name)
    domain = row.domain if row is not None else name
    for part in parts_of(tool):
        if part.domain is not None and part.domain.key == domain and "." in field:
            return part
        if any(each.key == field for each in part.fields):
            return part
    return None


def _fields(section: Section, tool: Tool) -> Iterator[Field]:
    """The section's own fields, and what our screen asks beside them."""
    for field in section.fields:
        if field.kind not in ASKED or field.key in NOT_ASKED:
            continue
        yield field
        if field.key.endswith("_views"):
            yield Field(
                key=f"{field.key}_not_sought",
                title="If their views were not sought, why not",
                kind="text",
            )
    if any(field.kind == "level" for field in section.fields):
        yield from _beside_level(tool)


def _beside_level(tool: Tool) -> Iterator[Field]:
    """The reason for lowering (DEC-09), and the matrix used once for the whole (DEC-07)."""
    yield Field(
        key="level_reason",
        title="Why the level is lower than before",
        kind="text",
        help="Only where it is lower. A second person, your safeguarding lead, has to approve it.",
    )
    if tool.matrix is None:
        return
    for key, title, rows in (
        ("overall_impact", "Impact, for the whole screen", tool.matrix.impacts),
        ("overall_likelihood", "Likelihood, for the whole screen", tool.matrix.likelihoods),
    ):
        choices = tuple(Choice(row.key, f"{row.title}: {row.definition}") for row in rows)
        yield Field(key=key, title=title, kind="choice", choices=choices)
