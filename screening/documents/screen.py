"""The completed screen as a document of the export register (D-SHR-03)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.policies import NotVisible
from cse.children.models import LevelEvent
from cse.children.queries.levels import is_waiting
from cse.documents.kinds import DocumentKind, Subject
from cse.interface.words import date_words, handbook
from cse.people.models import Post, Role, User
from screening.answers import Given, read_answers, read_notes, read_ratings
from screening.child_then import child_then
from screening.documents.contacts import contact_rows
from screening.documents.identity import child_rows, person_words
from screening.documents.paper import screen_document
from screening.documents.record import LevelRecord, ScreenRecord, Signed
from screening.models import Countersignature, Screen, Status
from screening.policies import answering
from screening.queries import (
    countersignatures_of,
    first_assessment,
    latest_assessment,
    newest_correction,
    tool_of,
    visible_to,
)
from screening.reassessed import reassessed_of


def find(subject_id: uuid.UUID, user: Any) -> Subject:
    """A completed screen this person may export. Raises ``NotVisible`` for any other."""
    screen = _screen(subject_id, user)
    tool = tool_of(screen.tool_version_id)
    correction = f", correction {screen.correction_number}" if screen.correction_number else ""
    return Subject(
        title=f"{tool.title} of {screen.child.reference}",
        version=(
            f"Completed {date_words(screen.completed_on)}{correction}; "
            f"{handbook(tool.source.short)}, tool version {tool.version}"
        ),
        marking=screen.authority.marking,
        handling=screen.authority.handling,
        child=screen.child,
        back=_page_of(screen),
    )


def build(subject_id: uuid.UUID, user: Any) -> dict[str, Any]:
    """What the PDF of a completed screen shows. Raises ``NotVisible``."""
    screen = _screen(subject_id, user)
    return {
        "screen": screen_document(record_of(screen)),
        "emergency": screen.authority.emergency_text,
        "contacts": contact_rows(screen.authority),
    }


def superseded(subject_id: uuid.UUID) -> str:
    """Which correction stands in the screen's place now, in words without a name; or nothing."""
    after = newest_correction(Screen, subject_id)
    if after is None:
        return ""
    return (
        f"This screen was corrected on {date_words(after.completed_on)} "
        f"(correction {after.correction_number}). Ask for the newer version."
    )


def record_of(screen: Screen) -> ScreenRecord:
    """A completed screen with everything its PDF needs; a fixed number of queries,
    and one for each correction of it."""
    tool = tool_of(screen.tool_version_id)
    answers = read_answers(screen.answers)
    assessed = latest_assessment(screen)
    assert screen.completed_at is not None and screen.completed_by is not None  # noqa: S101
    return ScreenRecord(
        tool=tool,
        answers=answers,
        notes={each.key: read_notes(screen.answers, each.key) for each in tool.domains},
        ratings={rating.domain: rating for rating in read_ratings(screen.answers)},
        sections=screen.sections,
        assessment=assessed.result,
        assessed_at=assessed.made_at,
        child=child_rows(child_then(screen)),
        age=first_assessment(screen).result["age"],
        reassessed=tuple(each.words for each in reassessed_of(screen)),
        completed_by=person_words(screen.completed_by),
        completed_at=screen.completed_at,
        agency=screen.agency.name,
        names=amenders(answers.values()),
        signed=_signatures(screen),
        level=_level(screen),
        tool_reason=screen.tool_reason,
        correction=correction_words(screen),
        replaced=superseded(screen.pk),
    )


def _screen(screen_id: uuid.UUID, user: Any) -> Screen:
    found = (
        visible_to(user, Capability.EXPORT)
        .select_related("completed_by", "corrects")
        .filter(pk=screen_id, status=Status.COMPLETE)
        .first()
    )
    if found is None:
        raise NotVisible
    return found


def correction_words(screen: Screen) -> str:
    """Which version a correction corrects, and why; empty for a screen that corrects none."""
    if screen.corrects is None:
        return ""
    return (
        f"Correction {screen.correction_number}, of the screen completed "
        f"{date_words(screen.corrects.completed_on)}: {screen.correction_reason}"
    )


def amenders(answers: Iterable[Given]) -> dict[str, str]:
    """Names of those who amended a level, by id; one query."""
    ids = {each for given in answers for each in given.amenders}
    people = User.objects.filter(pk__in=ids) if ids else ()
    return {str(person.pk): person.get_full_name() for person in people}


def _signatures(screen: Screen) -> dict[str, Signed]:
    rows = countersignatures_of(screen)
    posts = _answering_posts(screen, {row.by_id for row in rows}) if rows else []
    return {
        row.indicator: Signed(
            person_words(row.by), _post_of(row, posts), row.agrees, row.reason, row.at
        )
        for row in rows
    }


def _answering_posts(screen: Screen, people: Collection[uuid.UUID]) -> list[Post]:
    """The posts of these people by which somebody answers for a screen, the nearest first."""
    found = Post.objects.filter(answering(screen), user_id__in=people)
    posts = found.select_related("team__agency")
    nearest = (Role.NAMED_LEAD, Role.CSE_TEAM, Role.SENIOR_MANAGER)
    return sorted(posts, key=lambda post: nearest.index(Role(post.role)))


def _post_of(row: Countersignature, posts: list[Post]) -> str:
    """The post that the signer held on that day, in words."""
    day = timezone.localdate(row.at)
    held = (
        f"{post.get_role_display()}, {post.team.agency.name}"
        for post in posts
        if post.user_id == row.by_id
        and post.starts_on <= day
        and (post.ends_on is None or day <= post.ends_on)
    )
    return next(held, "")


def _level(screen: Screen) -> LevelRecord:
    """What became of a lowered level; a level that needed nobody else simply stands."""
    event = (
        LevelEvent.objects.filter(
            subject_kind=Screen._meta.label_lower, subject_id=screen.pk, needs_approval=True
        )
        .select_related("approved_by")
        .first()
    )
    if event is None:
        return LevelRecord()
    if event.taken_back_at:
        return LevelRecord("taken back")
    if is_waiting(event) or event.approved_by is None:
        return LevelRecord("waits")
    return LevelRecord(
        state="approved" if event.approved_at else "refused",
        by=person_words(event.approved_by),
        at=event.approved_at or event.refused_at,
        note=event.approval_note,
    )


def _page_of(screen: Screen) -> str:
    """The page the screen is read on, where there is one."""
    try:
        return reverse("screening:show", args=[screen.pk])
    except NoReverseMatch:
        return ""


KIND = DocumentKind(
    key="screen",
    title="Completed screen",
    template="documents/pdf/screen.html",
    capability=Capability.EXPORT,
    find=find,
    build=build,
    superseded=superseded,
)
