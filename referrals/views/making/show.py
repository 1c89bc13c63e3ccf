"""A referral that was sent, as its referrer sees it: where it is, and what was decided."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.policies import NotAllowed, NotVisible, can
from cse.access.principals import principals_of
from cse.audit.extra import note_extra_fields
from cse.children.queries.overview import contacts_of
from cse.interface.navigation import address
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from referrals import actions, queries
from referrals.arising import arises_from
from referrals.forms.making import ReasonForm
from referrals.models import NoteKind
from referrals.parts import lead_still_to_ask
from referrals.policies import Refused, check_can_oversee, check_can_withdraw, check_delivery
from referrals.preview import kept_preview
from referrals.queries.notes import notes_of, notes_without_referral
from referrals.raised import added_by_birth, is_carried
from referrals.reading import danger_said, facts_in_words, read_parts
from referrals.screen_sent import screen_sent
from referrals.transitions import Act, State
from referrals.views.making.common import (
    beside_of,
    child_page,
    open_child,
    open_own,
    open_referral,
    page,
    readable,
)
from referrals.views.making.following import outcomes_of

form_view = require_http_methods(["GET", "HEAD", "POST"])
MOST = 25


@require_safe
@requires(Capability.SEE_REFERRAL)
def show(request, pk):
    """Where it went and what became of it there; then the referral as it was sent.

    For everybody who may see it: those it was sent to read it here, and answer on their board.
    """
    referral = open_referral(request, pk)
    own = referral.agency_id in principals_of(request.user).agency_ids
    if referral.is_draft and own and can(request.user, Capability.OWN_REFERRAL, referral.child_id):
        return redirect("referrals:draft", pk=pk)
    sent_on = timezone.localdate(referral.sent_at or referral.saved_at)
    deliveries = list(queries.with_people().filter(referral=referral))
    notes = notes_of(referral)
    shown = readable(referral, request.user)
    rules = frozenset(rule["id"] for rule in shown.routing["rules"])
    return page(
        request,
        "show",
        referral,
        own=own,
        outcomes=outcomes_of(request.user, deliveries, own=own),
        danger=danger_said(referral),
        added=_still_added(referral) if shown is referral else [],
        facts=facts_in_words(shown),
        parts=[(each, "") for each in read_parts(shown)],
        notes=notes,
        overseen=next((each for each in notes if each.kind == NoteKind.OVERSIGHT), None),
        may_oversee=own and _may_oversee(request.user, referral),
        joint="R6" in rules,
        ask_lead=own and lead_still_to_ask(referral.sections, rules),
        withdrawing=_withdrawing(request.user, referral, deliveries) if own else "",
        screen_owed=_screen_owed(request.user, referral, sees_record=shown is referral),
        followed=queries.followed_by(request.user, referral),
        escalating=own and _is_escalated(referral),
        screen=screen_sent(referral, request.user),
        contacts_there=contacts_of(referral.other_area.pk) if referral.other_area else (),
        **beside_of(referral, kept_preview(shown, sent_on)),
    )


def _still_added(referral):
    """What a corrected date of birth asks for, where nothing that was done since carries it."""
    added = added_by_birth(referral)
    return [] if added and is_carried(referral, added) else added


def _withdrawing(user, referral, deliveries):
    """ "open", or why it needs somebody else; "" once another has claimed or answered any of it."""
    deliveries = [each for each in deliveries if not each.is_senders_own]
    if not deliveries or any(each.stands_at is not State.RECEIVED for each in deliveries):
        return ""
    try:
        check_delivery(user, deliveries[0], Act.WITHDRAW)
    except Refused:
        return ""
    try:
        check_can_withdraw(user, referral, deliveries)
    except Refused as refusal:
        return str(refusal)
    return "open"


def _is_escalated(referral):
    """Whether a disagreement that nobody can answer still has to be taken outside the service."""
    waiting = WorkItem.objects.filter(subject_id=referral.pk, closed_at__isnull=True)
    return waiting.filter(kind=kinds.ESCALATE_DISAGREEMENT).exists()


def _screen_owed(user, referral, *, sees_record):
    """ "yours" where the screen that was outstanding at sending still waits for this person, their
    team or their agency; "theirs" where the front door has it; "" where none does (DEC-25, DEC-28),
    and for a line manager who sees no record and begins no screen.
    """
    waiting = WorkItem.objects.filter(subject_id=referral.pk, closed_at__isnull=True)
    item = waiting.filter(kind=kinds.SCREEN_OUTSTANDING).first()
    if item is None:
        return ""
    principals = principals_of(user)
    if item.owner_group_id is None:
        return "yours" if sees_record and referral.agency_id in principals.agency_ids else ""
    return "yours" if item.owner_group_id in principals.groups else "theirs"


@form_view
@requires(Capability.OWN_REFERRAL)
def oversee(request, pk):
    """As the line manager: read it, and record the oversight (O §7.4.6)."""
    referral = open_own(request, pk)
    label = "What have you looked at, and what do you say to it?"
    form = ReasonForm(request.POST or None, label=label)
    note_extra_fields(request, form, referral.child_id)
    if request.method == "POST" and form.is_valid():
        try:
            actions.oversee(referral_id=pk, by=request.user, note=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your oversight is recorded, and stands beside the referral.")
            return redirect("referrals:show", pk=pk)
    elif request.method != "POST" and not _may_oversee(request.user, referral):
        messages.info(request, "There is nothing of that kind to do here now.")
        return redirect("referrals:show", pk=pk)
    return page(request, "oversee", referral, form=form)


def _may_oversee(user, referral):
    try:
        check_can_oversee(user, referral)
    except (NotAllowed, NotVisible):
        return False
    return True


ANSWERED = (
    "A team has claimed or answered it, so that it is not withdrawn any more. Write a note beside "
    "it, or ask the team to send it back."
)


@form_view
@requires(Capability.OWN_REFERRAL)
def withdraw(request, pk):
    """Take back a referral that nobody has claimed or answered; it is kept, and says why."""
    referral = open_own(request, pk)
    if referral.is_draft:
        return redirect("referrals:draft", pk=pk)
    form = ReasonForm(request.POST or None, label="Why do you withdraw it?")
    note_extra_fields(request, form, referral.child_id)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(referral_id=pk, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The referral is withdrawn, and kept with your reason.")
            return redirect("referrals:show", pk=pk)
    elif request.method != "POST":
        stands = _withdrawing(
            request.user, referral, list(queries.with_people().filter(referral=referral))
        )
        if stands != "open":
            messages.info(request, stands or ANSWERED)
            return redirect("referrals:show", pk=pk)
    return page(request, "withdraw", referral, form=form)


# -- Lists --------------------------------------------------------------------------------------


@require_safe
@requires(Capability.SEE_REFERRAL)
def my_referrals(request):
    """The drafts of one's agency, and what it has sent last."""
    may_refer = Capability.REFER in principals_of(request.user).acts
    drafts = list(queries.drafts_of(request.user)[: MOST + 1]) if may_refer else []
    return render(
        request,
        "referrals/making/list.html",
        {
            "drafts": drafts,
            "sent": list(queries.sent_by_agency_of(request.user)[: MOST + 1]),
            "arises_from": arises_from,
            "most": MOST,
            "may_refer": may_refer,
            "board": address("referrals:board"),
        },
    )


@require_safe
@requires(Capability.SEE_REFERRAL)
def child_referrals(request, child_id):
    """A child's referrals that this person may see, newest first."""
    child = open_child(request, child_id, Capability.SEE_REFERRAL)
    return child_page(
        request,
        "child",
        child,
        referrals=list(queries.referrals_of(request.user, child.pk)[: MOST * 4]),
        arises_from=arises_from,
        set_aside=queries.set_aside_of(request.user, child.pk),
        notes=list(notes_without_referral(request.user, child.pk)[:MOST]),
        may_refer=Capability.REFER in principals_of(request.user).acts,
    )
