"""The room's models: tools and screens; assessments and what agencies contribute to them."""

from screening.models.assessments import (
    AssessmentForm,
    DateCorrection,
    Decided,
    HarmAnswer,
    RiskAssessment,
)
from screening.models.contributions import Answered, AnyAssessment, Contribution
from screening.models.drafted import Status
from screening.models.screens import (
    Countersignature,
    Screen,
    ScreenAssessment,
    ScreenCopy,
    Tool,
    ToolChoice,
    ToolVersion,
    Written,
)
from screening.models.statutory import StatutoryAssessment, StatutoryKind, StatutoryOutcome

__all__ = [
    "Answered",
    "AnyAssessment",
    "AssessmentForm",
    "Contribution",
    "Countersignature",
    "DateCorrection",
    "Decided",
    "HarmAnswer",
    "RiskAssessment",
    "Screen",
    "ScreenAssessment",
    "ScreenCopy",
    "Status",
    "StatutoryAssessment",
    "StatutoryKind",
    "StatutoryOutcome",
    "Tool",
    "ToolChoice",
    "ToolVersion",
    "Written",
]
