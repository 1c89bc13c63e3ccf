"""Authorities, agencies, teams, people and the posts they hold.

A post is a role held in a team for a time. What somebody may do follows from the posts they
hold today; whom they may see follows from grants (``cse.access``), never from the agency alone.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from cse.audit.history import history
from cse.data_classes import classify
from cse.people.managers import UserManager


class Authority(models.Model):
    """A safeguarding partnership's area, with its names, tool, marking and clock settings."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    tool_key = models.SlugField(help_text="The screening tool this area uses (DEC-25).")
    front_door_name = models.CharField(max_length=100)
    cse_team_name = models.CharField(max_length=100)
    board_name = models.CharField(max_length=150)
    marking = models.CharField(max_length=100, default="OFFICIAL-SENSITIVE")
    handling = models.CharField(max_length=200, blank=True)
    emergency_text = models.TextField(help_text="What to do when a child is in danger now.")
    clock_settings = models.JSONField(default=dict)
    history = history()

    DATA = classify(
        operational="id key name tool_key front_door_name cse_team_name board_name marking"
        " handling emergency_text clock_settings"
    )

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "authorities"

    def __str__(self) -> str:
        return self.name

    @property
    def book(self) -> str:
        """How sources name its own handbook: "W" or "O"."""
        return "W" if self.key == "wiltshire" else "O"


class ContactPoint(models.Model):
    """A telephone number or mailbox of a front door or team: a placeholder until configured.

    The handbooks' own numbers are dead and none is shipped (DEC-51).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="contact_points"
    )
    label = models.CharField(max_length=100)
    value = models.CharField(max_length=200)
    is_placeholder = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    history = history()

    DATA = classify(operational="id authority label value is_placeholder position")

    class Meta:
        ordering = ["position", "label"]
        constraints = [
            models.UniqueConstraint("authority", Lower("label"), name="contact_point_label_once"),
        ]

    def __str__(self) -> str:
        return self.label


class AgencyType(models.TextChoices):
    """The agencies the handbook gives duties to (O-SHR-28)."""

    HEALTH = "health", "Health"
    LEAVING_CARE = "leaving_care", "Leaving care"
    POLICE = "police", "Police"
    PROBATION = "probation", "Probation"
    RESIDENTIAL = "residential", "Residential child care"
    SCHOOL = "school", "Schools and colleges"
    SOCIAL_CARE = "social_care", "Children's social care"
    VOLUNTARY = "voluntary", "Voluntary and independent"
    EARLY_INTERVENTION = "early_intervention", "Early intervention"
    YOUTH_OFFENDING = "youth_offending", "Youth offending"
    OTHER = "other", "Other services"


class DatedQuerySet(models.QuerySet["Post"]):
    """Rows that are true for a time."""

    def current(self, on: dt.date) -> DatedQuerySet:
        """Those that have begun and not ended on that day (both days included)."""
        return self.filter(Q(starts_on__lte=on), Q(ends_on__isnull=True) | Q(ends_on__gte=on))


class Agency(models.Model):
    """An organisation whose staff use the system (W-SHR-01: none is shut out)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="agencies")
    name = models.CharField(max_length=150)
    type = models.CharField(max_length=20, choices=AgencyType)
    protocol_signed_on = models.DateField(
        null=True, blank=True, help_text="Signed the information-sharing protocol on (O-SHR-47)."
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    history = history()

    DATA = classify(operational="id authority name type protocol_signed_on starts_on ends_on")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "agencies"
        constraints = [
            models.UniqueConstraint("authority", Lower("name"), name="agency_name_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="agency_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_signatory(self) -> bool:
        """Whether the agency has signed the information-sharing protocol (O-SHR-47)."""
        return self.protocol_signed_on is not None


class TeamKind(models.TextChoices):
    """What a team is for, where the rules name it."""

    WORKING = "working", "Working team"
    LEADS = "leads", "Safeguarding leads"
    FRONT_DOOR = "front_door", "Front door"
    CSE_TEAM = "cse_team", "CSE team"
    BOARD = "board", "Board"


class Team(models.Model):
    """People of one agency who share work. Its ``group`` is the principal that grants name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=20, choices=TeamKind, default=TeamKind.WORKING)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="team")
    history = history()

    DATA = classify(operational="id agency name kind group")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency"], condition=Q(kind="leads"), name="one_circle_of_leads_an_agency"
            ),
            models.UniqueConstraint("agency", Lower("name"), name="team_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. Passwords and sign-in times are not copied into history."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100, blank=True)
    job_title = models.CharField(max_length=150, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    history = history(excluded_fields=["password", "last_login"])

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["given_name"]
    objects: ClassVar[UserManager] = UserManager()

    DATA = classify(
        identifying="email given_name family_name telephone job_title",
        sensitive="password",
        operational="id is_active is_superuser last_login created_at groups user_permissions",
    )

    class Meta:
        ordering = ["family_name", "given_name"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_case"),
            models.CheckConstraint(condition=Q(is_superuser=False), name="no_superusers"),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """The name as colleagues write it."""
        return f"{self.given_name} {self.family_name}".strip()


class Role(models.TextChoices):
    """The roles a post may carry; what each may do is in ``cse.access.roles``."""

    PRACTITIONER = "practitioner", "Practitioner"
    NAMED_LEAD = "named_lead", "Safeguarding lead"
    SENIOR_MANAGER = "senior_manager", "Senior manager"
    FRONT_DOOR = "front_door", "Front door"
    CSE_TEAM = "cse_team", "CSE team"
    CHAIR = "chair", "Independent chair"
    INTELLIGENCE = "intelligence", "Intelligence officer"
    BOARD = "board", "Board analyst"
    ADMINISTRATOR = "administrator", "Administrator"
    AUDITOR = "auditor", "Auditor"


class Post(models.Model):
    """A role held by a person in a team, from one day to another (both included)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=Role)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    history = history()
    objects = DatedQuerySet.as_manager()

    DATA = classify(operational="id user team role starts_on ends_on")

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="post_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["user", "starts_on", "ends_on"])]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.team}"


class ChangeKind(models.TextChoices):
    """What of somebody's account one administrator alone may not change."""

    ADDRESS = "address", "Another e-mail address"
    SECOND_FACTOR = "second_factor", "Second factor taken away"


class ChangeOutcome(models.TextChoices):
    AGREED = "agreed", "Agreed"
    REFUSED = "refused", "Refused"


class AccountChange(models.Model):
    """A change of somebody's account that holds only once a second person has agreed.

    Whoever controls the address or the second factor can become that person, and see every child
    they see; so no administrator changes either alone.
    """

    FROZEN_WHEN = "OLD.outcome <> ''"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="account_changes")
    kind = models.CharField(max_length=20, choices=ChangeKind)
    new_email = models.EmailField(blank=True)
    reason = models.TextField(blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=10, choices=ChangeOutcome, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    history = history()

    DATA = classify(
        identifying="new_email",
        sensitive="reason",
        operational="id person kind asked_by asked_at outcome decided_by decided_at",
    )

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(outcome=""), name="account_change_once"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="agreed")
                | (~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("person"))),
                name="account_change_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_by=None, decided_at=None)
                | (~Q(outcome="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="account_change_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
