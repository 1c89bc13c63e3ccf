"""Finding a name among a million: within somebody's scope, and duplicates before creating."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import connection

from cse.access.capabilities import Capability
from cse.access.scope import visible
from cse.audit.context import Acting, act_as
from cse.children.models import Child
from cse.children.queries.search import Terms, search_children
from cse.people.models import User
from cse.service.bench import population
from cse.service.bench.measure import Result, alternately, compare

PEOPLE, ROUNDS = 20, 5


def run(sizes: list[int]) -> list[Result]:
    """Measure at the largest size asked for."""
    size = max(sizes)
    name = f"bench_names_{size}"
    population.make_database(name)
    county = population.County(size)
    population.build(county)
    results = measure(county)
    for result in results:
        print(result.line())
    population.drop_database(name)
    return results


def measure(county: population.County) -> list[Result]:
    """Names in scope against the same names in everybody's; duplicates against a plain query."""
    people = list(User.objects.filter(pk__in=county.users[:PEOPLE]))
    some = list(Child.objects.order_by("reference")[:PEOPLE])
    with act_as(Acting(in_request=True)):
        scoped, everybody = alternately(
            [
                (partial(search_children, p, Terms(name=c.name)), partial(by_name, c))
                for p, c in zip(people, some, strict=True)
            ],
            ROUNDS,
        )
        births, plain = alternately(
            [
                (
                    partial(search_children, p, Terms(c.name, c.date_of_birth)),
                    partial(by_birth, p, c.date_of_birth),
                )
                for p, c in zip(people, some, strict=True)
            ],
            ROUNDS,
        )
    return [
        Result("names in scope, 95th, against all names", scoped.p95 / everybody.p95, 0.5),
        compare("duplicates before creating, against same date in scope", births, plain, 1.5),
    ]


def by_name(child: Child) -> list[tuple[object, ...]]:
    """A name among everybody, by the trigram index alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, similarity(search_name, %(n)s) AS alike FROM children_child"
            " WHERE search_name %% %(n)s ORDER BY alike DESC LIMIT 25",
            {"n": child.search_name},
        )
        return cursor.fetchall()


def by_birth(person: User, born: dt.date | None) -> list[Child]:
    """The plain query: those in somebody's scope who were born on a day."""
    return list(visible(Child.objects.filter(date_of_birth=born), person, Capability.SEE_CHILD))
