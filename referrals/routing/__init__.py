"""The routing rules: what a worry about a child makes owed, to whom, and why.

Pure: frozen facts in, a frozen ``Routing`` out; no Django, no model, no clock. The table is R1 to
R14 of the decisions (section 0). Rules accumulate, the strictest obligation wins for each route,
and nothing here ever lowers, closes or blocks. Consent is a fact that no rule reads (W-REF-31).
"""

from referrals.routing.ages import AgeGaps, Ages, Band, age_gap, ages_of
from referrals.routing.checklist import AGE_IMBALANCE, CHECKLIST
from referrals.routing.engine import VERSION, route, targets
from referrals.routing.facts import (
    Activity,
    Authority,
    CarePlanning,
    Consent,
    Facts,
    LookedAfter,
    OtherPerson,
    problems,
)
from referrals.routing.results import (
    Availability,
    Finding,
    Instead,
    Obligation,
    Route,
    Routing,
    Target,
)

__all__ = [
    "AGE_IMBALANCE",
    "CHECKLIST",
    "VERSION",
    "Activity",
    "AgeGaps",
    "Ages",
    "Authority",
    "Availability",
    "Band",
    "CarePlanning",
    "Consent",
    "Facts",
    "Finding",
    "Instead",
    "LookedAfter",
    "Obligation",
    "OtherPerson",
    "Route",
    "Routing",
    "Target",
    "age_gap",
    "ages_of",
    "problems",
    "route",
    "targets",
]
