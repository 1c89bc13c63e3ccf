"""The guidance pages, in the order of their list. Each has a template of the same name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """One guidance page: its address, its heading, and a line saying what it answers."""

    slug: str
    title: str
    summary: str


PAGES = (
    Page(
        "what-it-is",
        "What child sexual exploitation is",
        "The definition in force, and the one the handbooks were written with.",
    ),
    Page(
        "noticing",
        "Noticing it",
        "Push and pull, power, technology, and the forms it takes.",
    ),
    Page("who-screens", "Who screens, and when", "What the handbook expects of your agency."),
    Page("situations", "Eleven situations", "How it began, and what could have been seen early."),
    Page("choice", "Choice and consent", "What the law says, and why no child chooses abuse."),
    Page("words", "Words that protect", "How wording hides harm, with a before and after."),
    Page("steps", "What to do, in seven steps", "From a first worry to a referral."),
    Page(
        "working-with-children", "Working with a child", "Trust, pace, honesty, and not giving up."
    ),
    Page("principles", "What partners agree on", "Nineteen principles, in our own words."),
    Page("resources", "Resources", "For professionals, direct work and families."),
)
BY_SLUG = {page.slug: page for page in PAGES}
