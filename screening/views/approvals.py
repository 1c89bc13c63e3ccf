"""The second person's pages: countersigning lowered highs, answering a lowered level."""

from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.lookup import get_visible_or_404
from cse.access.policies import NotAllowed, can
from cse.audit import events
from cse.audit.extra import OF_EVERY_FORM, note_extra_fields
from cse.children.models import LevelEvent
from cse.children.pages import frame
from cse.children.queries.levels import level_since, levels_of, never_took_effect, standing_of
from cse.interface.queries import hints_for
from cse.worklist import kinds
from screening import queries
from screening.actions import answer_changed_duty, approve_level, countersign, refuse_level
from screening.actions.levels import asks_for_risk
from screening.forms import ReasonForm
from screening.forms_approvals import CountersignForm, LevelAnswerForm
from screening.models import Screen
from screening.policies import Refused, check_can_approve, check_can_countersign
from screening.reassessed import reassessed_of
from screening.second_person import lowered_rows, rule_states
from screening.views.common import open_screen, page


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.COUNTERSIGN)
def countersign_rows(request, pk):
    """Each lowered high with its reason; the lead agrees or does not, one at a time (DEC-04)."""
    screen = get_visible_or_404(
        Screen.objects.select_related("child__authority", "completed_by"),
        request.user,
        Capability.COUNTERSIGN,
        pk,
    )
    events.look(str(Capability.COUNTERSIGN), child=screen.child_id, obj=screen)
    if not screen.is_complete:
        return redirect("screening:show", pk=pk)
    tool = queries.tool_of(screen.tool_version_id)
    rows = lowered_rows(screen, tool, request.user)
    if request.method == "POST":
        return _countersign(request, screen, rows)
    row = _chosen(rows, request.GET.get("row"))
    initial = {"indicator": row.indicator.id if row else ""}
    return _countersign_page(request, screen, rows, row, CountersignForm(initial=initial))


def _chosen(rows, asked):
    """The row that was asked for, else the first that waits for this person, else for anybody."""
    if asked is not None:
        row = next((row for row in rows if row.indicator.id == asked), None)
        if row is None:
            raise Http404
        return row
    waiting = [row for row in rows if row.waits]
    return next((row for row in waiting if not row.why_not), waiting[0] if waiting else None)


def _countersign(request, screen, rows):
    form = CountersignForm(request.POST)
    row = _chosen(rows, request.POST.get("indicator", ""))
    note_extra_fields_of(request, form, screen.child_id)
    if row.waits:
        check_can_countersign(request.user, screen, row.given.amenders)
    if "check_wording" in request.POST:
        return _checked_page(request, screen, rows, row)
    if not form.is_valid():
        return _countersign_page(request, screen, rows, row, form)
    values = {"agrees": form.agrees, "reason": form.cleaned_data["reason"]}
    if row.answer is not None:
        return _answered_before(request, screen, rows, row, form, values)
    try:
        countersign(screen_id=screen.pk, indicator=row.indicator.id, by=request.user, **values)
    except Refused:  # somebody else answered while this was typed
        rows = lowered_rows(screen, queries.tool_of(screen.tool_version_id), request.user)
        row = _chosen(rows, row.indicator.id)
        return _countersign_page(request, screen, rows, row, form, status=409)
    said = (
        "You agreed to the lower level."
        if form.agrees
        else ("You did not agree: the obligation stands.")
    )
    messages.success(request, f"{said} Your answer is kept, and the rules were asked again.")
    return _after(request, Capability.COUNTERSIGN, screen.child_id, "countersign", pk=screen.pk)


def _after(request, capability, child_id, page, **where):
    """The page again; home for those who saw the child only until they had answered."""
    if can(request.user, capability, child_id):
        return redirect(f"screening:{page}", **where)
    messages.info(request, "You were asked for this answer only, and no longer see the child.")
    return redirect("/")


def _answered_before(request, screen, rows, row, form, values):
    """The same answer again is a double click; another one is shown beside what is kept."""
    kept = {"agrees": row.answer.agrees, "reason": row.answer.reason}
    if row.answer.by_id == request.user.pk and kept == values:
        return redirect("screening:countersign", pk=screen.pk)
    return _countersign_page(request, screen, rows, row, form, status=409)


def _checked_page(request, screen, rows, row):
    """The page again with what was typed, and what to think about in its wording."""
    form = CountersignForm(initial=request.POST.dict())
    hints = hints_for(request.POST.get("reason", ""))
    return _countersign_page(request, screen, rows, row, form, hints=hints)


def _countersign_page(request, screen, rows, row, form, *, status=200, hints=()):
    tool = queries.tool_of(screen.tool_version_id)
    frames = {each.key: each.title for each in tool.time_frames}
    context = {
        "screen": screen,
        "tool": tool,
        "rows": rows,
        "row": row,
        "frames": frames,
        "typed": form.data if status == 409 else None,
        "rule": rule_states(screen, tool),
        "reassessed": reassessed_of(screen),
        "hints": hints,
        "form": form,
        "has_errors": bool(form.is_bound and form.errors),
    }
    framed = frame(screen.child, request.user, "screening:child")
    return render(request, "screening/approvals/countersign.html", framed | context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.APPROVE_LEVEL)
