"""The export register: every document that left the house, for whom and why (D-SHR-03)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from cse.audit.history import history
from cse.data_classes import classify
from cse.documents.codes import new_code


class Purpose(models.TextChoices):
    """Why a document is exported; ``other`` asks for words.

    ``family`` is offered for no document yet: the whole one, with what others said and think, is
    not a copy for a family (interface.md).
    """

    REFERRAL = "referral", "To go with a referral"
    MEETING = "meeting", "For a strategy discussion or meeting"
    COURT = "court", "For court proceedings"
    SUPERVISION = "supervision", "For supervision or management oversight"
    FAMILY = "family", "For the child or family"
    RECORD = "record", "For another agency’s record"
    BY_HAND = "by_hand", "To complete by hand with a child, parent or colleague"
    AWARENESS = "awareness", "For training or raising awareness"
    OTHER = "other", "Another purpose"


class State(models.TextChoices):
    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Not made"
    EXPIRED = "expired", "No longer available"


class Failure(models.TextChoices):
    """Why a document was not made, as far as the person who asked may know."""

    NONE = "", "None"
    ACCESS = "access", "You may no longer export this document."
    TOO_LONG = "too_long", "The document holds more text than one can. Shorten the longest notes."
    TIME = "limit", "Making the document took too long or too much memory, so it was stopped."
    ERROR = "error", "Something went wrong on our side. Ask for the document again."


class Export(models.Model):
    """One request for a document, and what became of it. The row stays when the file is gone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40, help_text="A key of cse.documents.kinds.")
    child = models.ForeignKey(
        "children.Child", on_delete=models.PROTECT, null=True, related_name="+"
    )
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    # Names the tool's source in the words of its data file, which may be long.
    content_version = models.TextField()
    purpose = models.CharField(max_length=20, choices=Purpose)
    purpose_text = models.CharField(max_length=300, blank=True)
    recipient_name = models.CharField(max_length=150, blank=True)
    recipient_organisation = models.CharField(max_length=150, blank=True)
    exported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    post = models.ForeignKey("people.Post", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=10, choices=Failure, blank=True)
    code = models.CharField(max_length=19, unique=True, default=new_code, editable=False)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0, help_text="Bytes.")
    product_version = models.CharField(max_length=40, blank=True)
    expires_at = models.DateTimeField(null=True)
    downloads = models.PositiveIntegerField(default=0)
    downloaded_at = models.DateTimeField(null=True, help_text="The last time it was fetched.")
    history = history()

    DATA = classify(
        identifying="recipient_name",
        sensitive="purpose purpose_text recipient_organisation",
        operational="id kind child subject_kind subject_id content_version exported_by post"
        " requested_at state attempts started_at finished_at failure code sha256 size"
        " product_version expires_at downloads downloaded_at",
    )

    class Meta:
        ordering = ["-requested_at", "-id"]
        indexes = [
            models.Index(fields=["-requested_at", "-id"], name="export_newest"),
            models.Index(fields=["child", "-requested_at", "-id"], name="export_of_child"),
            models.Index(fields=["exported_by", "-requested_at", "-id"], name="export_by"),
            models.Index(
                fields=["state", "requested_at"],
                condition=Q(state__in=["queued", "running", "ready"]),
                name="export_open",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready")
                | Q(finished_at__isnull=False, expires_at__isnull=False) & ~Q(sha256=""),
                name="export_ready_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") & Q(failure="") | Q(state="failed") & ~Q(failure=""),
                name="export_failed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(downloads=0, downloaded_at__isnull=True)
                | Q(downloads__gt=0, downloaded_at__isnull=False),
                name="export_fetched_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def purpose_words(self) -> str:
        """The purpose as the document prints it."""
        words = str(Purpose(self.purpose).label)
        if self.purpose == Purpose.OTHER:
            return self.purpose_text
        return f"{words}: {self.purpose_text}" if self.purpose_text else words

    @property
    def recipient(self) -> str:
        """For whom, as the document prints it; empty for a blank tool for nobody in particular."""
        return ", ".join(
            each for each in (self.recipient_name, self.recipient_organisation) if each
        )
