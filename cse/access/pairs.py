"""Two children at once: whether the same people are kept from both, and who sees the two.

Linking children under different restrictions takes the union of them, agreed by two (bad-input.md).
"""

from __future__ import annotations

import uuid

from cse.access.models import Exclusion, Seal
from cse.access.queries import Sees, who_can_see


def restrictions_differ(one: uuid.UUID, other: uuid.UUID) -> bool:
    """Whether either is sealed, or somebody is excluded from one and not from the other.

    Two queries.
    """
    both = (one, other)
    if Seal.objects.filter(child_id__in=both, lifted_at__isnull=True).exists():
        return True
    rows = Exclusion.objects.filter(child_id__in=both, ended_at__isnull=True)
    excluded = set(rows.values_list("child_id", "user_id"))
    people: list[set[uuid.UUID]] = [{who for which, who in excluded if which == pk} for pk in both]
    return people[0] != people[1]


def who_sees_both(one: uuid.UUID, other: uuid.UUID) -> list[Sees]:
    """Everybody who sees both children today; their reasons are those for the first."""
    second = {person.user.pk for person in who_can_see(other)}
    return [person for person in who_can_see(one) if person.user.pk in second]
