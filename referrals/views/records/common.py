"""What every page of a record beside a referral needs: the child at its head, and its forms."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cse.access.capabilities import Capability
from cse.access.lookup import get_visible_or_404
from cse.access.policies import only_in_an_emergency
from cse.audit import events
from cse.children.models import Child
from cse.children.pages import frame
from cse.strict import Refused as BadFacts
from referrals.actions.deciding_not import ReferralUnderWay
from referrals.forms.deciding_not import TokenForm
from referrals.forms.facts import FactsForm
from referrals.policies import SentAlready
from referrals.policies_beside import IN_AN_EMERGENCY


def open_child(request: HttpRequest, child_id: uuid.UUID, capability: Capability) -> Child:
    """The child, or the 404 that a made-up id gets; a look is noted."""
    rows = Child.objects.select_related("authority")
    child = get_visible_or_404(rows, request.user, capability, child_id)
    if request.method != "POST":
        events.look(str(capability), child=child)
    return child


def turned_away(request: HttpRequest, child: Child) -> HttpResponse | None:
    """Where an emergency opening alone shows the child: to the referral, before a word is typed."""
    if request.method == "POST" or not only_in_an_emergency(request.user, child):
        return None
    messages.warning(request, IN_AN_EMERGENCY)
    return redirect("referrals:start-from-child", child_id=child.pk)


def open_row(request: HttpRequest, rows: Any, capability: Capability, pk: uuid.UUID) -> Any:
    """A record among those the person may see, or the one 404; a look is noted."""
    row = get_visible_or_404(rows, request.user, capability, pk)
    if request.method != "POST":
        events.look(str(capability), child=row.child_id, obj=row)
    return row


def child_page(
    request: HttpRequest,
    template: str,
    child: Child,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page under the child's identity bar."""
    framed = frame(child, request.user)
    return render(request, f"referrals/records/{template}.html", framed | context, status=status)


def sent_already(form: Any, token: TokenForm, act: Any) -> tuple[Any, TokenForm]:
    """What ``act()`` gives, and the form's token.

    None, with why on ``form``, and the token of another record, where that form was sent before and
    said something else.
    """
    try:
        return act(), token
    except SentAlready as refusal:
        form.add_error(None, str(refusal))
    return None, TokenForm(initial={"token": new_token()})


def try_facts(form: FactsForm, act: Any) -> Any:
    """What ``act(facts)`` gives; None, with every problem at its field, where they contradict.

    So too, above the form, where a referral is under way that leaves no way out.
    """
    try:
        return act(form.facts())
    except BadFacts as bad:
        form.add_problems(bad.problems)
    except ReferralUnderWay as refusal:
        form.add_error(None, str(refusal))
    return None


def has_errors(*forms: Any) -> bool:
    """Whether the title says "Error:"."""
    return any(form.is_bound and form.errors for form in forms)


def new_token() -> str:
    """A token for a form that has not been sent."""
    return str(uuid.uuid4())


def as_uuid(text: str) -> uuid.UUID:
    """The id that was sent; for what is none the one that no row has."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)
