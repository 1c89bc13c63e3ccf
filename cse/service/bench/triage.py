"""The first page of a board of 5,000 open referrals against hand-written SQL for the same."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from cse.access.principals import principals_of
from cse.audit.context import Acting, act_as
from cse.people.models import Team
from cse.service.bench import population
from cse.service.bench.measure import Result, alternately, compare, spread
from referrals.queries import Board, Filters, board_of, teams_of
from referrals.routing import Facts, route

OPEN, DECIDED = 5_000, 20_000
"""Referrals on the board, and those that the team decided before."""
PEOPLE, ROUNDS = 10, 5
TEAM, GROUP = uuid.UUID(int=900), 900
#: What somebody would write by hand: the page and the figures above it, from one pass.
BOARD = """
WITH stands AS MATERIALIZED (
  SELECT d.id, d.state, r.child_id, k.due_at,
         COALESCE(k.due_at, d.decided_at, d.received_at)
         - CASE WHEN 'true' IN (r.facts->>'immediate_danger', r.facts->>'significant_harm')
                THEN interval '100 years' ELSE interval '0' END AS place
    FROM referrals_delivery d JOIN referrals_referral r ON r.id = d.referral_id
    LEFT JOIN clocks_clock k ON k.subject_id = d.id AND k.state IN ('running', 'late')
   WHERE d.team_id = %(team)s AND d.state IN ('received', 'deciding', 'proposed')),
found AS (
  SELECT * FROM stands r
   WHERE r.child_id IN (
       SELECT content_object_id FROM access_childusergrant WHERE user_id = %(user)s
          AND starts_at <= %(now)s AND expires_at > %(now)s
       UNION ALL
       SELECT content_object_id FROM access_childteamgrant WHERE group_id = ANY(%(groups)s)
          AND starts_at <= %(now)s AND expires_at > %(now)s)
     AND NOT EXISTS (SELECT 1 FROM access_exclusion e WHERE e.user_id = %(user)s
          AND e.child_id = r.child_id AND e.ended_at IS NULL)
     AND NOT EXISTS (SELECT 1 FROM access_seal s WHERE s.child_id = r.child_id
          AND s.lifted_at IS NULL AND NOT EXISTS (SELECT 1 FROM access_sealname n
            WHERE n.seal_id = s.id AND n.user_id = %(user)s AND n.ended_at IS NULL)))
SELECT figures.*, p.id, p.state, p.due_at, d.received_at, u.given_name || ' ' || u.family_name,
       a.name, t.name, jsonb_path_query_array(r.routing, '$.rules[*].title'),
       COALESCE(r.facts->>'looked_after', '') <> '' OR EXISTS (
         SELECT 1 FROM children_legalstatus s WHERE s.child_id = r.child_id AND s.ends_on IS NULL
            AND s.set_aside_reason = ''
            AND s.kind IN ('s20', 's31')),
       c.id, c.given_name, c.family_name, c.date_of_birth, c.birth_date_known, c.estimated_age,
       c.estimated_on
  FROM (SELECT count(*), count(*) FILTER (WHERE due_at < %(now)s),
               count(*) FILTER (WHERE state = 'received'),
               count(*) FILTER (WHERE state = 'deciding'),
               count(*) FILTER (WHERE state = 'proposed') FROM found) figures,
       (SELECT * FROM found ORDER BY place, id LIMIT 26) p
  JOIN referrals_delivery d ON d.id = p.id
  JOIN referrals_referral r ON r.id = d.referral_id
  JOIN children_child c ON c.id = r.child_id
  JOIN people_agency a ON a.id = r.agency_id
  JOIN people_team t ON t.id = d.team_id
  LEFT JOIN people_user u ON u.id = d.claimed_by_id
 ORDER BY p.place, p.id
"""


def run(sizes: list[int]) -> list[Result]:
    """Build each size, measure, print, drop."""
    results: list[Result] = []
    for size in sizes:
        name = f"bench_triage_{size}"
        population.make_database(name)
        county = population.County(size)
        population.build(county)
        load_board(county)
        print(f"{size} children, {OPEN} open referrals, {DECIDED} decided before")
        found = measure()
        for result in found:
            print(result.line())
        results += found
        population.drop_database(name)
    return results


def load_board(county: population.County) -> None:
    """A front door with its people, what is open there, and what it decided before."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(population._TRIGGERS.format("DISABLE"))
        _load_team(county, cursor)
        _load_referrals(county, cursor)
        cursor.execute(population._TRIGGERS.format("ENABLE"))
        cursor.execute("VACUUM (ANALYZE)")


