"""Opening a child in an emergency, and reviewing what others opened."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cse.access import queries
from cse.access.actions import break_glass, give_back, review_break_glass
from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.forms import EmergencyForm, OpeningReviewForm
from cse.access.models import BreakGlass
from cse.access.policies import NotAllowed, NotVisible, in_scope
from cse.access.views.common import attempt, page, visible_child
from cse.access.wiring import reauthenticated
from cse.audit import events
from cse.audit.extra import note_extra_fields

NOTHING = (
    "No child can be opened with this reference. Check it with whoever gave it to you,"
    " or telephone the safeguarding lead or the front door."
)


@requires(Capability.BREAK_GLASS)
@require_http_methods(["GET", "HEAD", "POST"])
@reauthenticated
def open_child(request):
    form = EmergencyForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        child_id = queries.child_with_reference(form.cleaned_data["reference"])
        note_extra_fields(request, form, child_id)
        try:
            _open(child_id, form, request.user)
        except NotVisible:
            # Made up, sealed and excluded: one answer, and what was typed is kept.
            events.refused("open a child in an emergency", rule="not visible", child_id=child_id)
            form.add_error("reference", NOTHING)
            status = 404
        except NotAllowed as refusal:
            events.refused(
                "open a child in an emergency",
                rule="state",
                child_id=child_id,
                reason=str(refusal),
            )
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, "The child is open to you for an hour. The safeguarding lead is told."
            )
            return redirect("children:child", child_id)
    return render(request, "access/break_glass.html", {"form": form}, status=status)


def _open(child_id, form, by):
    if child_id is None:
        raise NotVisible
    break_glass(child_id=child_id, by=by, reason=form.cleaned_data["reason"])


@requires(Capability.BREAK_GLASS)
@require_POST
def back(request, child_id):
    child = visible_child(request, child_id, Capability.SEE_CHILD)
    give_back(child=child, by=request.user)
    messages.success(request, "The child is closed to you again. The review is still due.")
    return redirect("worklist:home")


@requires(Capability.REVIEW_BREAK_GLASS)
@require_safe
def openings(request):
    found = list(queries.openings_to_review(request.user)[:100])
    return render(request, "access/openings.html", {"openings": found})


@requires(Capability.REVIEW_BREAK_GLASS)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request, opening_id):
    found = BreakGlass.objects.select_related("child__authority", "user", "reviewed_by")
    opening = found.filter(pk=opening_id).first()
    if opening is None or not in_scope(request.user, opening.child_id):
        raise NotVisible
    events.look("review emergency access", child=opening.child_id, obj=opening)
    form = OpeningReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if attempt(
            request,
            form,
            lambda: review_break_glass(
                opening=opening, by=request.user, outcome=said["outcome"], note=said["note"]
            ),
            child_id=opening.child_id,
            what="review own emergency access",
        ):
            messages.success(request, "Your review is recorded")
            return redirect("access:openings")
    context = {"form": form, "opening": opening}
    return page(request, "access/review_opening.html", opening.child, context)
