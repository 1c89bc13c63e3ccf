"""The child: who they are, their legal status and CSE level over time, the team around them."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone

from cse.audit.history import history
from cse.children.names import normalise
from cse.data_classes import classify
from cse.people.models import Agency, Authority
from cse.workdays import age_on

#: Without letters and digits that are read wrongly over a telephone.
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """An opaque reference such as ``C-7K3P92W``: nothing about the child is in it."""
    return "C-" + "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(7))


class BirthDateKnown(models.TextChoices):
    EXACT = "exact", "Exact"
    APPROXIMATE = "approximate", "Approximate"
    UNKNOWN = "unknown", "Not known"


class Sex(models.TextChoices):
    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "Recorded another way"
    UNKNOWN = "", "Not recorded"


class Child(models.Model):
    """Somebody under 18 whom a practitioner is worried about (O-SHR-14)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="children")
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100, blank=True)
    other_names = models.CharField(max_length=200, blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    birth_date_known = models.CharField(
        max_length=12, choices=BirthDateKnown, default=BirthDateKnown.EXACT
    )
    estimated_age = models.PositiveSmallIntegerField(null=True, blank=True)
    estimated_on = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=10, choices=Sex, blank=True)
    ethnicity = models.CharField(max_length=100, blank=True)
    disability = models.TextField(blank=True)
    first_language = models.CharField(max_length=100, blank=True)
    address = models.TextField(blank=True)
    #: Kept beside the names for the search; written by save().
    search_name = models.TextField(editable=False)
    phonetic_codes = ArrayField(models.CharField(max_length=10), default=list, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_by_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)
    history = history()

    DATA = classify(
        identifying="given_name family_name other_names date_of_birth address search_name"
        " phonetic_codes",
        sensitive="birth_date_known estimated_age estimated_on sex ethnicity disability"
        " first_language",
        operational="id reference authority created_by created_by_agency created_at version",
    )

    class Meta:
        ordering = ["family_name", "given_name"]
        verbose_name_plural = "children"
        constraints = [
            models.CheckConstraint(
                condition=Q(birth_date_known="unknown", date_of_birth__isnull=True)
                | ~Q(birth_date_known="unknown") & Q(date_of_birth__isnull=False),
                name="birth_date_when_known",
            ),
            models.CheckConstraint(
                condition=Q(estimated_age__isnull=True, estimated_on__isnull=True)
                | Q(estimated_age__isnull=False, estimated_on__isnull=False),
                name="estimated_age_on_a_day",
            ),
        ]
        indexes = [
            GinIndex(fields=["search_name"], opclasses=["gin_trgm_ops"], name="child_by_name"),
            GinIndex(fields=["phonetic_codes"], name="child_by_sound"),
            models.Index(fields=["date_of_birth"], name="child_by_birth"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def name(self) -> str:
        """The name as it is written at the head of a page."""
        return f"{self.given_name} {self.family_name}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search columns true to the names."""
        self.search_name = normalise(f"{self.given_name} {self.family_name} {self.other_names}")
        self.phonetic_codes = phonetic_codes(self.search_name)
        super().save(*args, **kwargs)

    def age_at(self, day: dt.date) -> int | None:
        """Completed years on a day; from the estimate where the date is not known (DEC-02)."""
        if self.date_of_birth is not None:
            return age_on(self.date_of_birth, day)
        if self.estimated_age is not None and self.estimated_on is not None:
            return max(0, self.estimated_age + (day - self.estimated_on).days // 365)
        return None

    @property
    def age_is_certain(self) -> bool:
        """False for an approximate or unknown date of birth."""
        return self.birth_date_known == BirthDateKnown.EXACT


#: The codes of the words of ``name``, as one array.
CODES_SQL = """
SELECT COALESCE(array_agg(DISTINCT code), '{}') AS codes FROM (
  SELECT dmetaphone(w) AS code FROM unnest(string_to_array(%(name)s, ' ')) w
  UNION SELECT dmetaphone_alt(w) FROM unnest(string_to_array(%(name)s, ' ')) w
) c WHERE code <> ''
"""


def phonetic_codes(search_name: str) -> list[str]:
    """Double-metaphone codes of each word, so that Shaun finds Sean's other spellings."""
    with connection.cursor() as cursor:
        cursor.execute(CODES_SQL, {"name": search_name})
        return list(cursor.fetchone()[0])


class LegalStatusKind(models.TextChoices):
    NONE = "none", "No legal status"
    CIN = "cin", "Child in need"
    CP = "cp", "Child protection plan"
    S20 = "s20", "Looked after, section 20"
    S31 = "s31", "Looked after, section 31"


class LegalStatus(models.Model):
    """One status for a time; the current one has not ended.

    ``set_aside_reason``: it was recorded by mistake. It is kept, counts no more and never
    changes again.
    """

    FROZEN_WHEN = "OLD.set_aside_reason <> ''"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="legal_statuses")
    kind = models.CharField(max_length=10, choices=LegalStatusKind)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    set_aside_reason = models.TextField(blank=True, default="")
    history = history()

    DATA = classify(
        sensitive="kind starts_on ends_on set_aside_reason", operational="id child recorded_by"
    )

    class Meta:
        ordering = ["-starts_on"]
        verbose_name_plural = "legal statuses"
        constraints = [
            models.UniqueConstraint(
                fields=["child"],
                condition=Q(ends_on__isnull=True, set_aside_reason=""),
                name="one_current_status",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="status_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class CseLevel(models.TextChoices):
    """Three levels, and none that says "no risk" (W-SCR-01)."""

    VULNERABLE = "vulnerable", "Vulnerable"
    AT_RISK = "at_risk", "At risk"
    CSE = "cse", "CSE"


class Direction(models.TextChoices):
    INCREASED = "increased", "Increased"
    DECREASED = "decreased", "Decreased"
    STATIC = "static", "Static"
    FIRST = "", "First level"


class LevelEvent(models.Model):
    """A level chosen by a person at a moment; never overwritten (W-SCR-02).

    A lowering takes effect only when somebody else has approved it (DEC-09); until then
    ``approved_at`` is empty and the level before it stands. ``taken_back_at``: a correction
    replaced what the level rests on before anybody answered.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="level_events")
    level = models.CharField(max_length=12, choices=CseLevel)
    previous_level = models.CharField(max_length=12, choices=CseLevel, blank=True)
    direction = models.CharField(max_length=10, choices=Direction, blank=True)
    decided_on = models.DateField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    judgement = models.TextField()
    reason = models.TextField(blank=True)
    needs_approval = models.BooleanField(default=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    approval_note = models.TextField(blank=True)
    #: What the decision rests on, by kind and id (a screen, later a review).
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.UUIDField(null=True)
    history = history()

    DATA = classify(
        sensitive="level previous_level direction judgement reason approval_note decided_on",
        operational="id child decided_at decided_by needs_approval approved_by approved_at"
        " refused_at taken_back_at subject_kind subject_id",
    )

    class Meta:
        ordering = ["-decided_on", "-decided_at"]
        indexes = [models.Index(fields=["child", "-decided_on", "-decided_at"], name="level_now")]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("decided_by")),
                name="level_approved_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, refused_at__isnull=True)
                | Q(approved_by__isnull=False),
                name="level_answer_has_a_person",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True)
                | Q(needs_approval=True, approved_at__isnull=True, refused_at__isnull=True),
                name="level_answered_or_taken_back",
            ),
        ]

    def __str__(self) -> str:
        return self.get_level_display()


class TeamMember(models.Model):
    """Somebody in the team around the child: nobody is alone with CSE (O-SHR-38)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="team")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=150, blank=True)
    agency_name = models.CharField(max_length=150, blank=True)
    part = models.CharField(max_length=150, help_text="What they do for the child.")
    is_lead_professional = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    history = history()

    DATA = classify(
        identifying="name agency_name",
        sensitive="part",
        operational="id child user is_lead_professional starts_on ends_on",
    )

    class Meta:
        ordering = ["-is_lead_professional", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) | ~Q(name=""), name="member_is_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.part

    @property
    def person(self) -> str:
        """Who it is, by name."""
        return self.user.get_full_name() if self.user else self.name
