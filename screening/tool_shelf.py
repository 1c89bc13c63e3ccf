"""The tools on the shelf: their versions, which is in use, and how two versions differ."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from screening.models import Status, Tool, ToolChoice, ToolVersion
from screening.tools.definition import Indicator
from screening.tools.definition import Tool as Definition

LEVEL_WORDS: Final = {"high": "High", "medium": "Medium", "low": "Low", "": "None"}


@dataclass(frozen=True)
class ShelfTool:
    """One tool with its versions, the newest first, and the choice that counts now."""

    tool: Tool
    versions: tuple[ToolVersion, ...]
    choice: ToolChoice | None

    @property
    def in_use(self) -> uuid.UUID | None:
        """The id of the version that new screens use; None while none is chosen."""
        return self.choice.version_id if self.choice else None

    @property
    def newest(self) -> ToolVersion | None:
        """The version with the highest number: rows are retired from it."""
        return self.versions[0] if self.versions else None


def shelf() -> list[ShelfTool]:
    """Every tool by name. Three queries for any number; no definition is read."""
    found = Tool.objects.order_by("name", "key").prefetch_related(
        Prefetch("versions", _versions().order_by("-number"))
    )
    now = {choice.tool_id: choice for choice in _choices_now()}
    return [ShelfTool(tool, tuple(tool.versions.all()), now.get(tool.pk)) for tool in found]


def shelf_tool(tool: Tool) -> ShelfTool:
    """One tool as `shelf` gives it. Two queries."""
    choice = _choices_now().filter(tool=tool).first()
    return ShelfTool(tool, tuple(_versions().filter(tool=tool).order_by("-number")), choice)


def version_of(version_id: uuid.UUID) -> ToolVersion | None:
    """A version with its tool and how many screens are pinned to it."""
    return _versions().select_related("tool").filter(pk=version_id).first()


def choices_of(tool: Tool) -> QuerySet[ToolChoice]:
    """Every choice of a version, the newest first, with who chose and why."""
    return (
        ToolChoice.objects.filter(tool=tool)
        .select_related("version", "chosen_by")
        .defer("version__definition")
        .order_by("-starts_at")
    )


def _versions() -> QuerySet[ToolVersion]:
    screens = Count("screens", filter=~Q(screens__status=Status.SET_ASIDE))
    return (
        ToolVersion.objects.defer("definition").select_related("loaded_by").annotate(pinned=screens)
    )


def _choices_now() -> QuerySet[ToolChoice]:
    return (
        ToolChoice.objects.filter(starts_at__lte=timezone.now())
        .order_by("tool_id", "-starts_at")
        .distinct("tool_id")
        .select_related("chosen_by", "version")
        .defer("version__definition")
    )


@dataclass(frozen=True)
class Difference:
    """One way in which a version differs from another: the row, and before and after in words."""

    indicator: str
    text: str
    what: str
    before: str = ""
    after: str = ""


def differences(old: Definition, new: Definition) -> list[Difference]:
    """How the rows of ``new`` differ from those of ``old``, in the order of ``new``.

    What the paper prints twice and the page shows once is named once.
    """
    found = []
    for row in new.indicators.values():
        if row.same_row_as:
            continue
        was = old.indicators.get(row.id)
        if was is None:
            found.append(Difference(row.id, row.display_text, "Added"))
        else:
            found += _of_row(was, row)
    gone = [row for key, row in old.indicators.items() if key not in new.indicators]
    return [*found, *(Difference(row.id, row.display_text, "Not in it any more") for row in gone)]


def _of_row(was: Indicator, now: Indicator) -> Iterator[Difference]:
    if now.retired and not was.retired:
        yield Difference(now.id, now.display_text, "Retired", after=now.retired_reason)
    if was.retired and not now.retired:
        yield Difference(now.id, now.display_text, "Asked again", before=was.retired_reason)
    pairs = (
        ("Other words", was.display_text, now.display_text),
        ("Other suggested level", _level(was), _level(now)),
        ("Other practice note", was.practice_note, now.practice_note),
        ("Moved to another domain", was.domain, now.domain),
    )
    for what, one, two in pairs:
        if one != two:
            yield Difference(now.id, now.display_text, what, one, two)


def _level(row: Indicator) -> str:
    return LEVEL_WORDS[row.suggested_level.value if row.suggested_level else ""]
