"""The administrator's table of age differences, one for an area (DEC-12)."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import models
from django.db.models import F, Q

from cse.audit.history import history
from cse.data_classes import classify
from cse.people.models import Authority
from referrals.routing import AgeGaps

STANDARD: Final = AgeGaps()


class AgeDifferences(models.Model):
    """From which differences, in whole years, R7 applies and W-CHK-06 is ticked.

    An area without a row has the standard table. Every outcome keeps the table it was worked out
    with, so that a change rewrites none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.OneToOneField(
        Authority, on_delete=models.PROTECT, related_name="age_differences"
    )
    at_13 = models.PositiveSmallIntegerField(default=STANDARD.at_13)
    at_14 = models.PositiveSmallIntegerField(default=STANDARD.at_14)
    at_15 = models.PositiveSmallIntegerField(default=STANDARD.at_15)
    pre_tick = models.PositiveSmallIntegerField(default=STANDARD.pre_tick)
    history = history()

    DATA = classify(operational="id authority at_13 at_14 at_15 pre_tick")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    pre_tick__gte=1,
                    pre_tick__lte=F("at_13"),
                    at_13__lte=F("at_14"),
                    at_14__lte=F("at_15"),
                ),
                name="differences_grow_with_age",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def gaps(self) -> AgeGaps:
        """The table as the rules read it."""
        return AgeGaps(self.at_13, self.at_14, self.at_15, self.pre_tick)
