"""The board of the teams somebody is in: what waits there, the soonest clock first.

One statement gives a page of rows with the figures over all of them, so that the scope is worked
out once: on a board of thousands it is most of the cost (docs/performance.md).
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.principals import Principals, principals_of
from cse.access.scope import scope_sql
from cse.children.models import Child
from cse.clocks.transitions import OPEN as RUNNING
from cse.people.models import Team
from cse.worklist.queries import read_cursor
from referrals.routing import Band
from referrals.routing.rules import DANGER, DANGER_MARK
from referrals.transitions import OPEN, State

PAGE: Final = 25
LOOKED_AFTER: Final = ("s20", "s31")


@dataclass(frozen=True)
class Filters:
    """What a board is narrowed to; empty is everything. Codes only, never a name."""

    team: uuid.UUID | None = None
    band: str = ""
    rule: str = ""
    agency: uuid.UUID | None = None
    looked_after: str = ""
    stands: str = ""
    mine: bool = False


@dataclass(frozen=True)
class BoardRow:
    """A delivery on the board. ``due_at`` is None where no clock runs; ``rules`` are titles.

    ``child`` holds the name and what its age is known by: to be read, and never saved.
    """

    id: uuid.UUID
    state: State
    order: dt.datetime
    due_at: dt.datetime | None
    received_at: dt.datetime
    decided_at: dt.datetime | None
    claimed_by: str
    is_mine: bool
    agency: str
    team: str
    authority_id: uuid.UUID
    rules: tuple[str, ...]
    looked_after: bool
    child: Child

    @property
    def state_words(self) -> str:
        """Where it stands."""
        return WORDS[self.state]

    @property
    def mark(self) -> str:
        """That it was said that the child is in danger, or harmed, now (R1); else empty."""
        return DANGER_MARK if DANGER in self.rules else ""

    @property
    def cursor(self) -> str:
        """Where this row stands in the order."""
        return f"{self.order.isoformat()}~{self.id}"


WORDS: Final = {
    State.RECEIVED: "Received",
    State.DECIDING: "Being decided",
    State.PROPOSED: "Waits for a second person",
    State.SENT_ON: "Not acknowledged yet",
}


@dataclass(frozen=True)
class Board:
    """A page of rows; ``next`` is the cursor of the page after it, empty at the end.

    The figures are over everything that the filters let through, not over the page.
    """

    rows: tuple[BoardRow, ...] = ()
    next: str = ""
    total: int = 0
    late: int = 0
    by_state: dict[State, int] = field(default_factory=dict)


#: What stands with the teams comes first and the scope is asked of that: a team sees children of
#: whom nothing waits, and one of them may have had many referrals.
_STANDS = """
SELECT d.id, d.state, r.child_id, k.due_at,
       COALESCE(k.due_at, d.decided_at, d.received_at)
       - CASE WHEN {danger} THEN interval '100 years' ELSE interval '0' END AS place
  FROM referrals_delivery d
  JOIN referrals_referral r ON r.id = d.referral_id
  LEFT JOIN clocks_clock k ON k.subject_id = d.id AND k.state = ANY(%(running)s)
 WHERE d.team_id = ANY(%(teams)s) AND d.state = ANY(%(states)s) {narrowed}
"""
_BOARD = """
WITH stands AS MATERIALIZED ({stands}),
found AS MATERIALIZED (SELECT * FROM stands WHERE child_id IN ({scope})),
figures AS (SELECT COUNT(*), COUNT(*) FILTER (WHERE due_at < %(now)s),
                   COUNT(*) FILTER (WHERE state = 'received'),
                   COUNT(*) FILTER (WHERE state = 'deciding'),
                   COUNT(*) FILTER (WHERE state = 'proposed') FROM found),
page AS (SELECT * FROM found {after} ORDER BY place, id LIMIT %(limit)s)
SELECT figures.*, page.id, page.state, page.place, page.due_at, d.received_at,
       d.decided_at, d.claimed_by_id, u.given_name, u.family_name, a.name, t.name, d.authority_id,
       jsonb_path_query_array(CASE WHEN d.authority_id IN (r.placed_in_id, r.placed_by_id)
                                   THEN r.placed_routing ELSE r.routing END, '$.rules[*].title'),
       {looked_after},
       c.id, c.given_name, c.family_name, c.date_of_birth, c.birth_date_known, c.estimated_age,
       c.estimated_on
  FROM figures LEFT JOIN (page
       JOIN referrals_delivery d ON d.id = page.id
       JOIN referrals_referral r ON r.id = d.referral_id
       JOIN children_child c ON c.id = r.child_id
       JOIN people_agency a ON a.id = r.agency_id
       JOIN people_team t ON t.id = d.team_id
       LEFT JOIN people_user u ON u.id = d.claimed_by_id) ON true
 ORDER BY page.place, page.id
"""
#: Danger now (R1) is due at once: before everything else, as on home. By the two facts that R1
#: reads, which only whoever refers says: what the rules made of them all is a longer document.
_DANGER = """
(r.facts @> '{"immediate_danger": true}' OR r.facts @> '{"significant_harm": true}')
"""
#: What the record says today, or whoever referred said: either will do.
_LOOKED_AFTER = """
(COALESCE(r.facts->>'looked_after', '') <> '' OR EXISTS (
  SELECT FROM children_legalstatus s WHERE s.child_id = r.child_id AND s.ends_on IS NULL
     AND s.set_aside_reason = ''
     AND s.kind = ANY(%(looked_after_kinds)s)))
