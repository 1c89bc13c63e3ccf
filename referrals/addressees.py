"""Who receives what the rules route: the teams of an area, or a contact where there is none."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from cse.access.models import Exclusion
from cse.people.models import Agency, AgencyType, Authority, Post, Team, TeamKind
from referrals.models import Referral
from referrals.routing import Obligation, Route

FRONT_DOOR: Final = (Route.MASH, Route.ASSESSMENT_TEAM, Route.SOCIAL_CARE)
"""Social care's referrals come in at its front door (W §9.1, O §10.1)."""
SPECIALISTS: Final = (Route.CSE_TEAM, Route.KINGFISHER)
CONTACTS: Final[Mapping[Route, str]] = MappingProxyType(
    {
        Route.SAFEGUARDING_LEAD: "Safeguarding lead",
        Route.EARLY_HELP: "Early help",
        Route.MASH: "Front door",
        Route.ASSESSMENT_TEAM: "Front door",
        Route.SOCIAL_CARE: "Front door",
        Route.CSE_TEAM: "Specialist team",
        Route.KINGFISHER: "Specialist team",
        Route.POLICE: "Police",
        Route.DESIGNATED_OFFICER: "Designated Officer (LADO)",
    }
)
"""What a route is called where it has no team; routes that are not here are meetings, held and
not addressed (``strategy_discussion``, ``cse_meeting``, ``wrmg``)."""
EARLY: Final = frozenset({Route.SAFEGUARDING_LEAD, Route.EARLY_HELP})
"""Early help is offered by those who know the child: the front door need not see it (W §8.1)."""


@dataclass(frozen=True)
class Addressee:
    """One team, or contact, with everything that leads to it."""

    authority: Authority
    team: Team | None
    contact: str
    routes: tuple[Route, ...]
    rules: tuple[str, ...]
    obligation: Obligation


def receivers_of(referral: Referral) -> list[Addressee]:
    """Everybody a referral goes to by its routings, each once; nobody where no team is there.

    A referral that no rule asks for is for the front door to weigh: it is not sent to nobody.
    """
    found = _of_area(referral, referral.authority, referral.routing)
    if referral.other_area is not None and referral.placed_routing:
        held = {each.team for each in found if each.team}
        there = _of_area(referral, referral.other_area, referral.placed_routing)
        found += [each for each in there if each.team is None or each.team not in held]
    return found


def _of_area(referral: Referral, area: Authority, routing: Mapping[str, Any]) -> list[Addressee]:
    """Everybody of one area, by its own routing: both authorities are told alike (DEC-41)."""
    direct = goes_direct(referral, area)
    found = addressees(routing, area, referral.agency, child=referral.child_id, direct=direct)
    routes = {name for each in found for name in each.routes}
    unnamed = direct and not routes & set(SPECIALISTS)
    only_early = bool(routes) and routes <= EARLY
    if not routes & set(FRONT_DOOR) and (unnamed or not only_early):
        found += _to_front_door(referral, area, routing)
    if unnamed:
        found += _to_specialists(referral, area, told=bool(found))
    return found


def goes_direct(referral: Referral, area: Authority) -> bool:
    """Whether the specialist team is told at once, beside the front door (DEC-41, O §7.10.6)."""
    both = referral.agency.type == AgencyType.YOUTH_OFFENDING and area.key == "oxfordshire"
    return both or referral.sections.get("direct") == "yes"


def _to_front_door(
    referral: Referral, area: Authority, routing: Mapping[str, Any]
) -> Iterator[Addressee]:
    """The area's front door, which has a copy of everything about one child (DEC-41).

    It is owed as strictly as the strictest of what the rules ask: who could end the copy alone
    would end a referral that nobody may end alone.
    """
    name = Route.MASH if area.key == "wiltshire" else Route.ASSESSMENT_TEAM
    team = team_for(name, area, referral.agency, referral.child_id)
    there = {"kind": TeamKind.FRONT_DOOR, "agency__authority": area}
    if team is not None or manned(None).filter(**there).exists():
        contact = "" if team else CONTACTS[name]
        owed = (Obligation(each) for each in routing["obligations"].values())
        obligation = min((Obligation.SHOULD, *owed), key=lambda each: each.rank)
        yield Addressee(area, team, contact, (name,), ("DEC-41",), obligation)


