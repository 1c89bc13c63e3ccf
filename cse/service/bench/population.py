"""A made-up county of any size, loaded by COPY: children, 2,000 users, grants and work.

Each user's scope is 196 to 2,213 children whatever the size of the county, so that what grows
is everything around it. The guards are off while loading, which only the owner can do.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connections

USERS = 2_000
TEAMS = 40
WORK_PER_USER = 40
WORK_PER_TEAM = 400
_GIVEN = "Alex Blake Casey Devon Eden Finley Gray Harper Indigo Jamie Kai Logan Marley Noel".split()
_FAMILY = (
    "Ashdown Birchall Corran Dunmore Everly Fairbank Garland Hollis Ingram Jessop Kestrel"
    " Larkin Marlow Netherby Orchard Penrose Quayle Rowley Sedge Thornby"
).split()
_SYLLABLES = "ba be bo da do fen gar hol kin lan mer nor pel ran sto ter vel wyn".split()


class County:
    """The ids that the measurements need."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.random = random.Random(size)  # noqa: S311  repeatable, not secret
        self.now = dt.datetime.now(dt.UTC)
        self.users = [self._uuid() for _ in range(USERS)]
        self.children = [self._uuid() for _ in range(size)]

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.random.getrandbits(128), version=4)

    # ---- rows ------------------------------------------------------------------------------

    def child_rows(self, authority: uuid.UUID, agency: uuid.UUID) -> Iterator[Sequence[object]]:
        """Columns of children_child, in the order of CHILD_COLUMNS."""
        today = self.now.date()
        for number, child in enumerate(self.children):
            given = self.random.choice(_GIVEN)
            family = self._family()
            born = today - dt.timedelta(days=self.random.randint(8 * 365, 18 * 365))
            search = f"{given} {family}".lower()
            yield (
                child,
                f"B-{number:09d}"[:12],
                authority,
                given,
                family,
                "",
                born,
                "exact",
                "",
                "",
                "",
                "",
                "",
                search,
                "{" + family[:4].upper() + "}",
                self.users[number % USERS],
                agency,
                self.now,
                1,
            )

    def _family(self) -> str:
        made_up = "".join(self.random.choices(_SYLLABLES, k=2)).capitalize()
        return f"{self.random.choice(_FAMILY)}-{made_up}"

    def scopes(self) -> Iterator[tuple[uuid.UUID, list[uuid.UUID]]]:
        """Each user's own children: evenly from 96 to 1,500; the rest comes through the team."""
        for user in self.users:
            count = self.random.randint(96, 1_500)
            yield user, self.random.sample(self.children, count)

    def team_scopes(self) -> Iterator[tuple[int, list[uuid.UUID]]]:
        """Each team's children: between 100 and 713."""
        for team in range(TEAMS):
            yield team, self.random.sample(self.children, self.random.randint(100, 713))


