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
    there (``placed_in``, DEC-41). ``overseer`` is the account of the line manager, of probation
    (O §7.4.6). ``sections`` holds the text, by field key
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
        operational="id token child authority placed_in follows agency status screen screen_copy"
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
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.status == Status.DRAFT
