"""What our two local forms ask, part by part, and where each part comes from (DEC-27). Pure.

The paper forms are named in the handbooks and not contained in them. Nothing is asked here that
neither the handbooks nor today's field names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from screening.parts import Part
from screening.tools.definition import Choice, Field, Tool

VERSION: Final = 1
"""Of both forms; an assessment keeps the version that it was written with."""
LABEL: Final = "Local form – confirm with board"
ANALYSIS: Final = "analysis"
SOURCES: Final = {"oxfordshire": "O §20", "wiltshire": "W §12.10"}
"""Where each handbook names the form, by the key of the area's tool."""

HISTORY: Final = (
    (
        "exclusion",
        "Social exclusion",
        "Kept out of, or missing from, school or health services.",
    ),
    ("poverty", "Poverty and deprivation", ""),
    (
        "abuse",
        "Earlier abuse",
        "Sexual, physical or emotional abuse before now.",
    ),
    ("offending", "Offending in the family and the community", ""),
    (
        "mental_health",
        "Mental-health problems that nobody has diagnosed",
        "",
    ),
)
"""The five factors of personal and family history (O §20, O-MTG-56)."""
PRESENT: Final = (
    Choice("yes", "Yes"),
    Choice("possible", "Possible"),
    Choice("no", "No"),
    Choice("not_known", "Not known"),
)
HARM: Final = (
    Choice("yes", "Yes"),
    Choice("possible", "Possibly"),
    Choice("no", "No sign of it"),
    Choice("not_known", "Not known"),
)
SIGNIFICANT_HARM: Final = (
    Choice("suffering", "The child is suffering significant harm"),
    Choice("likely", "The child is likely to suffer significant harm"),
    Choice("no", "Neither, on what is known now"),
    Choice("not_known", "Not known: more has to be found out"),
)
AGREES: Final = (Choice("yes", "Yes"), Choice("partly", "In part"), Choice("no", "No"))


def parts_of(tool: Tool) -> tuple[Part, ...]:
    """Every part of the form, the domains of this version of the tool first."""
    book = SOURCES.get(tool.key, "")
    domains = (
        Part(
            key=f"{ANALYSIS}.{domain.key}",
            slug=domain.key,
            title=domain.title,
            source=book,
            domain=domain,
            fields=(
                Field(
                    key=analysis_of(domain.key),
                    title="Risk analysis",
                    kind="text",
                    required=True,
                    help="What the answers and the contributions mean together for this child: "
                    "what is known, from whom, what has changed, and what is not known yet.",
                ),
            ),
        )
        for domain in tool.domains
    )
    return (*domains, *_sections(book))


def find_part(tool: Tool, slug: str) -> Part | None:
    """The part with that slug, if the form has it."""
    return next((part for part in parts_of(tool) if part.slug == slug), None)


def analysis_of(domain: str) -> str:
    """The field with the analysis of a domain."""
    return f"{ANALYSIS}-{domain}"


def _sections(book: str) -> Iterator[Part]:
    yield Part("history", "history", "Personal and family history", "O §20", fields=_history())
    yield Part(
        "strengths",
        "strengths",
        "Strengths and protective factors",
        "W App 1 s7, Annex 1.2",
        fields=(
            _text(
                "strengths",
                "What protects this child",
                "In the child, the family and around them. Weigh them beside the risks.",
            ),
        ),
    )
    yield Part(
        "views", "views", "Views of the child and the parents", "W App 1 s5", fields=_views()
    )
    yield Part("conclusion", "conclusion", "Conclusion and level", book, fields=_conclusion())


def _history() -> tuple[Field, ...]:
    fields: list[Field] = []
    for key, title, help_text in HISTORY:
        fields.append(Field(f"history_{key}", title, "choice", help=help_text, choices=PRESENT))
        fields.append(_text(f"history_{key}_note", f"{title}: what is known, and from whom"))
    return tuple(fields)


def _views() -> tuple[Field, ...]:
    return (
        Field("child_views", "The child’s views, in their own words where you can", "text", True),
        _text("child_views_not_sought", "If the child’s views were not sought, why not"),
        Field(
            "child_agrees", "Does the child agree with this assessment?", "choice", choices=AGREES
        ),
        _text("parent_views", "The views of parents or carers"),
        _text(
            "parent_views_not_sought", "If the parents’ or carers’ views were not sought, why not"
        ),
    )


def _conclusion() -> tuple[Field, ...]:
    return (
        Field(
            "harm_happened",
            "Has the child already been harmed by exploitation?",
            "choice",
            required=True,
            help="Harm that has happened is said apart from the risk of harm to come.",
            choices=HARM,
        ),
        Field(
            "significant_harm",
            "Significant harm",
            "choice",
            required=True,
            choices=SIGNIFICANT_HARM,
        ),
        Field(
            "professional_judgement",
            "Professional judgement",
            "text",
            required=True,
            help="Your judgement of the risk as a whole, and what it rests on. Nothing adds it up.",
        ),
        _text(
            "needs",
            "What is needed now",
            "Matched to the risks above: for the child, and for the places and people around them.",
        ),
        Field("level", "Level", "level", required=True),
        Field("direction", "The risk to this child has", "direction"),
        _text(
            "level_reason",
            "Why the level is lower than before",
            "Only where it is lower. A second person, your safeguarding lead, has to approve it.",
        ),
        _text(
            "without_contributions",
            "Why it is completed before every contribution has come",
            "Only where somebody who was asked has not answered. It does not have to wait.",
        ),
    )


def _text(key: str, title: str, help_text: str = "") -> Field:
    return Field(key, title, "text", help=help_text)
