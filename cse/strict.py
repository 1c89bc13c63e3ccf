"""Reads facts that came from outside, strictly: every problem is named with its place.

Pure (no Django): used by the loader of screening tools and by ``manage.py explain``. A reader
collects problems instead of stopping at the first, so that a wrong file is answered with every
wrong row and nothing is loaded.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

LONGEST_INPUT: Final = 2_000_000
"""Characters. A tool file has about 40 thousand."""

FIRST_BIRTH: Final = 1900
"""An earlier year is a slip of the keyboard, as on the pages (``cse.interface.forms``)."""
OLDEST: Final = 120
"""Years of age."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
#: Characters of one text: more is a mistake, and no page could show it.
LONGEST = 10_000
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")  # PostgreSQL keeps neither


class Refused(ValueError):  # noqa: N818  (the input is refused; the program has no error)
    """The input is refused. ``problems`` holds ``(place, message)`` pairs, at least one."""

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{place}: {message}" for place, message in self.problems))


def parse_json(text: str) -> Any:
    """The value that ``text`` holds. Refuses what JSON lets pass: duplicate keys, NaN, Infinity.

    Raises ``Refused`` naming ``input``.
    """
    if len(text) > LONGEST_INPUT:
        raise Refused([("input", f"longer than {LONGEST_INPUT} characters")])
    try:
        return json.loads(text, object_pairs_hook=_unique_pairs, parse_constant=_no_constant)
    except Refused:
        raise
    except RecursionError:
        raise Refused([("input", "nested too deeply")]) from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise Refused([("input", f"not JSON: {error.msg} at {place}")]) from None
    except ValueError:  # an integer of thousands of digits
        raise Refused([("input", "not JSON: a number is too long")]) from None


def _unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Refused([(short(key)[1:-1], "given twice in one object")])
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    raise Refused([("input", f"not JSON: {name}")])


def short(value: object) -> str:
    """``value`` as JSON on one line, 40 ASCII characters at most: fit for an error message."""
    text = json.dumps(value, default=str)
    return text if len(text) <= 40 else f"{text[:37]}..."


