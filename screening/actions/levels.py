"""The child's level: chosen with a screen, lowered only when a second person agrees (DEC-09)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.actions import end_asked_access
from cse.access.policies import NotVisible
from cse.audit import events
from cse.children.models import Child, LevelEvent
from cse.children.queries.levels import standing
from cse.children.told import tell_level
from cse.worklist import kinds
from cse.worklist.actions import close_items
from screening.actions.asking import ask, somebody_answered
from screening.actions.assessing import assess_again
from screening.models import Decided, Screen
from screening.models.drafted import Drafted
from screening.never_give_up import STATE_THE_RISK, words_of_not_engaging
from screening.policies import Refused, check_can_approve
from screening.queries import (
    chose_level,
    decided_with,
    judged_on,
    versions_to_first,
    waiting_level,
)
from screening.rules import CseLevel, LevelChange


def write_level(screen: Decided, change: LevelChange | None, by: Any) -> LevelEvent | None:
    """Write the level that a screen or an assessment chose as an event of the child, if it did.

    A lowering waits for approval. A correction that leaves the level as it was writes nothing, and
    whatever it chose, a lowering of the version before that still waits is taken back. Where a
    later screen or assessment has chosen a level since, a correction's stands before that one,
    unless it is higher: nothing lowers a level but two people (DEC-09).
    """
    if screen.corrects is not None:
        _take_back(screen.corrects, by)
    if change is None or (screen.corrects_id and change.changed is False):
        return None
    event = _event_of(screen, change, by)
    event.save()
    events.record(
        "level chosen",
        by=by,
        child=screen.child_id,
        obj=event,
        reason=event.reason,
        data={"needs_approval": event.needs_approval},
    )
    if event.needs_approval:
        _ask_for_approval(screen, event, by)
    else:
        _tell_in_effect(event, by)
    return event


def _tell_in_effect(event: LevelEvent, by: Any) -> None:
    """Tell the other rooms, unless a level chosen on a later occasion stands."""
    if standing(event.child).current == event:
        tell_level(event, by)


def _take_back(corrected: Drafted, by: Any) -> None:
    """Nobody can approve a lowering any more that rests on what was replaced (DEC-09)."""
    event = waiting_level(corrected)
    if event is None:
        return
    event.taken_back_at = timezone.now()
    event.save()
    close_items(subject=event)
    end_asked_access(event.child, by)
    events.record(
        "lowered level taken back by a correction",
        by=by,
        child=event.child_id,
        obj=event,
        changed=["taken_back_at"],
    )


def _event_of(screen: Decided, change: LevelChange, by: Any) -> LevelEvent:
    """The level event of what was completed, not saved yet."""
    sections = screen.sections
    _, decided_at = screen.completion
    return LevelEvent(
        child=screen.child,
        level=change.chosen,
        previous_level=change.previous or "",
        direction=sections.get("direction", ""),
        decided_on=_day_of(screen, change),
        decided_at=decided_at,
        decided_by=by,
        judgement=sections.get("professional_judgement", ""),
        reason=sections.get("level_reason", "") if change.lowering else "",
        needs_approval=change.lowering,
        subject_kind=screen._meta.label_lower,
        subject_id=screen.pk,
    )


def _day_of(screen: Decided, change: LevelChange) -> dt.date:
    """The day at which a level stands among the child's: the day on which it was chosen.

    That of the occasion for a correction that is no higher than what was chosen since.
    """
    day, _ = screen.completion
    if not isinstance(screen, Screen) or screen.corrects is None:
        return day
    occasion, now = judged_on(screen), standing(screen.child).current
    own = {each.pk for each in versions_to_first(screen)}
    if now is None or now.subject_id in own or now.decided_on <= occasion:
        return day
    return day if change.chosen.rank > CseLevel(now.level).rank else occasion


def _ask_for_approval(screen: Decided, event: LevelEvent, by: Any) -> None:
    """Let the lowering wait for a lead who had no hand in it."""
    ask(
        screen, kind=kinds.APPROVE_LEVEL, subject=event, not_by=[by.pk, *chose_level(screen)], by=by
    )


@transaction.atomic
def approve_level(
    *, event_id: uuid.UUID, by: Any, note: str, rests_on_risk: bool = False
) -> LevelEvent:
    """Let a lowered level take effect; another person than the one who chose it (DEC-09).

    The rules are then asked again: until now they followed the level before it.
    Where the reason or the note speaks of not engaging, ``rests_on_risk`` has to be stated: that
    the risk to the child has become less. Raises `Refused` without it (O-SHR-01).
    """
    return _answer(event_id, by, note, approved=True, rests_on_risk=rests_on_risk)


@transaction.atomic
def refuse_level(*, event_id: uuid.UUID, by: Any, note: str) -> LevelEvent:
    """Refuse a lowered level: the level before it stands. Says why."""
    return _answer(event_id, by, note, approved=False)


def asks_for_risk(event: LevelEvent, note: str = "") -> tuple[str, ...]:
    """The words of not engaging in a lowering's reason and in the answer to it (O-SHR-01)."""
    return tuple(dict.fromkeys(words_of_not_engaging(event.reason) + words_of_not_engaging(note)))


def _answer(
    event_id: uuid.UUID, by: Any, note: str, *, approved: bool, rests_on_risk: bool = False
) -> LevelEvent:
    found = LevelEvent.objects.filter(pk=event_id).first()
    if found is None:
        raise NotVisible
    # The answer and a correction that takes the level back take turns: the child first, as there.
    Child.objects.select_for_update(no_key=True).only("pk").get(pk=found.child_id)
    event = LevelEvent.objects.select_for_update(of=("self",)).get(pk=event_id)
    record = decided_with(event)
    check_can_approve(by, event, record)
    if not note.strip():
        raise Refused("Say why you agree or do not agree.")
    if approved and not rests_on_risk and asks_for_risk(event, note):
        raise Refused(STATE_THE_RISK)
    event.approved_by, event.approval_note = by, note
    if approved:
        event.approved_at = timezone.now()
    else:
        event.refused_at = timezone.now()
    event.save()
    close_items(subject=event)
    end_asked_access(event.child, by)
    if record is not None:
        somebody_answered(record)
    if isinstance(record, Screen):
        assess_again(record, by, "level approved" if approved else "level refused")
    if approved:
        _tell_in_effect(event, by)
    events.record(
        "lowered level approved" if approved else "lowered level refused",
        by=by,
        child=event.child_id,
        obj=event,
        reason=note,
        changed=["approved_at" if approved else "refused_at"],
        data={"rests_on_risk": True} if rests_on_risk else {},
    )
    return event
