"""The acts on assessments: each one function, keyword-only, atomic, with its event inside."""

from screening.assessments.actions.complete import complete_assessment
from screening.assessments.actions.contributions import (
    ask_contribution,
    give_contribution,
    keep_contribution,
    withdraw_request,
    write_down,
)
from screening.assessments.actions.correct import correct_assessment, correct_day
from screening.assessments.actions.harm import answer_harm
from screening.assessments.actions.save import save_part
from screening.assessments.actions.start import (
    set_aside_assessment,
    start_assessment,
    use_screen,
)
from screening.assessments.actions.statutory import (
    conclude_statutory,
    correct_statutory,
    owe_risks,
    record_risks,
    record_statutory,
    take_back_statutory,
)

__all__ = [
    "answer_harm",
    "ask_contribution",
    "complete_assessment",
    "conclude_statutory",
    "correct_assessment",
    "correct_day",
    "correct_statutory",
    "give_contribution",
    "keep_contribution",
    "owe_risks",
    "record_risks",
    "record_statutory",
    "save_part",
    "set_aside_assessment",
    "start_assessment",
    "take_back_statutory",
    "use_screen",
    "withdraw_request",
    "write_down",
]
