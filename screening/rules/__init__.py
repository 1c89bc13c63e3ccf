"""The rules of screening. Pure: frozen facts and a tool in, frozen findings out.

Imports nothing of Django, no model and no clock; today is never asked. ``assess`` gathers what
the rules say, ``completion_problems`` what stands in the way of completing, ``compare`` and
``over_time`` set screens side by side. There is no score, no percentage and no automatic level
anywhere (DEC-06): a person chooses, and the rules only ever add obligations.
"""

from screening.rules.age import ANY_ONE_HIGH_MAX_AGE, age_of
from screening.rules.assess import MAY_BE_LOWERED, Assessment, assess
from screening.rules.compare import (
    Change,
    Comparison,
    DatedScreen,
    DomainChange,
    RatedCell,
    RowChange,
    StripRow,
    compare,
    over_time,
    ratings_over_time,
)
from screening.rules.completion import answer_problems, completion_problems
from screening.rules.counting import (
    UnknownIndicator,
    effective_level,
    higher_level,
    linked_answer,
    row_states,
)
from screening.rules.facts import (
    Answer,
    Direction,
    DomainRating,
    Facts,
    Harm,
    LevelEvent,
    Presence,
    TimeFrame,
)
from screening.rules.levels import (
    allowed_directions,
    check_level_change,
    level_change,
    peak_level,
    previous_level,
)
from screening.rules.matrix import is_incoherent, suggested_level
from screening.rules.obligations import is_cleared, lowers_high
from screening.rules.results import (
    AgeBasis,
    AgeFinding,
    Count,
    DomainFinding,
    LevelChange,
    Obligation,
    Problem,
    Prompt,
    RowState,
    RuleResult,
)
from screening.tools.definition import CseLevel, Impact, Level, Likelihood, Tool

__all__ = [
    "ANY_ONE_HIGH_MAX_AGE",
    "MAY_BE_LOWERED",
    "AgeBasis",
    "AgeFinding",
    "Answer",
    "Assessment",
    "Change",
    "Comparison",
    "Count",
    "CseLevel",
    "DatedScreen",
    "Direction",
    "DomainChange",
    "DomainFinding",
    "DomainRating",
    "Facts",
    "Harm",
    "Impact",
    "Level",
    "LevelChange",
    "LevelEvent",
    "Likelihood",
    "Obligation",
    "Presence",
    "Problem",
    "Prompt",
    "RatedCell",
    "RowChange",
    "RowState",
    "RuleResult",
    "StripRow",
    "TimeFrame",
    "Tool",
    "UnknownIndicator",
    "age_of",
    "allowed_directions",
    "answer_problems",
    "assess",
    "check_level_change",
    "compare",
    "completion_problems",
    "effective_level",
    "higher_level",
    "is_cleared",
    "is_incoherent",
    "level_change",
    "linked_answer",
    "lowers_high",
    "over_time",
    "peak_level",
    "previous_level",
    "ratings_over_time",
    "row_states",
    "suggested_level",
]
