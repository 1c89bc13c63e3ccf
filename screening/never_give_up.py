"""Never give up on a child: not engaging is no reason to lower a level (O-SHR-01). Pure.

"Did not engage" and "refused" say something about the help that was offered, and nothing about
the risk. The page says so where it finds such words; it cannot know what they mean, so a person
who lowers a level for another reason says that, and the decision stays theirs.
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
LONGEST: Final = 20_000
"""Characters that are looked at; what lies beyond is kept as ever."""


def words_of_not_engaging(text: str) -> tuple[str, ...]:
    """The words in ``text`` that speak of a child not taking up help, each once, as written."""
    found = (" ".join(match.group().split()) for match in _WORDS.finditer(text[:LONGEST]))
    return tuple(dict.fromkeys(found))