def approve(request, event_id):
    """A lowered level: what it was, the highest ever, the reason; approve or refuse (DEC-09)."""
    event = get_visible_or_404(
        LevelEvent.objects.select_related("child__authority", "decided_by", "approved_by"),
        request.user,
        Capability.APPROVE_LEVEL,
        event_id,
    )
    events.look(str(Capability.APPROVE_LEVEL), child=event.child_id, obj=event)
    if not event.needs_approval:
        return redirect("children:levels", child_id=event.child_id)
    flagged = asks_for_risk(event)
    if request.method == "POST":
        return _answer_level(request, event, flagged)
    form = LevelAnswerForm(asks_for_more=bool(flagged))
    return _level_page(request, event, form, flagged)


def _answer_level(request, event, flagged):
    typed = request.POST.get("note", "")
    # Words of not engaging in the approver's own note count too: they then say what it rests on.
    asks = flagged or ("answer" in request.POST and asks_for_risk(event, typed))
    form = LevelAnswerForm(request.POST, asks_for_more=bool(asks))
    note_extra_fields_of(request, form, event.child_id, also={"rests_on_risk"})
    if event.approved_at or event.refused_at or event.taken_back_at:
        return _level_answered_before(request, event, form, flagged)
    check_can_approve(request.user, event, queries.decided_with(event))
    if "check_wording" in request.POST:
        form = LevelAnswerForm(initial=request.POST.dict(), asks_for_more=bool(asks))
        return _level_page(request, event, form, flagged, hints=hints_for(typed))
    if not form.is_valid():
        return _level_page(request, event, form, flagged)
    act = partial(approve_level, rests_on_risk=form.rests_on_risk)
    try:
        (act if form.approves else refuse_level)(
            event_id=event.pk, by=request.user, note=form.cleaned_data["note"]
        )
    except Refused:  # somebody else answered while this was typed
        event.refresh_from_db()
        return _level_answered_before(request, event, form, flagged)
    messages.success(request, _became_of(event, approved=form.approves))
    return _after(
        request, Capability.APPROVE_LEVEL, event.child_id, "approve-level", event_id=event.pk
    )


def _became_of(event, *, approved):
    since = level_since(event, list(levels_of(event.child)))
    answer = "approved" if approved else "refused"
    if since is not None:
        return f"Your answer is kept: {answer}. {since.get_level_display()}, chosen later, stands."
    if approved:
        return "The lower level is approved and stands from now on."
    return "The lower level is refused: the level before it stands."


def _level_answered_before(request, event, form, flagged):
    """A double click goes on; another answer is shown beside what is kept, nothing is written."""
    own = event.approved_by_id == request.user.pk
    same = form.is_valid() and form.approves == bool(event.approved_at)
    if own and same and form.cleaned_data["note"] == event.approval_note:
        return redirect("screening:approve-level", event_id=event.pk)
    return _level_page(request, event, form, flagged, status=409)


def _level_page(request, event, form, flagged, *, status=200, hints=()):
    levels = list(levels_of(event.child))
    screen = queries.decided_with(event)
    answered = bool(event.approved_at or event.refused_at)
    context = {
        "event": event,
        "record": screen,
        "is_screen": isinstance(screen, Screen),
        "answered": answered,
        "standing": standing_of([each for each in levels if each.pk != event.pk]),
        "levels": levels,
        "since": level_since(event, levels),
        "never": {each.pk for each in levels if never_took_effect(each, levels)},
        "flagged": flagged,
        "why_not": "" if answered else _why_not(request.user, event, screen),
        "typed": form.data if status == 409 else None,
        "hints": hints,
        "form": form,
        "has_errors": bool(form.is_bound and form.errors),
    }
    framed = frame(event.child, request.user, "screening:child")
    return render(request, "screening/approvals/level.html", framed | context, status=status)


def _why_not(user, event, screen):
    try:
        check_can_approve(user, event, screen)
    except NotAllowed as refusal:
        return str(refusal)
    return ""


def note_extra_fields_of(request, form, child_id, also=()):
    """Fields that the form never asked for are ignored; an event says that they were sent."""
    extra = set(request.POST) - {*form.fields, *also, *OF_EVERY_FORM}
    if extra:
        events.refused(
            "set a field that is not on the form",
            rule="extra fields",
            child_id=child_id,
            data={"count": len(extra)},
        )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.COUNTERSIGN)
def changed_duty(request, pk):
    """A date of birth added a duty, or a correction took one away: the lead says what is done."""
    opened = open_screen(request, pk, Capability.COUNTERSIGN)
    kind = queries.changed_duty(opened.screen)
    if not opened.screen.is_complete or not kind:
        return redirect("screening:show", pk=pk)
    form = ReasonForm(request.POST or None)
    note_extra_fields(request, form, opened.screen.child_id)
    if request.method == "POST" and form.is_valid():
        try:
            answer_changed_duty(screen_id=pk, by=request.user, note=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your answer is kept.")
            return _after(request, Capability.COUNTERSIGN, opened.screen.child_id, "show", pk=pk)
    return page(
        request,
        "changed_duty",
        opened,
        form=form,
        taken=kind == kinds.DUTY_TAKEN,
        result=queries.latest_assessment(opened.screen).result,
        reassessed=reassessed_of(opened.screen),
    )
