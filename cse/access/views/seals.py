"""Sealing a child, and the review of the seal."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cse.access import abandoned, actions, queries
from cse.access.actions.abandoned import check_is_told
from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.forms import NameForm, ReasonForm, SealForm, SuccessorForm
from cse.access.models import Seal
from cse.access.policies import NotVisible
from cse.access.views.common import attempt, page, to_who, visible_child
from cse.access.wiring import reauthenticated, wired
from cse.audit import events


@requires(Capability.SEAL)
@require_http_methods(["GET", "HEAD", "POST"])
@reauthenticated
def seal(request, child_id):
    child = visible_child(request, child_id, Capability.SEAL)
    people = queries.who_can_see(child.pk)
    others = [(str(each.user.pk), each.user.get_full_name()) for each in people]
    others = [choice for choice in others if choice[0] != str(request.user.pk)]
    form = SealForm(request.POST if request.method == "POST" else None, people=others)
    if request.method == "POST" and form.is_valid():
        named = get_user_model().objects.filter(pk__in=form.cleaned_data["names"])
        if attempt(
            request,
            form,
            lambda: actions.seal(
                child=child,
                names=list(named),
                reason=form.cleaned_data["reason"],
                by=request.user,
            ),
            child_id=child.pk,
            what="seal a child",
        ):
            messages.success(request, "The child is sealed")
            return to_who(child.pk)
    context = {
        "form": form,
        "hints": {str(each.user.pk): each.post for each in people},
        "sealed": queries.seal_on(child.pk),
        "waits": wired("waiting_panel")(child, request.user),
    }
    return page(request, "access/seal.html", child, context)


@requires(Capability.SEAL)
@require_safe
def review(request, seal_id):
    found = Seal.objects.filter(pk=seal_id, lifted_at__isnull=True).first()
    if found is None:
        raise NotVisible
    child = visible_child(request, found.child_id, Capability.SEAL)
    context = {
        "seal": found,
        "names": found.names.filter(ended_at__isnull=True).select_related("user"),
        "waits": wired("waiting_panel")(child, request.user),
    }
    return page(request, "access/review_seal.html", child, context)


ACTS = {
    "keep": ("review_seal", "Why the seal is still needed", "The seal is kept for another 90 days"),
    "lift": ("lift_seal", "Why the seal is no longer needed", "The seal is lifted"),
}


@requires(Capability.SEAL)
@require_http_methods(["GET", "HEAD", "POST"])
@reauthenticated
def decide(request, seal_id, decision):
    found = Seal.objects.filter(pk=seal_id, lifted_at__isnull=True).first()
    if found is None or decision not in ACTS:
        raise NotVisible
    child = visible_child(request, found.child_id, Capability.SEAL)
    act, label, done = ACTS[decision]
    form = ReasonForm(request.POST or None, label=label)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(
            request,
            form,
            lambda: getattr(actions, act)(seal=found, by=request.user, reason=reason),
            child_id=child.pk,
            what=f"{decision} a seal",
        ):
            messages.success(request, done)
            return to_who(child.pk)
    context = {
        "form": form,
        "heading": "Keep the seal" if decision == "keep" else "Lift the seal",
        "back": reverse("access:review-seal", args=[found.pk]),
    }
    return page(request, "access/reason.html", child, context)


@requires(Capability.SEAL)
@require_http_methods(["GET", "HEAD", "POST"])
@reauthenticated
def add_name(request, seal_id):
    found = Seal.objects.filter(pk=seal_id, lifted_at__isnull=True).first()
    if found is None:
        raise NotVisible
    child = visible_child(request, found.child_id, Capability.SEAL)
    named = set(found.names.filter(ended_at__isnull=True).values_list("user_id", flat=True))
    people = [
        (str(each.pk), each.get_full_name())
        for each in queries.grant_holders(child.pk)
        if each.pk not in named
    ]
    form = NameForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        person = get_user_model().objects.get(pk=form.cleaned_data["person"])
        reason = form.cleaned_data["reason"]
        if attempt(
            request,
            form,
            lambda: actions.name_in_seal(seal=found, user=person, by=request.user, reason=reason),
            child_id=child.pk,
            what="name somebody in a seal",
        ):
            messages.success(request, "They are named in the seal")
            return redirect("access:review-seal", found.pk)
    context = {"form": form, "people": people, "seal": found}
    return page(request, "access/add_name.html", child, context)


@requires(Capability.SEAL)
@require_http_methods(["GET", "HEAD", "POST"])
@reauthenticated
def end_name(request, seal_id, name_id):
    found = Seal.objects.filter(pk=seal_id, lifted_at__isnull=True).first()
    if found is None:
        raise NotVisible
    child = visible_child(request, found.child_id, Capability.SEAL)
    name = found.names.select_related("user", "seal").filter(pk=name_id).first()
    if name is None:
        raise NotVisible
    form = ReasonForm(request.POST or None, label="Why they may no longer see this child")
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(
            request,
            form,
            lambda: actions.end_seal_name(name=name, by=request.user, reason=reason),
            child_id=child.pk,
            what="take a name off a seal",
        ):
            messages.success(request, "The name is taken off")
            own = name.user_id == request.user.pk
            return redirect("worklist:home") if own else to_who(child.pk)
    context = {
        "form": form,
        "heading": f"Take {name.user.get_full_name()} off the seal",
        "back": reverse("access:review-seal", args=[found.pk]),
    }
    return page(request, "access/reason.html", child, context)


@requires(Capability.SEAL)
@require_http_methods(["GET", "HEAD", "POST"])
@reauthenticated
def name_for(request, seal_id):
    """For those told that nobody can act on a seal; nothing of the child is on this page."""
    found = abandoned.live_seals().filter(pk=seal_id).first()
    if found is None:
        raise NotVisible
    check_is_told(found, request.user)
    events.look("a seal that nobody can act on", child=found.child_id, obj=found)
    people = {str(each.pk): each for each in abandoned.successors(found, request.user)}
    choices = [(key, each.get_full_name()) for key, each in people.items()]
    form = SuccessorForm(request.POST if request.method == "POST" else None, people=choices)
    if request.method == "POST" and form.is_valid():
        said = {"user": people[form.cleaned_data["person"]], "reason": form.cleaned_data["reason"]}
        if attempt(
            request,
            form,
            lambda: actions.name_for_seal(seal=found, by=request.user, **said),
            child_id=found.child_id,
            what="name somebody in a seal",
        ):
            messages.success(request, "They are named, and the record is theirs to open")
            return redirect("worklist:home")
    context = {
        "form": form,
        "people": people,
        "hints": {key: each.job_title for key, each in people.items()},
        "seal": found,
        "agency": abandoned.sealing_agency(found),
    }
    return render(request, "access/name_for_seal.html", context)
