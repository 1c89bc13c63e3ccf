"""Home and "my children" against hand-written SQL that returns the same rows, at three sizes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from functools import partial

from django.contrib.auth import get_user_model
from django.db import connection

from cse.access.policies import in_scope
from cse.access.principals import principals_of
from cse.audit.context import Acting, act_as
from cse.service.bench import population
from cse.service.bench.measure import Result, Timing, alternately, compare, spread

MEASURED_USERS = 40
ROUNDS = 5

#: What somebody would write by hand: each owner's index walked in order, the scope asked of the
#: 26 rows that are needed, not of all.
HOME = """
SELECT w.id, w.kind, w.subject_id, w.due_at, w.at_once, c.id, c.reference, c.given_name,
       c.family_name
  FROM worklist_workitem w JOIN children_child c ON c.id = w.child_id
 WHERE w.closed_at IS NULL AND w.id = ANY(ARRAY(
    SELECT id FROM (
      (SELECT id, due_at, at_once FROM worklist_workitem x
        WHERE owner_id = %(user)s AND closed_at IS NULL AND {in_scope}
        ORDER BY at_once DESC, due_at, id LIMIT 26)
      UNION ALL
      (SELECT x.id, x.due_at, x.at_once FROM unnest(%(groups)s::int[]) g CROSS JOIN LATERAL (
        SELECT id, due_at, at_once FROM worklist_workitem x
         WHERE owner_group_id = g AND closed_at IS NULL AND {in_scope}
         ORDER BY at_once DESC, due_at, id LIMIT 26) x)
    ) first ORDER BY at_once DESC, due_at, id LIMIT 26))
 ORDER BY w.at_once DESC, w.due_at, w.id
"""
IN_SCOPE = """
(EXISTS (SELECT 1 FROM access_childusergrant g WHERE g.user_id = %(user)s
          AND g.content_object_id = x.child_id
          AND g.starts_at <= %(now)s AND g.expires_at > %(now)s)
 OR EXISTS (SELECT 1 FROM access_childteamgrant g WHERE g.group_id = ANY(%(groups)s::int[])
          AND g.content_object_id = x.child_id
          AND g.starts_at <= %(now)s AND g.expires_at > %(now)s))
AND NOT EXISTS (SELECT 1 FROM access_exclusion e WHERE e.user_id = %(user)s
          AND e.child_id = x.child_id AND e.ended_at IS NULL)
AND NOT EXISTS (SELECT 1 FROM access_seal s WHERE s.child_id = x.child_id AND s.lifted_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM access_sealname n WHERE n.seal_id = s.id
                           AND n.user_id = %(user)s AND n.ended_at IS NULL))
"""
#: The children somebody sees, the soonest due first, with totals over all of them.
MINE = """
WITH scope AS MATERIALIZED (
  SELECT content_object_id AS id FROM access_childusergrant
   WHERE user_id = %(user)s AND starts_at <= %(now)s AND expires_at > %(now)s
  UNION
  SELECT content_object_id FROM access_childteamgrant
   WHERE group_id = ANY(%(groups)s::int[]) AND starts_at <= %(now)s AND expires_at > %(now)s),
seen AS MATERIALIZED (
  SELECT id FROM scope
   WHERE id NOT IN (SELECT child_id FROM access_exclusion
                     WHERE user_id = %(user)s AND ended_at IS NULL)
     AND id NOT IN (SELECT s.child_id FROM access_seal s WHERE s.lifted_at IS NULL
                       AND NOT EXISTS (SELECT 1 FROM access_sealname n WHERE n.seal_id = s.id
                                        AND n.user_id = %(user)s AND n.ended_at IS NULL))),
due AS MATERIALIZED (
  SELECT child_id, MIN(due_at) AS due, COUNT(*) FILTER (WHERE due_at < %(now)s) AS overdue
    FROM worklist_workitem
   WHERE closed_at IS NULL AND child_id = ANY(ARRAY(SELECT id FROM seen)) GROUP BY child_id),
page AS (
  SELECT seen.id, due, overdue, COUNT(*) OVER () AS total, SUM(overdue) OVER () AS late
    FROM seen LEFT JOIN due ON due.child_id = seen.id ORDER BY due NULLS LAST, seen.id LIMIT 26)
