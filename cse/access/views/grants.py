"""Giving and ending access."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cse.access.actions import end_access, give_access
from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.forms import GiveAccessForm, ReasonForm
from cse.access.models import ChildTeamGrant
from cse.access.policies import NotVisible
from cse.access.queries import grant_on
from cse.access.views.common import attempt, page, to_who, visible_child
from cse.access.wiring import reauthenticated
from cse.people.models import Team


@requires(Capability.GRANT_ACCESS)
@require_http_methods(["GET", "HEAD", "POST"])
@reauthenticated
def give(request, child_id):
    child = visible_child(request, child_id, Capability.GRANT_ACCESS)
    finding = request.method == "POST" and "find" in request.POST
    form = GiveAccessForm(request.POST if request.method == "POST" else None)
    if finding:
        form.only_find()
    elif (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            request,
            form,
            lambda: _give(child, form, request.user),
            child_id=child.pk,
            what="give access to oneself",
        )
    ):
        messages.success(request, "Access is given")
        return to_who(child.pk)
    context = {"form": form}
    return page(request, "access/give.html", child, context)


def _give(child, form, by):
    kind, key = form.chosen_id
    return give_access(
        child=child,
        by=by,
        reason=form.cleaned_data["reason"],
        until=form.cleaned_data["until"],
        user=get_user_model().objects.get(pk=key) if kind == "user" else None,
        team=Team.objects.select_related("group").get(pk=key) if kind == "team" else None,
    )


@requires(Capability.GRANT_ACCESS)
@require_http_methods(["GET", "HEAD", "POST"])
@reauthenticated
def end(request, child_id, grant_id):
    child = visible_child(request, child_id, Capability.GRANT_ACCESS)
    grant = grant_on(child.pk, grant_id)
    if grant is None:
        raise NotVisible
    form = ReasonForm(request.POST or None, label="Why access ends")
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(
            request,
            form,
            lambda: end_access(grant=grant, by=request.user, reason=reason),
            child_id=child.pk,
            what="end access",
        ):
            messages.success(request, "Access has ended")
            return to_who(child.pk)
    is_team = isinstance(grant, ChildTeamGrant)
    context = {
        "form": form,
        "grant": grant,
        "holder": grant.group.team if isinstance(grant, ChildTeamGrant) else grant.user,
        "is_team": is_team,
        "is_live": grant.expires_at > timezone.now(),
    }
    return page(request, "access/end.html", child, context)
