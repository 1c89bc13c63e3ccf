"""What a team does with a referral it was sent: read it, claim it, decide, acknowledge."""

from functools import partial

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.lookup import get_visible_or_404
from cse.access.principals import principals_of
from cse.audit import events
from cse.audit.extra import note_extra_fields
from cse.children.queries.overview import contacts_of
from cse.clocks.pictures import picture_of
from cse.clocks.queries import calendar_for, clocks_of
from cse.interface.queries import hints_for
from referrals import actions, queries
from referrals.forms.triage import DecideForm, ReleaseForm, SecondForm
from referrals.models import Delivery
from referrals.policies import Refused, acts_open_to, asked_of, check_delivery
from referrals.preview import kept_for
from referrals.queries.notes import notes_to_answer
from referrals.raised import added_by_birth
from referrals.reading import danger_said, facts_in_words, read_parts, rules_of_referral, why_there
from referrals.screen_sent import screen_sent
from referrals.transitions import Act
from referrals.views.deciding import choices_of, effects_of, offered_of
from referrals.views.heads import child_head
from referrals.views.known import panels_beside
from screening.child_then import birth_words, child_as

POSTED = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@requires(Capability.TRIAGE)
def delivery(request, pk):
    """The referral whole, what is known of the child beside it, and what may be done now."""
    return _page(request, open_delivery(request, pk))


def open_delivery(request, pk):
    """The delivery to a team of this person, and a look in the log; else the one 404."""
    own = queries.with_people().filter(team__group_id__in=principals_of(request.user).groups)
    found = get_visible_or_404(
        own.select_related(
            "referral__placed_in",
            "referral__placed_by",
            "referral__authority",
            "referral__screen",
            "passed_by__team",
            "passed_by__decided_by",
            "passed_by__approved_by",
        ),
        request.user,
        Capability.TRIAGE,
        pk,
    )
    if request.method != "POST":
        child_id = found.referral.child_id
        events.look(str(Capability.TRIAGE), child=child_id, obj=found.referral)
    return found


@require_POST
@requires(Capability.TRIAGE)
def claim(request, pk):
    """Take it: of two people who press the button one has it, and the other is told who."""
    found = open_delivery(request, pk)
    if found.claimed_by_id == request.user.pk:  # a second click
        return redirect("referrals:delivery", pk)
    note_extra_fields(request, None, found.referral.child_id)
    act = partial(actions.claim, delivery_id=pk, by=request.user)
    return _carry_out(request, found, act, "You have this referral. The decision is yours.")


@require_POST
@requires(Capability.TRIAGE)
def acknowledge(request, pk):
    """Say for one's team that it has the referral and acts on it (O-REF-10)."""
    found = open_delivery(request, pk)
    if found.acknowledged_by_id == request.user.pk:
        return redirect("referrals:delivery", pk)
    note_extra_fields(request, None, found.referral.child_id)
    act = partial(actions.acknowledge, delivery_id=pk, by=request.user)
    return _carry_out(request, found, act, "Acknowledged: your team has this referral.")


@POSTED
@requires(Capability.TRIAGE)
def release(request, pk):
    """Give it back to the team's queue, saying why."""
    if request.method != "POST":
        return delivery(request, pk)
    found = open_delivery(request, pk)
    form = ReleaseForm(request.POST)
    return _typed_act(
        request,
        found,
        Act.RELEASE,
        release=form,
        act=lambda: actions.release(
            delivery_id=pk, by=request.user, reason=form.cleaned_data["reason"]
        ),
        done="Given back: your team can claim it again.",
    )


@POSTED
@requires(Capability.TRIAGE)
def decide(request, pk):
    """Decide it, with reasons; a second person agrees first where a rule made it mandatory."""
    if request.method != "POST":
        return delivery(request, pk)
    if _decided_already(request, pk):
        messages.info(request, "Your decision was kept with the first click.")
        return _after(request, pk)
    found = open_delivery(request, pk)
    form = DecideForm(request.POST, choices=choices_of(request.user, found))
    return _typed_act(
        request,
        found,
        Act.PASS_ON if found.decision == Act.ACCEPT else Act.ACCEPT,
        decide=form,
        act=lambda: actions.decide(
            delivery_id=pk,
            by=request.user,
            decision=form.chosen,
            reasons=form.cleaned_data["reasons"],
        ),
        done="Your decision is kept. Whoever referred is told that it can be read.",
        proposed="Your proposal is kept. It waits for somebody else of your team to agree.",
    )


@POSTED
@requires(Capability.TRIAGE)
def second(request, pk):
    """Agree, or not, to an outcome that a colleague proposed for a mandatory referral."""
    if request.method != "POST":
        return delivery(request, pk)
    found = open_delivery(request, pk)
    form = SecondForm(request.POST)

    def answer():
        act = actions.agree if form.agrees else actions.refuse
        said = form.cleaned_data
        return act(delivery_id=pk, by=request.user, note=said["note"], about=said["about"])

    return _typed_act(
        request, found, Act.DISAGREE, second=form, act=answer, done="Your answer is kept."
    )


