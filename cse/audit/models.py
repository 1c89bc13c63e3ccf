"""The event log: who did or looked at what, when, and whether it was allowed.

Append-only by trigger and by the application's rights. The seal is a row beside each event, so
that chaining never touches the event itself.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from cse.audit.history import CurrentTransaction
from cse.data_classes import classify


class Decision(models.TextChoices):
    ALLOWED = "allowed", "Allowed"
    REFUSED = "refused", "Refused"


class ActorKind(models.TextChoices):
    PERSON = "person", "Person"
    SYSTEM = "system", "System"
    TASK = "task", "Task"


class AuditEvent(models.Model):
    """One act, look or refusal. Looks count: opening a child, a PDF, a search."""

    APPEND_ONLY = True

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    transaction_id = models.BigIntegerField(
        db_default=Cast(Cast(CurrentTransaction(), models.TextField()), models.BigIntegerField()),
        editable=False,
    )
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.UUIDField(null=True)
    post_id = models.UUIDField(null=True)
    on_behalf_of_id = models.UUIDField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)
    act = models.CharField(max_length=60)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.ALLOWED)
    rule = models.CharField(max_length=100, blank=True)
    reason = models.TextField(blank=True)
    child_id = models.UUIDField(null=True)
    object_kind = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    changed_fields = ArrayField(models.CharField(max_length=60), default=list)
    data = models.JSONField(default=dict)
    #: What somebody typed into a search: shown to the auditor alone.
    protected_text = models.TextField(blank=True)

    DATA = classify(
        sensitive="reason protected_text data",
        operational="id at transaction_id actor_kind actor_id post_id on_behalf_of_id request_id"
        " address act decision rule child_id object_kind object_id changed_fields",
    )

    class Meta:
        indexes = [
            models.Index(fields=["child_id", "-at", "-id"], name="event_by_child"),
            models.Index(fields=["actor_id", "-at", "-id"], name="event_by_actor"),
            models.Index(fields=["transaction_id", "id"], name="event_in_commit_order"),
            # What is about two children names neither: the timeline finds it by its record.
            models.Index(
                fields=["object_kind", "object_id"],
                condition=Q(child_id__isnull=True),
                name="event_of_no_child",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.at:%Y-%m-%d %H:%M:%S}"


class EventSeal(models.Model):
    """The chain: each event's digest over its content and the digest before it."""

    APPEND_ONLY = True

    sequence = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="seal")
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    DATA = classify(operational="sequence event digest sealed_at")

    def __str__(self) -> str:
        return f"{self.sequence}"


class HistorySeal(models.Model):
    """The chain over history: one digest over some rows of one history table.

    ``columns`` are those the table had then, so that a later migration changes no digest.
    """

    APPEND_ONLY = True

    sequence = models.BigIntegerField(primary_key=True)
    table = models.CharField(max_length=63)
    columns = ArrayField(models.CharField(max_length=63))
    history_ids = ArrayField(models.BigIntegerField())
    last_history_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    DATA = classify(
        operational="sequence table columns history_ids last_history_id digest sealed_at"
    )

    class Meta:
        indexes = [models.Index(fields=["table", "last_history_id"], name="history_seal_by_table")]

    def __str__(self) -> str:
        return f"{self.sequence}"


class Checkpoint(models.Model):
    """A signed checkpoint was written outside the database, up to this point of both chains."""

    APPEND_ONLY = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    last_sequence = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    history_sequence = models.BigIntegerField(default=0)
    history_digest = models.CharField(max_length=64, blank=True)

    DATA = classify(operational="id at last_sequence digest history_sequence history_digest")

    def __str__(self) -> str:
        return f"to {self.last_sequence}"
