"""What every page of a referral needs: the referral or the one 404, and the child at its head."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.lookup import get_visible_or_404
from cse.access.queries import marks_of
from cse.audit import events
from cse.children.models import Child
from cse.children.queries.overview import contacts_of
from referrals import queries
from referrals.models import Delivery, Referral
from referrals.on_record import as_said
from referrals.preview import Preview, preview_of, said_preview
from referrals.views.heads import child_head


def open_referral(request: HttpRequest, pk: uuid.UUID) -> Referral:
    """The referral, and a look in the log; the same 404 for one that is hidden or not there."""
    referral = queries.own_of(request.user).filter(pk=pk).first()
    if referral is None:
        seen = queries.visible_to(request.user)
        referral = get_visible_or_404(seen, request.user, Capability.SEE_REFERRAL, pk)
    _look(request, referral)
    return referral


def open_own(request: HttpRequest, pk: uuid.UUID) -> Referral:
    """A referral of this person's own agency, to make and to follow.

    Who received it follows it on their board: these pages are the referrer's.
    """
    own = queries.own_of(request.user)
    referral: Referral = get_visible_or_404(own, request.user, Capability.OWN_REFERRAL, pk)
    _look(request, referral)
    return referral


def _look(request: HttpRequest, referral: Referral) -> None:
    if request.method != "POST":
        events.look(str(Capability.SEE_REFERRAL), child=referral.child_id, obj=referral)


def open_own_delivery(request: HttpRequest, pk: uuid.UUID) -> Delivery:
    """Where a referral of this person's own agency went, and the referral with it."""
    found = get_visible_or_404(queries.with_people(), request.user, Capability.OWN_REFERRAL, pk)
    found.referral = open_own(request, found.referral_id)
    return found


def open_child(request: HttpRequest, child_id: uuid.UUID, capability: Capability) -> Child:
    """The child, or the 404 that a made-up id gets."""
    children = Child.objects.select_related("authority", "created_by_agency")
    child: Child = get_visible_or_404(children, request.user, capability, child_id)
    if request.method != "POST":
        events.look(str(capability), child=child)
    return child


def page(
    request: HttpRequest, template: str, referral: Referral, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A page about one referral, under the child's identity bar."""
    head = child_head(referral.child, request.user, "referrals:child")
    context |= {"referral": referral, "came_back": queries.came_back_before(request.user, referral)}
    context |= head
    if head["identity"].is_outline or head["open_until"]:
        # A decision not to refer takes more than the hour of an emergency.
        context["not_referring"] = ""
    return render(request, f"referrals/making/{template}.html", context, status=status)


def child_page(
    request: HttpRequest, template: str, child: Child, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A page about a child's referrals."""
    context |= child_head(child, request.user, "referrals:child")
    return render(request, f"referrals/making/{template}.html", context, status=status)


def readable(referral: Referral, user: Any) -> Referral:
    """The referral as this person may read it: without the child's record, as it was said."""
    if marks_of(referral.child_id, user).sees_record:
        return referral
    moment = None if referral.is_draft else referral.sent_at or referral.saved_at
    return as_said(referral, timezone.localdate(moment))


def beside(referral: Referral, user: Any) -> dict[str, Any]:
    """What stands beside a draft's answers: the rules, whom it reaches, whom to telephone.

    ``shown`` is the referral as this person may read it.
    """
    shown, today = readable(referral, user), timezone.localdate()
    whole = shown is referral
    found = preview_of(referral, today) if whole else said_preview(shown, today)
    return {"shown": shown, **beside_of(referral, found)}


def beside_of(referral: Referral, found: Preview) -> dict[str, Any]:
    """The same of a preview that was made already."""
    return {
        "preview": found,
        "book": referral.authority.book,
        "contacts": contacts_of(referral.authority_id),
        "not_referring": way_out_of(referral) if found.may_decide_not_to else "",
    }


def way_out_of(referral: Referral) -> str:
    """The page on which a decision not to refer is made, with what this draft says."""
    page = reverse("referrals:decide-not-to-refer", args=[referral.child_id])
    return f"{page}?referral={referral.pk}"


def is_autosave(request: HttpRequest) -> bool:
    """Whether the page's script saves, and not the button."""
    return request.headers.get("X-Requested-With") == "autosave"
