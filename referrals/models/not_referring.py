"""Decisions not to refer, the under-13 exception among them; signatures; what came after."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cse.audit.history import history
from cse.data_classes import classify
from cse.people.models import Agency, Authority
from referrals.models.signing import Signed
from referrals.transitions import Status


class Way(models.TextChoices):
    """Which of the two ways out of a referral: for R8 (DEC-13) or for R3 (DEC-10)."""

    DECISION = "decision", "Decision not to refer"
    EXCEPTION = "exception", "Under-13 exception"


class Capacity(models.TextChoices):
    """As whom somebody signs."""

    PRACTITIONER = "practitioner", "Practitioner"
    SAFEGUARDING_LEAD = "safeguarding_lead", "Safeguarding lead"
    DESIGNATED_LEAD = "designated_lead", "Designated lead"
    SENIOR_MANAGER = "senior_manager", "Senior manager"


class DecisionNotToRefer(models.Model):
    """A decision of one agency not to refer one child, with reasons (W §4.6.3, §4.8.1).

    ``facts`` are what the worker said, ``record_facts`` what the child's level and newest screen
    say, ``routing`` what the rules say of both. ``lead`` was consulted on ``consulted_on``;
    ``manager`` is asked for approval where ``way`` is the exception. Whether it stands follows
    from its signatures, and from ``Supersession``; no row is ever taken away.
    """

    #: What was signed, or set aside, never changes again.
    FROZEN_WHEN = "OLD.status <> 'draft'"
    STATUSES = (("draft", "Draft"), ("signed", "Signed"), ("set_aside", "Set aside"))

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.UUIDField(default=uuid.uuid4, editable=False)
    child = models.ForeignKey(
        "children.Child", on_delete=models.PROTECT, related_name="decisions_not_to_refer"
    )
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=Way, blank=True)
    status = models.CharField(max_length=10, choices=STATUSES, default="draft")
    facts = models.JSONField(default=dict)
    record_facts = models.JSONField(default=dict)
    child_facts = models.JSONField(default=dict)
    routing = models.JSONField(default=dict)
    routing_version = models.CharField(max_length=40, blank=True)
    reasons = models.TextField(blank=True)
    factors_considered = models.TextField(blank=True)
    safety = models.TextField(blank=True)
    other_decision_makers = models.TextField(blank=True)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    consulted_on = models.DateField(null=True)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    set_aside_reason = models.TextField(blank=True)
    history = history()

    DATA = classify(
        identifying="child_facts",
        sensitive="facts record_facts routing reasons factors_considered safety"
        " other_decision_makers set_aside_reason",
        operational="id token child authority agency way status routing_version lead consulted_on"
        " manager version made_by made_at saved_at",
    )

    class Meta:
        ordering = ["-made_at"]
        verbose_name = "decision not to refer"
        verbose_name_plural = "decisions not to refer"
        indexes = [
            models.Index(fields=["child", "-made_at"], name="not_referred_child"),
            models.Index(fields=["agency", "-made_at"], name="not_referred_agency"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["made_by", "token"], name="one_decision_a_form"),
            models.CheckConstraint(
                condition=~Q(status="signed")
                | Q(lead__isnull=False, consulted_on__isnull=False)
                & ~Q(reasons="")
                & ~Q(factors_considered="")
                & ~Q(way="")
                & (~Q(way="exception") | Q(manager__isnull=False)),
                name="signed_decision_is_whole",
            ),
            # DEC-42: different accounts.
            models.CheckConstraint(
                condition=(Q(lead__isnull=True) | ~Q(lead=F("made_by")))
                & (Q(manager__isnull=True) | ~Q(manager=F("made_by")))
                & (Q(manager__isnull=True) | Q(lead__isnull=True) | ~Q(manager=F("lead"))),
                name="decided_by_different_people",
            ),
            models.CheckConstraint(
                condition=Q(status="set_aside") & ~Q(set_aside_reason="")
                | ~Q(status="set_aside") & Q(set_aside_reason=""),
                name="decision_set_aside_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.status == Status.DRAFT


class Signature(Signed):
    """One person's signature under a decision not to refer, or their refusal to sign.

    ``signed_hash`` is the same for all who signed the same text.
    """

    APPEND_ONLY = True
    CHILD_PATH = "decision__child_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.ForeignKey(
        DecisionNotToRefer, on_delete=models.PROTECT, related_name="signatures"
    )
    capacity = models.CharField(max_length=20, choices=Capacity)
    agrees = models.BooleanField()
    note = models.TextField(blank=True)

    DATA = classify(sensitive="agrees note", operational=f"id decision capacity {Signed.FIELDS}")

    class Meta:
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "capacity"], name="signed_once_a_capacity"),
            # Three signatures are three accounts (DEC-10, DEC-42).
            models.UniqueConstraint(fields=["decision", "signed_by"], name="signed_once_a_person"),
            models.CheckConstraint(
                condition=Q(agrees=True) | ~Q(note=""), name="signature_refused_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.capacity


class Supersession(models.Model):
    """A decision no longer stands: a later rule makes a referral owed, or one was made.

    ``rules`` are those that close the way out now; ``because`` says what has changed, ``subject``
    which screen, level or referral that was.
    """

    APPEND_ONLY = True
    CHILD_PATH = "decision__child_id"
    REASONS = (
        ("level", "The child’s level changed"),
        ("screen", "A screen was completed, or assessed again"),
        ("assessment", "An assessment was completed"),
        ("birth", "The child’s date of birth was changed"),
        ("referral", "A referral of the child was sent"),
        ("elsewhere", "Another agency sent a referral of the child"),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.OneToOneField(
        DecisionNotToRefer, on_delete=models.PROTECT, related_name="supersession"
    )
    because = models.CharField(max_length=10, choices=REASONS)
    rules = models.JSONField()
    routing = models.JSONField()
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.UUIDField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    DATA = classify(
        sensitive="because rules routing", operational="id decision subject_kind subject_id by at"
    )

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.because
