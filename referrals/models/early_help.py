"""Early help: an assessment with the family, and the plan of the team around the child (W §8)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from cse.audit.history import history
from cse.data_classes import classify
from cse.people.models import Agency, Authority


class Closing(models.TextChoices):
    """Why early help may end. Not engaging, refusing or moving is never a reason (DEC-44)."""

    ACHIEVED = "achieved", "The outcomes are reached, and the child and family agree"
    REFERRED = "referred", "A referral was made, and children’s social care leads now"
    HANDED_OVER = "handed_over", "Another plan has taken its place, with a named lead professional"
    ADULT = "adult", "The young person is 18, and adult services have taken over"
    MISTAKE = "mistake", "It was begun by mistake"


STAYS = (Closing.ACHIEVED, Closing.HANDED_OVER)
"""Ends after which the child is screened again on a day (DEC-44)."""


class EarlyHelp(models.Model):
    """Early help offered to one child: taken up with a plan, or not, with the reason (R13).

    ``lead_professional`` answers for it. ``review_on`` is the day of the next meeting of the team
    around the child, or the day on which help is offered again where it was not taken up.

    Who asks to end it says why, and on which day the child is screened again (``ending_…``,
    ``rescreen_on``); it ends when a lead of the agency agrees (``answered_by``, DEC-44). What was
    answered last stays to be read where it goes on.
    """

    FROZEN_WHEN = "OLD.status = 'closed'"
    STATUSES = (("open", "Open"), ("not_taken_up", "Offered, not taken up"), ("closed", "Closed"))

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.UUIDField(default=uuid.uuid4, editable=False)
    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="early_help")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=15, choices=STATUSES, default="open")
    lead_professional = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    assessed_on = models.DateField(null=True)
    needs = models.TextField(blank=True)
    strengths = models.TextField(blank=True)
    child_views = models.TextField(blank=True)
    not_taken_up_reason = models.TextField(blank=True)
    review_on = models.DateField()
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    ending_because = models.CharField(max_length=15, choices=Closing, blank=True)
    ending_note = models.TextField(blank=True)
    ending_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ending_at = models.DateTimeField(null=True)
    rescreen_on = models.DateField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answer_note = models.TextField(blank=True)
    closed_because = models.CharField(max_length=15, choices=Closing, blank=True)
    closed_note = models.TextField(blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)
    history = history()

    DATA = classify(
        sensitive="needs strengths child_views not_taken_up_reason ending_because ending_note"
        " answer_note closed_because closed_note",
        operational="id token child authority agency status lead_professional assessed_on review_on"
        " version made_by made_at ending_by ending_at rescreen_on answered_by closed_by closed_at",
    )

    class Meta:
        ordering = ["-made_at"]
        verbose_name_plural = "early help"
        indexes = [models.Index(fields=["child", "-made_at"], name="early_help_of_child")]
        constraints = [
            models.UniqueConstraint(fields=["made_by", "token"], name="one_early_help_a_form"),
            models.UniqueConstraint(
                fields=["child", "agency"],
                condition=~Q(status="closed"),
                name="one_open_early_help_an_agency",
            ),
            models.CheckConstraint(
                condition=~Q(status="open") | Q(assessed_on__isnull=False) & ~Q(needs=""),
                name="open_early_help_is_assessed",
            ),
            models.CheckConstraint(
                condition=~Q(status="not_taken_up") | ~Q(not_taken_up_reason=""),
                name="not_taken_up_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_by__isnull=False, closed_at__isnull=False)
                & ~Q(closed_because="")
                & ~Q(closed_note="")
                | ~Q(status="closed")
                & Q(closed_by__isnull=True, closed_at__isnull=True, closed_because=""),
                name="early_help_closed_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ending_by__isnull=False, ending_at__isnull=False)
                & ~Q(ending_because="")
                & ~Q(ending_note="")
                | Q(ending_by__isnull=True, ending_at__isnull=True, ending_because=""),
                name="end_of_early_help_asked_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Whether a plan is at work."""
        return self.status == "open"


class HelpOutcome(models.Model):
    """Something that is to be different for the child, and how everybody will know."""

    CHILD_PATH = "early_help__child_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    early_help = models.ForeignKey(EarlyHelp, on_delete=models.PROTECT, related_name="outcomes")
    wanted = models.TextField()
    known_by = models.TextField()
    added_at = models.DateTimeField()
    history = history()

    DATA = classify(sensitive="wanted known_by", operational="id early_help added_at")

    class Meta:
        ordering = ["added_at"]

    def __str__(self) -> str:
        return str(self.pk)


class HelpAction(models.Model):
    """What somebody does towards an outcome, by a day. ``owner_name`` is set without an account."""

    CHILD_PATH = "outcome__early_help__child_id"
    FROZEN_WHEN = "OLD.state <> 'open'"
    STATES = (("open", "Open"), ("done", "Done"), ("dropped", "No longer planned"))

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    outcome = models.ForeignKey(HelpOutcome, on_delete=models.PROTECT, related_name="actions")
    what = models.TextField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    owner_name = models.CharField(max_length=150, blank=True)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=STATES, default="open")
    result = models.TextField(blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField()
    history = history()

    DATA = classify(
        identifying="owner_name",
        sensitive="what result",
        operational="id outcome owner due_on state ended_by ended_at added_at",
    )

    class Meta:
        ordering = ["due_on", "added_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=False, owner_name="")
                | Q(owner__isnull=True) & ~Q(owner_name=""),
                name="help_action_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_by__isnull=True, ended_at__isnull=True)
                | ~Q(state="open")
                & Q(ended_by__isnull=False, ended_at__isnull=False)
                & ~Q(result=""),
                name="help_action_ended_with_a_result",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class HelpMeeting(models.Model):
    """A meeting of the team around the child, with the family; also a review (W §8.1, §8.2)."""

    APPEND_ONLY = True
    CHILD_PATH = "early_help__child_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    early_help = models.ForeignKey(EarlyHelp, on_delete=models.PROTECT, related_name="meetings")
    held_on = models.DateField()
    present = models.TextField()
    family_part = models.TextField()
    decided = models.TextField()
    next_on = models.DateField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    DATA = classify(
        sensitive="present family_part decided",
        operational="id early_help held_on next_on recorded_by recorded_at",
    )

    class Meta:
        ordering = ["-held_on", "-recorded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(next_on__gt=models.F("held_on")), name="next_help_meeting_is_later"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
