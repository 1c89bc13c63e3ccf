"""Assessments that build on a screen, in one of the two local forms (O §20, W §12.10).

A completed assessment never changes: a correction is a new version, and a wrong day of completion
is put right beside it (``DateCorrection``).
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cse.audit.history import history
from cse.data_classes import classify
from cse.people.models import Agency
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


class HarmAnswer(models.Model):
    """Somebody else's word on a correction that took out what an assessment said of harm.

    ``assessment`` is that correction. One person's correction takes no duty away (decision 0010).
    """

    APPEND_ONLY = True
    CHILD_PATH = "assessment__child_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.OneToOneField(
        RiskAssessment, on_delete=models.PROTECT, related_name="harm_answer"
    )
    note = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    DATA = classify(sensitive="note", operational="id assessment by at")

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.pk)
