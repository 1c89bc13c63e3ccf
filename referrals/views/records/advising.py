"""Advice of children's social care about a child, before any referral (W §9.2, O §7.7.4)."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.policies import can
from cse.audit.extra import note_extra_fields
from cse.people.models import Post, Role
from referrals.actions import advising as acts
from referrals.forms.advising import AdviceForm
from referrals.forms.deciding_not import TokenForm
from referrals.models import Referral
from referrals.queries.beside import advice_visible_to
from referrals.views.records.common import (
    child_page,
    has_errors,
    new_token,
    open_child,
    open_row,
    sent_already,
    turned_away,
)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.REFER)
def record(request, child_id):
    """Record advice; the agency's own safeguarding leads are named first (W §9.1)."""
    child = open_child(request, child_id, Capability.REFER)
    if elsewhere := turned_away(request, child):
        return elsewhere
    token = TokenForm(request.POST or None, initial={"token": new_token()})
    form = AdviceForm(request.POST or None, child=child)
    note_extra_fields(request, form, child.pk)
    if request.method == "POST" and form.is_valid() and token.is_valid():
        made, token = sent_already(form, token, lambda: _record(request, child, form, token))
        if made:
            messages.success(request, "The advice is recorded under your name.")
            return redirect("referrals:advice", pk=made[0].pk)
    context = {
        "form": form,
        "token": token,
        "leads": _leads(request.user),
        "has_errors": has_errors(form, token),
    }
    return child_page(request, "record_advice", child, context)


def _record(request, child, form, token):
    return acts.record_advice(
        child=child,
        by=request.user,
        token=token.cleaned_data["token"],
        asks_for_referral=form.asks,
        said=form.cleaned_data,
    )


def _leads(user):
    """Others who hold the post of safeguarding lead in this person's agency today."""
    today = Post.objects.current(timezone.localdate())
    own = today.filter(user=user).values("team__agency_id")
    return (
        today.filter(role=Role.NAMED_LEAD, team__agency_id__in=own)
        .exclude(user=user)
        .select_related("user")
    )


@require_safe
@requires(Capability.SEE_REFERRAL)
def advice(request, pk):
    """What was asked and advised, and whether a referral is still owed."""
    row = open_row(request, advice_visible_to(request.user), Capability.SEE_REFERRAL, pk)
    sent = Referral.objects.filter(
        child_id=row.child_id, agency=row.agency, status="sent", sent_at__gte=row.signed_at
    )
    context = {
        "row": row,
        "owed": row.asks_for_referral and not sent.exists(),
        "may_refer": can(request.user, Capability.REFER, row.child_id),
    }
    return child_page(request, "advice", row.child, context)


@require_POST
@requires(Capability.REFER)
def refer(request, pk):
    """The draft of the referral that social care asked for."""
    row = open_row(request, advice_visible_to(request.user), Capability.REFER, pk)
    referral = acts.refer_after_advice(advice_id=row.pk, by=request.user)
    return redirect("referrals:draft", pk=referral.pk)
