"""What the templates of a draft show: rows, ratings, the rules beside the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape

from cse.interface.queries import hints_for
from cse.interface.rows import IndicatorRow
from screening.answers import NOTHING, Given, read_answers, read_notes, read_rating
from screening.evidence_offered import asking_rows
from screening.forms import ROW_TEXTS
from screening.parts import Part
from screening.rules import DomainRating, suggested_level
from screening.tools.definition import Indicator, Tag, Tool
from screening.views.common import Opened

PRESENCES = (
    ("yes", "Yes"),
    ("possible", "Possible"),
    ("no", "No"),
    ("not_answered", "Not answered"),
)
LEVELS = (("", "As suggested"), ("high", "High"), ("medium", "Medium"), ("low", "Low"))
RATINGS = (("", "Not rated"), ("low", "Low"), ("medium", "Medium"), ("high", "High"))
LEVEL_WORDS = {"high": "High", "medium": "Medium", "low": "Low"}


@dataclass(frozen=True)
class Row(IndicatorRow):
    """An indicator's row with what our screen says beside it.

    ``practice_note`` (DEC-22), ``prefilled`` (from a linked row), ``circumstance`` (not behaviour).
    """

    practice_note: str = ""
    prefilled: bool = False
    circumstance: bool = False
    hints: tuple[tuple[str, Any], ...] = field(default_factory=tuple)


def rows_of(
    part: Part,
    tool: Tool,
    given: dict[str, Given],
    errors: dict[str, str] | None = None,
    *,
    check_words: bool = False,
) -> list[Row]:
    """The rows of a domain as the page prints them, from the answers of the whole screen.

    ``errors`` are by control name.
    """
    assert part.domain is not None  # noqa: S101  a domain's page
    return [
        _row(row, given, tool, errors or {}, check_words=check_words) for row in part.domain.shown
    ]


def _row(
    row: Indicator,
    answers: dict[str, Given],
    tool: Tool,
    errors: dict[str, str],
    *,
    check_words: bool,
) -> Row:
    given = answers.get(row.id, NOTHING)
    texts = {each: getattr(given, each) for each in ROW_TEXTS}
    return Row(
        name=row.id,
        label=row.display_text,
        suggested=str(row.suggested_level or ""),
        linked=_also(row, answers, tool),
        presence=given.presence.value,
        level=given.level,
        when=given.when,
        practice_note=row.practice_note,
        prefilled=given.prefilled,
        circumstance=Tag.CIRCUMSTANCE in row.tags,
        errors={
            name.removeprefix(f"{row.id}-"): message
            for name, message in errors.items()
            if name.startswith(f"{row.id}-")
        },
        hints=tuple((name, found) for name, text in texts.items() if (found := hints_for(text)))
        if check_words
        else (),
        **texts,
    )


def _also(row: Indicator, answers: dict[str, Given], tool: Tool) -> str:
    """Where else the same is asked (DEC-18, DEC-23): in which domains, or as which row of this.

    What was answered there is said, so that nobody has to turn back to know.
    """
    others = [row.linked_to] if row.linked_to else list(row.also_under)
    found = [tool.indicators[each] for each in others if each in tool.indicators]
    shown = [each for each in found if not each.retired]
    elsewhere = [each for each in shown if each.domain != row.domain]
    titles = [tool.domains_by_key[each.domain].title for each in elsewhere]
    here = [f"“{each.display_text}”" for each in shown if each.domain == row.domain]
    where = and_words([*dict.fromkeys(titles), *here])
    if not where:
        return ""
    if answers.get(row.id, NOTHING).prefilled:
        return f"Filled in from {where}: check it"
    words = dict(PRESENCES)
    if row.linked_to:
        own, there = (answers.get(each, NOTHING) for each in (row.id, row.linked_to))
        if own.answered and there.answered and own.presence is not there.presence:
            answer = words[there.presence.value]
            return f"The same row under {where} is answered “{answer}”: the stronger answer counts"
        return f"Counted once with the same row under {where}"
    if not titles:
        return f"See also {where} on this page"
    recorded = [
        f"{tool.domains_by_key[each.domain].title}: {words[answers[each.id].presence.value]}"
        for each in elsewhere
        if each.id in answers and answers[each.id].answered
    ]
    if recorded:
        return f"Already recorded under {and_words(recorded)}"
    return f"Also under {where}"


def and_words(items: list[str]) -> str:
    """ "a, b and c"; empty for nothing."""
    return " and ".join(each for each in (", ".join(items[:-1]), *items[-1:]) if each)


def rating_context(part: Part, tool: Tool, rating: DomainRating) -> dict[str, Any]:
    """Impact, likelihood, what the matrix suggests, and the rating the worker chose."""
    suggested = suggested_level(rating, tool)
    return {
        "matrix": tool.matrix,
        "rating": rating,
        "suggested": str(suggested or ""),
        "suggested_words": LEVEL_WORDS.get(str(suggested or ""), ""),
        "accepted": suggested is not None and rating.rating is suggested,
        "ratings": RATINGS,
        "part": part,
    }


def domain_context(
    opened: Opened,
    part: Part,
    *,
    given: dict[str, Given] | None = None,
    notes: str | None = None,
    rating: DomainRating | None = None,
    errors: dict[str, str] | None = None,
    check_words: bool = False,
) -> dict[str, Any]:
    """Everything a domain's page shows; what was typed in place of what is stored, if given."""
    assert part.domain is not None  # noqa: S101  a domain's page
    document = opened.screen.answers
    notes = read_notes(document, part.domain.key) if notes is None else notes
    rating = rating or read_rating(document, part.domain.key)
    answers = read_answers(document) | (given or {})
    rows = rows_of(part, opened.tool, answers, errors, check_words=check_words)
    return {
        "part": part,
        "rows": rows,
        "choices": PRESENCES,
        "levels": LEVELS,
        "times": time_choices(opened.tool),
        "notes": notes,
        "notes_hints": hints_for(notes) if check_words else [],
        "errors": errors or {},
        "has_errors": bool(errors),
        "version": opened.screen.part_versions.get(part.key, 0),
        "is_offered": bool(asking_rows(part)),
        **_rest(part, answers),
        **rating_context(part, opened.tool, rating),
        **live_context(opened),
    }


