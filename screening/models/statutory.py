"""Children's social care's own assessments and enquiries, as dated statuses (W §9.3 to §9.6).

Single assessment, section 17 and section 47: begun on a day, with an outcome on a day. What is in
them is kept in social care's own records.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cse.audit.history import history
from cse.data_classes import classify
from cse.people.models import Agency


class StatutoryKind(models.TextChoices):
    SINGLE = "single", "Single assessment"
    S17 = "s17", "Section 17 assessment, child in need"
    S47 = "s47", "Section 47 enquiry"


class StatutoryOutcome(models.TextChoices):
    """What may follow; which of them goes with which kind: ``screening.assessments.outcomes``."""

    OPEN = "", "Not finished"
    CONFERENCE = "conference", "Child protection conference"
    STRATEGY = "strategy", "Strategy discussion"
    S47 = "s47", "Section 47 enquiry"
    S17 = "s17", "Section 17 assessment and support"
    CIN_PLAN = "cin_plan", "Child in need plan"
    CARE_PLAN = "care_plan", "Risk managed in the care plan of a looked-after child"
    EARLY_HELP = "early_help", "Early help"
    NO_ACTION = "no_action", "No further action by social care"


class StatutoryAssessment(models.Model):
    """One assessment or enquiry of children's social care; at most one of a kind runs at a time.

    ``mistake_reason``: it was recorded by mistake, of the wrong child perhaps, and does not count.
    ``risks`` and ``interventions`` are, of a single assessment, the risks of exploitation that it
    names and what each agency does about them (W §10.4), as recorded last, on ``risks_on``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(
        "children.Child", on_delete=models.PROTECT, related_name="statutory_assessments"
    )
    kind = models.CharField(max_length=10, choices=StatutoryKind)
    started_on = models.DateField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=StatutoryOutcome, blank=True)
    outcome_on = models.DateField(null=True)
    outcome_reason = models.TextField(blank=True)
    outcome_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    mistake_reason = models.TextField(blank=True)
    risks = models.TextField(blank=True)
    interventions = models.TextField(blank=True)
    risks_on = models.DateField(null=True)
    risks_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    history = history()

    DATA = classify(
        sensitive="kind started_on outcome outcome_on outcome_reason mistake_reason risks"
        " interventions risks_on",
        operational="id child agency recorded_by recorded_at outcome_by risks_by version",
    )

    class Meta:
        ordering = ["-started_on", "-recorded_at"]
        indexes = [models.Index(fields=["child", "-started_on"], name="statutory_of_child")]
        constraints = [
            models.UniqueConstraint(
                fields=["child", "kind"],
                condition=Q(outcome="", mistake_reason=""),
                name="one_of_a_kind_runs",
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome="",
                    outcome_on__isnull=True,
                    outcome_by__isnull=True,
                    outcome_reason="",
                )
                | Q(outcome_on__isnull=False, outcome_by__isnull=False)
                & ~Q(outcome="")
                & ~Q(outcome_reason=""),
                name="outcome_with_day_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(outcome_on__isnull=True) | Q(outcome_on__gte=F("started_on")),
                name="outcome_after_start",
            ),
            models.CheckConstraint(
                condition=Q(
                    risks="", interventions="", risks_on__isnull=True, risks_by__isnull=True
                )
                | Q(risks_on__isnull=False, risks_by__isnull=False)
                & ~Q(risks="")
                & ~Q(interventions=""),
                name="risks_with_what_is_done",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_open(self) -> bool:
        """Whether it runs: begun, without an outcome, and no mistake."""
        return not self.outcome and not self.mistake_reason
