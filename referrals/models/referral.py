"""A referral: what somebody is worried about, what the rules say of it, and to whom it went."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from cse.audit.history import history
from cse.data_classes import classify
from cse.people.models import Agency, Authority
from referrals.transitions import Status
from screening.models import Screen, ScreenCopy

STATUSES = [
    (Status.DRAFT.value, "Draft"),
    (Status.SENT.value, "Sent"),
    (Status.SET_ASIDE.value, "Set aside"),
]


class Referral(models.Model):
    """A worry about one child, on its way to those who can act (W §9, O §10).

    ``facts`` are what the person said of it, in the words of ``explain routing``;
    ``record_facts`` what the child's record says (status, level in effect, newest screen), read
    at every save and at sending; ``screen_facts`` what the stored result of the screen that goes
    along says, kept when the draft began and again at sending. ``routing`` is
    ``Routing.as_json()`` of all three, made again at every change and kept as it was at sending;
    ``placed_routing`` the same by the other area's handbook where a looked-after child lives
    there (``placed_in``) or was placed here by it (``placed_by``, DEC-41). ``overseer`` is the
    account of the line manager, of probation (O §7.4.6). ``sections`` holds the text, by field key
    (``referrals.parts``); ``part_versions`` counts the saves of each part.
    ``child_facts`` is the child as recorded when it was sent; ``screen_copy`` the screen as it
    stood then, where one that was not finished went along (DEC-28). ``token`` is made by the page
    that begins a referral, so that a form sent twice makes one. ``follows`` is the referral that
    came back and that this one adds to.
    """

    #: What was sent, or set aside, never changes again.
    FROZEN_WHEN = "OLD.status <> 'draft'"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.UUIDField(default=uuid.uuid4, editable=False)
    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="referrals")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    placed_in = models.ForeignKey(Authority, on_delete=models.PROTECT, null=True, related_name="+")
    placed_by = models.ForeignKey(Authority, on_delete=models.PROTECT, null=True, related_name="+")
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="followed_by"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="referrals")
    status = models.CharField(max_length=10, choices=STATUSES, default=Status.DRAFT.value)
    screen = models.ForeignKey(
        Screen, on_delete=models.PROTECT, null=True, related_name="referrals"
    )
    screen_copy = models.ForeignKey(
        ScreenCopy, on_delete=models.PROTECT, null=True, related_name="referrals"
    )
    facts = models.JSONField(default=dict)
    record_facts = models.JSONField(default=dict)
    screen_facts = models.JSONField(default=dict)
    child_facts = models.JSONField(default=dict)
    routing = models.JSONField(default=dict)
    placed_routing = models.JSONField(default=dict)
    routing_version = models.CharField(max_length=40, blank=True)
    sections = models.JSONField(default=dict)
    part_versions = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    sent_at = models.DateTimeField(null=True)
    overseer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    set_aside_reason = models.TextField(blank=True)
    history = history()

    DATA = classify(
        identifying="child_facts",
        sensitive="facts record_facts screen_facts routing placed_routing sections"
        " set_aside_reason",
        operational="id token child authority placed_in placed_by follows agency status screen"
        " screen_copy"
        " routing_version part_versions version made_by made_at saved_at sent_by sent_at"
        " overseer",
    )

    class Meta:
        ordering = ["-made_at"]
        indexes = [
            models.Index(fields=["child", "-made_at"], name="referral_of_child"),
            models.Index(fields=["agency", "-sent_at"], name="referral_of_agency"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(placed_in__isnull=True) | Q(placed_by__isnull=True),
                name="placed_in_or_by_another_area",
            ),
            models.UniqueConstraint(fields=["made_by", "token"], name="one_referral_a_form"),
            models.UniqueConstraint(
                fields=["follows"], condition=~Q(status="set_aside"), name="followed_once"
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False, sent_by__isnull=False)
                | ~Q(status="sent") & Q(sent_at__isnull=True, sent_by__isnull=True),
                name="sent_at_a_time_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status="set_aside") & ~Q(set_aside_reason="")
                | ~Q(status="set_aside") & Q(set_aside_reason=""),
                name="referral_set_aside_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def other_area(self) -> Authority | None:
        """The other authority of a looked-after child, which has the referral too (DEC-41)."""
        return self.placed_in or self.placed_by

    @property
    def other_area_id(self) -> uuid.UUID | None:
        """Its id, without asking for it."""
        return self.placed_in_id or self.placed_by_id

    @property
    def why_other_area(self) -> str:
        """Why it has it, to everybody but its own readers; empty where there is none."""
        if self.placed_by is not None:
            return f"{self.placed_by.name} looks after the child"
        return f"The child lives in {self.placed_in.name}" if self.placed_in else ""

    @property
    def is_of_two_areas(self) -> bool:
        """Whether it goes to the area of the child's authority and to another one."""
        return self.other_area_id is not None

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.status == Status.DRAFT

    @property
    def in_danger(self) -> bool:
        """Whether it was said that the child is in danger, or harmed, now (R1)."""
        read = (self.routing, self.placed_routing)
        return any(rule["id"] == "R1" for routing in read for rule in routing.get("rules", ()))