def _rest(part: Part, answers: Mapping[str, Given]) -> dict[str, int]:
    """How many rows nobody answered, without and with something written on them."""
    assert part.domain is not None  # noqa: S101  the caller asked
    given = [answers.get(row.id, NOTHING) for row in part.domain.shown]
    left_open = sum(each.is_left_open for each in given)
    return {
        "unanswered": sum(not each.answered for each in given) - left_open,
        "left_open": left_open,
    }


def time_choices(tool: Tool) -> tuple[tuple[str, str], ...]:
    """When something was seen, in the tool's own words."""
    return (("", "Not said"), *((each.key, each.title) for each in tool.time_frames))


def live_context(opened: Opened) -> dict[str, Any]:
    """The rules that fire now, the counts, and what to think about: beside the answers."""
    found = opened.assessment
    return {
        "book": opened.tool.source.short,
        "rules": found.rules,
        "prompts": found.prompts,
        "totals": totals_words(found.totals),
        "unanswered_all": found.unanswered,
        "rules_words": rules_words([rule.title for rule in found.rules]),
        "has_levels": any(row.suggested_level for row in opened.tool.shown),
    }


def totals_words(totals: Any) -> list[tuple[str, str]]:
    """The counts as the paper has them: "3 (2 yes, 1 possible)" a level, and no sum (DEC-06)."""
    return [
        (LEVEL_WORDS[str(level)], count_words(count.yes, count.possible))
        for level, count in totals.items()
    ]


def count_words(yes: int, possible: int) -> str:
    """How many are present, and how many of them are possible (DEC-03)."""
    return f"{yes + possible} ({yes} yes, {possible} possible)"


def rules_words(titles: list[str]) -> str:
    """What a screen reader is told when the rules beside the answers have changed."""
    if not titles:
        return "No rule applies to the answers so far."
    return "Rules that apply now: " + "; ".join(titles) + "."


def panels(opened: Opened, part: Part) -> dict[str, str]:
    """The parts of the page that change with a save, as the page itself prints them."""
    context = live_context(opened)
    found = {"rules": render_to_string("screening/parts/rules.html", context)}
    if part.domain is not None:
        given = read_answers(opened.screen.answers)
        found["rest"] = render_to_string("screening/parts/rest.html", _rest(part, given))
    if part.domain is not None and opened.tool.matrix is not None:
        rating = read_rating(opened.screen.answers, part.domain.key)
        found["suggestion"] = render_to_string(
            "screening/parts/suggestion.html", rating_context(part, opened.tool, rating)
        )
    words = context["rules_words"]
    return {**found, "words": words, "bar": escape(words) if context["rules"] else ""}
