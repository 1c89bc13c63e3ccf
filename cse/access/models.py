"""Grants, exclusions, seals and emergency openings: who sees which child.

Grants are guardian's direct-foreign-key permission rows, extended with a reason and a term, so
that guardian's API still reads them; the questions are our own (``scope.py``). Nothing here is
ever deleted: an ended row stays and says who ended it.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from cse.audit.history import history
from cse.data_classes import classify


class Basis(models.TextChoices):
    """On what a grant stands. A rule's grants and a person's stand beside each other."""

    RECORDER = "recorder", "Recorded the child, or something about them"
    NAMED_LEAD = "named_lead", "Safeguarding lead for what their agency recorded"
    GIVEN = "given", "Given by a colleague"
    FRONT_DOOR = "front_door", "A referral was sent to this team"
    CSE_TEAM = "cse_team", "The CSE team's case"
    SIGNATORY = "signatory", "Asked to sign or approve"
    COORDINATOR = "coordinator", "Coordinates the return interview after a child was missing"
    INTERVIEWER = "interviewer", "Asked to hold a return interview"
    CONTRIBUTOR = "contributor", "Asked to contribute: opens that request, not the record"
    REFERRER = (
        "referrer",
        "Refers out of an emergency, or oversees a referral: opens that referral, not the record",
    )
    SIGNED = "signed", "Has signed something: opens what they signed, not the record"
    BREAK_GLASS = "break_glass", "Opened in an emergency"


class GrantTerm(models.Model):
    """What our grants say besides guardian's principal, permission and child."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    basis = models.CharField(max_length=20, choices=Basis)
    reason = models.TextField()
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_reason = models.TextField(blank=True)

    class Meta:
        abstract = True


class ChildUserGrant(GrantTerm, UserObjectPermissionBase):
    """One person may see one child, for a reason, for a time."""

    content_object = models.ForeignKey(
        "children.Child", on_delete=models.PROTECT, related_name="user_grants"
    )
    history = history()

    DATA = classify(
        sensitive="reason ended_reason",
        operational="id permission user content_object basis granted_by starts_at expires_at"
        " ended_by",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "permission", "content_object", "basis"], name="user_grant_once"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gte=F("starts_at")), name="user_grant_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "expires_at", "content_object"],
                include=["starts_at", "permission", "basis"],
                name="user_grant_scope",
            ),
            models.Index(fields=["content_object", "expires_at"], name="user_grant_reverse"),
        ]

    def __str__(self) -> str:
        return f"{self.basis} until {self.expires_at:%Y-%m-%d}"


class ChildTeamGrant(GrantTerm, GroupObjectPermissionBase):
    """Everybody who holds a current post in a team may see one child, for a time."""

    content_object = models.ForeignKey(
        "children.Child", on_delete=models.PROTECT, related_name="team_grants"
    )
    history = history()

    DATA = classify(
        sensitive="reason ended_reason",
        operational="id permission group content_object basis granted_by starts_at expires_at"
        " ended_by",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "permission", "content_object", "basis"], name="team_grant_once"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gte=F("starts_at")), name="team_grant_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(
                fields=["group", "expires_at", "content_object"],
                include=["starts_at", "permission", "basis"],
                name="team_grant_scope",
            ),
            models.Index(fields=["content_object", "expires_at"], name="team_grant_reverse"),
        ]

    def __str__(self) -> str:
        return f"{self.basis} until {self.expires_at:%Y-%m-%d}"


class ExclusionGround(models.TextChoices):
    RELATIVE = "relative", "Own relative"
    INVOLVED = "involved", "Personal involvement"
    ALLEGED = "alleged", "Alleged to have harmed a child"
    OTHER = "other", "Another conflict of interest"


class Exclusion(models.Model):
    """A declared conflict: for that person the child does not exist, whatever else says yes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="exclusions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exclusions"
    )
    ground = models.CharField(max_length=20, choices=ExclusionGround)
    reason = models.TextField()
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_reason = models.TextField(blank=True)
    history = history()

    DATA = classify(
        sensitive="ground reason ended_reason",
        operational="id child user declared_by starts_at ended_at ended_by",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "child"], condition=Q(ended_at__isnull=True), name="excluded_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="exclusion_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.ground


class Seal(models.Model):
    """Only the people named here see the child, until the seal is lifted; reviewed in 90 days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="seals")
    reason = models.TextField()
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    sealed_at = models.DateTimeField()
    review_on = models.DateField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    lifted_reason = models.TextField(blank=True)
    history = history()

    DATA = classify(
        sensitive="reason lifted_reason",
        operational="id child sealed_by sealed_at review_on lifted_at lifted_by",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["child"], condition=Q(lifted_at__isnull=True), name="sealed_once"
            )
        ]

    def __str__(self) -> str:
        return f"review on {self.review_on}"


class SealName(models.Model):
    """A person named in a seal. Named is not granted: they still need a grant."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="names")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    history = history()

    DATA = classify(operational="id seal user ended_at")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seal", "user"], condition=Q(ended_at__isnull=True), name="sealed_name_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ReviewOutcome(models.TextChoices):
    JUSTIFIED = "justified", "Justified"
    NOT_JUSTIFIED = "not_justified", "Not justified"


class BreakGlass(models.Model):
    """An emergency opening: a reason, an hour at most, and somebody else's review."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    review_due_on = models.DateField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=20, choices=ReviewOutcome, blank=True)
    review_note = models.TextField(blank=True)
    history = history()

    DATA = classify(
        sensitive="reason outcome review_note",
        operational="id child user opened_at expires_at review_due_on reviewed_at reviewed_by",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, outcome="")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(outcome=""),
                name="reviewed_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("user")),
                name="nobody_reviews_themselves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opened_at:%Y-%m-%d %H:%M}"
