"""409: the same part was saved meanwhile. Both texts side by side, and neither is lost.

By somebody else, or by oneself in another window.

Three versions are compared: what the page was opened with, what is stored now, what was typed.
Only one of two people changed a value: that change is taken. Both did: the page asks.
"""

from django.http import JsonResponse
from django.urls import reverse

from cse.interface.merging import three_ways
from screening import queries
from screening.actions import StaleSave
from screening.answers import NOTHING, read_answers, read_notes, read_rating
from screening.forms import read_version
from screening.views.common import is_autosave, page
from screening.views.present import LEVEL_WORDS, PRESENCES

TEXTS = {
    "evidence": "Evidence",
    "concern": "Professional concern (“gut feeling”)",
    "note": "Note",
    "reason": "Reason for another level",
}
CHOICES = {"presence": "Answer", "level": "Level for this child", "when": "Time frame"}
RATING = {"impact": "Impact", "likelihood": "Likelihood", "rating": "Rating"}


def domain_conflict(request, opened, stale):
    """The comparison for a domain."""
    base = queries.part_before(opened.screen, stale.part.key, read_version(request.POST))
    return _answer(request, opened, stale, _domain_rows(stale, base.answers if base else {}))


def _domain_rows(stale, base):
    return [*_indicators(stale, base), *_notes(stale, base), *_ratings(stale, base)]


def _indicators(stale, base):
    before, theirs = read_answers(base), read_answers(stale.screen.answers)
    for row in stale.part.domain.shown:
        versions = (
            before.get(row.id, NOTHING),
            theirs.get(row.id, NOTHING),
            stale.values[row.id],
        )
        for name, label in {**CHOICES, **TEXTS}.items():
            yield _row(
                f"{row.id}-{name}",
                f"{row.display_text}: {label}",
                name in TEXTS,
                *(getattr(version, name) for version in versions),
            )


def _notes(stale, base):
    key = stale.part.domain.key
    if "notes" in stale.values:
        was, now = read_notes(base, key), read_notes(stale.screen.answers, key)
        yield _row("notes", f"Notes on {stale.part.title}", True, was, now, stale.values["notes"])


def _ratings(stale, base):
    key = stale.part.domain.key
    old, now = read_rating(base, key), read_rating(stale.screen.answers, key)
    for name, label in RATING.items():
        if name in stale.values:
            was, is_now = getattr(old, name) or "", getattr(now, name) or ""
            yield _row(name, label, False, was, is_now, stale.values[name])


def section_conflict(request, opened, stale):
    """The comparison for a section."""
    base = queries.part_before(opened.screen, stale.part.key, read_version(request.POST))
    rows, tables = section_rows(stale, base.sections if base else {})
    return _answer(request, opened, stale, rows, tables)


def section_rows(stale, base):
    """Every field of a section in three versions. A table is one text: a line a row."""
    rows, tables = [], []
    for each in stale.part.fields:
        old = base.get(each.key, "")
        now, mine = stale.screen.sections.get(each.key, ""), stale.values.get(each.key, "")
        if each.kind == "table":
            tables.append(_table(each, old or [], now or [], mine or []))
            continue
        rows.append(_row(each.key, each.title, each.kind == "text", old, now, mine))
    return rows, tables


def _row(name, label, is_text, base, theirs, mine):
    """One value of three versions, and which to keep where only one side changed it."""
    words = {**dict(PRESENCES), **LEVEL_WORDS}
    return three_ways(
        name, label, is_text=is_text, base=base, theirs=theirs, mine=mine, words=words
    )


def _table(each, base, theirs, mine):
    """The rows of both, each once: nobody's row is lost. Rows that one side took out go."""
    taken_out = [row for row in base if row not in theirs or row not in mine]
    kept = [row for row in [*theirs, *(row for row in mine if row not in theirs)]]
    return {
        "field": each,
        "rows": [row for row in kept if row not in taken_out or row not in base],
        "differs": theirs != mine,
    }


def _answer(request, opened, stale, rows, tables=()):
    """The script is told; the button gets the page where both are shown."""
    if is_autosave(request):
        return JsonResponse({}, status=409)
    opened.screen = stale.screen
    kind = "domain" if stale.part.is_domain else "section"
    here = reverse(f"screening:{kind}", kwargs={"pk": opened.screen.pk, "slug": stale.part.slug})
    replaced = reverse("screening:replaced", kwargs={"pk": opened.screen.pk})
    context = conflict_context(request.user, stale, here, rows, tables, replaced=replaced)
    return page(request, "conflict", opened, status=409, **context)


def too_late(request, opened, part, values):
    """409: completed or set aside meanwhile. Nothing is written, what was typed is shown back."""
    screen = opened.screen
    words = "completed" if screen.is_complete else "set aside"
    if is_autosave(request):
        message = f"Not saved: this screen was {words} meanwhile. Copy what you typed."
        return JsonResponse({"message": message}, status=400)
    sent = StaleSave(screen, part, values)
    rows, tables = (_domain_rows(sent, {}), []) if part.is_domain else section_rows(sent, {})
    typed = [
        (row["label"], row["mine"] if row["is_text"] else row["mine_words"])
        for row in rows
        if row["differs"] and row["mine"]
    ]
    for each in tables:
        lines = [" – ".join(row) for row in values[each["field"].key]]
        if each["differs"] and lines:
            typed.append((each["field"].title, "\n".join(lines)))
    return page(request, "too_late", opened, status=409, part=part, words=words, typed=typed)


def conflict_context(user, stale, here, rows, tables=(), *, replaced=""):
    """What the page shows where both texts stand; ``here`` is the address of the part.

    ``replaced`` is that of the page where what is replaced stays readable, if there is one.
    """
    saver, at = queries.last_saver(stale.screen, stale.part.key)
    own = saver is not None and saver.pk == user.pk
    return {
        "here": here,
        "part": stale.part,
        "clashes": [row for row in rows if row["clash"]],
        "quiet": [row for row in rows if not row["clash"]],
        "tables": tables,
        "own": own,
        "replaced": replaced,
        "theirs_by": "" if own or saver is None else saver.get_full_name(),
        "theirs_at": at,
        "version": stale.screen.part_versions.get(stale.part.key, 0),
    }
