"""`visible()`: the children somebody may see, as one bounded array in the query.

Lists, search, counts, exports, autocomplete and form choices all start here; `can()` asks the
same SQL about one child. The order of refusal is that of access-and-audit: no current post,
exclusion, no live grant, seal.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeVar

from django.db import connection, models
from django.db.models import BooleanField
from django.db.models.expressions import Expression
from django.utils import timezone

from cse.access.capabilities import CHILD_ACTS, Capability
from cse.access.models import Basis
from cse.access.principals import Principals, principals_of

M = TypeVar("M", bound=models.Model)

NARROW: Final[Mapping[Capability, Basis]] = MappingProxyType(
    {
        Capability.CONTRIBUTE: Basis.CONTRIBUTOR,
        Capability.OWN_REFERRAL: Basis.REFERRER,
        Capability.READ_SIGNED: Basis.SIGNED,
    }
)
"""Grants that open one thing and not the record: the act each is for; for all others it opens none.

The room of that thing narrows further, to the request, the referral or the signature that is this
person's own.
"""

#: A break-glass grant opens ordinary children only, so a seal is stronger than it; that holds
#: because emergency access never adds a name to a seal.
SCOPE_SQL = """
SELECT content_object_id FROM access_childusergrant
 WHERE user_id = {user} AND starts_at <= %(now)s AND expires_at > %(now)s
       {only_grant} {wide}
UNION ALL
SELECT content_object_id FROM access_childteamgrant
 WHERE group_id = ANY({groups}) AND starts_at <= %(now)s AND expires_at > %(now)s
       {only_grant} {wide}
EXCEPT
SELECT child_id FROM access_exclusion
 WHERE user_id = {user} AND ended_at IS NULL {only_child}
EXCEPT
SELECT s.child_id FROM access_seal s
 WHERE s.lifted_at IS NULL {only_child}
   AND NOT EXISTS (SELECT 1 FROM access_sealname n
                    WHERE n.seal_id = s.id AND n.user_id = {user} AND n.ended_at IS NULL)
"""


def _wide(act: Capability | None = None, also: str = "") -> str:
    """The grants that open the whole record, and the narrow ones that this act takes in."""
    shut = sorted(basis for each, basis in NARROW.items() if each is not act)
    wide = f"basis NOT IN ({', '.join(repr(str(basis)) for basis in shut)})"
    return f"AND ({wide} OR {also})" if also else f"AND {wide}"


def scope_sql(
    principals: Principals,
    only: uuid.UUID | None = None,
    column: str = "",
    *,
    act: Capability | None = None,
    also: str = "",
) -> tuple[str, dict[str, Any]]:
    """The SQL that yields the ids of the children in scope, and its parameters.

    ``only`` narrows every part to one child, which makes a single check a handful of index
    look-ups instead of the whole array. ``column`` does the same for each row of an outer query
    (``EXISTS (scope_sql(..., column="w.child_id"))``): cheaper than the array where an index
    already gives the few rows wanted, in order. It is a name from our code, never typed text.
    ``act`` takes in children of whom this person sees only what that act is for (``NARROW``);
    ``also`` is a condition, of our code, under which a row of the outer query does.
    """
    same = column or ("%(only)s" if only else "")
    parameters: dict[str, Any] = {
        "user": principals.user_id,
        "groups": list(principals.groups),
        "now": timezone.now(),
        "only": only,
    }
    sql = SCOPE_SQL.format(
        user="%(user)s",
        groups="%(groups)s",
        only_grant=f"AND content_object_id = {same}" if same else "",
        only_child=f"AND child_id = {same}" if same else "",
        wide=_wide(act, also),
    )
    return sql, parameters


def people_in_scope(
    child_id: uuid.UUID, people: Sequence[Principals], *, act: Capability | None = None
) -> set[uuid.UUID]:
    """Which of these people have the child in scope: the same SQL, asked for each in one query.

    ``act``: also where a grant opens no more than what that act is for.
    """
    if not people:
        return set()
    values = ", ".join(f"(%(user{n})s::uuid, %(groups{n})s::int[])" for n in range(len(people)))
    inner = SCOPE_SQL.format(
        user="p.user_id",
        groups="p.groups",
        only_grant="AND content_object_id = %(only)s",
        only_child="AND child_id = %(only)s",
        wide=_wide(act),
    )
    parameters: dict[str, Any] = {"only": child_id, "now": timezone.now()}
    for n, person in enumerate(people):
        parameters |= {f"user{n}": person.user_id, f"groups{n}": list(person.groups)}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.user_id FROM (VALUES {values}) p(user_id, groups)"  # noqa: S608  our own text
            f" WHERE EXISTS ({inner})",
            parameters,
        )
        return {user_id for (user_id,) in cursor.fetchall()}


def children_in_scope(principals: Principals, children: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these few children this person has in scope. One query."""
    inner, parameters = scope_sql(principals, column="c.id")
    parameters["children"] = list(children)
    sql = f"SELECT c.id FROM unnest(%(children)s::uuid[]) c(id) WHERE EXISTS ({inner})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {child_id for (child_id,) in cursor.fetchall()}


class InScope(Expression):
    """``child_id = ANY(ARRAY(scope))``: bounded whatever the number of children (performance).

    ``each`` asks it of every row instead, a handful of index look-ups: for the few rows that an
    index has found already.
    """

    conditional = True
    filterable = True

    def __init__(
        self,
        column: Any,
        principals: Principals,
        *,
        act: Capability | None = None,
        each: bool = False,
    ) -> None:
        super().__init__(output_field=BooleanField())
        self.act, self.each = act, each
        self.column = models.F(column) if isinstance(column, str) else column
        self.principals = principals

    def get_source_expressions(self) -> list[Any]:
        return [self.column]

    def set_source_expressions(self, exprs: Any) -> None:
        (self.column,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = compiler.compile(self.column)
        same = column if self.each else ""
        sql, named = scope_sql(self.principals, column=same, act=self.act)
        order: list[Any] = []
        # Django binds by position: turn the named parameters into their values in order.
        positional = _positional(sql, named, order)
        if self.each:
            return f"EXISTS ({positional})", tuple(order)
        return f"{column} = ANY(ARRAY({positional}))", (*params, *order)


def _positional(sql: str, named: dict[str, Any], order: list[Any]) -> str:
    parts = sql.split("%(")
    out = [parts[0]]
    for part in parts[1:]:
        name, rest = part.split(")s", 1)
        order.append(named[name])
        out.append("%s" + rest)
    return "".join(out)


def visible(queryset: models.QuerySet[M], user: Any, capability: Capability) -> models.QuerySet[M]:
    """Only what this person may see, for this act.

    ``queryset`` is of children, or of a model whose ``CHILD_PATH`` names the way to its child
    (default ``child_id``), or is an expression for it; where it names several, each of them must be
    in scope. Somebody whose role lacks the act sees nothing.
    """
    principals = principals_of(user)
    if capability not in principals.acts or capability not in CHILD_ACTS:
        return queryset.none()
    paths = child_paths(queryset.model)
    each = len(paths) > 1
    scopes = (InScope(path, principals, act=capability, each=each) for path in paths)
    return queryset.filter(*scopes)


def child_paths(model: type[models.Model]) -> tuple[str | Expression, ...]:
    """The columns that lead from a row to its child, or to each of the children it is about."""
    if model._meta.label_lower == "children.child":
        return ("pk",)
    path: str | Expression | tuple[str, ...] = getattr(model, "CHILD_PATH", "child_id")
    return path if isinstance(path, tuple) else (path,)
