"""Pages of the room: why something is late, putting a notice away, the calendar's own days."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.lookup import get_visible_or_404
from cse.access.policies import NotAllowed, NotVisible
from cse.audit import events
from cse.audit.extra import note_extra_fields
from cse.children.pages import frame
from cse.clocks import actions, forms, queries
from cse.clocks.kinds import kind_of
from cse.clocks.models import Clock
from cse.clocks.pictures import picture_of
from cse.people.models import Authority
from cse.people.policies import managed_authorities

form_view = require_http_methods(["GET", "HEAD", "POST"])


@requires(Capability.SEE_OWN_WORK)
@form_view
def why_late(request, clock_id):
    """Say why something is late; it stays owed (DEC-32)."""
    kind, clock = _visible_clock(request, clock_id)
    now = timezone.now()
    back = kind.address(clock.subject_id) or reverse("children:child", args=[clock.child_id])
    initial = {"code": clock.late_code, "text": clock.late_text, "stood": clock.late_text}
    status = 200
    form = forms.WhyLateForm(request.POST if request.method == "POST" else None, initial=initial)
    note_extra_fields(request, form, clock.child_id)
    if request.method == "POST" and form.is_valid():
        try:
            actions.say_why_late(clock=clock, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
            if isinstance(refusal, actions.ReasonSince):
                form, status = _about(form, refusal.clock), 409
        else:
            messages.success(request, "The reason is recorded. What is owed stays owed.")
            return redirect(back)
    context = {"form": form, "back_href": back, "picture": picture_of(clock, now=now)}
    context |= frame(clock.child, request.user)
    return render(request, "clocks/why_late.html", context, status=status)


def _about(form, clock):
    """The form with what was typed, about the reason that stands now."""
    form.data = form.data.copy()
    form.data["stood"] = clock.late_text
    return form


def _visible_clock(request, clock_id):
    """A clock on what this person sees, by its kind's own act; else the one 404.

    As many queries for a hidden clock as for one that does not exist. A room that is gone has
    no kind any more, and what it owned is seen by nobody.
    """
    key = Clock.objects.filter(pk=clock_id).values_list("kind", flat=True).first()
    try:
        kind = kind_of(key or "")
    except ValueError:
        kind = None
    clocks = Clock.objects.select_related("child__created_by_agency", "authority", "late_by")
    act = kind.capability if kind else Capability.SEE_CHILD
    clock = get_visible_or_404(clocks, request.user, act, clock_id)
    if kind is None or not kind.sees(request.user, clock.subject_id):
        events.refused(
            str(act), rule="scope", data={"asked": str(clock_id), "kind": "clocks.clock"}
        )
        raise NotVisible
    return kind, clock


@requires(Capability.SEE_OWN_WORK)
@require_POST
def put_away(request, clock_id):
    """Put one's own notices about a clock away."""
    note_extra_fields(request, None)
    actions.put_away(clock_id=clock_id, by=request.user)
    messages.success(request, "The reminder is put away. The next one will appear again.")
    return redirect("worklist:home")


# -- The calendar's own days --------------------------------------------------------------------


@requires(Capability.MANAGE_ACCOUNTS)
@require_safe
def calendar(request):
    """Bank holidays that the calendar does not know, and closure days (DEC-31)."""
    context = {"days": queries.days_in(managed_authorities(request.user))}
    return render(request, "clocks/calendar.html", context)


@requires(Capability.MANAGE_ACCOUNTS)
@form_view
def add_day(request):
    """Add a day; the deadlines it touches are computed again."""
    authorities = Authority.objects.filter(pk__in=managed_authorities(request.user))
    form = forms.DayForm(
        request.POST if request.method == "POST" else None, authorities=authorities
    )
    note_extra_fields(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_day(by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error("on", str(refusal))
        else:
            messages.success(request, "The day is in the calendar.")
            return redirect("clocks:calendar")
    return render(request, "clocks/add_day.html", {"form": form})


@requires(Capability.MANAGE_ACCOUNTS)
@form_view
def remove_day(request, day_id):
    """Take a day out, with a reason; it stays on record."""
    days = queries.days_in(managed_authorities(request.user))
    day = next((each for each in days if each.pk == day_id and not each.removed_at), None)
    if day is None:
        raise Http404
    form = forms.RemoveForm(request.POST if request.method == "POST" else None)
    note_extra_fields(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            actions.remove_day(day=day, reason=form.cleaned_data["reason"], by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The day is taken out of the calendar.")
            return redirect("clocks:calendar")
    return render(request, "clocks/remove_day.html", {"form": form, "day": day})
