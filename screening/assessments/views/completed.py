"""A completed assessment: to read, to correct, and the day it was completed."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.audit.extra import note_extra_fields
from screening import queries as screens
from screening.assessments import queries
from screening.assessments.actions import answer_harm, correct_assessment, correct_day
from screening.assessments.changes import changes_of
from screening.assessments.facts import led_to
from screening.assessments.forms import DayForm, HarmForm, at_newest
from screening.assessments.policies import (
    check_can_answer_harm,
    check_can_ask,
    check_can_correct,
    why_not,
)
from screening.assessments.reading import read_parts
from screening.assessments.rules import harm_said
from screening.assessments.views.common import open_assessment, page, posted
from screening.child_then import birth_words, child_as
from screening.forms import ReasonForm
from screening.models import Screen
from screening.policies import Refused, may_approve


@require_safe
@requires(Capability.SEE_ASSESSMENT)
def show(request, pk):
    """An assessment, read-only: what was concluded, contributed, and carried forward."""
    opened = open_assessment(request, pk)
    assessment = opened.assessment
    if assessment.is_draft:
        return redirect("screening:assessment-draft", pk=pk)
    versions = queries.versions_of(assessment)
    waiting_level = screens.waiting_level(assessment)
    then = child_as(assessment.child_facts) if assessment.child_facts else assessment.child
    return page(
        request,
        "show",
        opened,
        parts=read_parts(assessment, opened.carried, opened.tool),
        contributions=opened.contributions,
        versions=versions,
        newer=next((each for each in versions if each.corrects_id == assessment.pk), None),
        first_day=queries.day_of(versions[0]),
        days=queries.corrections_of_day(versions[0]),
        changes=changes_of(assessment, opened.tool),
        level_event=_level_of(opened, versions),
        waiting_level=waiting_level,
        may_approve=waiting_level and may_approve(request.user, waiting_level, assessment),
        strategy=_strategy(opened),
        harm=harm_said(assessment.sections) if assessment.is_complete else (),
        screen_now=_corrected_since(assessment),
        harm_out=queries.harm_taken_out(assessment) if assessment.is_complete else None,
        then=then,
        born=birth_words(then),
        may_correct=not why_not(check_can_correct, request.user, assessment),
        may_ask=not why_not(check_can_ask, request.user, assessment),
    )


def _corrected_since(assessment):
    """The newest correction of the screen that it rests on, if there is one."""
    rests_on = assessment.screen_id
    return screens.newest_correction(Screen, rests_on) if rests_on is not None else None


def _level_of(opened, versions):
    """The event of the level it chose; of a correction that leaves it, that of the one before."""
    assessment = opened.assessment
    own = [each.pk for each in versions if each.correction_number <= assessment.correction_number]
    events = {each.subject_id: each for each in opened.levels}
    newest = next((events[pk] for pk in reversed(own) if pk in events), None)
    return newest if newest and newest.level == assessment.sections.get("level") else None


def _strategy(opened):
    """What it leads to; nothing where the draft was set aside."""
    if not opened.assessment.is_complete:
        return None
    return led_to(opened.assessment, contributions=opened.contributions, levels=opened.levels)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.CORRECT_ASSESSMENT)
def correct(request, pk):
    """Begin a correction: say what is wrong, and both versions are kept."""
    opened = open_assessment(request, pk, Capability.CORRECT_ASSESSMENT)
    if opened.assessment.is_draft:
        return redirect("screening:assessment-draft", pk=pk)
    form = ReasonForm(posted(request))
    note_extra_fields(request, form, opened.assessment.child_id)
    if request.method == "POST" and form.is_valid():
        try:
            draft = correct_assessment(
                assessment_id=pk, by=request.user, reason=form.cleaned_data["reason"]
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("screening:assessment-draft", pk=draft.pk)
    refused = why_not(check_can_correct, request.user, opened.assessment)
    begun = screens.correction_begun(opened.assessment)
    return page(request, "correct", opened, form=form, refused=refused, begun=begun)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.SEE_ASSESSMENT)
def harm(request, pk):
    """What an assessment says of harm, and the referral that is owed by it; where a correction took
    it out, somebody else says whether that was right.
    """
    opened = open_assessment(request, pk)
    if not opened.assessment.is_complete:
        return redirect("screening:assessment", pk=pk)
    newest, status = queries.newest_of(opened.assessment), 200
    form = HarmForm(posted(request), initial={"read": newest.pk})
    note_extra_fields(request, form, newest.child_id)
    if request.method == "POST" and form.is_valid():
        try:
            answer_harm(
                assessment_id=pk,
                read=form.cleaned_data["read"],
                by=request.user,
                note=form.cleaned_data["reason"],
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            form, status = at_newest(form, read=newest.pk), 409
        else:
            messages.success(request, "Your answer is kept. No referral waits by it any more.")
            return redirect("screening:assessment", pk=newest.pk)
    return page(
        request,
        "harm",
        opened,
        form=form,
        newest=newest,
        said=harm_said(newest.sections),
        taken=queries.harm_taken_out(newest),
        refused=why_not(check_can_answer_harm, request.user, newest),
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.CORRECT_ASSESSMENT)
def day(request, pk):
    """Put right on which day the assessment was completed."""
    opened = open_assessment(request, pk, Capability.CORRECT_ASSESSMENT)
    if not opened.assessment.is_complete:
        return redirect("screening:assessment", pk=pk)
    first = queries.versions_of(opened.assessment)[0]
    now, status = queries.day_of(first), 200
    form = DayForm(posted(request), initial={"on": now, "stood": now})
    note_extra_fields(request, form, opened.assessment.child_id)
    if request.method == "POST" and form.is_valid():
        try:
            row = correct_day(assessment_id=pk, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("on", str(refusal))
            if form.cleaned_data["stood"] not in (None, now):
                form, status = at_newest(form, stood=now), 409
        else:
            words = "The day is corrected." if row else "That is the day that stands already."
            messages.success(request, words)
            return redirect("screening:assessment", pk=pk)
    return page(
        request,
        "day",
        opened,
        form=form,
        day=now,
        days=queries.corrections_of_day(first),
        refused=why_not(check_can_correct, request.user, opened.assessment),
        status=status,
    )
