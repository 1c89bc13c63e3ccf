"""``manage.py explain KIND``: facts as JSON in, the rules' outcome as JSON out, no database.

For boards that rehearse a tool and for integrators (``docs/explain.md``). A room adds a kind with
one line in ``KINDS`` and a module that has ``explain(facts)``: plain values in, plain values out,
raising ``Refused`` with every problem named by its field. The modules are named, not imported, so
that this floor knows no room and a kind costs nothing until it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, Protocol, TextIO, cast

from cse.strict import LONGEST_INPUT, Refused, parse_json, short

KINDS: Final[Mapping[str, str]] = {
    "deadline": "cse.explain.deadline",
    "routing": "referrals.explain",
    "screening": "screening.explain",
}
"""Kind → the module that explains it."""

MOST_PROBLEMS: Final = 20
"""Named on the one line of a refusal; the rest are counted."""


class Explainer(Protocol):
    """What a module in ``KINDS`` offers."""

    def explain(self, facts: Any) -> Mapping[str, Any]:
        """The outcome for ``facts``. Raises ``Refused``."""


def outcome(kind: str, text: str) -> Mapping[str, Any]:
    """What the rules of ``kind`` say about the JSON in ``text``. Raises ``Refused``."""
    if kind not in KINDS:
        raise Refused([("kind", f"is {' or '.join(KINDS)}, not {short(kind)}")])
    explainer = cast(Explainer, import_module(KINDS[kind]))
    return explainer.explain(parse_json(text))


def read_text(stream: TextIO) -> str:
    """All of ``stream`` as UTF-8, whatever the locale. Raises ``Refused``."""
    source = getattr(stream, "buffer", stream)
    data: str | bytes = source.read(LONGEST_INPUT * 4 + 1)
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused([("input", "is not UTF-8")]) from None


def written(found: Mapping[str, Any], encoding: str | None) -> str:
    """``found`` as JSON that ``encoding`` can carry."""
    unicode = (encoding or "").lower().replace("-", "") == "utf8"
    return json.dumps(found, indent=2, ensure_ascii=not unicode)


def one_line(refused: Refused) -> str:
    """Every problem (``MOST_PROBLEMS`` at most) on one line, each naming its field."""
    named = [f"{place}: {message}" for place, message in refused.problems[:MOST_PROBLEMS]]
    more = len(refused.problems) - len(named)
    line = "; ".join([*named, f"and {more} more"] if more else named)
    return " ".join(line.split())