def _load_team(county: population.County, cursor: Any) -> None:
    since = dt.date(2020, 1, 1)
    population.copy(cursor, "auth_group", ["id", "name"], [(GROUP, "front door")])
    population.copy(
        cursor,
        "people_team",
        ["id", "agency_id", "name", "kind", "group_id"],
        [(TEAM, population.AGENCY, "Front door", "front_door", GROUP)],
    )
    population.copy(
        cursor,
        "people_post",
        ["id", "user_id", "team_id", "role", "starts_on"],
        [(county._uuid(), user, TEAM, "front_door", since) for user in county.users[:PEOPLE]],
    )


def _load_referrals(county: population.County, cursor: Any) -> None:
    made = [_Made(county, number) for number in range(OPEN + DECIDED)]
    population.copy(cursor, "referrals_referral", _REFERRAL, (each.referral() for each in made))
    population.copy(cursor, "referrals_delivery", _DELIVERY, (each.delivery() for each in made))
    population.copy(cursor, "clocks_clock", _CLOCK, (each.clock() for each in made))
    population.copy(cursor, "access_childteamgrant", _GRANT, _grants(county, made))


def _grants(county: population.County, made: Sequence[_Made]) -> Iterator[Sequence[object]]:
    """The team sees the children of what is open, each once."""
    permission = apps.get_model("auth", "Permission").objects.using("owner")
    pk = permission.get(codename="view_child", content_type__app_label="children").pk
    start, end = county.now - dt.timedelta(days=30), county.now + dt.timedelta(days=60)
    for child in dict.fromkeys(each.child for each in made if each.is_open):
        yield county._uuid(), "front_door", "x", start, end, GROUP, pk, child, ""


class _Made:
    """The rows of one referral: most were decided before, the others wait."""

    def __init__(self, county: population.County, number: int) -> None:
        self.county, self.number = county, number
        self.is_open = number < OPEN
        self.child = county.children[number % len(county.children)]
        self.pk, self.delivery_pk = county._uuid(), county._uuid()
        hours = county.random.randint(1, 60) if self.is_open else county.random.randint(100, 9_000)
        self.at = county.now - dt.timedelta(hours=hours, seconds=number)
        self.by = county.users[number % population.USERS]
        self.state = ("received", "received", "deciding", "proposed")[number % 4]
        if not self.is_open:
            self.state = "other_outcome"

    def referral(self) -> Sequence[object]:
        """Columns of _REFERRAL."""
        facts, routing = _FACTS[self.number % len(_FACTS)], _ROUTINGS[self.number % len(_FACTS)]
        return (
            self.pk, self.county._uuid(), self.child, population.AUTHORITY, population.AGENCY,
            "sent", facts, "{}", "{}", "{}", routing, "{}", "routing-3", '{"situation": "x"}', "{}",
            1, self.by, self.at, self.at, self.by, self.at, "",
        )  # fmt: skip

    def delivery(self) -> Sequence[object]:
        """Columns of _DELIVERY."""
        holder = None if self.state == "received" else self.by
        decided = self.state in ("proposed", "other_outcome")
        return (
            self.delivery_pk, self.pk, population.AUTHORITY, TEAM, "", '["assessment_team"]',
            '["R4"]', "should", self.state, self.at, holder, self.at if holder else None,
            "other outcome" if decided else "", "x" if decided else "",
            self.by if decided else None, self.at if decided else None, "", "", "",
        )  # fmt: skip

    def clock(self) -> Sequence[object]:
        """Columns of _CLOCK."""
        due = self.at + dt.timedelta(hours=30)
        state = "running" if self.is_open else "met"
        return (
            self.county._uuid(), "front_door_decision", self.child, population.AUTHORITY,
            "referrals.delivery", self.delivery_pk, "Front door", "x", 1, "working_days", self.at,
            "x", due, 1, state, self.at, None if self.is_open else due, "", "", "",
        )  # fmt: skip