"""
#: Years old today, from the estimate where the date of birth is not known. PostgreSQL counts
#: somebody born on 29 February as we do: older on 1 March (DEC-02). NULL: nobody knows.
_AGE = """
(SELECT COALESCE(EXTRACT(YEAR FROM age(%(today)s::date, b.date_of_birth)),
                 GREATEST(0, b.estimated_age + (%(today)s::date - b.estimated_on) / 365))
   FROM children_child b WHERE b.id = r.child_id)
"""
_BANDS: Final = {
    # An unknown age is treated as the youngest (DEC-02).
    Band.UNDER_13.value: f"COALESCE({_AGE}, 0) < 13",
    Band.FROM_13.value: f"{_AGE} BETWEEN 13 AND 15",
    Band.FROM_16.value: f"{_AGE} BETWEEN 16 AND 17",
    Band.ADULT.value: f"{_AGE} >= 18",
}


def teams_of(user: Any) -> list[Team]:
    """The teams this person holds a post in today, by name. One query."""
    groups = principals_of(user).groups
    return list(
        Team.objects.filter(group_id__in=groups).select_related("agency").order_by("name", "id")
    )


def board_of(
    user: Any,
    teams: list[Team],
    filters: Filters | None = None,
    *,
    after: str | None = None,
    states: frozenset[State] = OPEN,
) -> Board:
    """What stands in these states with these teams, on children in scope, soonest first.

    ``teams`` are of `teams_of` this person. ``after`` is a cursor; one that cannot be read starts
    from the beginning. One query beside the person's posts.
    """
    principals = principals_of(user)
    if Capability.TRIAGE not in principals.acts or not teams:
        return Board()
    position = read_cursor(after)
    sql, parameters = _statement(principals, filters or Filters(), position)
    parameters["teams"] = [team.pk for team in teams if team.group_id in principals.groups]
    parameters["states"] = sorted(state.value for state in states)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found = cursor.fetchall()
    return _board(found, user)


def _statement(
    principals: Principals, filters: Filters, position: tuple[dt.datetime, uuid.UUID] | None
) -> tuple[str, dict[str, Any]]:
    scope, parameters = scope_sql(principals)
    parameters |= {
        "running": sorted(state.value for state in RUNNING),
        "limit": PAGE + 1,
        "today": timezone.localdate(),
        "looked_after_kinds": list(LOOKED_AFTER),
        **_codes(filters),
    }
    after = ""
    if position is not None:
        after = "WHERE (place, id) > (%(place)s, %(last)s)"
        parameters["place"], parameters["last"] = position
    narrowed = "".join(f" AND {condition}" for condition in _conditions(filters))
    stands = _STANDS.format(narrowed=narrowed, danger=_DANGER)
    sql = _BOARD.format(stands=stands, scope=scope, after=after, looked_after=_LOOKED_AFTER)
    return sql, parameters


def _codes(filters: Filters) -> dict[str, Any]:
    return {
        "team": filters.team,
        "agency": filters.agency,
        "stands": filters.stands,
        "rule": json.dumps({"rules": [{"id": filters.rule}]}),
    }


def _conditions(filters: Filters) -> Iterator[str]:
    """The SQL of each filter in use; the values are parameters."""
    if filters.team:
        yield "d.team_id = %(team)s"
    if filters.agency:
        yield "r.agency_id = %(agency)s"
    if filters.stands:
        yield "d.state = %(stands)s"
    if filters.mine:
        yield "d.claimed_by_id = %(user)s"
    if filters.rule:
        yield "(r.routing @> %(rule)s::jsonb OR r.placed_routing @> %(rule)s::jsonb)"
    if filters.band:
        yield _BANDS[filters.band]
    if filters.looked_after:
        yield _LOOKED_AFTER if filters.looked_after == "yes" else f"NOT {_LOOKED_AFTER}"


def _board(found: list[tuple[Any, ...]], user: Any) -> Board:
    total, late, received, deciding, proposed = found[0][:5]
    rows = tuple(_row(each[5:], user) for each in found[:PAGE] if each[5] is not None)
    return Board(
        rows=rows,
        next=rows[-1].cursor if len(found) > PAGE else "",
        total=total,
        late=late,
        by_state={
            State.RECEIVED: received,
            State.DECIDING: deciding,
            State.PROPOSED: proposed,
        },
    )


def _row(each: tuple[Any, ...], user: Any) -> BoardRow:
    pk, state, place, due_at, received_at, decided_at, holder = each[:7]
    given, family, agency, team, area, rules, looked_after = each[7:14]
    child = Child(**dict(zip(_CHILD, each[14:], strict=True)))
    return BoardRow(
        id=pk,
        state=State(state),
        order=place,
        due_at=due_at,
        received_at=received_at,
        decided_at=decided_at,
        claimed_by=f"{given} {family}" if holder else "",
        is_mine=holder == user.pk,
        agency=agency,
        team=team,
        authority_id=area,
        rules=tuple(_list(rules)),
        looked_after=looked_after,
        child=child,
    )


_CHILD: Final = (
    *("id", "given_name", "family_name", "date_of_birth", "birth_date_known"),
    *("estimated_age", "estimated_on"),
)


def _list(value: Any) -> list[str]:
    """A JSON array as the driver gives it: parsed already, or as text."""
    return json.loads(value) if isinstance(value, str) else list(value or ())
