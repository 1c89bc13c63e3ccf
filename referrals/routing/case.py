"""One child's facts with what the rules work out of them once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from referrals.routing.ages import UNDER_13, UNDER_16, Ages
from referrals.routing.facts import Authority, CarePlanning, Facts
from referrals.routing.results import Route
from screening.rules import CseLevel

CONCERN_LEVELS: Final = (CseLevel.AT_RISK, CseLevel.CSE)


@dataclass(frozen=True)
class Case:
    """The facts with what is worked out of them once.

    ``considerable_gap`` is DEC-12's for a child of 13 to 15; ``factors`` are those ticked, by the
    worker or by the rules and not unticked.
    """

    facts: Facts
    ages: Ages
    considerable_gap: bool
    factors: frozenset[str]

    @property
    def wiltshire(self) -> bool:
        """Whether Wiltshire's handbook is the one read."""
        return self.facts.authority is Authority.WILTSHIRE

    @property
    def front_door(self) -> Route:
        """Who receives referrals of a child (W §9.1, O §10.1, DEC-41)."""
        return Route.MASH if self.wiltshire else Route.ASSESSMENT_TEAM

    @property
    def specialists(self) -> Route:
        """Who the front door passes exploitation to (W §9.3, O §10.2)."""
        return Route.CSE_TEAM if self.wiltshire else Route.KINGFISHER

    @property
    def active_under_13(self) -> bool:
        """Sexual activity that may have begun before the 13th birthday (DEC-02)."""
        age = self.ages.youngest
        return self.ages.activity and (age is None or age < UNDER_13)

    @property
    def active_13_to_15(self) -> bool:
        """Sexual activity that began between the 13th and the 16th birthday."""
        age = self.ages.youngest
        return age is not None and UNDER_13 <= age < UNDER_16

    @property
    def concern(self) -> bool:
        """At risk of, or experiencing, exploitation: the level, or confirmed concerns."""
        return self.facts.level in CONCERN_LEVELS or self.facts.concerns_confirmed

    @property
    def looked_after(self) -> bool:
        """Looked after by the status, or by the plan that only a looked-after child has."""
        plan = self.facts.care_planning
        return self.facts.looked_after is not None or plan is CarePlanning.LAC

    @property
    def harm_now(self) -> bool:
        """In danger, or significant harm, now."""
        return self.facts.immediate_danger or self.facts.significant_harm

    def by_handbook(self, wiltshire: str, oxfordshire: str) -> str:
        """The text of the handbook that is read."""
        return wiltshire if self.wiltshire else oxfordshire
