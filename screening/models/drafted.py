"""What is drafted part by part, completed once, and never changes again: screens, assessments."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q

from cse.people.models import Authority


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    COMPLETE = "complete", "Complete"
    SET_ASIDE = "set_aside", "Set aside"


class Drafted(models.Model):
    """The columns of a draft and of what becomes of it.

    ``sections`` holds texts and choices by field key. ``part_versions`` counts the saves of each
    part, so that people working on different parts do not collide (several people may work on one
    draft). ``child_facts`` are kept on completion: the child as recorded then; empty in a draft.
    A correction is a draft of its own that names what it corrects and why.
    """

    #: What is completed, and a draft that was set aside, never changes again.
    FROZEN_WHEN = "OLD.completed_at IS NOT NULL OR OLD.status = 'set_aside'"

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    sections = models.JSONField(default=dict)
    part_versions = models.JSONField(default=dict)
    child_facts = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    completed_on = models.DateField(null=True)
    completed_at = models.DateTimeField(null=True)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections"
    )
    correction_number = models.PositiveSmallIntegerField(default=0)
    correction_reason = models.TextField(blank=True)
    set_aside_reason = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.status == Status.DRAFT

    @property
    def completion(self) -> tuple[dt.date, dt.datetime]:
        """The day and the moment of completion. Raises ValueError for what is not complete."""
        if self.completed_on is None or self.completed_at is None:
            raise ValueError("This is not complete")
        return self.completed_on, self.completed_at

    @property
    def is_complete(self) -> bool:
        """Whether it was completed, and so is frozen."""
        return self.status == Status.COMPLETE


def corrected_once(name: str) -> models.UniqueConstraint:
    """One correction of each version; a draft of one that was set aside does not count."""
    return models.UniqueConstraint(
        fields=["corrects"],
        condition=Q(corrects__isnull=False) & ~Q(status="set_aside"),
        name=name,
    )


def completed_by_somebody(name: str) -> models.CheckConstraint:
    """What is complete has its day, moment and person; what is not has none of them."""
    return models.CheckConstraint(
        condition=Q(
            status="complete",
            completed_on__isnull=False,
            completed_at__isnull=False,
            completed_by__isnull=False,
        )
        | ~Q(status="complete")
        & Q(completed_on__isnull=True, completed_at__isnull=True, completed_by__isnull=True),
        name=name,
    )


def correction_with_reason(name: str) -> models.CheckConstraint:
    """A correction says which it is, and why."""
    return models.CheckConstraint(
        condition=Q(corrects__isnull=True, correction_number=0)
        | Q(corrects__isnull=False, correction_number__gt=0) & ~Q(correction_reason=""),
        name=name,
    )
