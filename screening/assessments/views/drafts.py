"""A draft: its task list, one page for each part, and checking what was written."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.audit.extra import note_extra_fields
from cse.interface.forms import unsaved_words
from cse.interface.queries import hints_for
from screening import queries as screens
from screening.actions import StaleCheck, StaleSave, Unfinished
from screening.assessments import queries
from screening.assessments.actions import complete_assessment, save_part
from screening.assessments.changes import problems_of
from screening.assessments.local_form import find_part, parts_of
from screening.assessments.policies import check_can_complete, check_can_set_aside, why_not
from screening.assessments.progress import progress_of
from screening.assessments.reading import carried_part, read_parts
from screening.assessments.rules import prompts_of, strategy_discussion
from screening.assessments.views.common import open_assessment, page
from screening.forms import SectionForm, read_version
from screening.policies import NoDraft
from screening.rules.levels import level_change, peak_level, previous_level
from screening.views.common import is_autosave
from screening.views.conflicts import conflict_context, section_rows


@require_safe
@requires(Capability.ASSESS)
def draft(request, pk):
    """The task list: every part, how far it is, who was asked, and who else is at work."""
    opened = open_assessment(request, pk, Capability.ASSESS)
    if not opened.assessment.is_draft:
        return redirect("screening:assessment", pk=pk)
    found = progress_of(opened.tool, opened.facts)
    return page(
        request,
        "draft",
        opened,
        domains=[each for each in found if each.part.is_domain],
        sections=[each for each in found if not each.part.is_domain],
        others=screens.others_at_work(opened.assessment, request.user),
        contributions=opened.contributions,
        newer=queries.newer_screen(opened.assessment),
        may_set_aside=not why_not(check_can_set_aside, request.user, opened.assessment),
        refused=why_not(check_can_complete, request.user, opened.assessment),
        contacts=screens.contacts_for(opened.assessment.authority_id),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.ASSESS)
def part(request, pk, slug):
    """One part, beside what the screen says in it and what was contributed."""
    opened = open_assessment(request, pk, Capability.ASSESS)
    found = find_part(opened.tool, slug)
    if found is None:
        raise Http404
    if not opened.assessment.is_draft:
        return _too_late(request, opened)
    if request.method == "POST":
        return _save(request, opened, found)
    form = SectionForm(found, initial=opened.assessment.sections)
    return _part_page(request, opened, found, form)


def _too_late(request, opened):
    """The draft was completed or set aside meanwhile: nothing is written, and the text is shown."""
    words = "This assessment was completed or set aside meanwhile: nothing was saved."
    if is_autosave(request):
        return JsonResponse({"message": words}, status=400)
    if request.method != "POST":
        return redirect("screening:assessment", pk=opened.assessment.pk)
    typed = [
        (each.title, request.POST[each.key])
        for each in _fields_of(opened)
        if each.kind == "text" and request.POST.get(each.key, "").strip()
    ]
    return page(request, "too_late", opened, status=409, words=words, typed=typed)


def _fields_of(opened):
    return [field for found in parts_of(opened.tool) for field in found.fields]


def _save(request, opened, found):
    form = SectionForm(found, request.POST)
    if not form.is_valid() and not is_autosave(request):
        return _part_page(request, opened, found, form)
    try:
        opened.assessment = save_part(
            assessment_id=opened.assessment.pk,
            slug=found.slug,
            values=form.cleaned_data,
            version=read_version(request.POST),
            by=request.user,
            ignored=form.surplus,
        )
    except StaleSave as stale:
        return _conflict(request, opened, stale)
    except NoDraft:
        return _too_late(request, open_assessment(request, opened.assessment.pk))
    return _saved(request, opened, found, unsaved_words(form))


def _conflict(request, opened, stale):
    if is_autosave(request):
        return JsonResponse({}, status=409)
    opened.assessment = stale.screen
    base = screens.part_before(stale.screen, stale.part.key, read_version(request.POST))
    rows, tables = section_rows(stale, base.sections if base else {})
    context = conflict_context(
        request.user, stale, _address(opened.assessment, stale.part), rows, tables
    )
    return page(request, "conflict", opened, status=409, **context)


def _saved(request, opened, found, unsaved=()):
    """After a save: the script's answer with what was left out, or the next page."""
    assessment = opened.assessment
    if is_autosave(request):
        saved_at = timezone.localtime(assessment.saved_at)
        version = assessment.part_versions[found.key]
        return JsonResponse(
            {"saved_at": f"{saved_at:%H:%M}", "version": version, "unsaved": list(unsaved)}
        )
    if "check_wording" in request.POST:
        return redirect(f"{_address(assessment, found)}?words=1")
    if request.POST.get("act", "") == "leave":
        messages.success(request, f"{found.title}: saved.")
        return redirect("screening:assessment-draft", pk=assessment.pk)
    following = _next(opened, found)
    if following is None:
        return redirect("screening:assessment-check", pk=assessment.pk)
    return redirect(_address(assessment, following))


