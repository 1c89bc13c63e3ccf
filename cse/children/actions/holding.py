"""The child's row, held: what is recorded over time is recorded one at a time."""

from __future__ import annotations

import datetime as dt

from cse.children.models import BirthDateKnown, Child


def hold(child: Child) -> dt.date | None:
    """Hold the child for this act; gives the day of birth where it is exact."""
    held = Child.objects.select_for_update(no_key=True).get(pk=child.pk)
    return held.date_of_birth if held.birth_date_known == BirthDateKnown.EXACT else None
