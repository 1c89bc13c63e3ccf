"""A time a child was missing, and the return interview that is owed after it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cse.audit.history import history
from cse.data_classes import classify
from cse.missing.transitions import OPEN, State
from cse.people.models import Agency, Authority


class Grade(models.TextChoices):
    """The risk as the police grade it. "Absent" is no longer a class of its own (DEC-24)."""

    NO_APPARENT = "no_apparent", "No apparent risk (was called “absent”)"
    LOW = "low", "Low risk"
    MEDIUM = "medium", "Medium risk"
    HIGH = "high", "High risk"
    UNKNOWN = "unknown", "Not known yet"


class MissingFrom(models.TextChoices):
    HOME = "home", "Home"
    FOSTER = "foster", "Foster carers"
    RESIDENTIAL = "residential", "A children’s home"
    SCHOOL = "school", "School or college"
    OTHER = "other", "Somewhere else"


class Told(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Not known"


class ReturnHow(models.TextChoices):
    SELF = "self", "Came back by themselves"
    FAMILY = "family", "Found by family or carers"
    POLICE = "police", "Found by the police"
    OTHER = "other", "Found by somebody else"
    UNKNOWN = "unknown", "Not known"


class PoliceSeen(models.TextChoices):
    """The police see the child as soon as possible after the return (O §7.5.7)."""

    SEEN = "seen", "The police have seen the child"
    ASKED = "asked", "The police were asked to see the child"
    NOT_ASKED = "not_asked", "Not yet asked"


class MissingEpisode(models.Model):
    """From when a child was last seen until they came back; corrected, never overwritten.

    ``started_about`` and ``returned_about``: the time is not exact. ``token`` is made by the page
    that records it, so that a form sent twice makes one. ``version`` counts the saves.
    """

    FROZEN_WHEN = "OLD.set_aside_reason <> ''"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.UUIDField(default=uuid.uuid4, editable=False)
    child = models.ForeignKey(
        "children.Child", on_delete=models.PROTECT, related_name="missing_episodes"
    )
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    started_about = models.BooleanField(default=False)
    missing_from = models.CharField(max_length=12, choices=MissingFrom)
    reported_by = models.CharField(max_length=200)
    police_told = models.CharField(max_length=8, choices=Told)
    police_reference = models.CharField(max_length=60, blank=True)
    grade = models.CharField(max_length=12, choices=Grade)
    circumstances = models.TextField()
    with_others = models.TextField(blank=True)
    returned_at = models.DateTimeField(null=True)
    returned_about = models.BooleanField(default=False)
    return_how = models.CharField(max_length=8, choices=ReturnHow, blank=True)
    found_where = models.TextField(blank=True)
    appearance = models.TextField(blank=True)
    said = models.TextField(blank=True)
    police_seen = models.CharField(max_length=10, choices=PoliceSeen, blank=True)
    evidence_kept = models.TextField(blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    return_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    return_recorded_at = models.DateTimeField(null=True)
    set_aside_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    history = history()

    DATA = classify(
        identifying="reported_by police_reference with_others found_where",
        sensitive="started_at started_about missing_from police_told grade circumstances"
        " returned_at returned_about return_how appearance said police_seen evidence_kept"
        " set_aside_reason",
        operational="id token child authority agency recorded_by recorded_at return_recorded_by"
        " return_recorded_at version",
    )

    class Meta:
        ordering = ["-started_at", "id"]
        indexes = [models.Index(fields=["child", "-started_at"], name="missing_of_child")]
        constraints = [
            models.UniqueConstraint(fields=["recorded_by", "token"], name="one_episode_a_form"),
            models.UniqueConstraint(
                fields=["child"],
                condition=Q(returned_at__isnull=True, set_aside_reason=""),
                name="missing_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(returned_at__gt=F("started_at")),
                name="returned_after_going",
            ),
            models.CheckConstraint(
                condition=Q(
                    returned_at__isnull=True,
                    return_how="",
                    police_seen="",
                    return_recorded_by__isnull=True,
                    return_recorded_at__isnull=True,
                )
                | Q(
                    returned_at__isnull=False,
                    return_recorded_by__isnull=False,
                    return_recorded_at__isnull=False,
                )
                & ~Q(return_how="")
                & ~Q(police_seen=""),
                name="return_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d}"

    @property
    def is_over(self) -> bool:
        """Whether the return is recorded."""
        return self.returned_at is not None

    @property
    def is_set_aside(self) -> bool:
        """Whether it was recorded by mistake."""
        return bool(self.set_aside_reason)


STATES = [
    (State.TO_ALLOCATE.value, "Nobody is asked to hold it yet"),
    (State.ALLOCATED.value, "Allocated"),
    (State.OFFERED.value, "Offered to the child"),
    (State.HELD.value, "Held"),
    (State.DECLINED.value, "Declined by the child"),
    (State.NOT_OFFERED.value, "Not offered"),
]
_HAS_INTERVIEWER = ["allocated", "offered", "held", "declined"]


class ReturnInterview(models.Model):
    """The talk that is owed to a child who came back: who holds it, and what came of it (W §7).

    ``outcome_at`` is when it was held, declined, or decided not to be offered; ``outcome_reason``
    why there was none. An interviewer without an account stands in ``interviewer_outside``.
    """

    CHILD_PATH = "episode__child_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    episode = models.OneToOneField(
        MissingEpisode, on_delete=models.PROTECT, related_name="interview"
    )
    state = models.CharField(max_length=12, choices=STATES, default=State.TO_ALLOCATE.value)
    interviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    interviewer_outside = models.CharField(max_length=200, blank=True)
    is_independent = models.BooleanField(null=True)
    why_not_independent = models.TextField(blank=True)
    allocation_reason = models.TextField(blank=True)
    allocated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    allocated_at = models.DateTimeField(null=True)
    offered_at = models.DateTimeField(null=True)
    offer_note = models.TextField(blank=True)
    outcome_at = models.DateTimeField(null=True)
    outcome_reason = models.TextField(blank=True)
    reasons = models.TextField(blank=True)
    places_people = models.TextField(blank=True)
    harm = models.TextField(blank=True)
    needs = models.TextField(blank=True)
    passed_on = models.TextField(blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    history = history()

    DATA = classify(
        identifying="interviewer_outside places_people",
        sensitive="state is_independent why_not_independent allocation_reason offered_at"
        " offer_note outcome_at outcome_reason reasons harm needs passed_on",
        operational="id episode interviewer allocated_by allocated_at recorded_by recorded_at"
        " version",
    )

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["state"],
                condition=Q(state__in=sorted(each.value for each in OPEN)),
                name="interview_owed",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(interviewer__isnull=True, interviewer_outside="")
                & ~Q(state__in=_HAS_INTERVIEWER)
                | Q(interviewer__isnull=False, interviewer_outside="")
                | Q(interviewer__isnull=True) & ~Q(interviewer_outside=""),
                name="one_interviewer",
            ),
            models.CheckConstraint(
                condition=Q(allocated_by__isnull=True, allocated_at__isnull=True)
                & Q(allocation_reason="", is_independent__isnull=True)
                | Q(allocated_by__isnull=False, allocated_at__isnull=False)
                & Q(is_independent__isnull=False)
                & ~Q(allocation_reason=""),
                name="allocated_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(is_independent=False) | ~Q(why_not_independent=""),
                name="not_independent_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "declined", "not_offered"])
                & Q(outcome_at__isnull=False, recorded_by__isnull=False, recorded_at__isnull=False)
                | Q(state__in=["to_allocate", "allocated", "offered"])
                & Q(outcome_at__isnull=True, recorded_by__isnull=True, recorded_at__isnull=True),
                name="outcome_when_there_is_one",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["declined", "not_offered"]) & ~Q(outcome_reason="")
                | ~Q(state__in=["declined", "not_offered"]) & Q(outcome_reason=""),
                name="no_interview_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offered_at__isnull=False),
                name="offered_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()

    @property
    def stands_at(self) -> State:
        """The state, as the table of transitions names it."""
        return State(self.state)

    @property
    def is_owed(self) -> bool:
        """Whether it is still to be held or offered."""
        return self.stands_at in OPEN

    @property
    def interviewer_name(self) -> str:
        """Who holds it, or held it; empty while nobody is asked."""
        return self.interviewer.get_full_name() if self.interviewer else self.interviewer_outside
