"""Which outcomes a statutory assessment may have, by kind (W §9.3 to §9.6, §10, §11.3). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SINGLE, S17, S47 = "single", "s17", "s47"

OUTCOMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        SINGLE: ("strategy", "s47", "s17", "cin_plan", "care_plan", "early_help", "no_action"),
        S17: ("strategy", "cin_plan", "early_help", "no_action"),
        S47: ("conference", "care_plan", "s17", "cin_plan", "early_help", "no_action"),
    }
)
HINTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "conference": "The child was harmed and the risk goes on.",
        "care_plan": "For a looked-after child: the risk is managed in care planning.",
        "s17": "No significant harm goes on, and there are risks or needs.",
        "no_action": "Others may still have to act. Not engaging is never by itself a reason.",
    }
)
