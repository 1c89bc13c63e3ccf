"""Beginning a referral: from nothing, from a child, from a screen; and setting a draft aside."""

import uuid

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.lookup import get_visible_or_404
from cse.access.policies import NotAllowed, can
from cse.access.principals import principals_of
from cse.audit.extra import note_extra_fields
from cse.children.queries.overview import contacts_of
from cse.interface.words import date_words
from cse.people.models import Authority
from referrals import actions, queries
from referrals.arising import arises_from
from referrals.forms.making import ReasonForm, StartForm, read_token
from referrals.policies import AlreadyBegun, Refused, check_can_set_aside, check_considered
from referrals.views.making.common import child_page, open_child, open_own, page, readable
from screening.naming import days_of, version_words
from screening.policies import is_adult
from screening.queries import screens_of
from screening.queries import visible_to as screens_visible_to

form_view = require_http_methods(["GET", "HEAD", "POST"])
MOST_SCREENS = 6


@require_safe
@requires(Capability.REFER)
def start(request):
    """From nothing: who to telephone first, then the child. It gates nothing (R1)."""
    own = principals_of(request.user).authority_id
    area = Authority.objects.filter(pk=own).first() if own else None
    contacts = contacts_of(area.pk) if area else []
    return render(request, "referrals/making/start.html", {"authority": area, "contacts": contacts})


@form_view
@requires(Capability.REFER)
def start_from_child(request, child_id):
    """From a child: a screen goes along where there is one, and nothing waits for it."""
    child = open_child(request, child_id, Capability.REFER)
    return _start(request, child, None)


@form_view
@requires(Capability.REFER)
def start_from_screen(request, screen_id):
    """From a screen, which goes along as it is."""
    screens = screens_visible_to(request.user, Capability.SEE_SCREEN)
    screen = get_visible_or_404(screens, request.user, Capability.REFER, screen_id)
    child = open_child(request, screen.child_id, Capability.REFER)
    return _start(request, child, screen)


def _start(request, child, chosen):
    screens = screens_to_attach(request.user, child)
    first = chosen.pk if chosen else next((each.pk for each, _ in screens), "none")
    form = StartForm(request.POST or None, screens=screens, initial={"screen": str(first)})
    adult = is_adult(child, timezone.localdate())
    status = 200
    if request.method == "POST" and not adult and form.is_valid():
        token = read_token(request.POST.get("token", ""))
        chosen = form.cleaned_data.get("screen")
        try:
            referral = _begin(request, child, chosen, screens, token)
        except AlreadyBegun as begun:
            form.add_error(None, str(begun))
            status = 409
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("referrals:draft", pk=referral.pk)
    drafts = queries.drafts_of(request.user).filter(child_id=child.pk)
    return child_page(
        request,
        "start_child",
        child,
        status=status,
        form=form,
        adult=adult,
        has_screens=bool(screens),
        drafts=[(each, arises_from(each)) for each in drafts[:MOST_SCREENS]],
        token=request.POST.get("token") or uuid.uuid4(),
        contacts=contacts_of(child.authority_id),
    )


def _begin(request, child, chosen, screens, token):
    screen = next((each for each, _ in screens if str(each.pk) == chosen), None)
    how = {"by": request.user, "token": token, "beside_a_draft": "another" in request.POST}
    if screen is None:
        referral, is_new = actions.start_from_child(child=child, **how)
    else:
        referral, is_new = actions.start_from_screen(screen=screen, **how)
    if not is_new:
        messages.info(request, "This referral was begun already: you are now in it.")
    return referral


def screens_to_attach(user, child):
    """The child's screens that this person may see, newest first, each with its words."""
    found = list(screens_of(user, child.pk).exclude(corrections__status="complete")[:MOST_SCREENS])
    days = days_of(found)
    return [(each, _screen_words(each, days.get(each.pk))) for each in found]


def _screen_words(screen, day):
    name = version_words(screen)
    if screen.is_complete:
        return f"{name}, completed on {day}, by {screen.completed_by.get_full_name()}"
    begun = f"begun on {date_words(screen.created_at)} by {screen.created_by.get_full_name()}"
    return f"{name}, a draft that is not finished, {begun}"


@require_POST
@requires(Capability.REFER)
def again(request, pk):
    """Add to a referral that came back, and send it again: a draft that says all that it said."""
    referral = open_own(request, pk)
    note_extra_fields(request, None, referral.child_id)
    try:
        found, is_new = actions.start_again(referral_id=pk, by=request.user)
    except NotAllowed as refusal:
        messages.info(request, str(refusal))
        return redirect("referrals:show", pk=pk)
    if is_new:
        messages.success(
            request,
            "This draft says all that the referral said. Add what was missing, and send it.",
        )
    else:
        messages.info(request, "This was begun already: here it is.")
    return redirect("referrals:draft", pk=found.pk)


@form_view
@requires(Capability.OWN_REFERRAL)
def put_aside(request, pk):
    """Set aside a draft that should not have been begun; it is kept with the reason."""
    referral = open_own(request, pk)
    if not referral.is_draft:
        return redirect("referrals:show", pk=pk)
    form = ReasonForm(request.POST or None, label="Why is it set aside?")
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            actions.set_aside(referral_id=pk, by=request.user, reason=reason)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The draft was set aside. It is kept, and nobody changes it.")
            if can(request.user, Capability.SEE_REFERRAL, referral.child_id):
                return redirect("referrals:child", child_id=referral.child_id)
            return redirect("referrals:list")
    rules = readable(referral, request.user).routing["rules"]
    return page(
        request,
        "set_aside",
        referral,
        form=form,
        owed=[rule for rule in rules if rule["obligation"] == "mandatory"],
        considered=any(rule["id"] == "R9" for rule in rules),
        why_not=_why_not_aside(request.user, referral),
    )


def _why_not_aside(user, referral):
    """Why this person cannot set it aside now, for the page to say before anything is typed."""
    try:
        check_can_set_aside(user, referral)
        check_considered(referral)
    except Refused as refusal:
        return str(refusal)
    return ""
