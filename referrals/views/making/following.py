"""Following one delivery: what was decided, reading it, telling a contact, not agreeing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.policies import NotAllowed, NotVisible
from cse.audit.extra import note_extra_fields
from cse.children.queries.overview import contacts_of
from cse.clocks.models import Clock
from cse.clocks.pictures import Picture, picture_of
from cse.clocks.queries import calendars_in
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from referrals import actions, queries
from referrals.addressees import manned
from referrals.forms.making import ReasonForm, TellForm
from referrals.models import Delivery, Disagreement
from referrals.policies import Refused, check_can_add, check_can_disagree
from referrals.preview import route_words
from referrals.routing import Route
from referrals.transitions import CAME_BACK, WAITS_THERE, State
from referrals.views.making.common import open_own_delivery, page

WHY_NOT = "Why do you not agree, and what should happen?"

form_view = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Outcome:
    """One delivery as the referrer reads it, with what they can do about it."""

    delivery: Delivery
    name: str
    what: tuple[str, ...]
    clocks: tuple[Picture, ...]
    disagreements: tuple[Disagreement, ...]
    may_read: bool
    may_tell: bool
    may_disagree: bool
    nobody_there: bool
    may_add: bool
    unanswerable: frozenset[Any]
    """Of the disagreements, those that nobody here can answer."""
    before: Mapping[Any, Any]
    """What was decided and does not stand any more, by disagreement."""

    @property
    def is_decided(self) -> bool:
        """Whether there is a decision to tell: a proposal still waits for a second person."""
        return bool(self.delivery.decision) and self.delivery.stands_at is not State.PROPOSED


def outcomes_of(user: Any, deliveries: list[Delivery], *, own: bool) -> list[Outcome]:
    """Every delivery of a referral that is visible already, the first received first.

    Six queries, however many there are; two where a disagreement waits for its answer, and one for
    each that was upheld.
    """
    ids = [each.pk for each in deliveries]
    clocks = list(
        Clock.objects.filter(subject_id__in=ids, subject_kind="referrals.delivery").select_related(
            "authority", "late_by"
        )
    )
    calendars = calendars_in(each.authority_id for each in clocks)
    said = list(
        Disagreement.objects.filter(delivery__in=ids).select_related(
            "said_by", "answered_by", "asked__agency", "delivery__referral", "delivery__team"
        )
    )
    unanswerable = frozenset(queries.waiting_for_nobody(said))
    before = queries.decided_before(said)
    unread = set(
        WorkItem.objects.filter(
            subject_id__in=ids, kind=kinds.READ_OUTCOME, closed_at__isnull=True
        ).values_list("subject_id", flat=True)
    )
    there = _teams_there(deliveries) if own else set()
    may_add = own and _may_add(user, deliveries)
    return [
        _outcome(
            user,
            each,
            own=own,
            unmanned=own and each.team_id is not None and each.team_id not in there,
            unread=each.pk in unread,
            may_add=may_add and each.stands_at in CAME_BACK,
            said=tuple(row for row in said if row.delivery_id == each.pk),
            unanswerable=unanswerable,
            before=before,
            clocks=tuple(
                picture_of(
                    clock,
                    now=timezone.now(),
                    may_explain=own and each.team_id is None,
                    calendar=calendars[clock.authority_id],
                )
                for clock in clocks
                if clock.subject_id == each.pk
            ),
        )
        for each in deliveries
    ]


def _teams_there(deliveries: list[Delivery]) -> set[Any]:
    """Of the teams that have it, those with somebody who can still open it (bad-input.md)."""
    child = next((each.referral.child_id for each in deliveries), None)
    ids = [each.team_id for each in deliveries if each.team_id]
    return set(manned(child).filter(pk__in=ids).values_list("pk", flat=True)) if child else set()


def _may_add(user: Any, deliveries: list[Delivery]) -> bool:
    """Whether it came back, and this person may add to it and send it again."""
    if not any(each.stands_at in CAME_BACK for each in deliveries):
        return False
    try:
        check_can_add(user, deliveries[0].referral, timezone.localdate())
    except (NotAllowed, NotVisible):
        return False
    return True


def _outcome(user, delivery, *, own, unread, unmanned, may_add, said, unanswerable, before, clocks):
    decided = bool(delivery.decision) and delivery.stands_at is not State.PROPOSED
    team = delivery.team
    what = (route_words(Route(each), delivery.authority) for each in delivery.routes)
    return Outcome(
        delivery=delivery,
        name=delivery.called,
        what=tuple(dict.fromkeys(what)),
        clocks=clocks,
        disagreements=said,
        may_read=own and unread,
        may_tell=own and team is None and delivery.stands_at is State.RECEIVED,
        may_disagree=own
        and decided
        and team is not None
        and not any(row.answered_at is None for row in said),
        nobody_there=unmanned and delivery.stands_at in WAITS_THERE,
        may_add=may_add,
        unanswerable=unanswerable,
        before=before,
    )


def _own_outcome(request: HttpRequest, pk: Any) -> Outcome:
    delivery = open_own_delivery(request, pk)
    (found,) = outcomes_of(request.user, [delivery], own=True)
    return found


@require_safe
@requires(Capability.OWN_REFERRAL)
def outcome(request, pk):
    """What became of one delivery, why, and what the referrer can do now."""
    found = _own_outcome(request, pk)
    return page(
        request,
        "outcome",
        found.delivery.referral,
        found=found,
        followed=queries.followed_by(request.user, found.delivery.referral),
        contacts=contacts_of(found.delivery.authority_id) if found.unanswerable else (),
    )


@require_POST
@requires(Capability.OWN_REFERRAL)
def read(request, pk):
    """The referrer has read what was decided."""
    delivery = open_own_delivery(request, pk)
    try:
        actions.read_outcome(delivery_id=pk, by=request.user)
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, "It is recorded that you have read the outcome.")
    return redirect("referrals:show", pk=delivery.referral_id)


@form_view
@requires(Capability.OWN_REFERRAL)
def tell(request, pk):
    """Write down that a contact outside the service was told, when, whom and how."""
    return _answer(
        request,
        pk,
        template="tell",
        form_of=lambda typed, found: TellForm(typed, delivery=found.delivery),
        act=lambda said: actions.tell_contact(
            delivery_id=pk, by=request.user, note=said["reason"], at=said["told_at"]
        ),
        done=lambda _: "It is recorded that the contact was told.",
        allowed=lambda found: found.may_tell,
        twice=lambda found, said: _told_already(request.user, found, said["reason"]),
    )


@form_view
@requires(Capability.OWN_REFERRAL)
def disagree(request, pk):
    """Say that one does not agree; others than who decided have to answer."""
    return _answer(
        request,
        pk,
        template="disagree",
        form_of=lambda typed, _: ReasonForm(typed, label=WHY_NOT),
        act=lambda said: actions.disagree(delivery_id=pk, by=request.user, reasons=said["reason"]),
        done=_told_who_answers,
        allowed=lambda found: _may_disagree(request.user, found),
        more=partial(_before_disagreeing, request.user),
        twice=lambda found, said: _said_already(request.user, found, said["reason"]),
    )


def _before_disagreeing(user, found):
    """Who will answer, before anything is typed; whom to telephone where nobody here can."""
    team = queries.who_answers(found.delivery, user.pk)
    contacts = () if team else contacts_of(found.delivery.authority_id)
    return {"answering": team, "contacts": contacts}


def _told_already(user, found, text):
    """Whether it is the second click of two."""
    told = (found.delivery.acknowledged_by_id, found.delivery.told_note)
    return told == (user.pk, text)


def _said_already(user, found, text):
    """Whether it is the second click of two."""
    said = {(row.said_by_id, row.reasons) for row in found.disagreements}
    return (user.pk, text.strip()) in said


def _told_who_answers(row):
    if queries.waiting_for_nobody([row]):
        return (
            "Your disagreement is recorded. Nobody here can answer it: telephone them, and speak "
            "to your safeguarding lead, who takes it further outside the service."
        )
    return f"Your disagreement is recorded. {row.asked.name}, {row.asked.agency.name}, answers it."


def _may_disagree(user, found):
    try:
        check_can_disagree(user, found.delivery)
    except (Refused, NotVisible):
        return False
    return found.may_disagree


def _answer(
    request,
    pk,
    *,
    template,
    form_of,
    act,
    done,
    allowed,
    more=lambda _: {},
    twice=lambda _found, _said: False,
):
    """What is said about a delivery, and the act it is for.

    Refused by what others have done since, the page says so and shows what was typed.
    """
    found = _own_outcome(request, pk)
    form = form_of(request.POST or None, found)
    note_extra_fields(request, form, found.delivery.referral.child_id)
    if request.method == "POST" and form.is_valid():
        try:
            made = act(form.cleaned_data)
        except Refused as refusal:
            found = _own_outcome(request, pk)
            if twice(found, form.cleaned_data):
                return redirect("referrals:show", pk=found.delivery.referral_id)
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done(made))
            return redirect("referrals:show", pk=found.delivery.referral_id)
    elif request.method != "POST" and not allowed(found):
        messages.info(request, "There is nothing of that kind to do here now.")
        return redirect("referrals:outcome", pk=pk)
    closed = request.method == "POST" and not allowed(found)
    context = {"found": found, "form": form, "closed": closed} | ({} if closed else more(found))
    status = 409 if closed else 200
    return page(request, template, found.delivery.referral, status=status, **context)
