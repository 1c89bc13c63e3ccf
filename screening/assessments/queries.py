"""Assessments somebody may see, what was contributed, and the screens they rest on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise, takewhile
from operator import attrgetter
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.queries import Colleague
from cse.access.scope import visible
from cse.children.models import TeamMember
from cse.interface.words import date_words
from cse.people.models import Team, User
from screening import queries as screens
from screening.answers import read_answers
from screening.assessments.rules import harm_said
from screening.models import (
    Contribution,
    DateCorrection,
    HarmAnswer,
    RiskAssessment,
    Screen,
    Status,
    StatutoryAssessment,
    StatutoryKind,
)
from screening.tools.definition import Tool


def whole() -> QuerySet[RiskAssessment]:
    """Assessments with what every page of one shows; ``counts_on`` is the day that counts."""
    newest = DateCorrection.objects.filter(assessment=OuterRef("pk")).order_by("-at")
    return (
        RiskAssessment.objects.select_related(
            "child__authority",
            "tool_version__tool",
            "authority",
            "agency",
            "completed_by",
            "created_by",
            "screen__completed_by",
            "screen__agency",
            "screen__tool_version__tool",
        )
        .defer("tool_version__definition", "screen__tool_version__definition")
        .annotate(counts_on=Coalesce(newest.values("on")[:1], F("completed_on")))
    )


def assessments_of(user: Any, child_id: uuid.UUID) -> QuerySet[RiskAssessment]:
    """A child's assessments and drafts, ordered as screens are (``screening.queries.in_time``).

    One that was set aside is left out.
    """
    found = visible(whole(), user, Capability.SEE_ASSESSMENT).filter(child_id=child_id)
    return screens.in_time(found.exclude(status=Status.SET_ASIDE))


def statutory_of(user: Any, child_id: uuid.UUID) -> QuerySet[StatutoryAssessment]:
    """What children's social care has begun for a child, newest first; mistakes included."""
    found = visible(StatutoryAssessment.objects.all(), user, Capability.SEE_ASSESSMENT)
    return found.filter(child_id=child_id).select_related("agency", "recorded_by", "outcome_by")


def risks_before(row: StatutoryAssessment) -> list[Any]:
    """What the risks in a single assessment said before, the newest first, each with who recorded
    it and when: rows of its history. One query.
    """
    found = row.history.exclude(risks="").select_related("risks_by").order_by("history_id")
    # Other acts save the same texts again.
    names = ("risks", "interventions", "risks_on", "risks_by_id")
    said = [next(same) for _, same in groupby(found, key=attrgetter(*names))]
    return said[:-1][::-1]


def running_single_assessment(child_id: uuid.UUID) -> StatutoryAssessment | None:
    """The single assessment that social care has begun and that has no outcome yet, if any."""
    begun = StatutoryAssessment.objects.filter(child_id=child_id, kind=StatutoryKind.SINGLE)
    return begun.filter(outcome="", mistake_reason="").select_related("child").first()


def single_assessment_since(child_id: uuid.UUID, since: dt.datetime) -> bool:
    """Whether a single assessment runs, or ran or was recorded since that moment."""
    ran = Q(outcome="") | Q(outcome_on__gte=timezone.localdate(since)) | Q(recorded_at__gte=since)
    begun = StatutoryAssessment.objects.filter(child_id=child_id, kind=StatutoryKind.SINGLE)
    return begun.filter(ran, mistake_reason="").exists()


def contributions_of(assessment: RiskAssessment) -> list[Contribution]:
    """Everybody who was asked, of this version or the ones it corrects; soonest due first.

    What was said for a version stands for its correction too. One query for a version.
    """
    versions = versions_of(assessment)
    return contributions_to(
        each.pk for each in versions if each.correction_number <= assessment.correction_number
    )


def contributions_to(ids: Iterable[uuid.UUID]) -> list[Contribution]:
    """What was asked for these assessments, ours or social care's; one query."""
    wanted = list(ids)
    found = Contribution.objects.filter(
        Q(assessment_id__in=wanted) | Q(statutory_id__in=wanted)
    ).select_related("asked_user", "asked_team__agency", "asked_by", "answered_by", "withdrawn_by")
    return list(found.order_by("due_on", "asked_at"))


def versions_of(assessment: RiskAssessment) -> list[RiskAssessment]:
    """Every version of one assessment, the first one first, itself included; few rows."""
    chain = [assessment]
    while chain[0].corrects_id is not None:
        chain.insert(0, whole().get(pk=chain[0].corrects_id))
    while True:
        later = whole().filter(corrects=chain[-1]).exclude(status=Status.SET_ASIDE).first()
        if later is None:
            return chain
        chain.append(later)