SELECT c.id, c.reference, c.given_name, c.family_name, c.date_of_birth, page.due, page.overdue,
       page.total, page.late,
       (SELECT level FROM children_levelevent e WHERE e.child_id = page.id
         AND e.refused_at IS NULL AND (e.approved_at IS NOT NULL OR NOT e.needs_approval)
         ORDER BY e.decided_on DESC, e.decided_at DESC LIMIT 1) AS level
  FROM page JOIN children_child c ON c.id = page.id
 ORDER BY page.due NULLS LAST, page.id
"""
ONE = f"SELECT {IN_SCOPE.replace('x.child_id', '%(child)s::uuid')}"


def run(sizes: list[int]) -> list[Result]:
    """Build each size, measure, print, drop."""
    results: list[Result] = []
    homes: dict[int, Timing] = {}
    mine: dict[int, Timing] = {}
    for size in sizes:
        name = f"bench_{size}"
        population.make_database(name)
        county = population.County(size)
        population.build(county)
        print(f"{size} children, {population.USERS} users")
        found, homes[size], mine[size] = measure(county)
        if size != sizes[0]:
            found += growth(sizes[0], size, homes, mine)
        for result in found:
            print(result.line())
        results += found
        population.drop_database(name)
    return results


def growth(
    first: int, size: int, homes: dict[int, Timing], mine: dict[int, Timing]
) -> list[Result]:
    """What a page costs in a larger county, against its own cost in the smallest."""
    return [
        Result(f"home at {size} against {first}", homes[size].median / homes[first].median, 1.25),
        Result(
            f"my children at {size} against {first}", mine[size].median / mine[first].median, 1.6
        ),
    ]


def measure(county: population.County) -> tuple[list[Result], Timing, Timing]:
    """Home, my children and one access check for forty people, ours and the floor in turns."""
    from cse.children.queries import my_children
    from cse.worklist.queries import waiting_for

    people = list(get_user_model().objects.filter(pk__in=county.users[:MEASURED_USERS]))
    with act_as(Acting(in_request=True)):
        for person in people:
            assert_same(person)
        home, home_floor = alternately(
            [(partial(waiting_for, p), by_hand(HOME, p)) for p in people], ROUNDS
        )
        my, my_floor = alternately(
            [(partial(my_children, p), by_hand(MINE, p)) for p in people], ROUNDS
        )
        one, one_floor = alternately(
            [
                (partial(in_scope, p, c), by_hand(ONE, p, child=c))
                for p, c in zip(people, county.children, strict=False)
            ],
            ROUNDS,
        )
    return (
        [
            compare("home, first page", home, home_floor, 1.3),
            spread("home", home),
            compare("my children, first page", my, my_floor, 2.0),
            spread("my children", my),
            compare("one access check", one, one_floor, 2.0),
        ],
        home,
        my,
    )


def by_hand(
    sql: str, person: object, child: uuid.UUID | None = None
) -> Callable[[], list[tuple[object, ...]]]:
    """A job that runs hand-written SQL for one person."""
    principals = principals_of(person)
    statement = sql.format(in_scope=IN_SCOPE)

    def job() -> list[tuple[object, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(
                statement,
                {
                    "user": principals.user_id,
                    "groups": list(principals.groups),
                    "now": dt.datetime.now(dt.UTC),
                    "child": child,
                },
            )
            return cursor.fetchall()

    return job


def assert_same(person: object) -> None:
    """Ours and the floor must give the same rows, in the same order."""
    from cse.children.queries import my_children
    from cse.worklist.queries import waiting_for

    ours = [item.id for item in waiting_for(person).items]
    theirs = [row[0] for row in by_hand(HOME, person)()][: len(ours)]
    if ours != theirs or not ours:
        raise SystemExit(f"home differs from the hand-written SQL: {len(ours)}, {len(theirs)} rows")
    children = [child.id for child in my_children(person).children]
    by_due = [row[0] for row in by_hand(MINE, person)()][: len(children)]
    if children != by_due or not children:
        raise SystemExit("my children differ from the hand-written SQL")
