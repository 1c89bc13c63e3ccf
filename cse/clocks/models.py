"""What is owed by a time, who is reminded of it, and the days that the calendar does not know."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q

from cse.audit.history import history
from cse.clocks.reckoning import Length, Unit
from cse.clocks.transitions import OPEN, State
from cse.data_classes import classify

STATES = [
    (State.RUNNING.value, "Running"),
    (State.LATE.value, "Late, with a reason"),
    (State.MET.value, "Done"),
    (State.CANCELLED.value, "No longer owed"),
]
UNITS = [(Unit.WORKING_DAYS.value, "Working days"), (Unit.HOURS.value, "Hours")]
_OPEN = sorted(state.value for state in OPEN)


class LateReason(models.TextChoices):
    """Why something is late, for the board's figures (DEC-32); the text beside it says more."""

    AGENCY = "agency", "Waiting for another agency"
    INFORMATION = "information", "Waiting for information"
    PEOPLE = "people", "People who were needed were not available"
    CHILD = "child", "The child needed more time"
    SAFETY = "safety", "Other steps to keep the child safe came first"
    CAPACITY = "capacity", "Not enough staff or time"
    TOLD_LATE = "told_late", "We were told too late"
    OTHER = "other", "Another reason"


class Clock(models.Model):
    """A target: from a trigger, by a rule, until a moment. A target, never a gate (DEC-32).

    ``version`` counts how often the due moment was computed. What it was before is in the history.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40, help_text="A key of cse.clocks.kinds.")
    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="clocks")
    authority = models.ForeignKey("people.Authority", on_delete=models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    rule = models.CharField(max_length=40)
    source = models.CharField(max_length=100)
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=12, choices=UNITS)
    trigger_at = models.DateTimeField()
    calendar_version = models.CharField(max_length=100)
    due_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=STATES, default=State.RUNNING.value)
    started_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    late_code = models.CharField(max_length=12, choices=LateReason, blank=True)
    late_text = models.TextField(blank=True)
    late_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    late_at = models.DateTimeField(null=True, help_text="When the reason was written down.")
    cancelled_because = models.TextField(blank=True)
    history = history()

    DATA = classify(
        sensitive="late_code late_text cancelled_because",
        operational="id kind child authority subject_kind subject_id rule source amount unit"
        " trigger_at calendar_version due_at version state started_at met_at late_by late_at",
    )

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id"], condition=Q(state__in=_OPEN), name="clock_open_once"
            ),
            models.CheckConstraint(
                condition=Q(due_at__gte=F("trigger_at")), name="clock_due_after_trigger"
            ),
            models.CheckConstraint(
                condition=Q(state=State.MET.value, met_at__isnull=False)
                | ~Q(state=State.MET.value) & Q(met_at__isnull=True),
                name="clock_met_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(late_code="", late_text="") | ~Q(late_code="") & ~Q(late_text=""),
                name="clock_reason_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.LATE.value) | ~Q(late_code=""), name="clock_late_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state=State.CANCELLED.value) & ~Q(cancelled_because="")
                | ~Q(state=State.CANCELLED.value) & Q(cancelled_because=""),
                name="clock_cancelled_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_id", "kind"], name="clock_of_subject"),
            models.Index(
                fields=["child", "due_at"], condition=Q(state__in=_OPEN), name="clock_of_child"
            ),
            models.Index(
                fields=["authority", "due_at"], condition=Q(state__in=_OPEN), name="clock_open"
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def length(self) -> Length:
        """How long it runs."""
        return Length(self.amount, Unit(self.unit))

    @property
    def is_open(self) -> bool:
        """Whether it is still owed."""
        return State(self.state) in OPEN

    def is_late_at(self, now: dt.datetime) -> bool:
        """Whether it is past due, or was done after it was due."""
        return (self.met_at or now) > self.due_at

    def misses_reason_at(self, now: dt.datetime) -> bool:
        """Whether it is late, or was, and nobody has said why yet."""
        return self.state != State.CANCELLED and self.is_late_at(now) and not self.late_code


class Channel(models.TextChoices):
    IN_APP = "in_app", "In the service"
    MAIL = "mail", "By e-mail"


class Delivery(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    PASSED_ON = "passed_on", "Passed on to the people of the team"
    DROPPED = "dropped", "Not sent"


class Dropped(models.TextChoices):
    """Why a reminder was not sent."""

    NONE = "", "Sent or waiting"
    NOT_OWED = "not_owed", "It was no longer owed, or due at another time"
    NO_ACCESS = "no_access", "The person may no longer see it"
    KIND_GONE = "kind_gone", "The service no longer has this kind of deadline"
    NOT_THEIRS = "not_theirs", "It is owed by somebody else now"


#: Kept as ``Reminder.offset`` of an e-mail that waits for no day: it became yours; what you wait
#: for is done.
BEGUN = "begun"
DONE = "done"


class Reminder(models.Model):
    """One message to one person, or to a team until it is due.

    Sent in the service it is the notice itself: unique, so nobody is told twice. One by e-mail
    may arrive twice where the machine fell between sending and writing that down; both have the
    same Message-ID.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="reminders")
    clock_version = models.PositiveIntegerField()
    offset = models.CharField(max_length=8, help_text="A key of cse.clocks.reckoning.Offset.")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel)
    due_at = models.DateTimeField()
    try_at = models.DateTimeField(help_text="Not before; later than due where sending failed.")
    attempts = models.PositiveIntegerField(default=0)
    delivery = models.CharField(max_length=10, choices=Delivery, default=Delivery.WAITING)
    dropped = models.CharField(max_length=10, choices=Dropped, blank=True)
    done_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True, help_text="Put away by the person.")
    history = history()

    CHILD_PATH = "clock__child_id"
    DATA = classify(
        operational="id clock clock_version offset user group channel due_at try_at attempts"
        " delivery dropped done_at seen_at"
    )

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "clock_version", "offset", "user", "group", "channel"],
                nulls_distinct=False,
                name="reminder_once",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False) ^ Q(group__isnull=False),
                name="reminder_to_one",
            ),
            models.CheckConstraint(
                condition=Q(delivery=Delivery.WAITING, done_at__isnull=True)
                | ~Q(delivery=Delivery.WAITING) & Q(done_at__isnull=False),
                name="reminder_done_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(delivery=Delivery.DROPPED) & ~Q(dropped="")
                | ~Q(delivery=Delivery.DROPPED) & Q(dropped=""),
                name="reminder_dropped_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "try_at", "id"],
                condition=Q(delivery=Delivery.WAITING),
                name="reminder_waiting",
            ),
            models.Index(
                fields=["user", "clock"],
                condition=Q(channel=Channel.IN_APP, delivery=Delivery.SENT, seen_at__isnull=True),
                name="reminder_unseen",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.offset}"


class DayKind(models.TextChoices):
    BANK_HOLIDAY = "bank_holiday", "One-off bank holiday"
    CLOSURE = "closure", "Local closure day"


class CalendarDay(models.Model):
    """A day the calendar of England does not know: a one-off bank holiday, or a local closure.

    A closure is shown and moves no deadline, unless the board has decided so (DEC-31).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=DayKind)
    on = models.DateField()
    name = models.CharField(max_length=100)
    authority = models.ForeignKey(
        "people.Authority", on_delete=models.PROTECT, null=True, related_name="+"
    )
    moves_targets = models.BooleanField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    removed_because = models.TextField(blank=True)
    history = history()

    DATA = classify(
        operational="id kind on name authority moves_targets added_by added_at removed_at"
        " removed_because"
    )

    class Meta:
        ordering = ["on", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["on", "authority"],
                condition=Q(removed_at__isnull=True),
                nulls_distinct=False,
                name="calendar_day_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=DayKind.CLOSURE, authority__isnull=False)
                | Q(kind=DayKind.BANK_HOLIDAY, authority__isnull=True, moves_targets=True),
                name="calendar_closure_is_local",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_because="")
                | Q(removed_at__isnull=False) & ~Q(removed_because=""),
                name="calendar_removed_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.name
