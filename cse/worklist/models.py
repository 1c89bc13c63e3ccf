"""What waits for whom: one row for each thing owed by a person or a team."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q

from cse.audit.history import history
from cse.data_classes import classify


class WorkItem(models.Model):
    """One thing owed. It names its subject by kind and id, so every room can own one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40, help_text="A key of cse.worklist.kinds.")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    owner_group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="+")
    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="work")
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    due_at = models.DateTimeField()
    at_once = models.BooleanField(
        default=False, db_default=False, help_text="Before everything else; due_at is the latest."
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    history = history()

    DATA = classify(
        operational="id kind owner owner_group child subject_kind subject_id due_at at_once"
        " opened_at closed_at"
    )

    class Meta:
        ordering = ["-at_once", "due_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=False) ^ Q(owner_group__isnull=False),
                name="work_has_one_owner",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_id", "owner", "owner_group"],
                condition=Q(closed_at__isnull=True),
                nulls_distinct=False,
                name="work_open_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "-at_once", "due_at", "id"],
                condition=Q(closed_at__isnull=True, owner__isnull=False),
                include=["child", "kind", "subject_id"],
                name="work_of_person",
            ),
            models.Index(
                fields=["owner_group", "-at_once", "due_at", "id"],
                condition=Q(closed_at__isnull=True, owner_group__isnull=False),
                include=["child", "kind", "subject_id"],
                name="work_of_team",
            ),
            models.Index(
                fields=["child", "due_at"],
                condition=Q(closed_at__isnull=True),
                include=["kind"],
                name="work_of_child",
            ),
            models.Index(fields=["subject_id", "kind"], name="work_of_subject"),
        ]

    def __str__(self) -> str:
        return self.kind
