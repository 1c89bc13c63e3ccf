"""What a completed screen, or a level, makes mandatory waits until it is sent.

Who completed it may leave the page without referring: then it waits for them, and for the leads
of their agency (W §4.6.6 N.B., §12.7; O Annexe 2).
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Model, Q

from cse.access.policies import sees_on
from cse.children.models import Child, CseLevel, LevelEvent
from cse.children.queries.levels import standing
from cse.people.models import TeamKind
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_for_both, open_item
from cse.worklist.models import WorkItem
from referrals.actions.common import DRAFT_DAYS
from referrals.addressees import FRONT_DOOR
from referrals.models import (
    AdviceContact,
    DecisionNotToRefer,
    Delivery,
    EarlyHelp,
    Referral,
    Way,
)
from referrals.policies import owed_in
from referrals.queries.beside import standing_of
from referrals.transitions import NEEDS_ACCESS, State
from referrals.ways_out import Standing, closing
from screening.actions.common import due_in, leads_of
from screening.assessments.queries import harm_taken_out, newest_of, versions_of
from screening.assessments.rules import harm_said
from screening.assessments.told import News, What
from screening.models import RiskAssessment, Screen, Status
from screening.queries import (
    decided_with,
    latest_assessment,
    newest_screen,
    standing_in_time,
    versions_to_first,
)
from screening.rules import Obligation

CONCERN = (CseLevel.AT_RISK, CseLevel.CSE)
"""The levels of R4."""
Owing = DecisionNotToRefer | AdviceContact
"""Records that may leave a referral owed."""
OWED = {DecisionNotToRefer: kinds.REFER_AFTER_DECISION, AdviceContact: kinds.REFER_AFTER_ADVICE}


def screen_assessed(screen: Screen, because: str, by: Any) -> None:
    """A screen was completed, or assessed again: what it makes mandatory waits, or no longer."""
    owed = {rule["obligation"] for rule in latest_assessment(screen).result["rules"]}
    if Obligation.MANDATORY not in owed:
        close_items(subject=screen, kind=kinds.REFER_AFTER_SCREEN)
        if _is_corrected(screen):
            return
        if Obligation.MANDATORY_TO_OFFER in owed:
            owe_early_help(screen.child, screen.agency_id, screen.completed_by)
        elif newest_screen(screen.child_id) == screen:
            close_items(subject=screen.child, kind=kinds.HELP_OWED)
    elif not (_is_corrected(screen) or _was_sent(screen)):
        wait_for_both(
            kinds.REFER_AFTER_SCREEN, screen, screen.child, screen.completed_by, screen.agency_id
        )


def owe_early_help(child: Child, agency_id: uuid.UUID, owner: Any) -> None:
    """Early help must be offered (R13): it waits for who is to offer it, until it was.

    Not where their agency has it open for the child, or has offered it and it was not taken up.
    """
    open_or_offered = ("open", "not_taken_up")
    if EarlyHelp.objects.filter(
        child=child, agency_id=agency_id, status__in=open_or_offered
    ).exists():
        return
    open_item(
        kind=kinds.HELP_OWED,
        owner=owner,
        child=child,
        subject=child,
        due_at=due_in(DRAFT_DAYS, child),
    )


def level_changed(event: LevelEvent, by: Any) -> None:
    """A level took effect: what that of an assessment asks for waits where nobody has the child.

    A referral (R4), or of the lowest level that early help is offered (R13); harm waits by itself
    (`assessment_changed`). A screen's level is among what its rules say already.
    """
    concern = event.level in CONCERN
    if not concern:
        close_items(subject=event.child, kind=kinds.REFER_AFTER_LEVEL)
    record = decided_with(event)
    if not isinstance(record, RiskAssessment) or _in_hand(event.child):
        return
    if harm_said(newest_of(record).sections):
        return
    if concern:
        owner, agency = event.decided_by, record.agency_id
        wait_for_both(kinds.REFER_AFTER_LEVEL, event.child, event.child, owner, agency)
    else:
        owe_early_help(event.child, record.agency_id, event.decided_by)


def assessment_changed(news: News) -> None:
    """An assessment was completed, or a correction: harm waits for a referral (R4; W §13, O §6.6).

    Whatever level was chosen, and at once where the child suffers it now (R1); not where a front
    door or specialist team has the child's referral. A correction that takes the harm out ends
    that only with somebody else's answer (decision 0010); a later assessment never.
    """
    if news.what is What.HARM_ANSWERED:
        close_items(subject=news.first, kind=kinds.REFER_AFTER_ASSESSMENT)
        _owe_by_level(news.first.child)
    elif news.what is not What.DATE_CORRECTED and harm_said(news.assessment.sections):
        _owe_by_harm(news.assessment, news.first, news.by)


def _owe_by_harm(assessment: RiskAssessment, first: RiskAssessment, owner: Any) -> None:
    """``first`` is the version that was completed first: its corrections owe the same once."""
    if not _in_hand(assessment.child):
        at_once = assessment.sections.get("significant_harm") == "suffering"
        what = (kinds.REFER_AFTER_ASSESSMENT, first, assessment.child)
        wait_for_both(*what, owner, assessment.agency_id, at_once=at_once)


def _owe_by_level(child: Child) -> None:
    """What the level in effect asks for, where an assessment chose it."""
    current = standing(child).current
    if current is not None:
        level_changed(current, None)


def owed_again(referral: Referral) -> None:
    """A referral was withdrawn: what it had done for the child is owed again (R4, DEC-13).

    By the newest screen, by harm in an assessment, by the level of one, and by a decision or advice
    of the agency that asked for it. Nothing is, while another referral stands.
    """
    child = referral.child
    screen = newest_screen(child.pk)
    if screen is not None:
        screen_assessed(screen, "referral withdrawn", None)
    for assessment in standing_in_time(RiskAssessment.objects.filter(child=child)):
        first = versions_of(assessment)[0]
        taken = harm_taken_out(assessment)
        if harm_said(assessment.sections) or (taken is not None and taken.answer is None):
            _owe_by_harm(assessment, first, assessment.completed_by)
    _owe_by_level(child)
    if any(_gone(child)):
        return
    same: dict[str, Any] = {"child": child, "agency_id": referral.agency_id}
    for decision in DecisionNotToRefer.objects.filter(**same).prefetch_related("signatures"):
        if _leaves_it_owed(decision):
            owe_referral(decision, decision.made_by)
    for advice in AdviceContact.objects.filter(asks_for_referral=True, **same):
        owe_referral(advice, advice.signed_by)
    if EarlyHelp.objects.filter(closed_because="referred", **same).exists():
        owe_early_help(child, referral.agency_id, referral.sent_by)


def _leaves_it_owed(decision: DecisionNotToRefer) -> bool:
    """Whether it does not stand, or a rule leaves a draft of it no way out."""
    if decision.status == "draft":
        closed = closing(decision.routing, Way.DECISION)
        return any(rule["obligation"] == Obligation.MANDATORY for rule in closed)
    return standing_of(decision) in (Standing.REFUSED, Standing.SUPERSEDED)


def decided_after_all(decision: DecisionNotToRefer) -> None:
    """Everybody has signed a decision: what an earlier one left owed is owed no more.

    One that was refused, where the same people have signed now: nobody else lifts that. One that
    was superseded, where the rules that took it away stand before those who have signed.
    """
    agreed = {each.signed_by_id for each in decision.signatures.all() if each.agrees}
    rows = DecisionNotToRefer.objects.filter(
        child=decision.child_id, agency=decision.agency_id, saved_at__lt=decision.saved_at
    )
    rows = rows.select_related("supersession").prefetch_related("signatures")
    for before in rows.filter(status="signed"):
        refused = {each.signed_by_id for each in before.signatures.all() if not each.agrees}
        found = standing_of(before)
        if found is Standing.REFUSED and refused <= agreed:
            referral_made(before)
        elif found is Standing.SUPERSEDED:
            asked = owed_in(before.supersession.routing)
            if asked and asked <= owed_in(decision.routing):
                referral_made(before)


def _in_hand(child: Child) -> bool:
    """Whether a front door, or a specialist team, has a referral of the child now."""
    found = Delivery.objects.filter(referral__child=child, state__in=NEEDS_ACCESS)
    there = list(found.select_related("team"))
    specialist = any(each.team and each.team.kind == TeamKind.CSE_TEAM for each in there)
    return specialist or any(map(_at_front_door, there))


def no_longer_owed(referral: Referral) -> None:
    """A referral went to the front door: it is what its agency's screens, and the level, owed."""
    if referral not in _gone(referral.child):
        return
    for kind in (kinds.REFER_AFTER_LEVEL, kinds.REFER_LEFT, kinds.HELP_OWED):
        close_items(subject=referral.child, kind=kind)
    for assessment in RiskAssessment.objects.filter(child=referral.child, corrects=None):
        close_items(subject=assessment, kind=kinds.REFER_AFTER_ASSESSMENT)
    owed = WorkItem.objects.filter(
        kind=kinds.REFER_AFTER_SCREEN, child=referral.child, closed_at__isnull=True
    )
    # What was handed over is done by whoever has it now.
    handed = owed.filter(owner_group__team__agency_id=referral.agency_id)
    done = (
        Q(agency_id=referral.agency_id)
        | Q(pk=referral.screen_id)
        | Q(pk__in=handed.values("subject_id"))
    )
    for screen in Screen.objects.filter(done, pk__in=owed.values("subject_id")).order_by("pk"):
        close_items(subject=screen, kind=kinds.REFER_AFTER_SCREEN)