def _decided_already(request, pk):
    """Whether this very decision of this person is stored: the second click of two."""
    return Delivery.objects.filter(
        pk=pk,
        decided_by_id=request.user.pk,
        decision=request.POST.get("decision", ""),
        reasons=request.POST.get("reasons", "").replace("\r\n", "\n"),
    ).exists()


def _typed_act(request, found, asked, *, act, done, proposed="", **form_of):
    """An act with a form: refused whole where the state allows it no more, with what was typed."""
    ((name, form),) = form_of.items()
    note_extra_fields(request, form, found.referral.child_id)
    typed = [text for key, text in request.POST.items() if key in ("reason", "reasons", "note")]
    try:
        check_delivery(request.user, found, asked)
    except Refused as refused:
        return _refused(request, found, refused, typed, **{name: _as_typed(request, found, form)})
    if "check_wording" in request.POST:
        unbound = _as_typed(request, found, form)
        unbound.initial["about"] = request.POST.get("about", "")
        return _page(request, found, **{name: unbound}, hints={name: hints_for(" ".join(typed))})
    if not form.is_valid():
        return _page(request, found, **{name: form})
    return _carry_out(request, found, act, done, typed, proposed, **{name: form})


def _as_typed(request, found, form):
    """The form as it was filled in, without a word about what is still missing."""
    # What it is about is what stands there now: the page has been read again.
    initial = {name: text for name, text in request.POST.items() if name != "about"}
    if isinstance(form, DecideForm):
        return DecideForm(initial=initial, choices=choices_of(request.user, found))
    return type(form)(initial=initial)


def _carry_out(request, found, act, done, typed=(), proposed="", **form_of):
    try:
        after = act()
    except Refused as refused:  # somebody was quicker
        stored = open_delivery(request, found.pk)
        kept = {name: _as_typed(request, stored, form) for name, form in form_of.items()}
        return _refused(request, stored, refused, typed, **kept)
    messages.success(request, proposed if proposed and after.state == "proposed" else done)
    return _after(request, found.pk)


def _after(request, pk):
    """The page again; the board for a team that needs to see the child no more."""
    if queries.deliveries_to(request.user).filter(pk=pk).exists():
        return redirect("referrals:delivery", pk)
    messages.info(
        request,
        "Nothing is left to do for your team, so that it no longer sees the child. The decision "
        "is kept, and stands under “Decided lately” without the child’s name.",
    )
    return redirect("referrals:board")


def _refused(request, found, refused, typed, **form_of):
    """Why it was not done. What was typed stays in its form; where that is not open to this person
    any more it is shown, to be copied.
    """
    events.refused(
        str(Capability.TRIAGE), rule="state", child_id=found.referral.child_id, obj=found
    )
    typed = [text for text in typed if text]
    return _page(request, found, status=409, refused=str(refused), typed=typed, **form_of)


def _offering(form, choices):
    form.fields["decision"].choices = choices
    return form


def _page(request, found, *, status=200, refused="", typed=(), hints=None, **forms):
    referral, user = found.referral, request.user
    calendar = calendar_for(found.authority)
    now = timezone.now()
    acts = {act.name.lower() for act in acts_open_to(user, found)}
    choices = choices_of(user, found)
    offered = offered_of(choices, found)
    there = {"release": "release" in acts, "decide": bool(offered), "second": "disagree" in acts}
    against = list(queries.disagreements_on(found))
    context = {
        **child_head(referral.child, user),
        "delivery": found,
        "referral": referral,
        "rules": rules_of_referral(referral),
        "owed": kept_for(found),
        "added": added_by_birth(referral),
        "why_there": why_there(found),
        "parts": read_parts(referral),
        "danger": danger_said(referral),
        "facts": facts_in_words(referral),
        "screen": screen_sent(referral, user),
        "then": child_as(referral.child_facts),
        "born": birth_words(child_as(referral.child_facts)),
        "others": queries.others_of(found),
        "known": queries.known_about(user, referral.child, referral),
        "panels": panels_beside(referral.child, user),
        "notes": notes_to_answer(user, referral),
        "disagreements": against,
        "before": queries.decided_before(against),
        "unanswerable": queries.waiting_for_nobody(against),
        "clocks": [
            picture_of(each, now=now, may_explain=True, calendar=calendar)
            for each in clocks_of(found)
        ],
        "acts": acts,
        "asked": asked_of(found) if there["second"] else "",
        "effects": effects_of(found),
        "choices": offered,
        "nobody_to_pass_to": len(offered) < len(choices),
        "contacts": contacts_of(found.authority_id) if len(offered) < len(choices) else (),
        "release": forms.get("release") or ReleaseForm(),
        "decide": _offering(forms.get("decide") or DecideForm(choices=offered), offered),
        "second": forms.get("second") or SecondForm(),
        "form": next(iter(forms.values()), None),
        "has_errors": bool(refused) or any(each.errors for each in forms.values()),
        "refused": refused,
        "typed": typed,
        "typed_stays": any(there[name] for name in forms),
        "hints": hints or {},
    }
    return render(request, "referrals/triage/delivery.html", context, status=status)
