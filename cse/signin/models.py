"""What somebody had typed into a form when their session was over."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from cse.data_classes import classify


class KeptForm(models.Model):
    """A form that arrived after the session had ended: for the same person only, for a day.

    ``fields`` is encrypted. It is nobody's record, so it is deleted once it was used.
    """

    NO_HISTORY = "Unsaved typing is nobody's record; it is gone after a day or when it was used."

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=500, help_text="Where the form was sent.")
    page = models.CharField(max_length=500, help_text="The page the form was on.")
    fields = models.TextField(help_text="Field names and values, encrypted JSON.")
    can_send_again = models.BooleanField(default=True)
    kept_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    DATA = classify(
        sensitive="fields", operational="id user path page can_send_again kept_at expires_at"
    )

    class Meta:
        ordering = ["-kept_at"]
        indexes = [models.Index(fields=["user", "expires_at"], name="kept_by_person")]

    def __str__(self) -> str:
        return f"kept {self.kept_at:%Y-%m-%d %H:%M}"