def _made_routings() -> Iterator[tuple[str, str]]:
    today = dt.date(2027, 2, 8)
    for facts in (
        {"concerns_confirmed": True},
        {"concerns_confirmed": True, "trafficking": True, "group_suspected": True},
        {"position_of_trust": True, "concerns_confirmed": True},
        {"concerns_confirmed": True, "looked_after": "s31"},
    ):
        found = route(
            Facts(authority="oxfordshire", on=today, date_of_birth=dt.date(2012, 3, 9), **facts)  # type: ignore[arg-type]
        )
        yield json.dumps(facts), json.dumps(found.as_json(), ensure_ascii=True)


_FACTS, _ROUTINGS = zip(*_made_routings(), strict=True)
_REFERRAL = (
    "id token child_id authority_id agency_id status facts record_facts screen_facts child_facts"
    " routing placed_routing routing_version sections part_versions version made_by_id made_at"
    " saved_at sent_by_id sent_at set_aside_reason"
).split()
_DELIVERY = (
    "id referral_id authority_id team_id contact routes rules obligation state received_at"
    " claimed_by_id claimed_at decision reasons decided_by_id decided_at approval_note told_note"
    " withdrawn_reason"
).split()
_CLOCK = (
    "id kind child_id authority_id subject_kind subject_id rule source amount unit trigger_at"
    " calendar_version due_at version state started_at met_at late_code late_text"
    " cancelled_because"
).split()
_GRANT = (
    "id basis reason starts_at expires_at group_id permission_id content_object_id ended_reason"
).split()


def measure() -> list[Result]:
    """The first page for everybody of the team, ours and the floor in turns."""
    people = list(get_user_model().objects.filter(posts__team_id=TEAM).order_by("pk")[:PEOPLE])
    with act_as(Acting(in_request=True)):
        teams = [team for team in teams_of(people[0]) if team.pk == TEAM]
        for person in people:
            assert_same(person, teams)
        ours, floor = alternately(
            [(partial(first_page, each, teams), by_hand(each)) for each in people], ROUNDS
        )
        later = _count(people[0], teams, after=first_page(people[0], teams).next)
        whole = _count(people[0], teams)
    if (whole, later) != (1, 1):
        raise SystemExit(f"a page costs {whole} and {later} queries, not one each")
    return [
        compare("board of 5,000, first page", ours, floor, 1.5),
        spread("board of 5,000", ours),
    ]


def first_page(person: Any, teams: list[Team]) -> Board:
    """As the page asks it."""
    return board_of(person, teams, Filters())


def _count(person: Any, teams: list[Team], after: str | None = None) -> int:
    with CaptureQueriesContext(connection) as found:
        board_of(person, teams, Filters(), after=after)
    return len(found)


def by_hand(person: Any) -> Callable[[], list[tuple[Any, ...]]]:
    """A job that runs the hand-written SQL for one person."""
    principals = principals_of(person)

    def job() -> list[tuple[Any, ...]]:
        parameters: dict[str, Any] = {
            "user": principals.user_id,
            "groups": list(principals.groups),
            "team": TEAM,
            "now": dt.datetime.now(dt.UTC),
        }
        with connection.cursor() as cursor:
            cursor.execute(BOARD, parameters)
            return cursor.fetchall()

    return job


def assert_same(person: Any, teams: list[Team]) -> None:
    """Ours and the floor must give the same figures and the same rows, in the same order."""
    board, rows = first_page(person, teams), by_hand(person)()
    figures = (board.total, board.late, *board.by_state.values())
    ours = [
        (
            *figures, row.id, row.state.value, row.due_at, row.received_at,
            row.claimed_by or None, row.agency, row.team, list(row.rules), row.looked_after,
            row.child.pk, row.child.given_name, row.child.family_name, row.child.date_of_birth,
            row.child.birth_date_known, row.child.estimated_age, row.child.estimated_on,
        )
        for row in board.rows
    ]  # fmt: skip
    theirs = [(*row[:12], _list(row[12]), *row[13:]) for row in rows[: len(ours)]]
    if ours != theirs or board.total != OPEN or len(ours) != 25 or not board.next:
        raise SystemExit(f"the board differs from the hand-written SQL: {board.total} open")


def _list(value: Any) -> list[str]:
    return list(json.loads(value)) if isinstance(value, str) else list(value)
