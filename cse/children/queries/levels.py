"""The CSE level now, the highest so far, and what waits for approval (W-SCR-02, DEC-09)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from cse.children.models import Child, CseLevel, LevelEvent

#: From lowest to highest; there is none that says "no risk" (W-SCR-01).
ORDER: tuple[str, ...] = tuple(CseLevel.values)


@dataclass(frozen=True)
class Standing:
    """Where a child stands: the level in effect, the historic peak, the lowerings that wait."""

    current: LevelEvent | None
    peak: LevelEvent | None
    waiting: tuple[LevelEvent, ...] = ()

    @property
    def has_been_higher(self) -> bool:
        """Whether the peak is above the level now; a page then shows both."""
        return (
            self.current is not None
            and self.peak is not None
            and ORDER.index(self.peak.level) > ORDER.index(self.current.level)
        )


def levels_of(child: Child) -> QuerySet[LevelEvent]:
    """Every level ever chosen for the child, the newest first, with who chose and approved."""
    return (
        LevelEvent.objects.filter(child=child)
        .select_related("decided_by", "approved_by")
        .order_by("-decided_on", "-decided_at")
    )


def standing_of(events: Sequence[LevelEvent]) -> Standing:
    """The standing that these events (the newest first) amount to. A refused one never counted."""
    effective = [event for event in events if is_in_effect(event)]
    peak = max(effective, key=lambda event: ORDER.index(event.level), default=None)
    return Standing(
        current=effective[0] if effective else None,
        peak=peak,
        waiting=tuple(event for event in events if is_waiting(event)),
    )


def is_in_effect(event: LevelEvent) -> bool:
    """Whether the level counts: not refused, and approved where a second person is needed."""
    return event.refused_at is None and (not event.needs_approval or event.approved_at is not None)


def is_waiting(event: LevelEvent) -> bool:
    """A lowering that nobody has answered yet, nor taken back; the level before it stands."""
    answers = (event.approved_at, event.refused_at, event.taken_back_at)
    return event.needs_approval and not any(answers)


def level_since(event: LevelEvent, events: Sequence[LevelEvent]) -> LevelEvent | None:
    """The level in effect that was chosen after this one, whatever becomes of it; of several, the
    last. ``events`` are the child's, the newest first."""
    newer = events[: [each.pk for each in events].index(event.pk)]
    return next((each for each in newer if is_in_effect(each)), None)


def never_took_effect(event: LevelEvent, events: Sequence[LevelEvent]) -> bool:
    """Whether a level counted only when a later one stood already: a lowering approved late, or a
    level that a correction put right on an earlier occasion."""
    counted_at = event.approved_at if event.needs_approval else event.decided_at
    if counted_at is None:
        return False
    newer = events[: [each.pk for each in events].index(event.pk)]
    began = [each.approved_at or each.decided_at for each in newer if is_in_effect(each)]
    return any(moment < counted_at for moment in began)


def standing(child: Child) -> Standing:
    """The child's standing; one query."""
    return standing_of(list(levels_of(child)))


def levels_in_effect(child_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, LevelEvent]:
    """By child, the level that stands; none where none was chosen. One query."""
    counts = Q(needs_approval=False) | Q(approved_at__isnull=False)
    found = LevelEvent.objects.filter(counts, child_id__in=list(child_ids), refused_at__isnull=True)
    newest = found.order_by("child_id", "-decided_on", "-decided_at").distinct("child_id")
    return {event.child_id: event for event in newest}
