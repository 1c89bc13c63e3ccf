"""Changing an area's table of age differences: an administrator's act, and audited (DEC-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from cse.audit import events
from cse.people.models import Authority
from cse.people.policies import check_can_manage
from cse.people.saving import Changed, version_of
from referrals.models import AgeDifferences
from referrals.queries.differences import FIELDS, row_of
from referrals.routing import AgeGaps


@transaction.atomic
def change_age_differences(
    *, area: Authority, values: Mapping[str, Any], version: str, by: Any
) -> AgeDifferences:
    """Set from which differences in age, in whole years, a referral is always needed.

    ``values`` holds the four numbers and ``reason``. What was worked out before stays as it is.
    Raises ``Changed`` where somebody else was first, ``ValidationError`` for a table that asks for
    less than the handbook (``AgeGaps.problems``), ``NotAllowed`` and ``NotVisible``.
    """
    check_can_manage(by, area.pk)
    # The area's row stands for its table, which may have no row yet.
    Authority.objects.select_for_update(no_key=True).get(pk=area.pk)
    row = row_of(area)
    if version != version_of(row, FIELDS):
        raise Changed(row)
    wanted = AgeGaps(**{name: values[name] for name in FIELDS})
    wrong = dict(wanted.problems())
    if wrong:
        raise ValidationError(wrong)
    changed = [name for name in FIELDS if getattr(row, name) != values[name]]
    if not changed:
        return row
    before = {name: getattr(row, name) for name in changed}
    for name in changed:
        setattr(row, name, values[name])
    row._change_reason = values["reason"]  # type: ignore[attr-defined]
    row.save()
    events.record(
        "age differences changed",
        by=by,
        obj=row,
        changed=changed,
        reason=values["reason"],
        data={name: [before[name], values[name]] for name in changed},
    )
    return row
