"""Loading tool versions, choosing the one in use, retiring a row: data, never code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.audit import events
from screening.models import Tool, ToolChoice, ToolVersion
from screening.policies import Refused
from screening.tool_owners import check_can_change
from screening.tools.definition import Tool as Definition
from screening.tools.loader import load_tool, shipped_tool, tool_files


@transaction.atomic
def load_tool_version(*, definition: Mapping[str, Any], by: Any, note: str = "") -> ToolVersion:
    """Add a version of a tool; the same content again gives the version that is there.

    It waits until somebody chooses it. Raises ``cse.strict.Refused`` with every mistake in the
    definition, ``Refused`` for another area's tool, for a number that is taken or leaves a gap, and
    where a row of the version before is left out. Nothing is loaded then.
    """
    parsed = load_tool(definition)
    check_can_change(by, parsed.key)
    return _load(parsed, definition, by=by, note=note)


@transaction.atomic
def load_shipped_tools() -> list[ToolVersion]:
    """Load every tool file that ships and is not there yet; the system's own act at set-up.

    A tool without a version in use gets its highest one; a choice already made is left alone.
    """
    loaded = []
    for versions in tool_files().values():
        for path in (versions[number] for number in sorted(versions)):
            definition = json.loads(path.read_text(encoding="utf-8"))
            loaded.append(_load(shipped_tool(path), definition, by=None, note=""))
        if not ToolChoice.objects.filter(tool=loaded[-1].tool).exists():
            _choose(loaded[-1], by=None, reason="Shipped with the service")
    return loaded


@transaction.atomic
def choose_version(*, version: ToolVersion, by: Any, reason: str) -> ToolChoice:
    """From now on new screens of the tool use this version; drafts and screens keep theirs."""
    check_can_change(by, version.tool.key)
    if not reason.strip():
        raise Refused("Say why this version is to be used.")
    return _choose(version, by=by, reason=reason)


@transaction.atomic
def retire_row(*, tool: Tool, indicator: str, reason: str, by: Any) -> ToolVersion:
    """A new version of the tool without this row (DEC-22); it waits until somebody chooses it.

    Screens made before keep the row. Rows that repeat it are retired with it.
    """
    check_can_change(by, tool.key)
    if not reason.strip():
        raise Refused("Say why the row is retired.")
    newest = ToolVersion.objects.filter(tool=tool).latest("number")
    definition = json.loads(json.dumps(newest.definition))
    definition["version"] = newest.number + 1
    rows = [row for domain in definition["domains"] for row in domain["indicators"]]
    found = [row for row in rows if indicator in (row["id"], row.get("same_row_as"))]
    if not any(row["id"] == indicator and not row.get("retired") for row in found):
        raise Refused("This tool asks no such row.")
    for row in found:
        row["retired"], row["retired_reason"] = True, reason
    return _load(load_tool(definition), definition, by=by, note=reason)


def _load(parsed: Definition, definition: Mapping[str, Any], *, by: Any, note: str) -> ToolVersion:
    tool = Tool.objects.select_for_update().filter(key=parsed.key).first()
    if tool is None:
        tool = Tool(key=parsed.key, name=parsed.title)
        tool.save()
    same = ToolVersion.objects.filter(tool=tool, content_hash=parsed.content_hash).first()
    return same or _add(tool, parsed, definition, by, note)


def _add(
    tool: Tool, parsed: Definition, definition: Mapping[str, Any], by: Any, note: str
) -> ToolVersion:
    highest = ToolVersion.objects.filter(tool=tool).order_by("-number").first()
    wanted = highest.number + 1 if highest else 1
    if parsed.version != wanted:
        raise Refused(f"The next version of this tool is {wanted}, not {parsed.version}.")
    if highest is not None:
        _check_drops_nothing(load_tool(highest.definition), parsed)
    version = ToolVersion(
        tool=tool,
        number=parsed.version,
        definition=definition,
        content_hash=parsed.content_hash,
        note=note,
        loaded_by=by,
        loaded_at=timezone.now(),
    )
    version.save(force_insert=True)
    events.record(
        "tool version loaded",
        by=by,
        obj=version,
        reason=note,
        data={"tool": tool.key, "version": parsed.version, "hash": parsed.content_hash},
    )
    return version


def _check_drops_nothing(before: Definition, after: Definition) -> None:
    """A row is never left out of the next version: retired, it keeps its place and says why."""
    gone = [row for row in before.indicators if row not in after.indicators]
    if gone:
        raise Refused(
            f"Not in this file: {', '.join(gone)}. A row is retired, with its reason, and not left "
            "out: screens can then be compared over time."
        )


def _choose(version: ToolVersion, *, by: Any, reason: str) -> ToolChoice:
    choice = ToolChoice(
        tool=version.tool, version=version, starts_at=timezone.now(), chosen_by=by, reason=reason
    )
    choice.save(force_insert=True)
    events.record(
        "tool version chosen",
        by=by,
        obj=choice,
        reason=reason,
        data={"tool": version.tool.key, "version": version.number},
    )
    return choice
