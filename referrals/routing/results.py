"""What routing answers. Frozen, and serialisable: a referral stores it as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from referrals.routing.ages import AgeGaps, Ages
from screening.rules import Prompt


class Route(StrEnum):
    """Where something goes, or what is held. Teams' own names are configuration (DEC-41)."""

    SAFEGUARDING_LEAD = "safeguarding_lead"
    EARLY_HELP = "early_help"
    MASH = "mash"
    ASSESSMENT_TEAM = "assessment_team"
    CSE_TEAM = "cse_team"
    KINGFISHER = "kingfisher"
    POLICE = "police"
    DESIGNATED_OFFICER = "designated_officer"
    SOCIAL_CARE = "childrens_social_care"
    STRATEGY_DISCUSSION = "strategy_discussion"
    CSE_MEETING = "cse_meeting"
    WRMG = "wrmg"


class Obligation(StrEnum):
    """How strictly a rule binds, strictest first (decisions, section 0)."""

    MANDATORY = "mandatory"
    SHOULD = "should"
    CONSIDER = "consider"
    RECORD = "record"
    MAY = "may"

    @property
    def rank(self) -> int:
        """0 for the strictest."""
        return list(Obligation).index(self)


class Instead(StrEnum):
    """What may stand in the place of what a rule owes."""

    UNDER_13_EXCEPTION = "under_13_exception"
    LOWER_THE_HIGH = "lower_the_high"
    DECISION_NOT_TO_REFER = "decision_not_to_refer"
    REASON = "reason"


@dataclass(frozen=True)
class Finding:
    """A rule that fired: what is owed, to whom, why, and where the handbook says so.

    ``route`` is owed with ``obligation``; ``beside`` with a weaker one, each its own.
    ``instead``: what may stand in its place, or None where it may not be departed from.
    """

    id: str
    title: str
    route: tuple[Route, ...]
    obligation: Obligation
    source: str
    why: str
    beside: tuple[tuple[Route, Obligation], ...] = ()
    instead: Instead | None = None

    @property
    def duties(self) -> tuple[tuple[Route, Obligation], ...]:
        """Every route with how strictly this rule owes it."""
        return (*((name, self.obligation) for name in self.route), *self.beside)


@dataclass(frozen=True)
class Availability:
    """Whether a way out of a referral is open, because of which rules, and who must agree."""

    available: bool
    because: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """What is to have happened by the end of ``due_on``: a target, not a gate (DEC-32)."""

    route: Route
    working_days: int
    due_on: dt.date
    ask_for_today: bool
    because: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Routing:
    """What the rules say of one set of facts.

    ``obligations`` gives the strictest obligation of each route, those only to be considered
    included. ``passed_on``: routes reached through the front door,
    not addressed by the referrer (R4). ``factors`` are the ticked ones, ``prefilled`` those that
    the rules ticked, unticked or not.
    """

    version: str
    age_gaps: AgeGaps
    ages: Ages
    gap: int | None
    findings: tuple[Finding, ...]
    obligations: Mapping[Route, Obligation]
    passed_on: tuple[Route, ...]
    prefilled: tuple[str, ...]
    factors: tuple[str, ...]
    decision_not_to_refer: Availability
    under_13_exception: Availability
    no_names_consultation: Availability
    screen_outstanding: bool
    prompts: tuple[Prompt, ...]

    @property
    def fired(self) -> tuple[str, ...]:
        """The ids of the rules that fired."""
        return tuple(each.id for each in self.findings)

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes that are owed, or open: all but those only to be considered."""
        considered = Obligation.CONSIDER
        return tuple(name for name, owed in self.obligations.items() if owed is not considered)

    def as_json(self) -> dict[str, Any]:
        """Plain values, as ``explain routing`` shows them and a referral stores them."""
        return {
            "version": self.version,
            "age_now": self.ages.now,
            "age_basis": self.ages.basis.value,
            "age_at_activity": self.ages.at_activity,
            "band": self.ages.band.value,
            "age_gap": self.gap,
            "age_gaps": asdict(self.age_gaps),
            "rules": [_finding(each) for each in self.findings],
            "routes": _values(self.routes),
            "obligations": {name.value: owed.value for name, owed in self.obligations.items()},
            "passed_on": _values(self.passed_on),
            "prefilled_checklist": list(self.prefilled),
            "ticked_checklist": list(self.factors),
            "decision_not_to_refer": _availability(self.decision_not_to_refer),
            "under_13_exception": _availability(self.under_13_exception),
            "no_names_consultation": _availability(self.no_names_consultation),
            "screen_outstanding": self.screen_outstanding,
            "prompts": [
                {"id": each.id, "text": each.text, "source": each.source} for each in self.prompts
            ],
        }


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": found.title,
        "route": _values(found.route),
        "obligation": found.obligation.value,
        "beside": {name.value: owed.value for name, owed in found.beside},
        "instead": found.instead.value if found.instead else None,
        "source": found.source,
        "why": found.why,
    }


def _availability(open_: Availability) -> dict[str, Any]:
    return {"available": open_.available, "because": open_.because, "needs": list(open_.needs)}


def _values(routes: Iterable[Route]) -> list[str]:
    return [each.value for each in routes]
