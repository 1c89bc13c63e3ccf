"""Linking two children, correcting the note, ending the link; answers of a second person.

The events name no child: whoever sees one of the two must not learn of the other from its
timeline or from who has looked. The timeline adds them for those who see both.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.pairs import restrictions_differ, who_sees_both
from cse.access.policies import NotVisible, check
from cse.access.queries import Sees
from cse.access.wiring import wired
from cse.audit import events
from cse.children.models import Child, ChildLink, Stage
from cse.children.policies import NotPossible, Stale
from cse.children.policies_links import (
    AlreadyLinked,
    check_can_answer,
    check_can_correct,
    check_sees,
)
from cse.children.queries.links import STANDS, WAITING
from cse.people.models import Post, TeamKind, User
from cse.workdays import due_on

ANSWER_LINK: Final = "answer_link"
"""The kind of work (cse.worklist) that a proposed link is."""
ANSWER_DAYS: Final = 1
"""Working days for the second person, as for a lowered level. Ours: no handbook gives a number."""

NOBODY_ELSE = (
    "Who may see the two children is not the same, so a second person has to agree to this link,"
    " and nobody else who sees both may. Ask a safeguarding lead who sees one of them to be given"
    " access to the other, then record the link"
)


@transaction.atomic
def record_link(
    *,
    child: Child,
    other: Child,
    by: User,
    kind: str,
    words: str = "",
    note: str = "",
    since: dt.date | None = None,
) -> ChildLink:
    """Link two children. Where who may see them differs it waits for a second person.

    Sent twice it is one link. Raises ``NotVisible`` where either is not in scope, ``NotPossible``
    for a child and itself or where nobody could agree, ``AlreadyLinked`` where it is recorded.
    """
    for each in (child, other):
        check(by, Capability.LINK_CHILDREN, each)
    if child.pk == other.pk:
        raise NotPossible("A link is between two children: this is the same child", "other")
    first, second = _held(child.pk, other.pk)
    facts = {"words": words, "note": note, "since": since}
    there = _there(first, second, kind, by)
    if there is not None:
        if there.recorded_by_id == by.pk and all(getattr(there, n) == v for n, v in facts.items()):
            return there
        raise AlreadyLinked(there)
    link = ChildLink(first=first, second=second, kind=kind, recorded_by=by, **facts)
    link.needs_second = restrictions_differ(first.pk, second.pk)
    link.save()
    _record("link proposed" if link.needs_second else "children linked", link, by)
    if link.needs_second:
        _ask(link, child, by)
    else:
        _close_proposals(link, by)
    return link


def _held(*children: uuid.UUID) -> list[Child]:
    """Both children in the order of their ids, held: links of one pair are recorded in turn."""
    rows = Child.objects.select_for_update(no_key=True).filter(pk__in=children)
    return list(rows.order_by("pk"))


def _there(first: Child, second: Child, kind: str, by: User) -> ChildLink | None:
    """The same link that stands, or that this person has proposed; not what others propose."""
    same = ChildLink.objects.filter(first=first, second=second, kind=kind)
    return same.filter(STANDS).first() or same.filter(WAITING, recorded_by=by).first()


@transaction.atomic
def correct_link(
    *, link_id: uuid.UUID, by: User, version: int, note: str, since: dt.date | None
) -> ChildLink:
    """Put the note or the day right. Raises ``Stale`` where somebody saved meanwhile."""
    link = _link(link_id)
    check_can_correct(by, link)
    changed = [n for n, v in {"note": note, "since": since}.items() if getattr(link, n) != v]
    if not changed:
        return link
    if link.version != version:
        raise Stale
    link.note, link.since, link.version = note, since, link.version + 1
    link.save()
    _record("link corrected", link, by, changed=changed)
    return link


@transaction.atomic
def end_link(*, link_id: uuid.UUID, by: User, reason: str) -> ChildLink:
    """Say why the link no longer stands; take one's own proposal back. Ended, it stays so.

    Raises ``NotPossible`` without a reason.
    """
    link = _link(link_id)
    check_sees(by, link)
    if link.ended_at is not None and link.ended_by_id == by.pk:
        return link
    check_can_correct(by, link)
    if not reason.strip():
        raise NotPossible("Say why the link ends", "reason")
    _end(link, by, reason)
    _record("link ended", link, by, changed=["ended_at"], reason=reason)
    return link


@transaction.atomic
def answer_link(*, link_id: uuid.UUID, by: User, agrees: bool, note: str) -> ChildLink:
    """Agree to a proposed link, or not, saying why: another person than the one who proposed it.

    Agreed, it stands for everybody who sees both, and other proposals of it end.
    """
    link = _link(link_id)
    check_can_answer(by, link)
    if not note.strip():
        raise NotPossible("Say why you agree or do not agree", "note")
    if agrees:
        _close_proposals(link, by)
    link.answered_by, link.answered_at = by, timezone.now()
    link.agreed, link.answer_note = agrees, note
    link.save()
    wired("close_work")(subject=link, kind=ANSWER_LINK)
    act = "link agreed" if agrees else "link not agreed"
    _record(act, link, by, changed=["agreed"], reason=note)
    return link


def _link(link_id: uuid.UUID) -> ChildLink:
    """The link and its two children, held. Raises ``NotVisible`` for an unknown id."""
    pair = ChildLink.objects.filter(pk=link_id).values_list("first_id", "second_id").first()
    if pair is None:
        raise NotVisible
    _held(*pair)
    return ChildLink.objects.select_for_update(of=("self",)).get(pk=link_id)


def _end(link: ChildLink, by: User, reason: str) -> None:
    was = link.stage
    link.ended_by, link.ended_at, link.ended_reason = by, timezone.now(), reason
    link.version += 1
    link.save()
    if was == Stage.WAITING:
        wired("close_work")(subject=link, kind=ANSWER_LINK)


def _close_proposals(link: ChildLink, by: User) -> None:
    """The same link proposed by others is answered with this one; what they wrote stays."""
    same = ChildLink.objects.filter(WAITING, first=link.first_id, second=link.second_id)
    for row in same.filter(kind=link.kind).exclude(pk=link.pk).select_for_update():
        _end(row, by, "The same link was recorded by somebody else and stands.")
        _record("link ended", row, by, changed=["ended_at"], reason=row.ended_reason)


def _ask(link: ChildLink, child: Child, by: User) -> None:
    """Let it wait for a team, or for one person: the nearest who see both and may agree."""
    able = [
        person
        for person in who_sees_both(link.first_id, link.second_id)
        if Capability.APPROVE_LINK in person.acts and person.user.pk != by.pk
    ]
    if not able:
        raise NotPossible(NOBODY_ELSE)
    calendar = wired("calendar")(child.authority_id)
    day = due_on(timezone.localdate(), ANSWER_DAYS, calendar)
    due_at = timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59, 59)))
    wired("open_work")(
        kind=ANSWER_LINK, child=child, subject=link, due_at=due_at, **_nearest(able, by)
    )


def _nearest(able: list[Sees], by: User) -> dict[str, Any]:
    """The proposer's own leads, else other leads or a CSE team, else somebody by themselves."""
    today = timezone.localdate()
    posts = Post.objects.current(today).select_related("team__group")
    own = set(posts.filter(user=by).values_list("team__agency_id", flat=True))
    kinds = (TeamKind.LEADS, TeamKind.CSE_TEAM)
    found = posts.filter(user__in=[person.user for person in able], team__kind__in=kinds)
    teams = {post.team for post in found}
    if not teams:
        return {"owner": able[0].user}
    near = min(teams, key=lambda t: (t.agency_id not in own, t.kind != TeamKind.LEADS, t.name))
    return {"group": near.group}


def _record(act: str, link: ChildLink, by: User, **more: Any) -> None:
    """The event of an act on a link: of no child, with both for the auditor."""
    both = [str(link.first_id), str(link.second_id)]
    events.record(act, by=by, obj=link, data={"children": both}, **more)