def wait_for_both(
    kind: str,
    subject: Model,
    child: Child,
    owner: Any,
    agency_id: uuid.UUID,
    *,
    at_once: bool = False,
) -> None:
    """For who completed it, and for the leads of their agency.

    Out of an emergency opening the leads have no access by it: it is handed over with the rest.
    """
    leads = leads_of(agency_id) if sees_on(owner, child) else None
    work: dict[str, Any] = {"kind": kind, "child": child, "subject": subject, "at_once": at_once}
    open_for_both(owner=owner, group=leads, due_at=due_in(DRAFT_DAYS, child), **work)


def _is_corrected(screen: Screen) -> bool:
    return screen.corrections.filter(status=Status.COMPLETE).exists()


def _was_sent(screen: Screen) -> bool:
    """Whether the front door has a referral with this screen, or one that came after it.

    Whoever is asked to decide a referral of the child owes none to themselves.
    """
    there = Delivery.objects.filter(
        referral__child=screen.child_id,
        team__agency_id=screen.agency_id,
        team__kind__in=(TeamKind.FRONT_DOOR, TeamKind.CSE_TEAM),
        state__in=NEEDS_ACCESS,
    )
    if there.exists():
        return True
    versions = versions_to_first(screen)
    with_it = Q(screen__in=versions) | Q(notes__screen=screen)
    since = Q(agency_id=screen.agency_id, sent_at__gte=versions[-1].completed_at)
    return any(_gone(screen.child, with_it | since))


def _gone(child: Child, such: Q | None = None) -> list[Referral]:
    """The referrals of a child that went to the front door and were not taken back since."""
    sent = Referral.objects.filter(such or Q(), child=child, status="sent").distinct()
    rows = sent.prefetch_related("deliveries")
    return [each for each in rows if any(map(_at_front_door, each.deliveries.all()))]


def _at_front_door(delivery: Delivery) -> bool:
    return delivery.state != State.WITHDRAWN and bool({*FRONT_DOOR} & {*delivery.routes})


def owe_referral(record: Owing, owner: Any) -> None:
    """A referral is owed: it waits for who recorded it, and for the leads of their agency."""
    open_for_both(
        owner=owner,
        group=leads_of(record.agency_id),
        kind=OWED[type(record)],
        child=record.child,
        subject=record,
        due_at=due_in(DRAFT_DAYS, record.child),
    )


def referral_made(record: Owing) -> None:
    """What a record owed is done: a referral of the child was sent."""
    close_items(subject=record, kind=OWED[type(record)])
