"""Impact × likelihood (W Annex 1.1): a suggestion for a domain, and prompts. Never a level.

The matrix gives low, medium or high; the screen asks for vulnerable, at risk or CSE. The handbook
maps neither to the other, so nothing here does: it prompts, a person chooses (DEC-06, DEC-07).
"""

from __future__ import annotations

from collections.abc import Iterator

from screening.rules.facts import DomainRating
from screening.rules.results import Prompt
from screening.tools.definition import Impact, Level, Likelihood, Tool

WHOLE_SCREEN = "The whole screen"


def suggested_level(rating: DomainRating, tool: Tool) -> Level | None:
    """What the matrix says; None until both impact and likelihood are chosen."""
    if tool.matrix is None or rating.impact is None or rating.likelihood is None:
        return None
    return tool.matrix.level(rating.impact, rating.likelihood)


def matrix_prompts(rating: DomainRating, title: str, tool: Tool) -> Iterator[Prompt]:
    """What to consider about one rating; ``title`` is the domain's."""
    if tool.matrix is None:
        return
    suggested = suggested_level(rating, tool)
    if suggested is Level.LOW:
        yield Prompt("matrix-low", "Low: consider Vulnerable.", "W Annex 1.1; DEC-07", (title,))
    elif suggested:
        word = "High" if suggested is Level.HIGH else "Medium"
        yield Prompt("matrix-raised", f"{word}: consider At risk.", "W Annex 1.1; DEC-07", (title,))
    if rating.likelihood and tool.matrix.has_happened(rating.likelihood):
        yield _has_happened(rating.likelihood, title)
    if is_incoherent(rating, tool):
        yield Prompt(
            "matrix-incoherent",
            "Low or moderate impact does not go with something that has happened. Where a child "
            "has been exploited a referral is required whatever the rating: look at both again.",
            "W §13; DEC-08",
            (title,),
        )
    if suggested and rating.rating and rating.rating.rank < suggested.rank:
        yield Prompt(
            "matrix-lowered",
            f"The matrix suggests {suggested.value}, and it was rated {rating.rating.value}. The "
            "notes must say why.",
            "W §12.9",
            (title,),
        )


def open_suggestion(
    rating: DomainRating, title: str, tool: Tool, *, young: bool
) -> Iterator[Prompt]:
    """A suggestion that the worker has neither taken nor answered with another rating (DEC-05).

    ``young``: the child counts as 13 or younger, so that a high that is taken means a referral.
    """
    suggested = suggested_level(rating, tool)
    if suggested is None or rating.rating is not None:
        return
    text = (
        f"The matrix suggests {suggested.value}, and this domain is not rated. Take the suggestion "
        "or choose another rating."
    )
    if young and suggested is Level.HIGH:
        text += " For a child aged 13 or younger, a domain that is rated high means a referral."
    yield Prompt("matrix-open", text, "W Annex 1.1; DEC-05", (title,))


def is_incoherent(rating: DomainRating, tool: Tool) -> bool:
    """Impact low or moderate with a likelihood that says it has happened (DEC-08)."""
    if tool.matrix is None or rating.likelihood is None:
        return False
    slight = rating.impact in (Impact.LOW, Impact.MODERATE)
    return slight and tool.matrix.has_happened(rating.likelihood)


def _has_happened(likelihood: Likelihood, title: str) -> Prompt:
    word = "Very likely" if likelihood is Likelihood.VERY_LIKELY else "Likely"
    return Prompt(
        "has-happened",
        f"{word} means it has happened — has exploitation already happened? If so the level is "
        "CSE.",
        "W Annex 1.1, §13; DEC-07",
        (title,),
    )
