"""What every page of an assessment needs: itself or a 404, and the child at its head."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cse.access.capabilities import Capability
from cse.access.lookup import get_visible_or_404
from cse.audit import events
from cse.children.models import LevelEvent
from cse.children.pages import frame
from screening import queries as screens
from screening.assessments import queries
from screening.assessments.carried import Carried
from screening.assessments.facts import facts_of
from screening.assessments.local_form import LABEL
from screening.assessments.rules import Facts
from screening.models import AnyAssessment, Contribution, RiskAssessment, StatutoryAssessment
from screening.tools.definition import Tool

TAB = "screening:assessments"


@dataclass
class Opened:
    """An assessment opened by somebody who may see it, with its tool and what stands beside it."""

    assessment: RiskAssessment
    user: Any

    @cached_property
    def tool(self) -> Tool:
        """The version of the tool whose domains are analysed."""
        return screens.tool_of(self.assessment.tool_version_id)

    @cached_property
    def levels(self) -> list[LevelEvent]:
        """The child's level events, newest first; one query."""
        return screens.level_history(self.assessment.child_id)

    @cached_property
    def contributions(self) -> list[Contribution]:
        """Everybody who was asked."""
        return queries.contributions_of(self.assessment)

    @cached_property
    def carried(self) -> Carried:
        """What is carried forward from the screen."""
        return Carried(self.assessment, self.user)

    @property
    def facts(self) -> Facts:
        """As the rules read it now."""
        return facts_of(self.assessment, contributions=self.contributions, levels=self.levels)


def open_assessment(
    request: HttpRequest, pk: uuid.UUID, capability: Capability = Capability.SEE_ASSESSMENT
) -> Opened:
    """The assessment, and a look in the log; the same 404 for a hidden one and a made-up id."""
    found = get_visible_or_404(queries.whole(), request.user, capability, pk)
    if request.method != "POST":
        events.look(str(Capability.SEE_ASSESSMENT), child=found.child_id, obj=found)
    return Opened(found, request.user)


def open_statutory(
    request: HttpRequest, pk: uuid.UUID, capability: Capability = Capability.SEE_ASSESSMENT
) -> StatutoryAssessment:
    """What social care has begun, and a look in the log; the same 404 for hidden and made up."""
    rows = StatutoryAssessment.objects.select_related(
        "child__authority", "recorded_by", "outcome_by", "risks_by", "agency"
    )
    row = get_visible_or_404(rows, request.user, capability, pk)
    if request.method != "POST":
        events.look(str(capability), child=row.child_id, obj=row)
    return row


def address_of(record: AnyAssessment) -> str:
    """The page of an assessment, ours or social care's."""
    kind = "statutory" if isinstance(record, StatutoryAssessment) else "assessment"
    return reverse(f"screening:{kind}", args=[record.pk])


def asking_page(
    request: HttpRequest, template: str, record: AnyAssessment, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A page about asking for contributions to an assessment, ours or social care's."""
    context |= {"back_to": address_of(record), **frame(record.child, request.user, TAB)}
    return render(request, f"screening/assessment/{template}.html", context, status=status)


def page(
    request: HttpRequest,
    template: str,
    opened: Opened,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A page about one assessment, under the child's identity bar."""
    context |= {
        "assessment": opened.assessment,
        "tool": opened.tool,
        "label": LABEL,
        **frame(opened.assessment.child, request.user, TAB, opened.levels),
    }
    return render(request, f"screening/assessment/{template}.html", context, status=status)


def posted(request: HttpRequest) -> Any:
    """What was sent, for a form to read; an empty form that was sent is read too."""
    return request.POST if request.method == "POST" else None
