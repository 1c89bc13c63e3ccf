"""What in a text could tell who a child is: found, never changed (W §4.3.2, DEC-14). Pure.

A consultation without a name may identify nobody, directly or indirectly. The detector is there
to catch a slip; it proves nothing, and the page says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Found:
    """Something in the text that identifies: the words as typed, what they look like."""

    words: str
    looks_like: str


_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_STREET = (
    r"(?:street|st|road|rd|lane|ln|avenue|ave|close|drive|way|crescent|court|gardens|grove|place|"
    r"terrace|row|hill|square|walk|mews|park|green)"
)
#: The same kinds as they stand in a name: "Mill Lane", without its number.
_TITLED = re.sub(r"\b[a-z]", lambda first: first.group().upper(), _STREET)
#: Words that stand in no street's name: "2 people in a close group" is no address.
_NO_NAME = r"(?!(?:a|an|the|in|on|of|at|by|to|his|her|their|and|or|am|pm|is|are|was|were|from)\b)"
PATTERNS: Final = (
    ("an e-mail address", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    (
        "a date, which may be a date of birth",
        re.compile(
            r"\b\d{1,2}\s*[./-]\s*\d{1,2}\s*[./-]\s*(?:\d{4}|\d{2})\b"
            r"|\b(?:19|20)\d{2}-\d{2}-\d{2}\b"
            rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\.?,?\s+(?:19|20)?\d{{2}}\b"
            rf"|\b{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d{{2}}\b",
            re.IGNORECASE,
        ),
    ),
    (
        "a date of birth",
        re.compile(
            rf"\b(?:born|birthday|birth|dob)\b(?:\W+[a-z]+){{0,3}}?"
            rf"\W+(?:{_MONTH}(?:\s+(?:19|20)\d{{2}})?|(?:19|20)\d{{2}})\b",
            re.IGNORECASE,
        ),
    ),
    # Ten digits in threes and a four come before telephone numbers: both would match.
    ("an NHS number", re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")),
    ("a telephone number", re.compile(r"(?<!\d)(?:\+44|0044|0)[\s()-]*(?:\d[\s()-]*){9,10}(?!\d)")),
    (
        "a postcode",
        re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.IGNORECASE),
    ),
    (
        "an address",
        re.compile(
            rf"\b\d{{1,4}}[a-z]?,?\s+(?:{_NO_NAME}[\w’'-]+\s+){{1,3}}{_STREET}\b"
            rf"|(?-i:\b(?:(?!The\b|A\b|In\b|On\b)[A-Z][\w’'-]+\s+){{1,3}}{_TITLED}\b)",
            re.IGNORECASE,
        ),
    ),
    ("a reference of a child", re.compile(r"\bC-[0-9A-Z]{7}\b", re.IGNORECASE)),
)
"""What a text is searched for beside names; the first that matches a place names it."""
#: Characters that no reader sees; pasted text brings them along, inside a name too.
_UNSEEN: Final = "\u00ad\u200b-\u200d\u2060\ufeff"
SHORTEST_NAME: Final = 3
"""Letters of a name that is searched for: shorter ones are words of every sentence."""
_BETWEEN: Final = re.compile(r"[\W_]+")
"""What stands between two parts of a name, however it is joined: Anne-Marie, J_Smith, O’Neill."""
#: "J.S.", "J. S.", "J_S", "J S", "JS"; and "J_Smith", whose name nobody here need know.
_INITIALS: Final = re.compile(
    r"(?<![\w.@])(?:"
    r"[a-z](?:\.[a-z]){1,2}\.?|(?-i:[A-Z]\. [A-Z]\.)|(?-i:[A-Z](?:[_-][A-Z]){1,2})"
    r"|(?-i:[B-HJ-Z] [B-HJ-Z])|(?-i:[A-Z]{2})|(?-i:[A-Z][._][A-Z][a-z]+)"
    r")(?![\w@])",
    re.IGNORECASE,
)

#: Three or more in a row are an abbreviation more often than initials: only a child's own count.
_CAPITALS: Final = re.compile(r"(?<![\w@])[A-Z]{3,5}(?![\w@])")


def identifying(text: str, names: Iterable[str] = (), schools: Iterable[str] = ()) -> list[Found]:
    """Everything in ``text`` that could identify, in its order, each once.

    ``names`` are those of the children that the writer sees: any word of one of them, whatever
    its case and accents and what joins it to the next, counts. A name that is an everyday word is
    found only with a capital. Two initials count, whoever's they are, and three or more in a row
    where a name of ``names`` has them; an abbreviation of the field does not. ``schools`` count by
    their whole name: there a child may be found by age and worry alone.
    """
    found: dict[int, Found] = {}
    for looks_like, pattern in PATTERNS:
        for match in pattern.finditer(text):
            if not any(start <= match.start() < start + len(f.words) for start, f in found.items()):
                found[match.start()] = Found(match.group().strip(), looks_like)
    for school in schools:
        for match in re.finditer(rf"\b{re.escape(school)}\b", text, re.IGNORECASE):
            found.setdefault(match.start(), Found(match.group(), "the name of a school"))
    for at, word in _named(text, names):
        found.setdefault(at, Found(word, "the name of a child you can see"))
    for match in _INITIALS.finditer(text):
        if _BETWEEN.sub("", match.group()).upper() not in ABBREVIATIONS:
            found.setdefault(match.start(), Found(match.group(), "the initials of somebody"))
    theirs = {initials for name in names if len(initials := _initials_of(name)) >= 3}
    for match in _CAPITALS.finditer(text):
        if match.group() in theirs - ABBREVIATIONS:
            found.setdefault(
                match.start(), Found(match.group(), "the initials of a child you can see")
            )
    return list(dict.fromkeys(each for _, each in sorted(found.items())))


def apart(text: str) -> str:
    """Its words with one space between them, whatever joined them, as names are compared."""
    return " ".join(_BETWEEN.sub(" ", _plain(text)).split())


def _named(text: str, names: Iterable[str]) -> Iterator[tuple[int, str]]:
    parts = {part for name in names for part in _parts_of(name) if len(part) >= SHORTEST_NAME}
    if not parts:
        return
    for match in re.finditer(rf"[^\W\d_](?:[^\W\d_]|[’'{_UNSEEN}])*", text):
        word = re.sub(r"[’']s?$", "", match.group())
        plain = _plain(word)
        if plain in parts and (plain not in EVERYDAY or word[:1].isupper()):
            yield match.start(), word


def _parts_of(name: str) -> Iterator[str]:
    """The words of a name, and what is joined in it as one: Anne, Marie and AnneMarie."""
    for joined in name.split():
        yield _plain(_BETWEEN.sub("", joined))
        yield from map(_plain, _BETWEEN.split(joined))


def _initials_of(name: str) -> str:
    return "".join(part[0] for part in apart(name).split()).upper()


def _plain(word: str) -> str:
    """Without case, accents, apostrophes and what nobody sees: "Zoë" is found as "zoe"."""
    seen = re.sub(f"[{_UNSEEN}’']", "", word)
    marked = unicodedata.normalize("NFKD", seen)
    return "".join(each for each in marked if not unicodedata.combining(each)).casefold()


EVERYDAY: Final = frozenset(
    {
        *("amber", "april", "art", "august", "autumn", "bay", "bill", "brook", "brown", "carol"),
        *("chance", "christian", "church", "clay", "dale", "dawn", "day", "destiny", "drew"),
        *("faith", "field", "fields", "ford", "forest", "frank", "gene", "grace", "grant", "gray"),
        *("green", "hall", "heath", "heather", "hill", "holly", "hope", "iris", "ivy", "jack"),
        *("jade", "joy", "june", "king", "lane", "lily", "long", "love", "mark", "marsh", "may"),
        *("melody", "mercy", "miles", "mill", "miller", "nick", "olive", "page", "park", "pat"),
        *("pearl", "penny", "pope", "price", "rich", "river", "rob", "robin", "rose", "ruby"),
        *("sandy", "short", "sky", "stone", "street", "summer", "sunny", "sue", "taylor", "tom"),
        *("victor", "violet", "walker", "ward", "water", "waters", "west", "white"),
        *("will", "win", "winter", "wood", "woods", "young"),
    }
)
"""Names that are also words: in lower case they are taken for the word."""
ABBREVIATIONS: Final = frozenset(
    {
        # Of the field, of schools and of the police: two letters, or more where dots stand between.
        *("CSE", "CCE", "CE", "CIN", "CP", "CPP", "LAC", "CLA", "MASH", "DSL", "CSC", "SW", "YP"),
        *("DA", "DV", "FGM", "HSB", "LADO", "DO", "EH", "CAF", "TAC", "TAF", "IRO", "RO", "LA"),
        *("A&E", "AE", "GP", "NHS", "MH", "HV", "OT", "STI", "CAMHS", "SEN", "EHCP", "EP", "TA"),
        *("PE", "RE", "DT", "IT", "ICT", "HT", "FE", "HE", "HR"),
        *("PC", "DC", "DS", "DI", "PS", "CPS"),
        # Of every text.
        *("EG", "IE", "NB", "AM", "PM", "AKA", "DOB", "UK", "GB", "EU", "US", "USA", "TV", "PA"),
        *("ID", "OK", "MP", "DJ", "CV", "CD", "DM", "IP", "NA", "VS", "QA", "AZ", "AI", "XR"),
        # Words, where everything is written in capitals.
        *("AN", "AS", "AT", "BE", "BY", "GO", "IF", "IN", "IS", "ME", "MY", "NO", "OF", "ON", "OR"),
        *("SO", "TO", "UP", "WE", "OH", "MR", "MS", "DR", "ST"),
    }
)
"""What looks like initials and is none: a text may say GP, PC and e.g."""