def _part_page(request, opened, found, form):
    wording = "words" in request.GET
    version = opened.assessment.part_versions.get(found.key, 0)
    if form.is_bound:
        version = read_version(request.POST)
    return page(
        request,
        "part",
        opened,
        part=found,
        form=form,
        version=version,
        has_errors=bool(form.is_bound and form.errors),
        hints={name: hints_for(str(form[name].value() or "")) for name in form.fields}
        if wording
        else {},
        level=level_context(opened),
        level_hints={str(each.key): each.help for each in opened.tool.levels},
        prompts=prompts_of(opened.facts, opened.tool) if found.key == "conclusion" else (),
        carried=carried_part(found, opened.carried, opened.tool),
        given=[each for each in opened.contributions if each.answered_at],
        waiting=[each for each in opened.contributions if each.waits],
        tables={},
        table_errors={},
        more_rows=False,
    )


def level_context(opened):
    """Previous level and peak from the child's history; "changed" is worked out (DEC-09)."""
    facts = opened.facts
    return {
        "previous": previous_level(facts.history),
        "peak": peak_level(facts.history),
        "change": level_change(facts.level, facts.history) if facts.level else None,
        "problems": problems_of(opened.assessment, facts),
    }


def _next(opened, found):
    every = list(parts_of(opened.tool))
    place = next(number for number, each in enumerate(every) if each.key == found.key)
    return every[place + 1] if place + 1 < len(every) else None


def _address(assessment, found):
    return reverse("screening:assessment-part", kwargs={"pk": assessment.pk, "slug": found.slug})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.ASSESS)
def check(request, pk):
    """Everything that was written, and what is missing; the button completes."""
    opened = open_assessment(request, pk, Capability.ASSESS)
    note_extra_fields(request, None, opened.assessment.child_id)
    if not opened.assessment.is_draft:
        return _nothing_to_do(request, opened)
    if request.method != "POST":
        return _check_page(request, opened)
    try:
        complete_assessment(assessment_id=pk, by=request.user, version=read_version(request.POST))
    except Unfinished as unfinished:
        return _check_page(request, opened, problems=unfinished.problems)
    except StaleCheck:
        opened = open_assessment(request, pk, Capability.ASSESS)
        return _check_page(request, opened, stale=True, status=409)
    except NoDraft:
        return _nothing_to_do(request, open_assessment(request, pk))
    messages.success(request, "The assessment is complete. It can no longer be changed.")
    return redirect("screening:assessment", pk=pk)


def _nothing_to_do(request, opened):
    """A second click, or the page of what was completed: there is nothing to do."""
    if request.method == "POST":
        words = "completed" if opened.assessment.is_complete else "set aside"
        messages.info(request, f"This assessment was {words} already. Once is enough.")
    return redirect("screening:assessment", pk=opened.assessment.pk)


def _check_page(request, opened, *, problems=None, stale=False, status=200):
    level = level_context(opened)
    wanted = level["problems"] if problems is None else problems
    return page(
        request,
        "check",
        opened,
        status=status,
        problems=[(each, _address_of(opened, each)) for each in wanted],
        has_errors=problems is not None,
        stale=stale,
        prompts=prompts_of(opened.facts, opened.tool),
        parts=read_parts(opened.assessment, opened.carried, opened.tool),
        level=level,
        others=screens.others_at_work(opened.assessment, request.user),
        contributions=opened.contributions,
        refused=why_not(check_can_complete, request.user, opened.assessment),
        strategy=strategy_discussion(opened.assessment.authority.tool_key, opened.facts),
    )


def _address_of(opened, problem):
    """Where a problem is put right."""
    for found in parts_of(opened.tool):
        if any(field.key == problem.field for field in found.fields):
            return f"{_address(opened.assessment, found)}#id_{problem.field}"
    return ""
