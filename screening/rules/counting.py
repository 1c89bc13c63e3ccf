"""Counts by level, as the paper tool has them. No sum over levels, no percentage (DEC-06).

A row that the paper prints twice counts once (DEC-18): the keys are one row of the page, and the
two linked rows are one concern. Where a pair is answered differently, the stronger presence
counts, at the higher level of those present.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from screening.rules.facts import Answer, Presence
from screening.rules.results import Count, RowState
from screening.tools.definition import Indicator, Level, Tool


class UnknownIndicator(LookupError):  # noqa: N818  (named for what the caller reads)
    """An answer names an indicator that this version of the tool does not ask."""

    def __init__(self, indicator: str) -> None:
        self.indicator = indicator
        super().__init__(f"{indicator} is not asked by this version of the tool")


def effective_level(indicator: Indicator, answer: Answer) -> Level | None:
    """The level that counts at once: the amended one, else the suggested (DEC-04, DEC-18)."""
    return answer.amended_level or indicator.suggested_level


def higher_level(indicator: Indicator, answer: Answer) -> Level | None:
    """The higher of suggested and amended level: what any-one-High reads (DEC-04)."""
    return highest((indicator.suggested_level, answer.amended_level))


def highest(levels: Iterable[Level | None]) -> Level | None:
    """The highest of ``levels``, leaving out None; None if nothing is left."""
    return max((level for level in levels if level), key=lambda level: level.rank, default=None)


def by_shown_row(answers: Iterable[Answer], tool: Tool) -> dict[str, list[Answer]]:
    """The answers of each shown row; those to a repeated paper row join the row shown for it.

    Raises ``UnknownIndicator`` for an id that the tool does not have or has retired.
    """
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        indicator = tool.indicators.get(answer.indicator)
        if indicator is None or indicator.retired:
            raise UnknownIndicator(answer.indicator)
        found.setdefault(indicator.same_row_as or indicator.id, []).append(answer)
    return found


def row_states(answers: Iterable[Answer], tool: Tool) -> dict[str, RowState]:
    """Every shown row of the tool, answered or not, in order."""
    grouped = by_shown_row(answers, tool)
    return {row.id: _row_state(row, grouped.get(row.id, ()), tool) for row in tool.shown}


def _row_state(row: Indicator, answers: Sequence[Answer], tool: Tool) -> RowState:
    if not answers:
        return RowState(row.id, Presence.NOT_ANSWERED, row.suggested_level)
    presence = max((answer.presence for answer in answers), key=lambda each: each.strength)
    strongest = [answer for answer in answers if answer.presence.is_present] or answers
    level = highest(effective_level(tool.indicators[each.indicator], each) for each in strongest)
    return RowState(row.id, presence, level)


def totals(states: Mapping[str, RowState], rows: Iterable[Indicator]) -> dict[Level, Count]:
    """How many of ``rows`` are present at each level, linked rows counted once (DEC-18)."""
    found = {level: {Presence.YES: 0, Presence.POSSIBLE: 0} for level in reversed(Level)}
    for state in _concerns(states, rows):
        if state.presence.is_present and state.level:
            found[state.level][state.presence] += 1
    return {
        level: Count(counts[Presence.YES], counts[Presence.POSSIBLE])
        for level, counts in found.items()
    }


def _concerns(states: Mapping[str, RowState], rows: Iterable[Indicator]) -> list[RowState]:
    """One state for each distinct concern among ``rows``."""
    found: dict[str, RowState] = {}
    for row in rows:
        state = states[row.id]
        pair = min(row.id, row.linked_to) if row.linked_to in states else row.id
        found[pair] = _stronger(found[pair], state) if pair in found else state
    return list(found.values())


def _stronger(one: RowState, other: RowState) -> RowState:
    present = [state for state in (one, other) if state.presence.is_present] or [one, other]
    strongest = max(present, key=lambda state: state.presence.strength)
    return RowState(
        strongest.indicator, strongest.presence, highest(state.level for state in present)
    )


def unanswered(states: Mapping[str, RowState], rows: Iterable[Indicator]) -> int:
    """How many of ``rows`` nobody has answered. That is not "no" (DEC-19)."""
    return sum(states[row.id].presence is Presence.NOT_ANSWERED for row in rows)


def paper_rows(states: Mapping[str, RowState], tool: Tool) -> tuple[int, ...]:
    """The numbers of the paper rows that are present, so that a paper tool can be reconciled.

    The row of the keys stands for both of its paper rows. On a tool with every row present,
    Oxfordshire's 83 concerns are the paper's 85 rows (39 high, 42 medium, 4 low: DEC-18).
    """
    present = (state.indicator for state in states.values() if state.presence.is_present)
    return tuple(sorted(row.source_row for shown in present for row in tool.repeats[shown]))


def reconcile_paper(states: Mapping[str, RowState], tool: Tool) -> dict[Level, int]:
    """The totals that the paper tool would show: every paper row present, at its level."""
    found = dict.fromkeys(reversed(Level), 0)
    for state in states.values():
        if state.presence.is_present and state.level:
            found[state.level] += len(tool.repeats[state.indicator])
    return found


def linked_answer(answer: Answer, answers: Iterable[Answer], tool: Tool) -> Answer | None:
    """What answering one of two linked rows pre-fills in the other (DEC-18).

    None where the row has no link, or the other is answered already: nothing is overwritten.
    """
    other = tool.indicators[answer.indicator].linked_to
    if not other or tool.indicators[other].retired:
        return None
    for each in answers:
        if each.indicator == other and each.presence is not Presence.NOT_ANSWERED:
            return None
    return Answer(
        indicator=other,
        presence=answer.presence,
        evidence=answer.evidence,
        professional_concern=answer.professional_concern,
        time_frame=answer.time_frame,
    )
