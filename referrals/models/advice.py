"""Talking to children's social care before a referral: without a name, or for advice."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from cse.audit.history import history
from cse.data_classes import classify
from cse.people.models import Agency, Authority
from referrals.models.referral import Referral
from referrals.models.signing import Signed


class Consultation(Signed):
    """A talk with social care about somebody of 13 to 15 who is not identified (W §4.3.2, DEC-14).

    It has no child, and its texts name nobody: what identifies was refused before it was kept.
    ``facts`` are those the rules read, without a date of birth. Kept as it was said.
    """

    APPEND_ONLY = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.UUIDField(default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField()
    routing = models.JSONField()
    question = models.TextField()
    advised_by = models.CharField(max_length=200)
    advised_on = models.DateField()
    advice = models.TextField()
    next_steps = models.TextField()

    DATA = classify(
        sensitive="facts routing question advice next_steps",
        identifying="advised_by",
        operational=f"id token authority agency advised_on {Signed.FIELDS}",
    )

    class Meta:
        ordering = ["-signed_at"]
        indexes = [models.Index(fields=["agency", "-signed_at"], name="consultation_of_agency")]
        constraints = [
            models.UniqueConstraint(fields=["signed_by", "token"], name="one_consultation_a_form")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ConsultationUsed(models.Model):
    """A consultation became part of a referral: from then on it is about that child."""

    CHILD_PATH = "referral__child_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="used")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="consultations")
    history = history()

    DATA = classify(operational="id consultation referral")

    class Meta:
        verbose_name_plural = "consultations used"
        constraints = [
            models.UniqueConstraint(fields=["consultation", "referral"], name="consulted_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class AdviceContact(Signed):
    """Advice that social care gave about a child before any referral (W §9.2, O §7.7.4).

    ``asks_for_referral``: social care asked for it to become one, which then is owed.
    """

    APPEND_ONLY = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.UUIDField(default=uuid.uuid4, editable=False)
    child = models.ForeignKey(
        "children.Child", on_delete=models.PROTECT, related_name="advice_contacts"
    )
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    question = models.TextField()
    advised_by = models.CharField(max_length=200)
    advised_on = models.DateField()
    advice = models.TextField()
    next_steps = models.TextField(blank=True)
    asks_for_referral = models.BooleanField()

    DATA = classify(
        sensitive="question advice next_steps asks_for_referral",
        identifying="advised_by",
        operational=f"id token child authority agency advised_on {Signed.FIELDS}",
    )

    class Meta:
        ordering = ["-signed_at"]
        indexes = [models.Index(fields=["child", "-signed_at"], name="advice_of_child")]
        constraints = [
            models.UniqueConstraint(fields=["signed_by", "token"], name="one_advice_a_form"),
            models.CheckConstraint(
                condition=Q(asks_for_referral=True) | ~Q(next_steps=""),
                name="advice_leads_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