def newest_of(assessment: RiskAssessment) -> RiskAssessment:
    """Its newest completed version, itself where it is that."""
    return next(each for each in reversed(versions_of(assessment)) if each.is_complete)


@dataclass(frozen=True)
class HarmTakenOut:
    """Corrections took out what an assessment said of harm.

    ``before``: the last version that spoke of it; ``by``: the correction after it; ``parts``: every
    correction that took out any of it; ``answer``: what somebody else has said to that since.
    """

    before: RiskAssessment
    by: RiskAssessment
    parts: tuple[RiskAssessment, ...]
    answer: HarmAnswer | None

    @property
    def words(self) -> str:
        """Who took it out, and who has answered for that."""
        day, by = date_words(self.by.completed_on), self.by.completed_by
        assert by is not None  # noqa: S101  it is complete
        taken = f"Taken out by the correction completed on {day} by {by.get_full_name()}"
        if self.answer is None:
            return f"{taken}: somebody else says whether that is right"
        return f"{taken}; answered for by {self.answer.by.get_full_name()}: {self.answer.note}"


def harm_taken_out(assessment: RiskAssessment) -> HarmTakenOut | None:
    """What a version, or the ones that it corrects, took out of it; None where harm is said, or
    never was.
    """
    if harm_said(assessment.sections):
        return None
    whole_chain = [each for each in versions_of(assessment) if each.is_complete]
    number = assessment.correction_number
    versions = [each for each in whole_chain if each.correction_number <= number]
    spoke = [place for place, each in enumerate(versions) if harm_said(each.sections)]
    if not spoke:
        return None
    before, by = versions[spoke[-1]], versions[spoke[-1] + 1]
    parts = tuple(
        later
        for earlier, later in pairwise(versions)
        if set(harm_said(earlier.sections)) - set(harm_said(later.sections))
    )
    after = whole_chain[whole_chain.index(by) :]
    since = takewhile(lambda each: not harm_said(each.sections), after)
    answers = HarmAnswer.objects.filter(assessment__in=list(since)).select_related("by")
    return HarmTakenOut(before, by, parts, answers.first())


def day_of(assessment: RiskAssessment) -> dt.date | None:
    """The day of completion that counts: as corrected last, else as it was completed."""
    newest = DateCorrection.objects.filter(assessment=assessment).order_by("-at").first()
    return newest.on if newest else assessment.completed_on


def corrections_of_day(assessment: RiskAssessment) -> list[DateCorrection]:
    """Every correction of the day of completion, in order."""
    found = DateCorrection.objects.filter(assessment=assessment)
    return list(found.select_related("by").order_by("at"))


def newer_screen(assessment: RiskAssessment) -> Screen | None:
    """The child's newest screen, where a draft rests on an earlier one."""
    found = screens.newest_screen(assessment.child_id)
    return None if found is None or found.pk == assessment.screen_id else found


def assessment_before(assessment: RiskAssessment) -> RiskAssessment | None:
    """What stands of the assessment before this one; a draft's is the child's newest."""
    first = versions_of(assessment)[0].completed_at
    found = screens.standing_in_time(RiskAssessment.objects.filter(child_id=assessment.child_id))
    if first is not None:
        found = found.filter(occasion_at__lt=first)
    return found.select_related("screen__tool_version").first()


def present_in(screen: Screen | None, tool: Tool) -> Mapping[str, int]:
    """How many indicators a screen found, yes or possible, in each domain of the tool."""
    if screen is None:
        return {}
    given = read_answers(screen.answers)
    return {
        domain.key: sum(
            given[row.id].presence.is_present for row in domain.shown if row.id in given
        )
        for domain in tool.domains
    }


def team_around(child_id: uuid.UUID, by: Any) -> list[Colleague]:
    """The team around the child, without ``by``: the first to be asked (O §10.2). One query."""
    found = TeamMember.objects.filter(child_id=child_id, ends_on__isnull=True)
    return [
        Colleague(
            f"user:{each.user_id}" if each.user else f"member:{each.pk}",
            each.user.get_full_name() if each.user else each.name,
            ", ".join(part for part in (each.part, each.agency_name, _account(each)) if part),
        )
        for each in found.exclude(user_id=by.pk).select_related("user")
    ]


def _account(member: TeamMember) -> str:
    return "" if member.user_id else "no account: asked outside this service"


def principal_of(chosen: str) -> dict[str, Any]:
    """Who was chosen on the page, as the act takes it: a person, a team, or a name.

    ``chosen`` is one of the keys that the page offered.
    """
    kind, _, key = chosen.partition(":")
    if kind == "user":
        return {"user": User.objects.get(pk=key)}
    if kind == "team":
        return {"team": Team.objects.select_related("group").get(pk=key)}
    member = TeamMember.objects.get(pk=key)
    return {"name": member.name, "agency_name": member.agency_name}
