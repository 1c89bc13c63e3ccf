"""A draft: its task list, and one page for each domain and each section."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.interface.forms import unsaved_words
from cse.interface.queries import hints_for
from screening import queries
from screening.actions import StaleSave, mark_rest_no, save_section
from screening.answers import read_answers, read_rating
from screening.forms import SectionForm, read_domain, read_table, read_version
from screening.parts import find_part, parts_of
from screening.policies import NoDraft
from screening.progress import progress_of
from screening.rules import (
    DomainRating,
    Impact,
    Level,
    Likelihood,
    completion_problems,
    peak_level,
    previous_level,
)
from screening.views import conflicts
from screening.views.common import Opened, is_autosave, open_screen, page
from screening.views.present import domain_context, live_context, panels


@require_safe
@requires(Capability.SCREEN)
def draft(request, pk):
    """The task list: every part, how far it is, and who else is at work on it."""
    opened = open_screen(request, pk, Capability.SCREEN)
    if not opened.screen.is_draft:
        return redirect("screening:show", pk=pk)
    problems = completion_problems(opened.facts, opened.tool)
    screen = opened.screen
    found = progress_of(opened.tool, screen.answers, screen.sections, problems)
    return page(
        request,
        "draft",
        opened,
        domains=[each for each in found if each.part.is_domain],
        sections=[each for each in found if not each.part.is_domain],
        others=queries.others_at_work(screen, request.user),
        contacts=queries.contacts_for(screen.authority_id),
        **live_context(opened),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.SCREEN)
def domain(request, pk, slug):
    """One domain: all its indicators as rows, its notes, and in Wiltshire its rating."""
    opened, part = _open_part(request, pk, f"domain.{slug}")
    if not opened.screen.is_draft:
        return _too_late(request, opened, part)
    if request.method == "POST":
        return _save_domain(request, opened, part)
    context = domain_context(opened, part, check_words="words" in request.GET)
    return page(
        request,
        "domain",
        opened,
        **context,
        next_part=_next(opened, part),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.SCREEN)
def section(request, pk, slug):
    """One section of what is asked beside the indicators."""
    opened, part = _open_part(request, pk, f"section.{slug}")
    if not opened.screen.is_draft:
        return _too_late(request, opened, part)
    if request.method == "POST":
        return _save_section(request, opened, part)
    form = SectionForm(part, initial=opened.screen.sections)
    return _section_page(request, opened, part, form)


def _open_part(request, pk, key):
    opened = open_screen(request, pk, Capability.SCREEN)
    part = find_part(opened.tool, key)
    if part is None:
        raise Http404
    return opened, part


def _too_late(request, opened, part):
    """The draft was completed or set aside meanwhile: who typed has it back, who reads goes on."""
    if request.method == "POST":
        return conflicts.too_late(request, opened, part, _typed(request, opened, part))
    return redirect("screening:show", pk=opened.screen.pk)


def _typed(request, opened, part):
    """What was posted as values of the part, whether or not they could be saved."""
    if part.is_domain:
        stored = read_answers(opened.screen.answers)
        return read_domain(request.POST, part, opened.tool, stored).values
    texts = {
        each.key: request.POST[each.key].replace("\r\n", "\n")
        for each in part.fields
        if each.key in request.POST
    }
    return texts | _tables(request, part)[0]


def _save_domain(request, opened, part):
    stored = read_answers(opened.screen.answers)
    read = read_domain(request.POST, part, opened.tool, stored)
    act = request.POST.get("act", "")
    if act == "accept":
        _accept(read.values, opened, part)
    unsaved = unsaved_words(read.errors)
    if unsaved and not is_autosave(request):
        return _wrong_domain(request, opened, part, read)
    read = read.without_wrong(stored)
    save = mark_rest_no if act == "rest_no" else save_section
    try:
        opened.screen = save(
            screen_id=opened.screen.pk,
            part=part.key,
            values=read.values,
            version=read_version(request.POST),
            by=request.user,
            ignored=read.ignored,
        )
    except StaleSave as stale:
        return conflicts.domain_conflict(request, opened, stale)
    except NoDraft:
        return _too_late(request, open_screen(request, opened.screen.pk, Capability.SCREEN), part)
    return _saved(request, opened, part, act, unsaved)


def _accept(values, opened, part):
    """The worker takes what the matrix suggests for what is chosen on the page."""
    rating = _typed_rating(values, opened, part)
    if opened.tool.matrix and rating.impact and rating.likelihood:
        values["rating"] = str(opened.tool.matrix.level(rating.impact, rating.likelihood))


def _typed_rating(values, opened, part):
    stored = read_rating(opened.screen.answers, part.domain.key)
    words = {"impact": Impact, "likelihood": Likelihood, "rating": Level}
    chosen = {
        name: (kind(values[name]) if values[name] else None)
        for name, kind in words.items()
        if name in values
    }
    return DomainRating(
        domain=part.domain.key,
        **({name: getattr(stored, name) for name in words} | chosen),
    )


def _wrong_domain(request, opened, part, read):
    rows = {row.id: read.values[row.id] for row in part.domain.shown}
    context = domain_context(
        opened,
        part,
        given=rows,
        notes=read.values.get("notes"),
        errors=read.errors,
        rating=_typed_rating(read.values, opened, part),
    )
    context["version"] = read_version(request.POST)
    return page(request, "domain", opened, **context, next_part=_next(opened, part))


def _save_section(request, opened, part):
    form = SectionForm(part, request.POST)
    tables, errors = _tables(request, part)
    wrong = not form.is_valid() or errors
    if wrong and not is_autosave(request):
        return _section_page(request, opened, part, form, tables, errors)
    # What the script sends is saved without what is wrong in it; a table is one thing.
    right = {} if errors else tables
    values = {**form.cleaned_data, **right}
    try:
        opened.screen = save_section(
            screen_id=opened.screen.pk,
            part=part.key,
            values=values,
            version=read_version(request.POST),
            by=request.user,
            ignored=form.surplus,
        )
    except StaleSave as stale:
        return conflicts.section_conflict(request, opened, stale)
    except NoDraft:
        return _too_late(request, open_screen(request, opened.screen.pk, Capability.SCREEN), part)
    return _saved(request, opened, part, request.POST.get("act", ""), unsaved_words(form, errors))


def _tables(request, part):
    values: dict = {}
    errors: dict = {}
    for each in part.fields:
        if each.kind == "table":
            values[each.key], wrong = read_table(request.POST, each)
            errors |= wrong
    return values, errors


def _saved(request, opened, part, act, unsaved=()):
    """After a save: the script's answer with what was left out, or the next page."""
    screen = opened.screen
    if is_autosave(request):
        saved_at = timezone.localtime(screen.saved_at)
        return JsonResponse(
            {
                "saved_at": f"{saved_at:%H:%M}",
                "version": screen.part_versions[part.key],
                "unsaved": list(unsaved),
                "panels": panels(opened, part),
            }
        )
    here = _address(screen, part)
    if "check_wording" in request.POST:
        return redirect(f"{here}?words=1")
    if act == "offered":
        return redirect("screening:offered", pk=screen.pk, slug=part.slug)
    if act in ("rest_no", "accept", "suggest", "add_row"):
        return redirect(here + ("?rows=1" if act == "add_row" else "#rating"))
    if act == "leave":
        messages.success(request, f"{part.title}: saved.")
        return redirect("screening:draft", pk=screen.pk)
    following = _next(opened, part)
    return redirect(_address(screen, following) if following else check_address(screen))


