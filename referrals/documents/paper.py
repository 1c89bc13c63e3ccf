"""A referral as its PDF prints it: what was sent, what became of it, and who signed for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cse.interface.words import date_words, datetime_words
from referrals.models import Delivery, Disagreement, Note, Referral
from referrals.preview import Held, Owed, route_words
from referrals.reading import ReadPart
from referrals.routing import Route
from referrals.transitions import State
from screening.documents.identity import person_words
from screening.models import Screen

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Receiver:
    """One team or contact it was sent to: what for, where it stands, and what was decided."""

    name: str
    rows: Pairs
    disagreements: tuple[Pairs, ...]


@dataclass(frozen=True)
class ReferralDocument:
    """Everything the template of a referral prints; ``placed`` are the other area's own rules."""

    referral: Referral
    child: Pairs
    sent: Pairs
    rules: tuple[Owed, ...]
    placed: tuple[dict[str, Any], ...]
    raised: tuple[str, ...]
    disability: str
    held: tuple[Held, ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    parts: tuple[ReadPart, ...]
    receivers: tuple[Receiver, ...]
    notes: tuple[Note, ...]
    screen_words: str
    screen_later: str


def sent_rows(referral: Referral) -> Pairs:
    """Who sent it, from where, and by which handbook it was read."""
    assert referral.sent_by is not None  # noqa: S101  only what was sent is printed
    rows = [
        ("Sent by", person_words(referral.sent_by)),
        ("Agency", referral.agency.name),
        ("Sent", datetime_words(referral.sent_at)),
        ("Area whose handbook applies", referral.authority.name),
    ]
    if referral.follows is not None:
        rows.append(("Adds to the referral of", datetime_words(referral.follows.sent_at)))
    if referral.placed_in is not None:
        rows.append(("The child lives in", referral.placed_in.name))
    return tuple(rows)


def placed_rules(referral: Referral) -> tuple[dict[str, Any], ...]:
    """Rules of the handbook of the area the child lives in, that the first did not name."""
    known = {rule["id"] for rule in referral.routing.get("rules", ())}
    found = referral.placed_routing.get("rules", ())
    return tuple(rule for rule in found if rule["id"] not in known)


def receiver(
    delivery: Delivery, said: Sequence[Disagreement], before: Mapping[Any, Any]
) -> Receiver:
    """One delivery, with what was said against its decision; ``before``: `decided_before`."""
    team = delivery.team
    name = f"{team.name}, {team.agency.name}" if team else delivery.contact
    own = (row for row in said if row.delivery_id == delivery.pk)
    mine = tuple(_disagreement(row, before.get(row.pk)) for row in own)
    return Receiver(name, tuple(_delivery_rows(delivery)), mine)


def _delivery_rows(delivery: Delivery) -> Iterator[tuple[str, str]]:
    what = (route_words(Route(each), delivery.authority) for each in delivery.routes)
    yield "For", ", ".join(dict.fromkeys(what))
    if delivery.authority_id == delivery.referral.placed_in_id:
        yield "Why there", f"The child lives in {delivery.authority.name}"
    if delivery.team_id:
        yield "Received", datetime_words(delivery.received_at)
    if delivery.reopened_at:
        yield "Opened again, to be decided anew", datetime_words(delivery.reopened_at)
    yield "State on the day of this document", delivery.state_words
    if delivery.decision and delivery.stands_at is not State.PROPOSED:
        yield from _decision_rows(delivery)
    if delivery.acknowledged_by:
        who = delivery.acknowledged_by.get_full_name()
        label = "Acknowledged" if delivery.team_id else "Told by the referrer"
        yield label, f"{who}, {_on(delivery.acknowledged_at)}"
    if delivery.told_note:
        yield "Whom and how", delivery.told_note
    if delivery.withdrawn_reason:
        yield "Withdrawn because", delivery.withdrawn_reason


def _decision_rows(delivery: Any, title: str = "Decision") -> Iterator[tuple[str, str]]:
    by = f" by {_who(delivery.decided_by, delivery.decided_as)}" if delivery.decided_by else ""
    yield title, f"{delivery.get_decision_display()}{by}, {_on(delivery.decided_at)}"
    yield "Reasons", delivery.reasons
    if delivery.approved_by:
        agreed = f"{_who(delivery.approved_by, delivery.approved_as)}, {_on(delivery.approved_at)}"
        yield "Agreed by a second person", f"{agreed}. {delivery.approval_note}".strip()


def _who(person: Any, post: str) -> str:
    """Who it was, in which post, and of which agency then (DEC-42)."""
    return ", ".join(each for each in (person.get_full_name(), post) if each)


def _disagreement(row: Disagreement, before: Any) -> Pairs:
    rows = [
        ("Does not agree", f"{row.said_by.get_full_name()}, {_on(row.said_at)}"),
        ("Why", row.reasons),
    ]
    if row.answered_by is not None:
        rows.append(("Answered by", f"{row.answered_by.get_full_name()}, {_on(row.answered_at)}"))
        rows.append(("Answer", row.answer))
        rows.append(("The decision", "Does not stand: decided again" if row.upheld else "Stands"))
        if before is not None:
            rows += _decision_rows(before, "What was decided before")
    else:
        rows.append(("Answer", "Not answered yet"))
    return tuple(rows)


def later_words(referral: Referral, later: Screen | None) -> str:
    """That a completed screen exists since, beside one that was not finished; or nothing."""
    if later is None:
        return ""
    own = later.pk == referral.screen_id
    what = "It was completed" if own else "Another screen of the child was completed"
    return f"{what} on {date_words(later.completed_on)} and is a document of its own."


def _on(moment: Any) -> str:
    return datetime_words(moment)
