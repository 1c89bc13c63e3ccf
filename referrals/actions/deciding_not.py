"""Deciding not to refer: facts, reasons, the practitioner's signature, then the others' (DEC-13).

The under-13 exception is the same act with one signature more (DEC-10). The referral is owed
until everybody has signed; the exception's is drafted from the start.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cse.access.actions import end_asked_access, let_read_signed, let_see_to_answer
from cse.audit import events
from cse.children.models import Child
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from referrals.actions.beside import (
    LONGEST,
    agency_of,
    draft_referral,
    let_agency_see,
    lock,
    lock_child,
    made_before,
)
from referrals.actions.common import (
    ANSWER_DAYS,
    DRAFT_DAYS,
    KEPT,
    RESPONSIBLE_DAYS,
    check_same,
    keep,
)
from referrals.actions.owed import (
    decided_after_all,
    owe_early_help,
    owe_referral,
    referral_made,
)
from referrals.actions.raised import decided_since
from referrals.actions.start import put_away_signed
from referrals.actions.under_way import others_against, own_against
from referrals.facts import only_said, said_anew, says_other_days
from referrals.models import Capacity, DecisionNotToRefer, Referral, Signature, Way
from referrals.on_record import facts_on_record, route_on
from referrals.policies import Refused, check_can_set_aside, check_can_start
from referrals.policies_beside import (
    ROLES,
    check_can_answer_decision,
    check_can_begin,
    check_can_change,
    check_can_sign,
    leads_for,
    managers_for,
)
from referrals.routing import Obligation
from referrals.signing import content_of, hash_of, signer
from referrals.ways_out import NEEDED, Missing, closing, missing, way_of
from screening.actions.common import due_in
from screening.child_then import facts_to_keep

TEXTS = ("reasons", "factors_considered", "safety", "other_decision_makers")
PEOPLE = {"lead": leads_for, "manager": managers_for}
REFERRED_ELSEWHERE = (
    "This child has been referred by another agency, and the rules of that referral leave no way "
    "out. What you know belongs with it: make a referral."
)
SENT_ALREADY = (
    "Your agency has referred this child, and a rule makes that referral owed ({rules}): it cannot "
    "be decided otherwise. Write a note beside it, or make another referral."
)
DRAFTED_ALREADY = (
    "A referral of this child that a rule makes owed ({rules}) is in draft. Finish it: while it is "
    "owed it cannot be decided otherwise."
)
ASKED_ALREADY = (
    "Your agency has asked this already for this child, and there a rule makes a referral owed "
    "({rules}). Go on with that draft: while it is open it cannot be decided otherwise."
)
SIGNED = "Answered for a decision not to refer: may read it again as it was signed"
ASKED = "Asked to sign a decision not to refer; until the answer"


class Unavailable(Refused):
    """A rule asks for a referral: the way out is closed. ``rules`` are those that close it."""

    def __init__(self, rules: list[Mapping[str, Any]]) -> None:
        self.rules = rules
        named = ", ".join(rule["id"] for rule in rules)
        super().__init__(
            f"A referral is owed ({named}): this cannot be decided otherwise."
            if rules
            else "No rule asks for a referral here, so that there is nothing to decide not to do."
        )


class ReferralUnderWay(Refused):
    """A referral of the child is under way whose rules leave no such way out."""


class Unfinished(Exception):  # noqa: N818  (nothing went wrong: something is missing)
    """It cannot be signed yet; ``missing`` names everything that has to be added."""

    def __init__(self, wanted: tuple[Missing, ...]) -> None:
        self.missing = wanted
        super().__init__(f"{len(wanted)} things are missing")


class StaleDecision(Exception):  # noqa: N818  (a clash of two people, not a mistake of either)
    """Somebody else saved since the page was opened; ``decision`` is what is stored now."""

    def __init__(self, decision: DecisionNotToRefer) -> None:
        self.decision = decision
        super().__init__("saved by somebody else")


@transaction.atomic
def start_decision(
    *, child: Child, facts: Mapping[str, Any], by: Any, token: uuid.UUID
) -> tuple[DecisionNotToRefer, bool]:
    """A draft with what the worker says; the rules say at once whether there is a way out.

    Gives the draft and whether it is new: the same ``token`` makes one. Raises
    ``cse.strict.Refused`` with every fact that contradicts another, and `SentAlready` where the
    same form said something else before.
    """
    check_can_start(by, child, timezone.localdate())
    check_can_begin(by, child)
    child = lock_child(child)
    rows = DecisionNotToRefer.objects.select_related("child", "authority", "agency", "made_by")
    found = made_before(rows, child, made_by=by, token=token)
    if found is not None:
        check_same(found, facts=only_said(facts))
        return found, False
    moment = timezone.now()
    decision = DecisionNotToRefer(
        token=token,
        child=child,
        authority=child.authority,
        agency=agency_of(by),
        made_by=by,
        made_at=moment,
        saved_at=moment,
    )
    ask_rules_of(decision, facts, strict=True)
    if decision.way == Way.DECISION:
        # Of an exception the referral is made out first: then signing is refused.
        _check_own(decision)
    keep(decision, "started")
    _record("decision not to refer started", decision, by)
    let_agency_see(child, decision.agency, by, "Began a decision not to refer this child")
    _wait(decision)
    _draft_what_is_owed(decision, by)
    return decision, True


@transaction.atomic
def set_decision_facts(
    *, decision_id: uuid.UUID, facts: Mapping[str, Any], version: int, by: Any
) -> DecisionNotToRefer:
    """Say what is known anew; it replaces what was said before. Raises as `start_decision`."""
    decision = _to_change(decision_id, version, by)
    ask_rules_of(decision, facts, strict=says_other_days(decision.facts, facts))
    _saved(decision, by, ["facts"])
    _wait(decision)
    _draft_what_is_owed(decision, by)
    return decision


def ask_again(child: Child, by: Any) -> None:
    """Something new is known of a child: the rules are asked again of each draft, inside that act.

    What they ask for then waits, for whoever decides and for the leads of their agency.
    """
    drafts = DecisionNotToRefer.objects.filter(child=child, status="draft").order_by("pk")
    for decision_id in drafts.values_list("pk", flat=True):
        decision = lock(_rows(), decision_id)
        before = decision.routing
        ask_rules_of(decision, decision.facts)
        if decision.routing != before:
            _saved(decision, by, ["rules"])
            _wait(decision)
            if decision.way == Way.EXCEPTION:
                # Its referral is drafted where somebody says so themselves; here it waits.
                owe_referral(decision, decision.made_by)


def _wait(decision: DecisionNotToRefer) -> None:
    """A draft waits to be finished; where a rule leaves no way out, the referral waits instead."""
    closed = closing(decision.routing, decision.way or Way.DECISION)
    if any(rule["obligation"] == Obligation.MANDATORY for rule in closed):
        close_items(subject=decision, kind=kinds.FINISH_DECISION)
        owe_referral(decision, decision.made_by)
        return
    referral_made(decision)
    open_item(
        kind=kinds.FINISH_DECISION,
        owner=decision.made_by,
        child=decision.child,
        subject=decision,
        due_at=due_in(DRAFT_DAYS, decision.child),
    )


@transaction.atomic
def save_decision(
    *, decision_id: uuid.UUID, values: Mapping[str, Any], version: int, by: Any
) -> DecisionNotToRefer:
    """Save what is written of it; nothing that is missing is refused before signing.

    ``values``: the texts, ``lead`` and ``manager`` (ids, each only of those who may be named)
    and ``consulted_on`` (a day). The rules are asked once more: the child grows older. Raises
    `StaleDecision`.
    """
    decision = _to_change(decision_id, version, by)
    before = decision.way
    ask_rules_of(decision, decision.facts)
    _write(decision, values)
    _saved(decision, by, sorted(values))
    if decision.way != before:
        _wait(decision)
    return decision


@transaction.atomic
def sign_decision(
    *,
    decision_id: uuid.UUID,
    by: Any,
    version: int,
    values: Mapping[str, Any] | None = None,
) -> DecisionNotToRefer:
    """Sign as the practitioner: the rules are asked once more, and what is signed is frozen.

    Raises `Unavailable` where a rule asks for a referral by now, `Unfinished` with everything
    that is missing, `StaleDecision`, and `NoDraft` for a second click.
    """
    decision = lock(_rows(), decision_id)
    check_can_sign(by, decision)
    if decision.version != version:
        raise StaleDecision(decision)
    check_can_start(by, decision.child, timezone.localdate())
    if values is not None:
        _write(decision, values)
    ask_rules_of(decision, decision.facts)
    if not decision.way:
        raise Unavailable(_why_closed(decision))
    _check_nothing_against(decision)
    wanted = missing_of(decision)
    if wanted:
        raise Unfinished(wanted)
    _freeze(decision)
    close_items(subject=decision)
    _sign(decision, Capacity.PRACTITIONER, by, agrees=True, note="")
    _record("decision not to refer signed", decision, by)
    for person in filter(None, (decision.lead, decision.manager)):
        _ask(decision, person, by)
    return decision


@transaction.atomic
def answer_decision(
    *, decision_id: uuid.UUID, by: Any, agrees: bool, note: str = ""
) -> DecisionNotToRefer:
    """Sign a decision as the lead or the manager named in it, or refuse to, saying why.

    It stands once all have signed; where one does not agree the referral is owed. Whoever answers
    may read what they answered for again, and sees nothing else of the child by that.
    """
    decision = lock(_rows(), decision_id)
    capacity = check_can_answer_decision(by, decision)
    if not agrees and not note.strip():
        raise Refused("Say why you do not agree.")
    first = decision.signatures.get(capacity=Capacity.PRACTITIONER)
    if first.signed_hash != hash_of(content_of(decision)):
        raise Refused("What is stored is not what was signed. Tell your administrator.")
    if agrees:
        _check_nothing_against(decision)
    _sign(decision, capacity, by, agrees=agrees, note=note)
    let_read_signed(child=decision.child, reason=SIGNED, days=RESPONSIBLE_DAYS, user=by)
    _record(
        "decision not to refer countersigned" if agrees else "decision not to refer not agreed",
        decision,
        by,
        reason=note,
    )
    signed = set(decision.signatures.values_list("capacity", flat=True))
    if not agrees:
        close_items(subject=decision)
        owe_referral(decision, decision.made_by)
    elif signed >= set(NEEDED[decision.way]):
        close_items(subject=decision)
        _put_draft_away(decision, by)
        decided_since(decision)
        decided_after_all(decision)
        if any(rule["id"] == "R13" for rule in decision.routing["rules"]):
            owe_early_help(decision.child, decision.agency_id, decision.made_by)
    else:
        _answered_by(decision, by)
    end_asked_access(decision.child, by)
    return decision


@transaction.atomic
def set_decision_aside(*, decision_id: uuid.UUID, by: Any, reason: str) -> DecisionNotToRefer:
    """Put a draft away that should not have been begun; it is kept, and says why.

    Where a rule makes a referral mandatory its draft goes on, or a second person says so.
    """
    decision = lock(_rows(), decision_id)
    check_can_change(by, decision)
    check_can_set_aside(by, decision)
    if not reason.strip():
        raise Refused("Say why the draft is set aside.")
    decision.status, decision.set_aside_reason = "set_aside", reason
    keep(decision, "set aside")
    close_items(subject=decision)
    _record("decision not to refer set aside", decision, by, reason=reason)
    return decision


@transaction.atomic
def refer_instead(*, decision_id: uuid.UUID, by: Any) -> Referral:
    """The draft of the referral that a decision leads to: with its facts, once."""
    decision = lock(_rows(), decision_id)
    return draft_referral(child=decision.child, key=decision.pk, facts=decision.facts, by=by)


def missing_of(decision: DecisionNotToRefer) -> tuple[Missing, ...]:
    """What has to be added before a decision can be signed, besides the signature."""
    fields = (*TEXTS, "lead", "manager", "consulted_on")
    return tuple(missing(decision.way, {name for name in fields if getattr(decision, name)}))


def _rows() -> Any:
    return DecisionNotToRefer.objects.select_related(
        "child__authority", "authority", "agency", "made_by", "lead", "manager"
    )


def _to_change(decision_id: uuid.UUID, version: int, by: Any) -> DecisionNotToRefer:
    decision: DecisionNotToRefer = lock(_rows(), decision_id)
    check_can_change(by, decision)
    if decision.version != version:
        raise StaleDecision(decision)
    return decision


def ask_rules_of(
    decision: DecisionNotToRefer, facts: Mapping[str, Any], *, strict: bool = False
) -> None:
    """What the rules say of a draft today; ``strict`` of what is being said now."""
    decision.facts = said_anew(decision.facts, facts)
    decision.record_facts = facts_on_record(decision.child)
    found = route_on(
        decision.facts,
        decision.record_facts,
        child=decision.child,
        area=decision.authority,
        on=timezone.localdate(),
        strict=strict,
    )
    decision.routing, decision.routing_version = found.as_json(), found.version
    decision.way = way_of(decision.routing)


def _check_nothing_against(decision: DecisionNotToRefer) -> None:
    """Raise where a referral of the child is under way whose rules leave no such way out.

    Of another agency's only whoever signs learns, and no more than that there is one.
    """
    _check_own(decision)
    if others_against(decision):
        raise ReferralUnderWay(REFERRED_ELSEWHERE)


def _check_own(decision: DecisionNotToRefer) -> None:
    found = own_against(decision)
    if found is None:
        return
    rules = ", ".join(rule["id"] for rule in closing(found.routing, decision.way))
    if isinstance(found, DecisionNotToRefer):
        raise ReferralUnderWay(ASKED_ALREADY.format(rules=rules))
    words = SENT_ALREADY if found.status == "sent" else DRAFTED_ALREADY
    raise ReferralUnderWay(words.format(rules=rules))


def _why_closed(decision: DecisionNotToRefer) -> list[Mapping[str, Any]]:
    return closing(decision.routing, Way.DECISION)


def _write(decision: DecisionNotToRefer, values: Mapping[str, Any]) -> None:
    for name in TEXTS:
        if name in values:
            text = str(values[name]).strip()
            if len(text) > LONGEST:
                raise Refused(f"A field holds {LONGEST:,} characters at most; nothing was saved.")
            setattr(decision, name, text)
    for name, allowed in PEOPLE.items():
        if name in values:
            person = allowed(decision).filter(pk=values[name]).first() if values[name] else None
            setattr(decision, name, person)
    if "consulted_on" in values:
        decision.consulted_on = _past(values["consulted_on"])
    if decision.way != Way.EXCEPTION:
        decision.manager = None
    if decision.manager_id and decision.manager_id == decision.lead_id:
        raise Refused("The designated lead and the senior manager must be different people.")


def _past(day: dt.date | None) -> dt.date | None:
    if day is not None and day > timezone.localdate():
        raise Refused("You cannot have consulted the lead in the future.")
    return day


def _saved(decision: DecisionNotToRefer, by: Any, changed: list[str]) -> None:
    decision.version += 1
    decision.saved_at = timezone.now()
    keep(decision, "saved")
    _record("decision not to refer saved", decision, by, changed=changed)


def _freeze(decision: DecisionNotToRefer) -> None:
    decision.status, decision.saved_at = "signed", timezone.now()
    decision.child_facts = facts_to_keep(decision.child, KEPT)
    decision.version += 1
    keep(decision, "signed")
    # Read again: the hash is of what the database holds.
    decision.refresh_from_db()


def _sign(
    decision: DecisionNotToRefer, capacity: Capacity, by: Any, *, agrees: bool, note: str
) -> None:
    signed = signer(by, decision, ROLES.get(capacity, ()))
    row = Signature(decision=decision, capacity=capacity, agrees=agrees, note=note, **signed)
    row.save(force_insert=True)


def _ask(decision: DecisionNotToRefer, person: Any, by: Any) -> None:
    let_see_to_answer(child=decision.child, reason=ASKED, user=person, by=by)
    open_item(
        kind=kinds.SIGN_EXCEPTION if decision.way == Way.EXCEPTION else kinds.SIGN_DECISION,
        owner=person,
        child=decision.child,
        subject=decision,
        due_at=due_in(ANSWER_DAYS, decision.child),
    )


def _answered_by(decision: DecisionNotToRefer, by: Any) -> None:
    """One of two has signed: only the other is asked still."""
    close_items(subject=decision)
    signed = set(decision.signatures.values_list("signed_by_id", flat=True))
    for person in filter(None, (decision.lead, decision.manager)):
        if person.pk not in signed:
            _ask(decision, person, by)


def _draft_what_is_owed(decision: DecisionNotToRefer, by: Any) -> None:
    """Under 13 the referral is made out from the start; the exception has to earn its place."""
    made = Referral.objects.filter(child=decision.child, agency=decision.agency)
    since = Q(status="draft") | Q(status="sent", sent_at__gte=decision.made_at)
    if decision.way == Way.EXCEPTION and not made.filter(since).exists():
        draft_referral(child=decision.child, key=decision.pk, facts=decision.facts, by=by)


def _put_draft_away(decision: DecisionNotToRefer, by: Any) -> None:
    """The draft that was made out beside a decision is not sent once everybody has signed."""
    drafts = Referral.objects.filter(token=decision.pk, status="draft")
    for draft in drafts.filter(child=decision.child):
        put_away_signed(referral_id=draft.pk, by=by)


def _record(act: str, decision: DecisionNotToRefer, by: Any, **more: Any) -> None:
    rules = " ".join(rule["id"] for rule in decision.routing["rules"])
    events.record(act, by=by, child=decision.child_id, obj=decision, rule=rules, **more)
