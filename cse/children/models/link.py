"""A link between two children: shown to whoever sees both, and to nobody else."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cse.audit.history import history
from cse.children.models.child import Child
from cse.data_classes import classify


class LinkKind(models.TextChoices):
    """How two children are linked, said the same of both.

    None has a direction, so none can call a child the one who brings others in (DEC-57).
    """

    SIBLINGS = "siblings", "Brother or sister"
    HOUSEHOLD = "household", "Live or lived in the same household or placement"
    FRIENDS = "friends", "Friends"
    MISSING = "missing", "Missing together"
    ADULTS = "adults", "Seen with the same adults"
    OTHER = "other", "Linked in another way"


class Stage(models.TextChoices):
    """Where a link stands; worked out from its row and never stored."""

    WAITING = "waiting", "Waits for a second person"
    REFUSED = "refused", "Not agreed"
    WITHDRAWN = "withdrawn", "Taken back"
    STANDS = "stands", "Stands"
    ENDED = "ended", "Ended"


class ChildLink(models.Model):
    """Two children, in the order of their ids: one row for a pair, whoever is named first."""

    #: Both ends: `visible()` shows the row only to who sees each of them.
    CHILD_PATH = ("first_id", "second_id")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=LinkKind)
    words = models.CharField(max_length=150, blank=True, help_text="Where the kind is another.")
    note = models.TextField(blank=True)
    since = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    #: The restrictions on the two differ: it does not stand before somebody else agrees.
    needs_second = models.BooleanField(default=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(null=True)
    answer_note = models.TextField(blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    history = history()

    DATA = classify(
        sensitive="first second kind words note since agreed answer_note ended_reason",
        operational="id recorded_by recorded_at needs_second answered_by answered_at ended_by"
        " ended_at version",
    )

    class Meta:
        ordering = ["-recorded_at", "id"]
        constraints = [
            # Never with itself, and one way round only.
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="link_of_two"),
            models.CheckConstraint(
                condition=Q(kind="other") & ~Q(words="") | ~Q(kind="other") & Q(words=""),
                name="another_link_in_words",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_at__isnull=True, agreed__isnull=True)
                | Q(
                    needs_second=True,
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                    agreed__isnull=False,
                ),
                name="link_answer_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("recorded_by")),
                name="link_answered_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True, ended_reason="")
                | Q(ended_by__isnull=False, ended_at__isnull=False) & ~Q(ended_reason=""),
                name="link_end_is_whole",
            ),
            models.UniqueConstraint(
                fields=["first", "second", "kind"],
                condition=Q(ended_at__isnull=True) & (Q(needs_second=False) | Q(agreed=True)),
                name="link_stands_once",
            ),
            # Each proposes for themselves: nobody learns from a refusal what another proposed.
            models.UniqueConstraint(
                fields=["first", "second", "kind", "recorded_by"],
                condition=Q(ended_at__isnull=True, needs_second=True, answered_at__isnull=True),
                name="link_proposed_once",
            ),
        ]

    def __str__(self) -> str:
        return self.in_words

    @property
    def in_words(self) -> str:
        """How the two are linked."""
        return self.words or self.get_kind_display()

    @property
    def stage(self) -> Stage:
        """Where the link stands."""
        stood = not self.needs_second or bool(self.agreed)
        if self.ended_at is not None:
            return Stage.ENDED if stood else Stage.WITHDRAWN
        if stood:
            return Stage.STANDS
        return Stage.WAITING if self.answered_at is None else Stage.REFUSED

    def other_than(self, child_id: uuid.UUID) -> Child:
        """The other of the two. Raises ``ValueError`` for a child whom it does not link."""
        if child_id not in (self.first_id, self.second_id):
            raise ValueError("not a child of this link")
        return self.second if child_id == self.first_id else self.first
