"""Check your answers, then complete: what the person signs is what they have just read."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.audit.extra import note_extra_fields
from screening import queries
from screening.actions import StaleCheck, Unfinished, complete
from screening.forms import read_version
from screening.parts import part_of_field
from screening.policies import NoDraft
from screening.progress import empty_sections
from screening.reading import parts_to_read
from screening.standing import asked_of
from screening.views.common import open_screen, page
from screening.views.drafts import level_context
from screening.views.present import live_context
from screening.ways_on import ways_on


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.SCREEN)
def check(request, pk):
    """Every answer, the counts, the rules, and what is missing; the button completes."""
    opened = open_screen(request, pk, Capability.SCREEN)
    note_extra_fields(request, None, opened.screen.child_id)
    if not opened.screen.is_draft:
        return _too_late(request, opened)
    if request.method != "POST":
        return _page(request, opened)
    try:
        complete(screen_id=pk, by=request.user, version=read_version(request.POST))
    except Unfinished as unfinished:
        return _page(request, opened, problems=unfinished.problems)
    except StaleCheck:
        opened = open_screen(request, pk, Capability.SCREEN)
        return _page(request, opened, stale=True, status=409)
    except NoDraft:
        opened = open_screen(request, pk, Capability.SCREEN)
        return _too_late(request, opened)
    return redirect("screening:completed", pk=pk)


def _too_late(request, opened):
    """A second click, or the page of a screen that was completed: there is nothing to do."""
    if request.method == "POST":
        if opened.screen.is_complete:
            said = (
                "This screen was completed already: once is enough. What it asks for stands below."
            )
        else:
            said = "This draft was set aside already."
        messages.info(request, said)
    return redirect("screening:show", pk=opened.screen.pk)


def _page(request, opened, *, problems=None, stale=False, status=200):
    wanted = opened.problems if problems is None else problems
    return page(
        request,
        "check",
        opened,
        status=status,
        problems=[(each, _address(opened, each)) for each in wanted],
        has_errors=problems is not None,
        stale=stale,
        parts=parts_to_read(opened.screen, opened.tool),
        level=level_context(opened),
        empty=[
            (each, reverse("screening:section", kwargs={"pk": opened.screen.pk, "slug": each.slug}))
            for each in empty_sections(opened.tool, opened.screen.sections)
        ],
        others=queries.others_at_work(opened.screen, opened.user),
        **live_context(opened),
    )


def _address(opened, problem):
    """Where a problem is put right."""
    part = part_of_field(opened.tool, problem.field)
    if part is None:
        return ""
    kind = "domain" if part.is_domain else "section"
    where = reverse(f"screening:{kind}", kwargs={"pk": opened.screen.pk, "slug": part.slug})
    control = f"id_{problem.field}"
    if part.is_domain:
        control = problem.field.removeprefix(f"{part.slug}.").replace(".", "-")
    return f"{where}#{control}"


@require_safe
@requires(Capability.SEE_SCREEN)
def completed(request, pk):
    """What happens now: the rules that fired, and what waits for whom."""
    opened = open_screen(request, pk)
    if not opened.screen.is_complete:
        messages.info(request, "This screen is not complete yet.")
        return redirect("screening:draft", pk=pk)
    result = queries.latest_assessment(opened.screen).result
    waiting_level = queries.waiting_level(opened.screen)
    return page(
        request,
        "completed",
        opened,
        result=result,
        before=queries.screen_before(request.user, opened.screen),
        judged_on=opened.judged_on,
        contacts=queries.contacts_for(opened.screen.authority_id),
        waiting_level=waiting_level,
        waiting_rows=queries.waiting_rows(opened.screen),
        asked=asked_of(opened.screen, waiting_level),
        ways_on=ways_on(opened.screen, request.user),
    )
