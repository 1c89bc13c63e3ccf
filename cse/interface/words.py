"""Dates, times, ages and counts in words, as every page and e-mail shows them.

Stored in UTC, shown in Europe/London: "9 December 2026", "9 December 2026 at 2:05pm"
(interface.md, "Time").
"""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import markupsafe

LONDON = ZoneInfo("Europe/London")
SENT_ALREADY = (
    "You sent this page before, and what it said then is recorded and stays as it was. What it "
    "says now is below and is not saved: send it again to record it as well."
)
"""Of a form that was sent, changed by way of the browser's "Back", and sent once more."""
_CHOICE = re.compile(r"[a-z0-9_-]+")


def in_london(value: datetime) -> datetime:
    """The same moment on a London clock. A moment without a zone is refused."""
    if value.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be shown")
    return value.astimezone(LONDON)


def date_words(value: date | datetime | None, missing: str = "") -> str:
    """9 December 2026. `missing` is what to say where there is no date."""
    if value is None:
        return missing
    if isinstance(value, datetime):
        value = in_london(value).date()
    return f"{value.day} {value:%B} {value.year}"


def short_date(value: date | datetime | None, missing: str = "") -> str:
    """9 Dec 2026, for narrow table columns."""
    if value is None:
        return missing
    if isinstance(value, datetime):
        value = in_london(value).date()
    return f"{value.day} {value:%b} {value.year}"


def time_words(value: datetime) -> str:
    """2:05pm; noon and midnight as 12pm and 12am would confuse, so they are named."""
    local = in_london(value)
    if (local.hour, local.minute) in {(0, 0), (12, 0)}:
        return "midnight" if local.hour == 0 else "midday"
    return f"{local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def datetime_words(value: datetime | None, missing: str = "") -> str:
    """9 December 2026 at 2:05pm, London time; the hour that exists twice names its zone."""
    if value is None:
        return missing
    local = in_london(value)
    return f"{date_words(local)} at {time_words(local)}{_which_hour(local)}"


def _which_hour(local: datetime) -> str:
    """On the night the clocks go back, 1:30am comes twice: say which."""
    first, second = local.replace(fold=0), local.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return ""
    return f" ({local.tzname()})"


def age_words(years: int | None) -> str:
    """'13 years old', '1 year old', 'under 1 year old', 'age not known'."""
    if years is None:
        return "age not known"
    if years < 1:
        return "under 1 year old"
    return f"{plural(years, 'year')} old"


def plural(count: int, one: str, many: str | None = None) -> str:
    """'1 child', '3 children': the number and the noun that fits it."""
    noun = one if count == 1 else (many if many is not None else f"{one}s")
    return f"{count:,} {noun}"


def paragraphs(text: str | None) -> markupsafe.Markup:
    """What a person typed, as paragraphs: escaped first, then line breaks kept."""
    blocks = str(text or "").replace("\r\n", "\n").replace("\r", "\n").strip().split("\n\n")
    return markupsafe.Markup("\n").join(
        markupsafe.Markup('<p class="govuk-body">{}</p>').format(
            markupsafe.Markup("<br>").join(block.strip("\n").split("\n"))
        )
        for block in blocks
        if block.strip()
    )


def looks_typed(text: str) -> bool:
    """Whether somebody typed this: a choice, a number and an id are one word of small letters."""
    return bool(text.strip()) and not _CHOICE.fullmatch(text)


def keep_lines(text: str | None) -> markupsafe.Markup:
    """Typed text for inside a `<textarea>`: each line break as an entity.

    A template filter around it (the GOV.UK macros indent what they hold) then cannot add spaces to
    what was typed, and a first empty line is not swallowed by the browser.
    """
    escaped = markupsafe.escape(str(text or "").replace("\r\n", "\n").replace("\r", "\n"))
    first = "\n" if escaped.startswith("\n") else ""
    kept = (first + str(escaped)).replace("\n", "&#10;")
    return markupsafe.Markup(kept)  # noqa: S704 - escaped above


def breakable(address: str) -> markupsafe.Markup:
    """An e-mail address that breaks, where it has to, before a dot or behind the @."""
    parts = str(address).replace("@", "@ ").replace(".", " .").split(" ")
    return markupsafe.Markup("<wbr>").join(parts)


def iso(value: date | datetime) -> str:
    """For the `datetime` attribute of a `<time>` element."""
    return value.isoformat()


_HANDBOOKS = {"W": "Wiltshire handbook", "O": "Oxfordshire handbook"}


def handbook(source: str, own: str = "") -> str:
    """The handbook sections of a source, in words; our own decision records are not named.

    "W §12.7, App 1 s3; DEC-04" is "Wiltshire handbook §12.7, Appendix 1 section 3". ``own`` is a
    source of the reader's own handbook ("O Annexe 2"), which then comes first. Empty where a
    source names no section.
    """
    found: dict[str, list[str]] = {}
    book = ""
    for part in re.split(r"[;,]\s*", source):
        start, _, section = part.strip().partition(" ")
        if start in _HANDBOOKS:
            book = start
        elif _OURS.match(start):
            continue
        else:
            section = part.strip()
        if section:
            found.setdefault(book, []).append(_section(section))
    mine = own.partition(" ")[0]
    books = sorted(found, key=lambda each: each != mine)
    return "; ".join(
        f"{_HANDBOOKS.get(each, '')} {', '.join(found[each])}".strip() for each in books
    )


_OURS = re.compile(r"DEC-|field\.md")
"""Our own records: they explain a rule to those who build it, and a recipient has none of them."""


def _section(section: str) -> str:
    """ "App 1 s3" as a reader finds it in the book."""
    return re.sub(r"\bs(\d)", r"section \1", re.sub(r"\bApp\b", "Appendix", section))


FILTERS = {
    "handbook": handbook,
    "date": date_words,
    "short_date": short_date,
    "time": time_words,
    "datetime": datetime_words,
    "age": age_words,
    "paragraphs": paragraphs,
    "plural": plural,
    "keep_lines": keep_lines,
    "iso": iso,
    "breakable": breakable,
}
