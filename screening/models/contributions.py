"""What agencies contribute to an assessment, ours or one of children's social care (O §10.2).

A contribution that was given never changes.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from cse.audit.history import history
from cse.children.models import Child
from cse.data_classes import classify
from cse.people.models import Team
from screening.models.assessments import RiskAssessment
from screening.models.statutory import StatutoryAssessment

AnyAssessment = RiskAssessment | StatutoryAssessment
"""What agencies contribute to: a local form, or an assessment or enquiry of social care."""


class Answered(models.TextChoices):
    """How somebody answered who was asked to contribute; saying "nothing" is an answer too."""

    WAITS = "", "Waits"
    GIVEN = "given", "Contributed"
    NOTHING = "nothing", "Knows nothing that helps"
    CANNOT = "cannot", "Cannot contribute"


class Contribution(models.Model):
    """What one agency or person was asked to contribute, and what they answered (O §10.2).

    To an ``assessment`` in a local form or to a ``statutory`` one: exactly one of them. Asked are a
    person, a team, or somebody without an account by name; exactly one of them too. Once answered
    or withdrawn it never changes: nobody rewrites what another agency has said.
    What somebody without an account said, on ``said_on``, is written down by whoever answers here.
    ``answered_as`` is the answering person's post then. Until it is given, ``text`` is a draft that
    nobody sees but those asked; ``version`` counts its saves.
    """

    FROZEN_WHEN = "OLD.answered_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL"
    CHILD_PATH = Coalesce("assessment__child_id", "statutory__child_id")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(
        RiskAssessment, on_delete=models.PROTECT, null=True, related_name="contributions"
    )
    statutory = models.ForeignKey(
        StatutoryAssessment, on_delete=models.PROTECT, null=True, related_name="contributions"
    )
    asked_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    asked_name = models.CharField(max_length=150, blank=True)
    asked_agency_name = models.CharField(max_length=150, blank=True)
    question = models.TextField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    answer = models.CharField(max_length=10, choices=Answered, blank=True)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_as = models.CharField(max_length=350, blank=True)
    answered_at = models.DateTimeField(null=True)
    said_on = models.DateField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True)
    history = history()

    DATA = classify(
        identifying="asked_name asked_agency_name",
        sensitive="question answer text answered_as withdrawn_reason said_on",
        operational="id assessment statutory asked_user asked_team asked_by asked_at due_on version"
        " answered_by answered_at withdrawn_by withdrawn_at",
    )

    class Meta:
        ordering = ["due_on", "asked_at"]
        indexes = [
            models.Index(fields=["assessment", "due_on"], name="contributions_to"),
            models.Index(fields=["statutory", "due_on"], name="contributions_to_statutory"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(assessment__isnull=False) ^ Q(statutory__isnull=False),
                name="contributes_to_one",
            ),
            models.CheckConstraint(
                condition=Q(asked_user__isnull=False, asked_team__isnull=True, asked_name="")
                | Q(asked_user__isnull=True, asked_team__isnull=False, asked_name="")
                | Q(asked_user__isnull=True, asked_team__isnull=True) & ~Q(asked_name=""),
                name="asked_is_one",
            ),
            models.UniqueConstraint(
                fields=[
                    "assessment",
                    "statutory",
                    "asked_user",
                    "asked_team",
                    "asked_name",
                    "asked_agency_name",
                ],
                condition=Q(answered_at__isnull=True, withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="asked_once",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False, withdrawn_at__isnull=True)
                & ~Q(answer=""),
                name="answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                & ~Q(withdrawn_reason=""),
                name="withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def record(self) -> AnyAssessment:
        """What it contributes to."""
        found = self.assessment or self.statutory
        assert found is not None  # noqa: S101  the database holds it
        return found

    @property
    def record_id(self) -> uuid.UUID | None:
        """The id of what it contributes to."""
        return self.assessment_id or self.statutory_id

    @property
    def record_title(self) -> str:
        """What it contributes to, in words."""
        if self.assessment is not None:
            return self.assessment.get_form_display()
        return str(self.record)

    @property
    def child(self) -> Child:
        """Whom it is about."""
        return self.record.child

    @property
    def waits(self) -> bool:
        """Whether an answer is still wanted."""
        return self.answered_at is None and self.withdrawn_at is None

    def is_late(self, today: dt.date) -> bool:
        """Whether it waits beyond its day."""
        return self.waits and self.due_on < today

    @property
    def has_account(self) -> bool:
        """Whether a person or team of the service was asked, and answers for themselves."""
        return not self.asked_name
