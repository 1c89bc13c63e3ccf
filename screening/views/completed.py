"""Completed screens: one to read, its corrections, a child's screens, and my drafts."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.policies import can
from cse.audit.extra import note_extra_fields
from screening import queries
from screening.actions import correct_screen
from screening.changes import changes_between
from screening.child_then import birth_words, child_then
from screening.forms import ReasonForm
from screening.policies import Refused, may_answer_duty, may_approve, may_countersign
from screening.reading import parts_to_read
from screening.reassessed import reassessed_of
from screening.replaced import replaced_in
from screening.standing import asked_of, panel_rows
from screening.views.common import child_context, open_child, open_screen, page
from screening.ways_on import ways_on

PAGE = 25


@require_safe
@requires(Capability.SEE_SCREEN)
def show(request, pk):
    """A completed screen, read-only, with what was decided on it since."""
    opened = open_screen(request, pk)
    screen = opened.screen
    if screen.is_draft:
        return redirect("screening:draft", pk=pk)
    corrections = queries.corrections_of(screen)
    waiting_level = queries.waiting_level(screen)
    waiting_rows = queries.waiting_rows(screen) if screen.is_complete else ()
    duty = queries.changed_duty(screen)
    return page(
        request,
        "show",
        opened,
        result=queries.latest_assessment(screen).result if screen.is_complete else None,
        parts=parts_to_read(screen, opened.tool),
        corrections=corrections,
        before=queries.screen_before(request.user, screen) if screen.is_complete else None,
        newer=next((each for each in corrections if each.corrects_id == screen.pk), None),
        signatures=queries.countersignatures_of(screen),
        waiting_level=waiting_level,
        asked=asked_of(screen, waiting_level),
        waiting_rows=waiting_rows,
        may_countersign=may_countersign(request.user, screen, waiting_rows),
        may_approve=waiting_level and may_approve(request.user, waiting_level, screen),
        then=child_then(screen),
        judged_on=opened.judged_on,
        born=birth_words(child_then(screen)),
        reassessed=reassessed_of(screen),
        changed_duty=duty,
        may_answer_duty=duty and may_answer_duty(request.user, screen, duty),
        level_event=queries.level_event_of(screen),
        ways_on=ways_on(screen, request.user) if screen.is_complete else [],
        changes=changes_between(queries.original_of(screen), screen, opened.tool)
        if screen.corrects_id
        else [],
    )


@require_safe
@requires(Capability.SEE_SCREEN)
def replaced(request, pk):
    """What one person wrote on this screen and another replaced; of a draft for who works on it."""
    opened = open_screen(request, pk)
    screen = opened.screen
    if screen.is_draft and not can(request.user, Capability.SCREEN, screen.child_id):
        raise Http404
    found = replaced_in(queries.saves_before_others(screen), opened.tool)
    people = {str(who or "") for each in found for who in (each.by, each.replaced_by)}
    names = queries.names_of(people)
    return page(request, "replaced", opened, found=found, names=names)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.CORRECT_SCREEN)
def correct(request, pk):
    """Begin a correction: say what is wrong, and both versions are kept."""
    opened = open_screen(request, pk)
    if opened.screen.is_draft:
        return redirect("screening:draft", pk=pk)
    form = ReasonForm(request.POST or None)
    note_extra_fields(request, form, opened.screen.child_id)
    if request.method == "POST" and form.is_valid():
        try:
            draft = correct_screen(
                screen_id=pk, by=request.user, reason=form.cleaned_data["reason"]
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("screening:draft", pk=draft.pk)
    return page(
        request, "correct", opened, form=form, begun=queries.correction_begun(opened.screen)
    )


@require_safe
@requires(Capability.SEE_SCREEN)
def child_screens(request, child_id):
    """A child's screens, newest first, corrections beside what they correct."""
    child = open_child(request, child_id, Capability.SEE_SCREEN)
    context = child_context(request, child, queries.level_history(child.pk))
    found = Paginator(queries.screens_of(request.user, child.pk), PAGE)
    shown = found.get_page(request.GET.get("page"))
    context |= {"shown": shown, "rows": panel_rows(list(shown))}
    return render(request, "screening/child.html", context)


@require_safe
@requires(Capability.SCREEN)
def my_screens(request):
    """The drafts I may work on, and the screens completed last."""
    return render(
        request,
        "screening/list.html",
        {
            "drafts": list(queries.drafts_of(request.user)[: PAGE + 1]),
            "completed": list(queries.completed_by_time(request.user)[: PAGE + 1]),
            "most": PAGE,
        },
    )
