"""``explain screening``: a screen's facts as JSON, and what the rules say (``docs/explain.md``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from cse.strict import OLDEST, Reader, Refused, short
from screening.rules import (
    Answer,
    Assessment,
    CseLevel,
    Direction,
    DomainRating,
    Facts,
    Harm,
    Impact,
    Level,
    LevelEvent,
    Likelihood,
    Presence,
    TimeFrame,
    Tool,
    assess,
    completion_problems,
)
from screening.tools.definition import Indicator
from screening.tools.loader import load_tool, tool_files, tool_named


def explain(facts: Any) -> dict[str, Any]:
    """What every rule of the tool says about ``facts``.

    Raises ``Refused`` with every problem, each named by its field.
    """
    reader = Reader(facts)
    tool = _tool(reader)
    if tool is None:
        raise Refused(reader.problems)
    read = _facts(reader, tool)
    reader.done()
    if read is None or reader.problems:
        raise Refused(reader.problems)
    return _outcome(read, tool)


def _tool(reader: Reader) -> Tool | None:
    """The shipped tool that ``tool`` names, or the definition that it holds."""
    given = reader.raw("tool", required=False)
    if isinstance(given, Mapping):
        return _rehearsed(reader, given)
    key = reader.choice("tool", tool_files(), required=True)
    version = reader.whole("tool_version", low=1, high=9999)
    if key is None or reader.problems:
        return None
    if version is not None and version not in tool_files()[key]:
        reader.wrong("tool_version", f"there is no version {version} of {key}")
        return None
    return tool_named(key, version)


def _rehearsed(reader: Reader, definition: Mapping[str, Any]) -> Tool | None:
    """A tool that a board tries before it ships it."""
    try:
        return load_tool(definition)
    except Refused as refused:
        for place, message in refused.problems:
            reader.wrong(f"tool.{place}", message)
        return None


def _facts(reader: Reader, tool: Tool) -> Facts | None:
    """The facts, or None where they cannot be made; problems stay with ``reader``."""
    completed_on = reader.day("completed_on", required=True)
    born = reader.birth("date_of_birth", completed_on)
    if born is None and not _names_age(reader):
        reader.wrong("date_of_birth", "give it, or null where it is not known")
    if born and completed_on and born > completed_on:
        reader.wrong("date_of_birth", f"{born} is after completed_on")
    parts: dict[str, Any] = {
        "date_of_birth": born,
        "date_of_birth_certain": reader.boolean("date_of_birth_certain", default=True),
        "estimated_age": reader.whole("estimated_age", low=0, high=OLDEST),
        "answers": _answers(reader, tool),
        "domains": _domains(reader, tool),
        "overall": _overall(reader, tool),
        "history": _history(reader, completed_on),
        "level": reader.choice("level", CseLevel, spaced=True),
        "level_approved": reader.boolean("level_approved", default=False),
        "direction": reader.choice("direction", Direction),
        "harm_happened": reader.choice("harm_happened", Harm, spaced=True),
        "level_reason": reader.text("level_reason"),
        "professional_judgement": reader.text("professional_judgement"),
        "concerns_confirmed": (
            reader.boolean("concerns_confirmed") if reader.has("concerns_confirmed") else None
        ),
    }
    if reader.problems or completed_on is None:
        return None
    return Facts(completed_on=completed_on, **parts)


def _names_age(reader: Reader) -> bool:
    """Whether the date of birth is given in some form, null included, or an age is."""
    return reader.gives("date_of_birth") or reader.has("estimated_age")


def _answers(reader: Reader, tool: Tool) -> tuple[Answer, ...]:
    found: dict[str, Answer] = {}
    for each in reader.objects("answers"):
        indicator = _indicator(each, tool)
        answer = _one_answer(each, indicator)
        each.done()
        if answer and answer.indicator in found:
            each.wrong("indicator", f"{answer.indicator} is answered twice")
        elif answer:
            found[answer.indicator] = answer
    return tuple(found.values())


def _indicator(reader: Reader, tool: Tool) -> Indicator | None:
    name = reader.text("indicator", required=True)
    indicator = tool.indicators.get(name)
    if indicator is None and name:
        reader.wrong("indicator", f"{tool.name} has no indicator {short(name)}")
    elif indicator and indicator.retired:
        reader.wrong("indicator", f"{name} is retired in {tool.name}")
    return indicator


def _one_answer(reader: Reader, indicator: Indicator | None) -> Answer | None:
    presence = reader.choice("presence", Presence, required=True, spaced=True)
    amended = reader.choice("amended_level", Level)
    if amended and indicator and indicator.suggested_level is None:
        reader.wrong("amended_level", "this tool suggests no level here: rate the domain instead")
    frame = reader.choice("time_frame", TimeFrame, spaced=True)
    reason, note = reader.text("reason"), reader.text("note")
    flags = {
        key: reader.boolean(key) for key in ("countersigned", "evidence", "professional_concern")
    }
    if indicator is None or presence is None:
        return None
    return Answer(
        indicator=indicator.id,
        presence=Presence(presence),
        amended_level=Level(amended) if amended else None,
        reason=reason,
        note=note,
        time_frame=TimeFrame(frame) if frame else TimeFrame.UNKNOWN,
        **flags,
    )


def _domains(reader: Reader, tool: Tool) -> tuple[DomainRating, ...]:
    given = reader.objects("domains")
    if given and tool.matrix is None:
        reader.wrong("domains", f"{tool.name} has no matrix: its domains are not rated")
        return ()
    keys = {name: each.key for each in tool.domains for name in (each.key, each.title)}
    found: dict[str, DomainRating] = {}
    for each in given:
        name = each.text("domain", required=True)
        if name and name not in keys:
            each.wrong("domain", f"{tool.name} has no domain {short(name)}")
        elif name and keys[name] in found:
            each.wrong("domain", f"{name} is rated twice")
        rating = _rating(each, keys.get(name, ""))
        found[rating.domain] = rating
    return tuple(found.values())


def _overall(reader: Reader, tool: Tool) -> DomainRating | None:
    each = reader.object("overall")
    if each and tool.matrix is None:
        reader.wrong("overall", f"{tool.name} has no matrix")
    return _rating(each, "") if each else None


def _rating(reader: Reader, domain: str) -> DomainRating:
    impact = reader.choice("impact", Impact)
    likelihood = reader.choice("likelihood", Likelihood, spaced=True)
    rating = reader.choice("rating", Level)
    reader.done()
    return DomainRating(
        domain=domain,
        impact=Impact(impact) if impact else None,
        likelihood=Likelihood(likelihood) if likelihood else None,
        rating=Level(rating) if rating else None,
    )


def _history(reader: Reader, completed_on: dt.date | None) -> tuple[LevelEvent, ...]:
    """The levels before this screen: a later one is no history of it."""
    found = []
    for each in reader.objects("history"):
        level, day = (
            each.choice("level", CseLevel, required=True, spaced=True),
            each.day("on", required=True),
        )
        each.done()
        if day and completed_on and day > completed_on:
            each.wrong("on", f"{day} is after completed_on")
        elif level and day:
            found.append(LevelEvent(CseLevel(level), day))
    return tuple(found)


def _outcome(facts: Facts, tool: Tool) -> dict[str, Any]:
    """The outcome in the words of ``docs/schemas/explain-screening-output.schema.json``."""
    found: Assessment = assess(facts, tool)
    full = found.as_json()
    return {
        "tool": found.tool,
        "tool_hash": found.tool_hash,
        "age": found.age.years,
        "age_basis": found.age.basis.value,
        "totals": full["totals"],
        "unanswered": found.unanswered,
        "paper_rows": len(found.paper_rows),
        "paper_totals": full["paper_totals"],
        "matrix": {title: level.value for title, level in found.matrix.items()},
        "overall_matrix": full["overall_suggested"],
        "rules": full["rules"],
        "prompts": full["prompts"],
        "waiting": full["waiting"],
        "level_change": full["level_change"],
        "blocked": full["blocked"],
        "to_complete": [
            {"field": each.field, "message": each.message, "source": each.source}
            for each in completion_problems(facts, tool)
        ],
    }
