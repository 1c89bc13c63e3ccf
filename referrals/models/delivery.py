"""Where a referral was sent, what became of it there, and what was said against that."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cse.audit.history import history
from cse.data_classes import classify
from cse.people.models import Authority, Team, TeamKind
from referrals.called import called
from referrals.models.referral import Referral
from referrals.routing import Obligation
from referrals.transitions import Act, State

STATES = [
    (State.RECEIVED.value, "Received"),
    (State.DECIDING.value, "Being decided"),
    (State.PROPOSED.value, "Waits for a second person"),
    (State.ACCEPTED.value, "Accepted"),
    (State.SENT_ON.value, "Sent to the specialist team"),
    (State.PASSED.value, "Sent to the specialist team and acknowledged"),
    (State.ACKNOWLEDGED.value, "Acknowledged"),
    (State.OTHER_OUTCOME.value, "Other outcome"),
    (State.BACK.value, "Back to referrer"),
    (State.WITHDRAWN.value, "Withdrawn"),
]
DECISIONS = [
    (Act.ACCEPT.value, "Accepted"),
    (Act.PASS_ON.value, "Passed to the specialist team"),
    (Act.OTHER_OUTCOME.value, "Other outcome"),
    (Act.SEND_BACK.value, "Back to referrer"),
]
OF_CONTACT = {
    State.RECEIVED.value: "Not told yet",
    State.ACKNOWLEDGED.value: "Told by who referred",
}


class Delivery(models.Model):
    """A referral with one team, or with a contact where the area has no team for it.

    ``routes`` are all that lead to this addressee, ``rules`` those that asked, ``obligation`` the
    strictest. ``decision`` is what the holder decided, or proposes while a second person has not
    agreed. ``reopened_at`` is when its decision last fell, because a disagreement was upheld: it is
    decided anew from then. ``passed_by`` is the delivery that was sent on to make this one.
    ``decided_as`` and ``approved_as`` are the posts and agencies of that moment, in words (DEC-42).
    """

    CHILD_PATH = "referral__child_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="deliveries")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, related_name="referral_deliveries"
    )
    contact = models.CharField(max_length=100, blank=True)
    routes = models.JSONField()
    rules = models.JSONField()
    obligation = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in Obligation]
    )
    state = models.CharField(max_length=15, choices=STATES, default=State.RECEIVED.value)
    received_at = models.DateTimeField()
    reopened_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=20, choices=DECISIONS, blank=True)
    reasons = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_as = models.CharField(max_length=400, blank=True)
    decided_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_as = models.CharField(max_length=400, blank=True)
    approved_at = models.DateTimeField(null=True)
    approval_note = models.TextField(blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True)
    told_note = models.TextField(blank=True)
    withdrawn_reason = models.TextField(blank=True)
    passed_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="passed_to"
    )
    history = history()

    DATA = classify(
        sensitive="routes rules decision reasons approval_note told_note withdrawn_reason",
        operational="id referral authority team contact obligation state received_at reopened_at"
        " claimed_by claimed_at decided_by decided_as decided_at approved_by approved_as"
        " approved_at acknowledged_by acknowledged_at passed_by",
    )

    class Meta:
        ordering = ["received_at", "id"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["team", "received_at"],
                condition=Q(state__in=["received", "deciding", "proposed"]),
                name="delivery_queue",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["referral", "team"], name="delivered_once_a_team"),
            models.CheckConstraint(
                condition=Q(team__isnull=False, contact="") | Q(team__isnull=True) & ~Q(contact=""),
                name="delivery_has_one_addressee",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True, claimed_at__isnull=True)
                | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="claimed_at_a_time_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "deciding",
                        "proposed",
                        "accepted",
                        "sent_on",
                        "passed",
                        "other_outcome",
                        "back",
                    ],
                    claimed_by__isnull=False,
                )
                | Q(state__in=["received", "acknowledged", "withdrawn"], claimed_by__isnull=True),
                name="claimed_while_somebody_has_it",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(decision="")
                & Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(reasons=""),
                name="decided_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["proposed", "accepted", "sent_on", "passed", "other_outcome", "back"]
                )
                & ~Q(decision="")
                | Q(state__in=["received", "deciding", "acknowledged", "withdrawn"], decision=""),
                name="decided_when_it_says_so",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False)
                & ~Q(approved_by=F("decided_by")),
                name="approved_by_somebody_else",
            ),
            # A mandatory duty ends without help only where two people said so.
            models.CheckConstraint(
                condition=~Q(state__in=["other_outcome", "back"], obligation="mandatory")
                | Q(approved_by__isnull=False),
                name="mandatory_ends_by_two",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_by__isnull=True, acknowledged_at__isnull=True)
                & ~Q(state__in=["acknowledged", "passed"])
                | Q(
                    acknowledged_by__isnull=False,
                    acknowledged_at__isnull=False,
                    state__in=["acknowledged", "passed"],
                ),
                name="acknowledged_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn") & ~Q(withdrawn_reason="")
                | ~Q(state="withdrawn") & Q(withdrawn_reason=""),
                name="withdrawn_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()

    @property
    def state_words(self) -> str:
        """Where it stands, in words. A contact outside the service has nothing before it is told,
        and what is known of that is what whoever refers says.
        """
        if self.team_id is None:
            return OF_CONTACT.get(self.state, self.get_state_display())
        return self.get_state_display()

    @property
    def called(self) -> str:
        """The team or contact that has it, by name."""
        two = self.referral.is_of_two_areas
        return called(self.team, self.contact, self.routes, self.authority, two_areas=two)

    @property
    def stands_at(self) -> State:
        """The state, as the table of transitions names it."""
        return State(self.state)

    @property
    def is_senders_own(self) -> bool:
        """Whether sending it acknowledged it: who sent it is of the team that it went to."""
        return self.team_id is not None and self.acknowledged_at == self.received_at

    @property
    def is_to_be_told_at_once(self) -> bool:
        """Whether it is a contact that was not told yet, of a child in danger, or harmed, now."""
        not_told = self.team_id is None and self.stands_at is State.RECEIVED
        return not_told and self.referral.in_danger

    @property
    def came_at(self) -> dt.datetime:
        """When what is owed on it began: it was received, or opened again."""
        return self.reopened_at or self.received_at


class Disagreement(models.Model):
    """Somebody who referred does not agree with the decision; somebody else answers.

    ``asked`` is the team whose people may answer: not who decided, nor who agreed to it
    (`referrals.queries.answering`). Where nobody can, it is the team that decided. ``upheld``: the
    decision does not stand, and the delivery was opened again with the answer.
    """

    CHILD_PATH = "delivery__referral__child_id"
    FROZEN_WHEN = "OLD.answered_at IS NOT NULL"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="disagreements")
    asked = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    reasons = models.TextField()
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    said_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    upheld = models.BooleanField(default=False)
    history = history()

    DATA = classify(
        sensitive="reasons answer",
        operational="id delivery asked said_by said_at answered_by answered_at upheld",
    )

    class Meta:
        ordering = ["said_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["delivery"],
                condition=Q(answered_at__isnull=True),
                name="one_open_disagreement",
            ),
            models.CheckConstraint(condition=~Q(reasons=""), name="disagreement_has_reasons"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | ~Q(answer="")
                & Q(answered_by__isnull=False, answered_at__isnull=False)
                & ~Q(answered_by=F("said_by")),
                name="answered_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(upheld=False) | Q(answered_at__isnull=False),
                name="upheld_by_an_answer",
            ),
        ]

    def __str__(self) -> str:
        return "answered" if self.answered_at else "open"

    @property
    def teams_asked(self) -> tuple[Team, ...]:
        """Whose people may answer. Where there were no leads to ask, whoever comes to the team that
        decided may as well: who works there since had no part in it.
        """
        decided = self.delivery.team
        if decided is None or self.asked.kind == TeamKind.LEADS or self.asked_id == decided.pk:
            return (self.asked,)
        return (self.asked, decided)
