"""Never give up on a child: not engaging is no reason to lower a level (O-SHR-01). Pure.

"Did not engage" and "refused" say something about the help that was offered, and nothing about
the risk. A reason that says nothing else is refused where it is first given. Words alone do not
tell what a longer reason rests on: whoever approves one states that it rests on the risk.
"""

from __future__ import annotations

import re
from typing import Final

SOURCE: Final = "O Foreword, Introduction, §13.4.2, §16.5"

_WORDS: Final = re.compile(
    r"""\b(?:
        (?:did|does|do|has|have|had|will|would|could|can|is|was)(?:\s+not|n[’']?t)\s+
            (?:\w+\s+){0,2}?(?:engag|co-?operat|attend|accept|turn(?:ed|ing)?\s+up|want)\w*
      | (?:won[’']?t|cannot|can[’']?t|not|never)\s+(?:\w+\s+){0,2}?(?:engag|co-?operat)\w*
      | (?:disengag|non-?engag|unengag|un-?co-?operat|non-?attend|non-?complian)\w*
      | (?:lack|refus|declin|reject|unwilling)\w*\s+(?:\w+\s+){0,4}?
            (?:engag|support|help|service|work|attend|contact|talk|speak|visit|session|meet)\w*
      | refus(?:ed|es|ing|al)
      | hard\s+to\s+(?:reach|engage)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_SENTENCE_ENDS: Final = re.compile(r"[.;:!?\n]+")
_WORD: Final = re.compile(r"[^\W\d_]+")
_SHORTEST_REASON: Final = 3
"""Words that a sentence of its own needs to count as another reason ("He moved away")."""
LONGEST: Final = 20_000
"""Characters that are looked at; what lies beyond is kept as ever."""

STATE_THE_RISK: Final = (
    "Not engaging or refusing help cannot lower a level. Tick this if the risk has become less, "
    "or refuse the lower level"
)
"""What is asked of whoever approves a lowering whose words speak of not engaging."""


def words_of_not_engaging(text: str) -> tuple[str, ...]:
    """The words in ``text`` that speak of a child not taking up help, each once, as written."""
    found = (" ".join(match.group().split()) for match in _WORDS.finditer(text[:LONGEST]))
    return tuple(dict.fromkeys(found))


def says_only_not_engaging(text: str) -> bool:
    """Whether a reason speaks of not taking up help and of nothing else: never enough by itself.

    What stands in a sentence of its own counts as something else.
    """
    sentences = _SENTENCE_ENDS.split(text[:LONGEST])
    others = [each for each in sentences if not _WORDS.search(each)]
    more = max((len(_WORD.findall(each)) for each in others), default=0)
    return len(others) < len(sentences) and more < _SHORTEST_REASON
