"""A completed assessment, with what agencies contributed, as a document of the export register.

Both local forms: Oxfordshire's Risk Assessment and Wiltshire's Comprehensive screen (DEC-27).
"""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse

from cse.access.capabilities import Capability
from cse.access.policies import NotVisible
from cse.access.scope import visible
from cse.documents.kinds import DocumentKind, Subject
from cse.interface.words import date_words, datetime_words, handbook
from screening.assessments import queries
from screening.assessments.carried import Carried
from screening.assessments.facts import led_to
from screening.assessments.local_form import LABEL, SOURCES, parts_of
from screening.child_then import child_as
from screening.documents.assessment_paper import (
    Analysed,
    AssessmentDocument,
    analysed,
    contributed,
    in_short,
    made,
    not_come,
)
from screening.documents.contacts import contact_rows
from screening.documents.identity import child_rows
from screening.documents.paper import Area, areas_of
from screening.documents.screen import record_of
from screening.models import Contribution, DateCorrection, RiskAssessment, Status
from screening.parts import Part
from screening.queries import newest_correction, tool_of
from screening.standing import level_states
from screening.tools.definition import Tool

#: Somebody who exports an assessment reads it: both acts, and neither is what being asked opens.
ACTS = (Capability.EXPORT, Capability.SEE_ASSESSMENT)


def find(subject_id: uuid.UUID, user: Any) -> Subject:
    """A completed assessment this person may export. Raises ``NotVisible`` for any other."""
    found = _assessment(subject_id, user)
    number = found.correction_number
    return Subject(
        title=f"{found.get_form_display()} of {found.child.reference}",
        version=(
            f"Completed {date_words(found.completed_on)}"
            f"{f', correction {number}' if number else ''}; {LABEL}, version {found.form_version}"
        ),
        marking=found.authority.marking,
        handling=found.authority.handling,
        child=found.child,
        back=reverse("screening:assessment", args=[found.pk]),
    )


def build(subject_id: uuid.UUID, user: Any) -> dict[str, Any]:
    """What the PDF of an assessment shows. Raises ``NotVisible``."""
    found = _assessment(subject_id, user)
    tool = tool_of(found.tool_version_id)
    return {
        "document": document_of(found, tool, user),
        "assessment": found,
        "tool": tool,
        "handbook": handbook(SOURCES.get(tool.key, "")),
        "emergency": found.authority.emergency_text,
        "contacts": contact_rows(found.authority),
    }


def superseded(subject_id: uuid.UUID) -> str:
    """Which correction stands in its place now, in words that name no child; or nothing."""
    after = newest_correction(RiskAssessment, subject_id)
    if after is None:
        return ""
    return (
        f"This assessment was corrected on {date_words(after.completed_on)} "
        f"(correction {after.correction_number}). Ask for the newer version."
    )


def document_of(assessment: RiskAssessment, tool: Tool, user: Any) -> AssessmentDocument:
    """A completed assessment with everything its PDF needs; a fixed number of queries."""
    asked = _asked(assessment, user)
    *others, conclusion = parts_of(tool)
    first = queries.versions_of(assessment)[0]
    days = queries.corrections_of_day(first)
    areas = _areas(assessment)
    carried = Carried(assessment, user)
    parts = [_part(part, assessment, areas, carried) for part in (conclusion, *others)]
    level = level_states([assessment]).get(assessment.pk)
    return AssessmentDocument(
        title=assessment.get_form_display(),
        label=LABEL,
        replaced=superseded(assessment.pk),
        child=child_rows(child_as(assessment.child_facts)),
        in_short=tuple(
            in_short(
                assessment,
                conclusion,
                level,
                led_to(assessment, contributions=asked),
                asked,
                queries.harm_taken_out(assessment),
            )
        ),
        made=tuple(made(assessment, _day(first, days))),
        days=tuple(_day_row(each) for each in days),
        parts=tuple(parts),
        has_levels=tool.matrix is None,
        contributions=tuple(contributed(each) for each in asked if each.answered_at),
        not_come=tuple(not_come(each) for each in asked if not each.answered_at),
    )


def _assessment(assessment_id: uuid.UUID, user: Any) -> RiskAssessment:
    rows = queries.whole().select_related("corrects")
    for act in ACTS:
        rows = visible(rows, user, act)
    found = rows.filter(pk=assessment_id, status=Status.COMPLETE).first()
    if found is None:
        raise NotVisible
    return found


def _asked(assessment: RiskAssessment, user: Any) -> list[Contribution]:
    """Everybody who was asked, as far as this person may read it."""
    rows = queries.contributions_of(assessment)
    seen = visible(Contribution.objects.all(), user, Capability.SEE_ASSESSMENT)
    ids = set(seen.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    return [row for row in rows if row.pk in ids]


def _areas(assessment: RiskAssessment) -> dict[str, Area]:
    """What the screen found, by the title of the domain; nothing without a screen."""
    if assessment.screen is None:
        return {}
    return {area.title: area for area in areas_of(record_of(assessment.screen))}


def _part(
    part: Part, assessment: RiskAssessment, areas: dict[str, Area], carried: Carried
) -> Analysed:
    if part.domain is None:
        return analysed(part, assessment)
    before = carried.before
    return analysed(
        part,
        assessment,
        found=areas.get(part.title),
        before=before.completed_on if before else None,
        changed=carried.changed_in(part.title),
    )


def _day(first: RiskAssessment, days: list[DateCorrection]) -> str:
    """The day that counts, in words."""
    if days:
        return f"{date_words(days[-1].on)}, as corrected"
    return date_words(first.completed_on)


def _day_row(row: DateCorrection) -> tuple[str, str, str, str]:
    by = f"{row.by.get_full_name()}, {datetime_words(row.at)}"
    return date_words(row.on), date_words(row.before), row.reason, by


KIND = DocumentKind(
    key="assessment",
    title="Completed assessment",
    template="documents/pdf/assessment.html",
    capability=Capability.EXPORT,
    find=find,
    build=build,
    superseded=superseded,
)
