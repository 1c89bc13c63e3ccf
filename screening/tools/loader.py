"""Reads a tool's data file into a :class:`Tool`, or refuses it naming everything that is wrong.

A wrong file loads nothing. The same words are in ``docs/schemas/tool.schema.json``; what a schema
cannot say (links that point both ways, a repeat in the same domain) is checked here alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from cse.strict import Reader, Refused, parse_json
from screening.tools.checks import check_tool, given_twice
from screening.tools.definition import (
    FIELD_KINDS,
    Choice,
    CseLevel,
    Definition,
    Domain,
    Field,
    Footnote,
    Impact,
    Indicator,
    Level,
    LevelChoice,
    Likelihood,
    Matrix,
    Message,
    Route,
    RuleText,
    Section,
    Source,
    Tag,
    Tool,
)

FOLDER: Final = Path(__file__).resolve().parent
_FILE = re.compile(r"(?P<key>[a-z][a-z0-9-]*)-v(?P<version>[1-9][0-9]*)\.json")
LARGEST_VERSION: Final = 9999


def load_tool(source: Path | str | Mapping[str, Any]) -> Tool:
    """The tool that ``source`` (a path, or what such a file holds) defines.

    Raises ``Refused`` with every problem, each named with its place in the file.
    """
    if isinstance(source, Mapping):
        return _tool(source)
    path = Path(source)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused([(path.name, f"cannot be read: {type(error).__name__}")]) from None
    tool = _tool(parse_json(text))
    if path.name != f"{tool.name}.json":
        raise Refused([("version", f"the file is named {path.name}, its content {tool.name}")])
    return tool


def tool_files(folder: Path = FOLDER) -> dict[str, dict[int, Path]]:
    """Every tool file in ``folder``: key → version → path."""
    found: dict[str, dict[int, Path]] = {}
    for path in sorted(folder.glob("*.json")):
        match = _FILE.fullmatch(path.name)
        if match:
            found.setdefault(match["key"], {})[int(match["version"])] = path
    return found


@cache
def shipped_tool(path: Path) -> Tool:
    """The tool of a file that ships, read once a process."""
    return load_tool(path)


@cache
def tool_named(key: str, version: int | None = None) -> Tool:
    """The shipped tool ``key`` in ``version``, or in its highest version.

    Raises KeyError for a tool or version that there is not.
    """
    versions = tool_files()[key]
    return shipped_tool(versions[version if version is not None else max(versions)])


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of ``content`` as canonical JSON: independent of spacing and of key order."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _tool(content: Any) -> Tool:
    reader = Reader(content)
    tool = Tool(
        key=reader.text("key", required=True),
        version=reader.whole("version", low=1, high=LARGEST_VERSION, required=True) or 1,
        title=reader.text("title", required=True),
        source=_source(reader.object("source", required=True)),
        label=reader.text("label", required=True),
        marking=reader.text("marking", required=True),
        warn_under=reader.whole("warn_under", low=0, high=18, required=True) or 0,
        primary_ages=_ages(reader.object("primary_ages")),
        intro=tuple(_message(each) for each in reader.objects("intro", required=True)),
        footnote=_footnote(reader.object("footnote", required=True)),
        levels=tuple(_level_choice(each) for each in reader.objects("levels", required=True)),
        time_frames=_choices(reader, "time_frames", required=True),
        matrix=_matrix(reader.object("matrix")),
        rules=tuple(_rule(each) for each in reader.objects("rules", required=True)),
        domains=tuple(_domain(each) for each in reader.objects("domains", required=True)),
        sections=tuple(_section(each) for each in reader.objects("sections", required=True)),
        content_hash=content_hash(content) if isinstance(content, Mapping) else "",
    )
    reader.done()
    if reader.problems:
        raise Refused([*reader.problems, *given_twice(tool)])
    problems = check_tool(tool)
    if problems:
        raise Refused(problems)
    return tool


def _source(reader: Reader | None) -> Source:
    if reader is None:
        return Source("", "", "")
    source = Source(
        document=reader.text("document", required=True),
        section=reader.text("section", required=True),
        short=reader.text("short", required=True),
    )
    reader.done()
    return source


def _ages(reader: Reader | None) -> tuple[int, int] | None:
    if reader is None:
        return None
    low = reader.whole("from", low=0, high=18, required=True) or 0
    high = reader.whole("to", low=0, high=18, required=True) or 0
    reader.done()
    return low, high


def _message(reader: Reader) -> Message:
    message = Message(reader.text("text", required=True), reader.text("source", required=True))
    reader.done()
    return message


def _footnote(reader: Reader | None) -> Footnote:
    if reader is None:
        return Footnote("", "", ())
    footnote = Footnote(
        text=reader.text("text", required=True),
        source=reader.text("source", required=True),
        contact_points=reader.texts("contact_points"),
    )
    reader.done()
    return footnote


def _level_choice(reader: Reader) -> LevelChoice:
    choice = LevelChoice(
        key=CseLevel(reader.choice("key", CseLevel, required=True) or CseLevel.VULNERABLE),
        title=reader.text("title", required=True),
        help=reader.text("help"),
        source=reader.text("source", required=True),
    )
    reader.done()
    return choice


def _choices(reader: Reader, key: str, *, required: bool = False) -> tuple[Choice, ...]:
    found = []
    for each in reader.objects(key, required=required):
        found.append(Choice(each.text("key", required=True), each.text("title", required=True)))
        each.done()
    return tuple(found)


def _definition(reader: Reader, allowed: type[Impact] | type[Likelihood]) -> Definition:
    definition = Definition(
        key=reader.choice("key", allowed, required=True) or "",
        title=reader.text("title", required=True),
        definition=reader.text("definition", required=True),
        has_happened=reader.boolean("has_happened"),
    )
    reader.done()
    return definition


def _matrix(reader: Reader | None) -> Matrix | None:
    if reader is None:
        return None
    cells: dict[tuple[str, str], Level] = {}
    rows = reader.object("cells", required=True)
    for impact in Impact if rows else ():
        row = rows.object(impact, required=True) if rows else None
        for likelihood in Likelihood if row else ():
            level = row.choice(likelihood, Level, required=True) if row else None
            cells[impact.value, likelihood.value] = Level(level or Level.LOW)
        if row:
            row.done()
    if rows:
        rows.done()
    matrix = Matrix(
        source=reader.text("source", required=True),
        impacts=tuple(_definition(each, Impact) for each in reader.objects("impacts")),
        likelihoods=tuple(_definition(each, Likelihood) for each in reader.objects("likelihoods")),
        cells=cells,
    )
    reader.done()
    return matrix


def _rule(reader: Reader) -> RuleText:
    routes = []
    for each in reader.objects("routes", required=True):
        routes.append(
            Route(
                key=each.text("key", required=True),
                title=each.text("title", required=True),
                source=each.text("source", required=True),
            )
        )
        each.done()
    rule = RuleText(
        reader.text("id", required=True), reader.text("source", required=True), tuple(routes)
    )
    reader.done()
    return rule


def _domain(reader: Reader) -> Domain:
    key = reader.text("key", required=True)
    domain = Domain(
        key=key,
        title=reader.text("title", required=True),
        has_notes_in_source=reader.boolean("has_notes_in_source", required=True),
        indicators=tuple(
            _indicator(each, key) for each in reader.objects("indicators", required=True)
        ),
    )
    reader.done()
    return domain


def _indicator(reader: Reader, domain: str) -> Indicator:
    level = reader.choice("suggested_level", Level)
    tags = reader.texts("tags")
    for place, tag in enumerate(tags):
        if tag not in tuple(Tag):
            reader.wrong(f"tags[{place}]", f"is {' or '.join(Tag)}")
    indicator = Indicator(
        id=reader.text("id", required=True),
        domain=domain,
        source_row=reader.whole("source_row", low=1, high=LARGEST_VERSION, required=True) or 0,
        source_text=reader.text("source_text", required=True),
        display_text=reader.text("display_text", required=True),
        suggested_level=Level(level) if level else None,
        tags=frozenset(Tag(tag) for tag in tags if tag in tuple(Tag)),
        practice_note=reader.text("practice_note"),
        same_row_as=reader.text("same_row_as"),
        linked_to=reader.text("linked_to"),
        also_under=reader.texts("also_under"),
        retired=reader.boolean("retired"),
        retired_reason=reader.text("retired_reason"),
    )
    reader.done()
    return indicator


def _section(reader: Reader) -> Section:
    section = Section(
        number=reader.text("number"),
        key=reader.text("key", required=True),
        title=reader.text("title", required=True),
        source=reader.text("source", required=True),
        in_source=reader.boolean("in_source", required=True),
        fields=tuple(_field(each) for each in reader.objects("fields", required=True)),
    )
    reader.done()
    return section


def _field(reader: Reader) -> Field:
    field = Field(
        key=reader.text("key", required=True),
        title=reader.text("title", required=True),
        kind=reader.choice("kind", FIELD_KINDS, required=True) or "text",
        required=reader.boolean("required"),
        help=reader.text("help"),
        choices=_choices(reader, "choices"),
        columns=_choices(reader, "columns"),
    )
    reader.done()
    return field
