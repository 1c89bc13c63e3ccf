"""The assessment checklist for children of 13 to 15 (W §4.4): fourteen factors, W-CHK-01 to 14."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

CHECKLIST: Final[Mapping[str, str]] = MappingProxyType(
    {
        "W-CHK-01": "The child’s age: at a young age it is a very strong sign of risk to this "
        "child, and possibly to others",
        "W-CHK-02": "The child’s behaviour, for example withdrawn or anxious",
        "W-CHK-03": "The child’s maturity and understanding: whether able to understand and agree",
        "W-CHK-04": "What is known of the child’s living circumstances or background",
        "W-CHK-05": "Sexual offences against children in the family",
        "W-CHK-06": "Age imbalance, in particular a significant difference in age",
        "W-CHK-07": "Overt aggression or an imbalance of power (where a position of trust is "
        "abused, a referral is always made)",
        "W-CHK-08": "Coercion or bribery, including gifts or favours; it may show as money or "
        "valuables that cannot be explained",
        "W-CHK-09": "Drink or drugs misused, or given, to lower resistance",
        "W-CHK-10": "The child’s own use of drink or drugs, so that no informed choice is possible",
        "W-CHK-11": "Secrecy sought by the other person, beyond what is usual between teenagers",
        "W-CHK-12": "Whether the child denies, minimises or accepts concerns",
        "W-CHK-13": "Methods that fit grooming, or an accompanying adult who causes concern",
        "W-CHK-14": "Whether the other person is known to one of the agencies",
    }
)
"""Factor → what the page asks, in the handbook's order."""

AGE_IMBALANCE: Final = "W-CHK-06"
"""The one factor that the rules tick before the worker does (DEC-12)."""
