"""The timeline of a busy child against that of a quiet one, and deep pages against the first."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence

from django.contrib.auth import get_user_model
from django.db import connections

from cse.audit.context import Acting, act_as
from cse.children.models import Child
from cse.children.queries.timeline import timeline
from cse.service.bench import population
from cse.service.bench.measure import Result, alternately, compare

EVENTS, BUSY, ROUNDS = 5_000_000, 5_000, 40
_COLUMNS = (
    "at actor_kind actor_id request_id act decision rule reason child_id object_kind object_id"
    " changed_fields data protected_text"
).split()


def run(sizes: list[int]) -> list[Result]:
    """Five events a child for a million children; fewer children, fewer events."""
    size = max(sizes)
    name = f"bench_timeline_{size}"
    population.make_database(name)
    county = population.County(size)
    population.build(county, with_access=False)
    load_events(county, min(EVENTS, size * 5))
    results = measure(county)
    for result in results:
        print(result.line())
    population.drop_database(name)
    return results


def load_events(county: population.County, count: int) -> None:
    """Events by COPY: the first child has 5,000 of them, the others a handful."""
    acts = ("screen saved", "child edited", "see a child", "access granted", "screen completed")

    def rows() -> Iterator[Sequence[object]]:
        for number in range(count):
            child: uuid.UUID = county.children[0 if number < BUSY else number % county.size]
            at = county.now - dt.timedelta(minutes=number % 500_000)
            yield (
                at,
                "person",
                county.users[number % 2_000],
                "r",
                acts[number % 5],
                "allowed",
                "",
                "",
                child,
                "screening.screen",
                str(child),
                "{}",
                "{}",
                "",
            )

    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER USER")
        population.copy(cursor, "audit_auditevent", _COLUMNS, rows())
        cursor.execute("ALTER TABLE audit_auditevent ENABLE TRIGGER USER")
        cursor.execute("ANALYZE audit_auditevent")


def measure(county: population.County) -> list[Result]:
    """Busiest against typical; a deep page against the first."""
    user = get_user_model().objects.get(pk=county.users[0])
    busy = Child.objects.get(pk=county.children[0])
    quiet = Child.objects.get(pk=county.children[1])
    with act_as(Acting(in_request=True)):
        deep = ""
        for _ in range(80):
            page = timeline(busy, user, before=deep or None)
            deep = page.older or deep
        one, other = alternately(
            [(lambda: timeline(busy, user), lambda: timeline(quiet, user))], ROUNDS
        )
        far, first = alternately(
            [(lambda: timeline(busy, user, before=deep), lambda: timeline(busy, user))], ROUNDS
        )
    return [
        compare("busiest child against a typical one", one, other, 2.0),
        compare("page 80 against the first page", far, first, 1.5),
    ]
