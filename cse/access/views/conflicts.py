"""Declared conflicts of interest."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.shortcuts import redirect
from django.urls import get_resolver
from django.views.decorators.http import require_http_methods

from cse.access.actions import end_exclusion, exclude, tell_of_attempt
from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.forms import ExcludeForm, OwnConflictForm, ReasonForm
from cse.access.models import Exclusion
from cse.access.policies import NotVisible
from cse.access.views.common import attempt, page, to_who, visible_child
from cse.access.wiring import reauthenticated


@requires(Capability.DECLARE_CONFLICT)
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request, child_id):
    child = visible_child(request, child_id, Capability.DECLARE_CONFLICT)
    form = OwnConflictForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("ground", "reason")}
        if attempt(
            request,
            form,
            lambda: exclude(child=child, user=request.user, by=request.user, **said),
            child_id=child.pk,
            what="declare own conflict of interest",
        ):
            messages.success(
                request, "Your conflict of interest is recorded. You cannot open this child now."
            )
            return redirect("worklist:home")
    return page(request, "access/declare.html", child, {"form": form})


@requires(Capability.EXCLUDE)
@require_http_methods(["GET", "HEAD", "POST"])
@reauthenticated
def exclude_somebody(request, child_id):
    child = visible_child(request, child_id, Capability.EXCLUDE)
    finding = request.method == "POST" and "find" in request.POST
    form = ExcludeForm(request.POST if request.method == "POST" else None)
    if finding:
        form.only_find()
    elif request.method == "POST" and form.is_valid():
        person = get_user_model().objects.get(pk=form.chosen_id[1])
        said = {name: form.cleaned_data[name] for name in ("ground", "reason")}
        if attempt(
            request,
            form,
            lambda: exclude(child=child, user=person, by=request.user, **said),
            child_id=child.pk,
            what="exclude somebody from a child",
        ):
            messages.success(request, "The conflict of interest is recorded")
            if person.pk == request.user.pk:
                return redirect("worklist:home")
            return to_who(child.pk)
    return page(request, "access/exclude.html", child, {"form": form})


@requires(Capability.EXCLUDE)
@require_http_methods(["GET", "HEAD", "POST"])
@reauthenticated
def end(request, child_id, exclusion_id):
    own = Exclusion.objects.filter(
        child_id=child_id, pk=exclusion_id, user=request.user, ended_at__isnull=True
    )
    if request.method == "POST" and own.exists():
        # For them neither child nor exclusion exists: the one 404, and the lead is told. The
        # answer is returned, not raised, so that what is written down stays.
        tell_of_attempt(child_id=child_id, by=request.user, what="lift own exclusion")
        page_not_found = get_resolver().resolve_error_handler(404)
        return page_not_found(request, exception=None)  # type: ignore[call-arg]
    child = visible_child(request, child_id, Capability.EXCLUDE)
    exclusion = Exclusion.objects.select_related("user").filter(child=child, pk=exclusion_id)
    found = exclusion.first()
    if found is None:
        raise NotVisible
    form = ReasonForm(request.POST or None, label="Why the conflict is over")
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(
            request,
            form,
            lambda: end_exclusion(exclusion=found, by=request.user, reason=reason),
            child_id=child.pk,
            what="lift an exclusion",
        ):
            messages.success(request, "The exclusion is lifted. Access still needs to be given.")
            return to_who(child.pk)
    return page(request, "access/end_exclusion.html", child, {"form": form, "exclusion": found})
