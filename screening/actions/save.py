"""Saving one part of a draft: the same act for the button and for autosave."""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.audit import events
from screening.actions.common import lock
from screening.answers import (
    NOTHING,
    Given,
    project,
    read_answers,
    read_rating,
    write_answers,
    write_notes,
    write_rating,
)
from screening.models import Screen
from screening.models.drafted import Drafted
from screening.parts import Part, find_part
from screening.policies import Refused, check_can_save
from screening.queries import tool_of
from screening.rules import Presence, linked_answer
from screening.tools.definition import Tool

_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")
RATING = ("impact", "likelihood", "rating")
#: What a save may change of a draft; its history row holds the whole screen all the same.
WRITTEN = ("answers", "projection", "sections", "part_versions", "version", "saved_at")
Values = Mapping[str, Any]
"""What one page says. A domain: indicator → `Given`, ``notes``, ``impact``, ``likelihood``,
``rating``; a section: field → text, or the rows of a table."""


class StaleSave(Exception):  # noqa: N818  (a clash of two people, not a mistake of either)
    """Somebody else saved this part since the page was opened; nothing was written.

    ``screen`` is what is stored now (a screen, or another draft that is saved part by part),
    ``part`` the part, ``values`` what was typed.
    """

    def __init__(self, screen: Drafted, part: Part, values: Values) -> None:
        self.screen, self.part, self.values = screen, part, values
        super().__init__(f"{part.key} was saved by somebody else")


@transaction.atomic
def save_section(
    *,
    screen_id: uuid.UUID,
    part: str,
    values: Values,
    version: int,
    by: Any,
    ignored: tuple[str, ...] = (),
) -> Screen:
    """Save one part of a draft, as one history row.

    ``version`` is the part's version that the page was opened with; an older one raises
    `StaleSave`. ``ignored`` names fields that were posted and do not belong there: they change
    nothing and stand in the event. Nothing typed is refused here: what is wrong is said when the
    answers are checked.
    """
    return _save(screen_id, part, values, version, by, ignored)


@transaction.atomic
def mark_rest_no(
    *,
    screen_id: uuid.UUID,
    part: str,
    values: Values,
    version: int,
    by: Any,
    ignored: tuple[str, ...] = (),
) -> Screen:
    """Save a domain and answer what is left with "no": an explicit act (DEC-19).

    A row on which somebody wrote and chose nothing is not ruled out, and stays open (DEC-03).
    """
    return _save(screen_id, part, values, version, by, ignored, rest_no=True)


def _save(
    screen_id: uuid.UUID,
    part_key: str,
    values: Values,
    version: int,
    by: Any,
    ignored: tuple[str, ...],
    *,
    rest_no: bool = False,
) -> Screen:
    screen = lock(screen_id)
    check_can_save(by, screen)
    tool = tool_of(screen.tool_version_id)
    part = _part(tool, part_key)
    now_at = screen.part_versions.get(part.key, 0)
    if now_at != version:
        raise StaleSave(screen, part, values)
    if part.domain is not None:
        _write_domain(screen, part, values, tool, by, rest_no=rest_no)
    else:
        screen.sections = written(screen.sections, part, values)
    screen.part_versions = {**screen.part_versions, part.key: now_at + 1}
    screen.version += 1
    screen.saved_at = timezone.now()
    screen._change_reason = f"saved {part.key}"  # type: ignore[attr-defined]
    screen.save(update_fields=WRITTEN)
    events.record(
        "rest answered no" if rest_no else "screen saved",
        by=by,
        child=screen.child_id,
        obj=screen,
        changed=[part.key],
        data=ignored_data(ignored),
    )
    return screen


def _part(tool: Tool, key: str) -> Part:
    part = find_part(tool, key)
    if part is None:
        raise Refused("This screen has no such part.")
    return part


def ignored_data(names: tuple[str, ...]) -> dict[str, Any]:
    """What was posted in vain. A name is typed text too: only what looks like one is repeated."""
    if not names:
        return {}
    return {"ignored": [each for each in sorted(names) if _NAME.fullmatch(each)][:20]}


def _write_domain(
    screen: Screen, part: Part, values: Values, tool: Tool, by: Any, *, rest_no: bool
) -> None:
    assert part.domain is not None  # noqa: S101  the caller asked
    before = read_answers(screen.answers)
    given: dict[str, Given] = {}
    for row in part.domain.shown:
        old = before.get(row.id, NOTHING)
        new = values.get(row.id, old)
        if rest_no and not new.answered and not new.is_left_open:
            new = dataclasses.replace(new, presence=Presence.NO, prefilled=False)
        given[row.id] = _signed(old, new, by)
    given |= _linked(given, before, tool)
    document = write_answers(screen.answers, given, tool)
    if "notes" in values:
        document = write_notes(document, part.domain.key, values["notes"])
    if tool.matrix is not None:
        chosen: dict[str, Any] = {key: values[key] or None for key in RATING if key in values}
        rating = dataclasses.replace(read_rating(document, part.domain.key), **chosen)
        document = write_rating(document, rating)
    screen.answers, screen.projection = document, project(document, tool)


def _signed(old: Given, new: Given, by: Any) -> Given:
    """The answer with those who chose its amended level and wrote why: another one countersigns."""
    if not new.level:
        return dataclasses.replace(new, amended_by="", also_by="")
    if (old.level, old.reason) == (new.level, new.reason):
        return dataclasses.replace(new, amended_by=old.amended_by, also_by=old.also_by)
    own = str(by.pk)
    before = [each for each in old.amenders if each != own]
    return dataclasses.replace(new, amended_by=own, also_by=" ".join(before))


def _linked(
    given: Mapping[str, Given], before: Mapping[str, Given], tool: Tool
) -> dict[str, Given]:
    """What answering one of two linked rows fills in for the other (DEC-18)."""
    changed = {
        key: each
        for key, each in given.items()
        if tool.indicators[key].linked_to and each.answered and each != before.get(key)
    }
    if not changed:
        return {}
    together = {**before, **given}
    facts = [each.fact(key) for key, each in together.items()]
    found = {}
    for key, each in changed.items():
        other = linked_answer(each.fact(key), facts, tool)
        if other is not None:
            kept = together.get(other.indicator, NOTHING)
            found[other.indicator] = dataclasses.replace(
                kept, presence=each.presence, when=kept.when or each.when, prefilled=True
            )
    return found


def written(sections: Mapping[str, Any], part: Part, values: Values) -> dict[str, Any]:
    """The sections with this part's fields; what is empty is left out."""
    own = {field.key for field in part.fields}
    rest = {key: value for key, value in sections.items() if key not in own or key not in values}
    return {**rest, **{key: values[key] for key in own if values.get(key)}}
