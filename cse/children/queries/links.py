"""Links between children that somebody sees: both children today, with the same act.

Where one is not in scope there is no link: not in a list, a count, the timeline, the history or
anybody's work.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.access.scope import visible
from cse.children.models import Child, ChildLink

STANDS: Final = Q(ended_at__isnull=True) & (Q(needs_second=False) | Q(agreed=True))
#: Ended or not: it stood once. What never stood is for its proposer and those who may agree.
STOOD: Final = Q(needs_second=False) | Q(agreed=True)
WAITING: Final = Q(ended_at__isnull=True, needs_second=True, answered_at__isnull=True)

_PEOPLE = ("first", "second", "recorded_by", "answered_by", "ended_by")


def links_seen_by(
    user: Any, capability: Capability = Capability.SEE_CHILD
) -> QuerySet[ChildLink, ChildLink]:
    """The links this person sees, for this act on both children, newest first."""
    found = visible(ChildLink.objects.all(), user, capability)
    if Capability.APPROVE_LINK in principals_of(user).acts:
        return found
    return found.filter(STOOD | Q(recorded_by_id=user.pk))


def links_of(user: Any, child: Child) -> QuerySet[ChildLink, ChildLink]:
    """The links of a child that this person sees, with both children and everybody named."""
    either = Q(first=child) | Q(second=child)
    return links_seen_by(user).filter(either).select_related(*_PEOPLE)


def with_people() -> QuerySet[ChildLink, ChildLink]:
    """Every link, with what its page names: for a look-up that starts from `visible()`."""
    return ChildLink.objects.select_related(*_PEOPLE, "first__authority", "second__authority")


def link_ids_sql(user: Any, child: Child) -> tuple[str, dict[str, Any]]:
    """A subselect of the ids, as text, of the links of a child that this person sees.

    With its parameters, by name: for a statement of one's own about events or history.
    """
    found = links_of(user, child).select_related(None).order_by()
    texts = found.annotate(link_id=Cast("pk", TextField())).values("link_id")
    sql, values = texts.query.sql_with_params()
    named = {f"link_{n}": value for n, value in enumerate(values)}
    return sql % tuple(f"%({name})s" for name in named), named
