"""Assessments that build on a screen, and what agencies contribute to them (O §20, W §12.10).

A completed assessment never changes: a correction is a new version, and a wrong day of completion
is put right beside it (``DateCorrection``). A contribution that was given never changes either.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cse.audit.history import history
from cse.data_classes import classify
from cse.people.models import Agency, Team
from screening.models.drafted import (
    Drafted,
    completed_by_somebody,
    corrected_once,
    correction_with_reason,
)
from screening.models.screens import Screen, ToolVersion


class AssessmentForm(models.TextChoices):
    """The two forms that the handbooks name and do not contain: local forms (DEC-27)."""

    RISK_ASSESSMENT = "risk_assessment", "Risk Assessment"
    COMPREHENSIVE = "comprehensive", "Comprehensive CSE screen"


class RiskAssessment(Drafted):
    """One assessment of one child, by one of the two local forms (DEC-27).

    It rests on a completed ``screen``, whose answers it shows and never copies: both are frozen.
    Without one, ``no_screen_reason`` says why. ``tool_version`` gives the domains of the analysis.
    ``form_version`` is the version of our local form that it was written with.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(
        "children.Child", on_delete=models.PROTECT, related_name="risk_assessments"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=20, choices=AssessmentForm)
    form_version = models.PositiveSmallIntegerField()
    tool_version = models.ForeignKey(ToolVersion, on_delete=models.PROTECT, related_name="+")
    screen = models.ForeignKey(
        Screen, on_delete=models.PROTECT, null=True, related_name="risk_assessments"
    )
    no_screen_reason = models.TextField(blank=True)
    history = history()

    DATA = classify(
        identifying="child_facts",
        sensitive="sections no_screen_reason correction_reason set_aside_reason",
        operational="id child form form_version tool_version screen authority agency status"
        " part_versions version created_by created_at saved_at completed_on completed_at"
        " completed_by corrects correction_number",
    )

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["child", "-completed_at", "-created_at"], name="risk_assessment_of_child"
            ),
        ]
        constraints = [
            # It is the agencies' together: one draft of a child, whoever begins it.
            models.UniqueConstraint(
                fields=["child"],
                condition=Q(status="draft", corrects__isnull=True),
                name="one_assessment_draft_a_child",
            ),
            models.CheckConstraint(
                condition=Q(screen__isnull=False) | ~Q(no_screen_reason=""),
                name="assessment_has_a_screen_or_a_reason",
            ),
            corrected_once("assessment_corrected_once"),
            completed_by_somebody("assessment_complete_by_somebody"),
            correction_with_reason("assessment_correction_reason"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


Decided = Screen | RiskAssessment
"""What a child's level may rest on."""


class DateCorrection(models.Model):
    """The day an assessment was completed, put right; the newest counts (DEC-29)."""

    APPEND_ONLY = True
    CHILD_PATH = "assessment__child_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(
        RiskAssessment, on_delete=models.PROTECT, related_name="date_corrections"
    )
    before = models.DateField()
    on = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    DATA = classify(sensitive="reason", operational="id assessment before on by at")

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=~Q(on=F("before")), name="another_day"),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.on}"


class Answered(models.TextChoices):
    """How somebody answered who was asked to contribute; saying "nothing" is an answer too."""

    WAITS = "", "Waits"
    GIVEN = "given", "Contributed"
    NOTHING = "nothing", "Knows nothing that helps"
    CANNOT = "cannot", "Cannot contribute"


class Contribution(models.Model):
    """What one agency or person was asked to contribute, and what they answered (O §10.2).

    Asked are a person, a team, or somebody without an account by name; exactly one of them. Once
    answered or withdrawn it never changes: nobody rewrites what another agency has said.
    What somebody without an account said, on ``said_on``, is written down by whoever answers here.
    ``answered_as`` is the answering person's post then. Until it is given, ``text`` is a draft that
    nobody sees but those asked; ``version`` counts its saves.
    """

    FROZEN_WHEN = "OLD.answered_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL"
    CHILD_PATH = "assessment__child_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(
        RiskAssessment, on_delete=models.PROTECT, related_name="contributions"
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
        operational="id assessment asked_user asked_team asked_by asked_at due_on version"
        " answered_by answered_at withdrawn_by withdrawn_at",
    )

    class Meta:
        ordering = ["due_on", "asked_at"]
        indexes = [models.Index(fields=["assessment", "due_on"], name="contributions_to")]
        constraints = [
            models.CheckConstraint(
                condition=Q(asked_user__isnull=False, asked_team__isnull=True, asked_name="")
                | Q(asked_user__isnull=True, asked_team__isnull=False, asked_name="")
                | Q(asked_user__isnull=True, asked_team__isnull=True) & ~Q(asked_name=""),
                name="asked_is_one",
            ),
            models.UniqueConstraint(
                fields=["assessment", "asked_user", "asked_team", "asked_name"],
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
