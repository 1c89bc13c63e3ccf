"""A tool without a screen: what its pages show before anything is answered."""

from __future__ import annotations

from typing import Any

from screening.forms import SectionForm
from screening.parts import parts_of
from screening.rules import DomainRating
from screening.tools.definition import Tool
from screening.views.present import LEVELS, PRESENCES, rating_context, rows_of, time_choices


def preview_context(tool: Tool) -> dict[str, Any]:
    """Every page of a screen of this tool, empty. The rating of a domain is shown once for all."""
    parts = parts_of(tool)
    domains = [part for part in parts if part.is_domain]
    return {
        "tool": tool,
        "domains": [{"part": part, "rows": rows_of(part, tool, {})} for part in domains],
        "sections": [
            {"part": part, "form": SectionForm(part)} for part in parts if not part.is_domain
        ],
        "choices": PRESENCES,
        "levels": LEVELS,
        "times": time_choices(tool),
        "level": {"preview": True, "previous": None, "problems": ()},
        "level_hints": {str(each.key): each.help for each in tool.levels},
        "hints": {},
        "tables": {},
        "table_errors": {},
        "more_rows": False,
        **rating_context(None, tool, DomainRating(domain="")),
        "part": {"title": "each domain"},
    }