def _to_specialists(referral: Referral, area: Authority, *, told: bool) -> Iterator[Addressee]:
    """The specialist team where no rule names it: the referrer asks, or O §7.10.6 does.

    Where it has nobody the sender tells it themselves, unless nobody else is ``told`` at all.
    """
    name = Route.CSE_TEAM if area.key == "wiltshire" else Route.KINGFISHER
    team = specialists_of(area, referral.child_id)
    if team is not None or told:
        contact = "" if team else CONTACTS[name]
        yield Addressee(area, team, contact, (name,), ("DEC-41",), Obligation.SHOULD)


def addressees(
    routing: Mapping[str, Any],
    area: Authority,
    agency: Agency,
    *,
    child: uuid.UUID,
    direct: bool = False,
) -> list[Addressee]:
    """Everybody a routing is sent to, each once, with the strictest obligation of their routes.

    ``area`` is whose handbook was read, ``agency`` who refers. What is passed on by the front
    door is addressed only where it goes ``direct`` as well; what is only to be considered is not
    addressed (DEC-41).
    """
    found: dict[Any, Addressee] = {}
    for name in _owed(routing, direct=direct):
        team = team_for(name, area, agency, child)
        contact = "" if team else CONTACTS[name]
        held = found.get(team or contact)
        rules, obligation = rules_of(routing, name), Obligation(routing["obligations"][name])
        if held is not None:
            rules = tuple(dict.fromkeys((*held.rules, *rules)))
            obligation = min(held.obligation, obligation, key=lambda each: each.rank)
        routes = (*(held.routes if held else ()), name)
        found[team or contact] = Addressee(area, team, contact, routes, rules, obligation)
    return list(found.values())


def _owed(routing: Mapping[str, Any], *, direct: bool) -> Iterator[Route]:
    passed_on = set() if direct else set(routing["passed_on"])
    return (
        Route(name)
        for name in routing["routes"]
        if name not in passed_on and Route(name) in CONTACTS
    )


def rules_of(routing: Mapping[str, Any], name: Route) -> tuple[str, ...]:
    """The rules that lead to a route."""
    return tuple(
        rule["id"] for rule in routing["rules"] if name in rule["route"] or name in rule["beside"]
    )


def team_for(name: Route, area: Authority, agency: Agency, child: uuid.UUID) -> Team | None:
    """The team that receives a route, or None where the area has none with anybody in it.

    Whoever is excluded from the child is not there: a referral never waits in a queue that nobody
    of the team can read, and its sender tells them instead.
    """
    if name is Route.SAFEGUARDING_LEAD:
        return _first(child, agency_id=agency.pk, kind=TeamKind.LEADS)
    if name in FRONT_DOOR:
        return _first(child, agency__authority=area, kind=TeamKind.FRONT_DOOR)
    if name in SPECIALISTS:
        return specialists_of(area, child)
    if name is Route.POLICE:
        police = {"agency__type": AgencyType.POLICE, "kind": TeamKind.WORKING}
        return _first(child, agency__authority=area, **police)
    return None


def front_door_of(area: Authority, child: uuid.UUID) -> Team | None:
    """The area's front door, where somebody is there for this child; else its specialist team."""
    found = _first(child, agency__authority=area, kind=TeamKind.FRONT_DOOR)
    return found or specialists_of(area, child)


def specialists_of(area: Authority, child: uuid.UUID) -> Team | None:
    """The area's specialist team for exploitation: the CSE team, or Kingfisher."""
    return _first(child, agency__authority=area, kind=TeamKind.CSE_TEAM)


def _first(child: uuid.UUID, **wanted: Any) -> Team | None:
    """A team with somebody in it today for this child; of several the first by name, always."""
    teams = manned(child).filter(**wanted).select_related("group", "agency").order_by("name", "id")
    return teams.first()


def manned(child: uuid.UUID | None) -> QuerySet[Team]:
    """The teams that have somebody today, with an open account, who is not excluded from this
    child, if it is of one.
    """
    posts = Post.objects.current(timezone.localdate()).filter(user__is_active=True)
    if child is not None:
        excluded = Exclusion.objects.filter(child_id=child, ended_at__isnull=True)
        posts = posts.exclude(user_id__in=excluded.values("user_id"))
    return Team.objects.filter(pk__in=posts.values("team_id"))
