"""What somebody did or learned beside a referral, written down at once: no form comes first."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from cse.audit.history import history
from cse.data_classes import classify
from cse.people.models import Agency
from referrals.models.referral import Referral
from screening.models import Screen


class NoteKind(models.TextChoices):
    """What a note is of."""

    POLICE_PROTECTION = "police_protection", "Police protection, or other steps to keep safe"
    EVIDENCE = "evidence", "Evidence secured"
    JOINT_CONSULTATION = (
        "joint_consultation",
        "Joint consultation of the Designated Officer and social care",
    )
    LEAD_DISCUSSION = "lead_discussion", "Discussion with the safeguarding lead"
    MANAGER_DISCUSSION = "manager_discussion", "Discussion with the line manager"
    LEGAL_ADVICE = "legal_advice", "Legal advice"
    NRM = "nrm", "National referral mechanism"
    SCREEN = "screen", "Screen completed later"
    OVERSIGHT = "oversight", "Line manager’s oversight"
    ESCALATED = "escalated", "Disagreement taken further outside the service"
    OTHER = "other", "Something else"


class Note(models.Model):
    """Something done or learned about a child, with or without a referral (O §7.3.6).

    A referral that was sent never changes: what follows stands beside it as a note. ``happened_on``
    and ``at_time`` are when it happened, ``at`` when it was written down; ``with_whom`` who took
    part. ``screen``: the screen that was outstanding and is complete now. ``token`` is made by the
    page, so that a form sent twice makes one.
    """

    FROZEN_WHEN = "true"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.UUIDField(default=uuid.uuid4, editable=False)
    child = models.ForeignKey(
        "children.Child", on_delete=models.PROTECT, related_name="referral_notes"
    )
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, related_name="notes"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=NoteKind)
    happened_on = models.DateField()
    at_time = models.TimeField(null=True)
    with_whom = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    screen = models.ForeignKey(Screen, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    history = history()

    DATA = classify(
        identifying="with_whom",
        sensitive="kind happened_on at_time text",
        operational="id token child referral agency screen by at",
    )

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["child", "-at"], name="note_of_child")]
        constraints = [
            models.UniqueConstraint(fields=["by", "token"], name="one_note_a_form"),
            models.CheckConstraint(condition=~Q(text=""), name="note_says_something"),
            models.CheckConstraint(
                condition=~Q(kind="joint_consultation") | ~Q(with_whom=""),
                name="consultation_names_who",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