class Reader:
    """Reads one JSON object key by key, and keeps every problem with its place.

    ``place`` is the path of the object (``answers[3]``); children made by :meth:`objects` share
    the list of problems. A getter that finds a problem answers a value of the right type, so that
    reading goes on; call :meth:`refuse_if_wrong` before using anything.
    """

    def __init__(
        self, value: object, place: str = "", problems: list[tuple[str, str]] | None = None
    ) -> None:
        self.place = place
        self.problems: list[tuple[str, str]] = [] if problems is None else problems
        self._read: set[str] = set()
        if isinstance(value, Mapping):
            self._value: Mapping[str, Any] = value
        else:
            self._value = {}
            self.problems.append((place or "input", f"an object is needed, not {short(value)}"))

    def at(self, key: str) -> str:
        """The place of ``key``, for a message."""
        return f"{self.place}.{key}" if self.place else key

    def wrong(self, key: str, message: str) -> None:
        """Keep a problem with ``key``."""
        self.problems.append((self.at(key), message))

    def has(self, key: str) -> bool:
        """Whether ``key`` is given and not null."""
        self._read.add(key)
        return self._value.get(key) is not None

    def gives(self, key: str) -> bool:
        """Whether ``key`` is there, null included."""
        return key in self._value

    def raw(self, key: str, *, required: bool) -> Any:
        """The value of ``key`` as it is, or None."""
        self._read.add(key)
        if key not in self._value and required:
            self.wrong(key, "missing")
        return self._value.get(key)

    def _typed(self, key: str, kind: type, name: str, *, required: bool, default: Any) -> Any:
        problems = len(self.problems)
        value = self.raw(key, required=required)
        if value is None:
            if required and len(self.problems) == problems:
                self.wrong(key, f"{name} is needed, not null")
            return default
        # A JSON true is a Python int, and must not pass for one.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.wrong(key, f"{name} is needed, not {short(value)}")
            return default
        return value

    def text(self, key: str, *, required: bool = False, default: str = "") -> str:
        """A string. A required one may not be blank."""
        value: str = self._typed(key, str, "text", required=required, default=default)
        if required and isinstance(self._value.get(key), str) and not value.strip():
            self.wrong(key, "is blank")
        if _UNSTORABLE.search(value):
            self.wrong(key, "holds a character that cannot be stored")
        if len(value) > LONGEST:
            self.wrong(key, f"is longer than {LONGEST:,} characters")
        return value

    def boolean(self, key: str, *, required: bool = False, default: bool = False) -> bool:
        """true or false."""
        value: bool = self._typed(key, bool, "true or false", required=required, default=default)
        return value

    def whole(
        self, key: str, *, low: int, high: int, required: bool = False, default: int | None = None
    ) -> int | None:
        """A whole number from ``low`` to ``high``, both included."""
        value: int | None = self._typed(
            key, int, "a whole number", required=required, default=default
        )
        if value is not None and not low <= value <= high:
            self.wrong(key, f"from {low} to {high} is needed, not {short(value)}")
            return default
        return value

    def day(self, key: str, *, required: bool = False) -> dt.date | None:
        """A date written YYYY-MM-DD that exists in the calendar."""
        value = self._typed(key, str, "a date (YYYY-MM-DD)", required=required, default=None)
        if value is None:
            return None
        if not _DATE.fullmatch(value):
            self.wrong(key, f"a date is written YYYY-MM-DD, not {short(value)}")
            return None
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.wrong(key, f"there is no such day as {short(value)}")
            return None

    def birth(self, key: str, on: dt.date | None = None) -> dt.date | None:
        """A day of birth that somebody alive ``on`` a day can have."""
        day = self.day(key)
        if day is None:
            return None
        if day.year < FIRST_BIRTH:
            self.wrong(key, f"{day} is before {FIRST_BIRTH}: give a later year, or null")
        elif on is not None:
            age = on.year - day.year - ((on.month, on.day) < (day.month, day.day))
            if age > OLDEST:
                self.wrong(key, f"{day} makes an age of {age}: {OLDEST} at most, or null")
        return day

    def choice(
        self, key: str, allowed: Iterable[str], *, required: bool = False, spaced: bool = False
    ) -> str | None:
        """One of ``allowed``. Null and absent read the same unless ``required``.

        ``spaced``: ``very likely`` is taken for ``very_likely``.
        """
        words = tuple(allowed)
        value = self._typed(key, str, " or ".join(words), required=required, default=None)
        word: str | None = value.replace(" ", "_") if spaced and value else value
        if word is not None and word not in words:
            self.wrong(key, f"is {' or '.join(words)}, not {short(value)}")
            return None
        return word

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings, empty where not given."""
        items = self._typed(key, list, "a list", required=False, default=[])
        for place, item in enumerate(items):
            if not isinstance(item, str):
                self.wrong(f"{key}[{place}]", f"text is needed, not {short(item)}")
        return tuple(item for item in items if isinstance(item, str))

    def object(self, key: str, *, required: bool = False) -> Reader | None:
        """The object under ``key`` as its own reader, or None where it is not given."""
        value = self.raw(key, required=required)
        if value is None:
            return None
        return Reader(value, self.at(key), self.problems)

    def objects(self, key: str, *, required: bool = False) -> list[Reader]:
        """The list of objects under ``key``, each as its own reader."""
        items = self._typed(key, list, "a list", required=required, default=[])
        return [
            Reader(item, f"{self.at(key)}[{place}]", self.problems)
            for place, item in enumerate(items)
        ]

    def done(self) -> None:
        """Name every key that nobody asked for."""
        for key in self._value:
            if key not in self._read:
                self.wrong(short(key)[1:-1] if isinstance(key, str) else short(key), "unknown key")

    def refuse_if_wrong(self) -> None:
        """Raise ``Refused`` with every problem so far, if there is one."""
        if self.problems:
            raise Refused(self.problems)