def build(county: County, *, with_access: bool = True) -> None:
    """Load the county into the empty, migrated database; its access and work unless told not."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(_TRIGGERS.format("DISABLE"))
        _load_people(county, cursor)
        with _bare(cursor, LARGE):
            _load_children(county, cursor)
            if with_access:
                _load_access_and_work(county, cursor)
        cursor.execute(_TRIGGERS.format("ENABLE"))
    owner.close()
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


_TRIGGERS = (
    "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname='public'"
    " LOOP EXECUTE format('ALTER TABLE %I {} TRIGGER USER', t); END LOOP; END $$"
)
LARGE = (
    "children_child",
    "children_levelevent",
    "access_childusergrant",
    "access_childteamgrant",
    "worklist_workitem",
)


@contextmanager
def _bare(cursor: Any, tables: Sequence[str]) -> Iterator[None]:
    """The tables without foreign keys and indexes (but for keys), which come back afterwards.

    Made once over the whole they cost a fraction of what they do row by row.
    """
    names = list(tables)
    cursor.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)"
        "  FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])",
        [names],
    )
    keys = cursor.fetchall()
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i"
        " WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS"
        " (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
        [names],
    )
    indexes = cursor.fetchall()
    for table, key, _ in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {key}")
    for index, _ in indexes:
        cursor.execute(f"DROP INDEX {index}")
    yield
    for _, statement in indexes:
        cursor.execute(statement)
    for table, key, definition in keys:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {key} {definition}")


AUTHORITY, AGENCY = uuid.UUID(int=1), uuid.UUID(int=2)


def _load_people(county: County, cursor: object) -> None:
    copy(
        cursor,
        "people_authority",
        _AUTHORITY,
        [(AUTHORITY, "oxfordshire", "Bench", "oxfordshire", *("",) * 6, "{}")],
    )
    since = dt.date(2020, 1, 1)
    copy(
        cursor,
        "people_agency",
        ["id", "authority_id", "name", "type", "starts_on"],
        [(AGENCY, AUTHORITY, "Agency", "other", since)],
    )
    copy(cursor, "auth_group", ["id", "name"], [(n + 1, f"team {n}") for n in range(TEAMS)])
    teams = [uuid.UUID(int=100 + n) for n in range(TEAMS)]
    copy(
        cursor,
        "people_team",
        ["id", "agency_id", "name", "kind", "group_id"],
        [(teams[n], AGENCY, f"team {n}", "working", n + 1) for n in range(TEAMS)],
    )
    copy(
        cursor,
        "people_user",
        _USER,
        [
            (
                u,
                f"u{n}@bench.example.org",
                "User",
                f"Number {n}",
                "",
                "",
                True,
                False,
                "x",
                county.now,
            )
            for n, u in enumerate(county.users)
        ],
    )
    copy(
        cursor,
        "people_post",
        ["id", "user_id", "team_id", "role", "starts_on"],
        [
            (county._uuid(), u, teams[n % TEAMS], "practitioner", since)
            for n, u in enumerate(county.users)
        ],
    )


def _load_children(county: County, cursor: object) -> None:
    copy(cursor, "children_child", _CHILD, county.child_rows(AUTHORITY, AGENCY))


def _load_access_and_work(county: County, cursor: object) -> None:
    permission = (
        apps.get_model("auth", "Permission")
        .objects.using("owner")
        .get(codename="view_child", content_type__app_label="children")
    )
    start, end = county.now - dt.timedelta(days=30), county.now + dt.timedelta(days=300)
    work: list[Sequence[object]] = []
    grants: list[Sequence[object]] = []

    def grant(principal: object, child: uuid.UUID) -> Sequence[object]:
        return (county._uuid(), "given", "x", start, end, principal, permission.pk, child, "")

    for user, scope in county.scopes():
        grants += [grant(user, c) for c in scope]
        work += [_work(county, user, None, c) for c in scope[:WORK_PER_USER]]
    copy(cursor, "access_childusergrant", [*_GRANT[:5], "user_id", *_GRANT[5:]], grants)
    grants = []
    for team, scope in county.team_scopes():
        grants += [grant(team + 1, c) for c in scope]
        work += [_work(county, None, team + 1, c) for c in scope[:WORK_PER_TEAM]]
    copy(cursor, "access_childteamgrant", [*_GRANT[:5], "group_id", *_GRANT[5:]], grants)
    # Everybody else's closed work: the table grows with the county.
    work += [
        _work(county, county.users[n % USERS], None, c, closed=county.now)
        for n, c in enumerate(county.children)
    ]
    copy(cursor, "worklist_workitem", _WORK, work)
    levels = ("vulnerable", "at_risk", "cse")
    copy(
        cursor,
        "children_levelevent",
        _LEVEL,
        (
            (
                county._uuid(),
                c,
                levels[n % 3],
                "",
                "",
                county.now.date(),
                county.now,
                county.users[n % USERS],
                "x",
                "",
                False,
                "",
                "",
            )
            for n, c in enumerate(county.children)
            if n % 2 == 0
        ),
    )


def _work(
    county: County,
    user: uuid.UUID | None,
    group: int | None,
    child: uuid.UUID,
    closed: dt.datetime | None = None,
) -> Sequence[object]:
    due = county.now + dt.timedelta(hours=county.random.randint(-200, 2_000))
    return (
        county._uuid(),
        "repeat_screen",
        user,
        group,
        child,
        "screening.screen",
        county._uuid(),
        due,
        county.now,
        closed,
    )


_AUTHORITY = (
    "id key name tool_key front_door_name cse_team_name board_name marking handling"
    " emergency_text clock_settings"
).split()
_USER = (
    "id email given_name family_name job_title telephone is_active is_superuser password created_at"
).split()
_CHILD = (
    "id reference authority_id given_name family_name other_names date_of_birth"
    " birth_date_known sex ethnicity disability first_language address search_name"
    " phonetic_codes created_by_id created_by_agency_id created_at version"
).split()
_GRANT = (
    "id basis reason starts_at expires_at permission_id content_object_id ended_reason"
).split()
_WORK = (
    "id kind owner_id owner_group_id child_id subject_kind subject_id due_at opened_at closed_at"
).split()
_LEVEL = (
    "id child_id level previous_level direction decided_on decided_at decided_by_id"
    " judgement reason needs_approval approval_note subject_kind"
).split()


def copy(
    cursor: object, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """COPY rows into a table, 50 thousand at a time; a text that is not given is empty."""
    empty = _texts_of(table) - set(columns)
    statement = f"COPY {table} ({', '.join([*columns, *empty])}) FROM STDIN"
    buffer = io.StringIO()
    for count, row in enumerate(rows, start=1):
        buffer.write("\t".join(_cell(value) for value in (*row, *[""] * len(empty))) + "\n")
        if count % 50_000 == 0:
            _send(cursor, statement, buffer)
            buffer = io.StringIO()
    _send(cursor, statement, buffer)


def _texts_of(table: str) -> set[str]:
    """The columns of a table that hold a text, empty where there is none."""
    model = next(each for each in apps.get_models() if each._meta.db_table == table)
    fields = model._meta.local_concrete_fields
    return {str(f.column) for f in fields if f.empty_strings_allowed and not f.null and f.blank}


def _send(cursor: object, statement: str, buffer: io.StringIO) -> None:
    buffer.seek(0)
    cursor.copy_expert(statement, buffer)  # type: ignore[attr-defined]


def _cell(value: object) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value)


def make_database(name: str) -> None:
    """A fresh, migrated database of that name, which both connections then use."""
    owner, app = connections["owner"], connections["default"]
    for connection in (owner, app):
        connection.close()
    with owner._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        _drop(cursor, name)
        cursor.execute(f'CREATE DATABASE "{name}"')
    for connection in (owner, app):
        connection.settings_dict["NAME"] = name
    call_command("migrate", verbosity=0, interactive=False)


def drop_database(name: str) -> None:
    """Drop it again; a million children are two gigabytes."""
    for alias in ("default", "owner"):
        connections[alias].close()
    with connections["owner"]._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        _drop(cursor, name)


def _drop(cursor: Any, name: str) -> None:
    # Not WITH (FORCE): after so many rows autovacuum is at work there, which PostgreSQL asks to
    # leave by itself, and which a role that is no superuser may not end.
    cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
