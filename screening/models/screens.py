"""Tools as immutable versions; screens whose answers are one document; what is decided on them.

A completed screen never changes (``FROZEN_WHEN``): what comes after it, countersignatures and
what the rules then say, has tables of its own that take inserts only.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cse.audit.history import history
from cse.data_classes import classify
from cse.people.models import Agency
from screening.fields import PlainArray
from screening.models.drafted import (
    Drafted,
    completed_by_somebody,
    corrected_once,
    correction_with_reason,
)


class Tool(models.Model):
    """A screening tool, whatever its version: Oxfordshire's, Wiltshire's, a later one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.SlugField(unique=True)
    name = models.CharField(max_length=150)
    history = history()

    DATA = classify(operational="id key name")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ToolVersion(models.Model):
    """One version of a tool, as its data file says; a screen is pinned to it for ever.

    ``definition`` is the file's own content, ``content_hash`` SHA-256 of its canonical JSON.
    """

    APPEND_ONLY = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    definition = models.JSONField()
    content_hash = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    loaded_at = models.DateTimeField()

    DATA = classify(operational="id tool number definition content_hash note loaded_by loaded_at")

    class Meta:
        ordering = ["tool", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["tool", "number"], name="tool_version_once"),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class ToolChoice(models.Model):
    """From this moment new screens of the tool use this version; the latest row counts."""

    APPEND_ONLY = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="choices")
    version = models.ForeignKey(ToolVersion, on_delete=models.PROTECT, related_name="choices")
    starts_at = models.DateTimeField()
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField(blank=True)

    DATA = classify(operational="id tool version starts_at chosen_by reason")

    class Meta:
        ordering = ["tool", "-starts_at"]
        indexes = [models.Index(fields=["tool", "-starts_at"], name="tool_version_now")]

    def __str__(self) -> str:
        return f"from {self.starts_at:%Y-%m-%d}"


class Screen(Drafted):
    """One screening of one child (W App 1, O Annexe 2).

    ``answers`` is one document, keyed as ``screening.answers`` says; ``projection``
    repeats the presences in the tool's order for the board's figures (0 not answered, 1 no,
    2 possible, 3 yes). ``sections`` holds what is asked beside the indicators, by field key;
    what is kept of the child is in ``screening.child_then``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="screens")
    tool_version = models.ForeignKey(ToolVersion, on_delete=models.PROTECT, related_name="screens")
    tool_reason = models.TextField(blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="screens")
    answers = models.JSONField(default=dict)
    projection = PlainArray(models.SmallIntegerField(), default=list)
    history = history()

    DATA = classify(
        identifying="child_facts",
        sensitive="answers projection sections tool_reason correction_reason set_aside_reason",
        operational="id child tool_version authority agency status part_versions version"
        " created_by created_at saved_at completed_on completed_at completed_by corrects"
        " correction_number",
    )

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["child", "-completed_on", "-created_at"], name="screen_of_child"),
            models.Index(
                fields=["child", "-saved_at"], condition=Q(status="draft"), name="screen_drafts"
            ),
        ]
        constraints = [
            # A double click, or a second tab, finds the draft that is there.
            models.UniqueConstraint(
                fields=["child", "agency"],
                condition=Q(status="draft", corrects__isnull=True),
                name="one_draft_a_child_an_agency",
            ),
            corrected_once("corrected_once"),
            completed_by_somebody("complete_on_a_day_by_somebody"),
            correction_with_reason("correction_has_a_reason"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ScreenCopy(models.Model):
    """A draft as it stood at a moment, for whoever is sent it before it is complete (DEC-28).

    ``answers``, ``sections`` and ``tool_version`` are the draft's own; ``child_facts`` the child as
    recorded then; ``result`` what the rules said of it (``screening.rules.Assessment.as_json``).
    What the draft becomes changes nothing here. A completed screen needs no copy: it is frozen.
    """

    APPEND_ONLY = True
    CHILD_PATH = "screen__child_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    screen = models.ForeignKey(Screen, on_delete=models.PROTECT, related_name="copies")
    tool_version = models.ForeignKey(ToolVersion, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField()
    sections = models.JSONField()
    child_facts = models.JSONField()
    result = models.JSONField()
    screen_version = models.PositiveIntegerField()
    saved_at = models.DateTimeField(help_text="When the draft had last been saved.")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    DATA = classify(
        identifying="child_facts",
        sensitive="answers sections result",
        operational="id screen tool_version screen_version saved_at at by",
    )

    class Meta:
        ordering = ["-at"]
        verbose_name_plural = "screen copies"
        indexes = [models.Index(fields=["screen", "-at"], name="copies_of_screen")]

    def __str__(self) -> str:
        return f"version {self.screen_version}"


Written = Screen | ScreenCopy
"""What answers and sections are read from."""


class ScreenAssessment(models.Model):
    """What the rules said of a completed screen, with reasons, and why they were asked.

    One row at completion, one after each countersignature, each answer to a lower level and each
    change of the child's date of birth; the newest counts. ``birth`` has the facts of birth
    ``before`` and ``after`` where such a change is why. ``result`` is
    ``screening.rules.Assessment.as_json`` and names the tool version it was made with.
    """

    APPEND_ONLY = True
    CHILD_PATH = "screen__child_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    screen = models.ForeignKey(Screen, on_delete=models.PROTECT, related_name="assessments")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    because = models.CharField(max_length=20)
    result = models.JSONField()
    birth = models.JSONField(default=dict)

    DATA = classify(
        identifying="birth", sensitive="result", operational="id screen made_at made_by because"
    )

    class Meta:
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["screen", "-made_at"], name="assessment_now")]

    def __str__(self) -> str:
        return self.because


class Countersignature(models.Model):
    """The safeguarding lead's answer to a high level that somebody else lowered (DEC-04).

    Only ``agrees`` lets the lowered level clear the any-one-High rule.
    """

    APPEND_ONLY = True
    CHILD_PATH = "screen__child_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    screen = models.ForeignKey(Screen, on_delete=models.PROTECT, related_name="countersignatures")
    indicator = models.CharField(max_length=40)
    amended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agrees = models.BooleanField()
    reason = models.TextField()
    at = models.DateTimeField()

    DATA = classify(sensitive="indicator agrees reason", operational="id screen amended_by by at")

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["screen", "indicator"], name="countersigned_once"),
            models.CheckConstraint(
                condition=~Q(by=F("amended_by")), name="countersigned_by_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return self.indicator