def _section_page(request, opened, part, form, tables=None, errors=None):
    shown = tables if tables is not None else opened.screen.sections
    version = opened.screen.part_versions.get(part.key, 0)
    if form.is_bound:
        version = read_version(request.POST)
    return page(
        request,
        "section",
        opened,
        part=part,
        form=form,
        version=version,
        tables=shown,
        table_errors=errors or {},
        has_errors=bool(errors or (form.is_bound and form.errors)),
        more_rows="rows" in request.GET,
        hints=_hints(part, form, shown) if "words" in request.GET else {},
        next_part=_next(opened, part),
        level=level_context(opened),
        level_hints={str(each.key): each.help for each in opened.tool.levels},
        **live_context(opened),
    )


def _hints(part, form, tables):
    """What to think about in each text and each cell of a table, by the name of its control."""
    texts = {name: str(form[name].value() or "") for name in form.fields}
    for each in part.fields:
        for number, row in enumerate(tables.get(each.key) or () if each.kind == "table" else ()):
            cells = zip(each.columns, row, strict=False)
            texts |= {f"{each.key}-{number}-{column.key}": cell for column, cell in cells}
    return {name: found for name, text in texts.items() if (found := hints_for(text))}


def level_context(opened: Opened) -> dict:
    """Previous level and peak from the child's history; "changed" is worked out (DEC-09)."""
    facts = opened.facts
    change = opened.assessment.level_change
    return {
        "previous": previous_level(facts.history),
        "peak": peak_level(facts.history),
        "change": change,
        "problems": completion_problems(facts, opened.tool),
    }


def _next(opened, part):
    found = list(parts_of(opened.tool))
    place = next(number for number, each in enumerate(found) if each.key == part.key)
    return found[place + 1] if place + 1 < len(found) else None


def _address(screen, part):
    kind = "domain" if part.is_domain else "section"
    return reverse(f"screening:{kind}", kwargs={"pk": screen.pk, "slug": part.slug})


def check_address(screen):
    """The page that checks the answers."""
    return reverse("screening:check", kwargs={"pk": screen.pk})
