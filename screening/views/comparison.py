"""A child's screens beside each other: any two of them, and the indicators over time."""

import uuid

from django.shortcuts import render
from django.views.decorators.http import require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.lookup import get_visible_or_404
from cse.access.policies import NotVisible
from cse.audit import events
from cse.children.models import Child
from cse.children.pages import frame
from cse.interface.words import short_date
from screening import queries
from screening.forms_comparison import CompareForm
from screening.models import Status
from screening.naming import days_of, occasions_of
from screening.side_by_side import Side, SideBySide
from screening.standing import level_states
from screening.strip import ratings_of, strip_of

MOST_COLUMNS = 40
"""Screens in the strip; the newest ones where there are more, and the page says so."""


@require_safe
@requires(Capability.SEE_SCREEN)
def compare(request, child_id):
    """Two screens of this child, the earlier one first, whichever was chosen first (W-SCR-11)."""
    child = _child(request, child_id)
    screens = list(queries.screens_of(request.user, child_id).filter(status=Status.COMPLETE))
    chosen = _chosen(request, child_id, screens)
    form = CompareForm(chosen, screens=screens) if len(screens) > 1 else None
    pair = _pair(screens, form) if form is not None and form.is_valid() else None
    events.look(
        str(Capability.SEE_SCREEN),
        child=child,
        data={"compared": [str(side.screen.pk) for side in (pair.before, pair.after)]}
        if pair
        else {},
    )
    context = {
        "screens": screens,
        "form": form,
        "pair": pair,
        "levels": level_states(screens) if pair else {},
        "days": days_of(screens),
        "short_days": days_of(screens, short_date),
    }
    page = frame(child, request.user, "screening:child")
    return render(request, "screening/comparison/compare.html", page | context)


@require_safe
@requires(Capability.SEE_SCREEN)
def over_time(request, child_id):
    """Every indicator that was ever present, one column a screen (W-SCR-11)."""
    child = _child(request, child_id)
    # A screen that was corrected is left out: its correction stands in its place, on its day.
    found = queries.standing_in_time(queries.screens_of(request.user, child_id))
    newest = list(found[: MOST_COLUMNS + 1])
    screens = newest[:MOST_COLUMNS][::-1]
    events.look(
        str(Capability.SEE_SCREEN),
        child=child,
        data={"over time": [str(screen.pk) for screen in screens]},
    )
    sides = [_side(screen) for screen in screens]
    context = {
        "strip": strip_of(sides),
        "levels": level_states(screens),
        "days": occasions_of(screens, short_date),
        "rated": ratings_of(sides),
        "more": len(newest) > MOST_COLUMNS,
        "tools": {side.tool.key for side in sides},
    }
    page = frame(child, request.user, "screening:child")
    return render(request, "screening/comparison/over_time.html", page | context)


def _child(request, child_id):
    children = Child.objects.select_related("authority")
    return get_visible_or_404(children, request.user, Capability.SEE_SCREEN, child_id)


def _chosen(request, child_id, screens):
    """What was asked for, or the last two that stand, else the last two versions of the one that
    does; a screen that is not this child's is the one 404."""
    asked = {name: request.GET[name] for name in ("first", "second") if name in request.GET}
    if not asked:
        stand = [screen for screen in screens if not screen.replaced]
        last = stand if len(stand) > 1 else screens
        two = [str(screen.pk) for screen in last[:2][::-1]]
        return dict(zip(("first", "second"), two, strict=False))
    known = {screen.pk for screen in screens}
    for text in asked.values():
        if text and _id(text) not in known:
            events.refused(
                str(Capability.SEE_SCREEN),
                rule="not in scope",
                child_id=child_id,
                data={"screen": str(_id(text) or "no id")},
            )
            raise NotVisible
    return asked


def _id(text):
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _pair(screens, form):
    chosen = {uuid.UUID(form.cleaned_data[name]) for name in ("first", "second")}
    later, earlier = (screen for screen in screens if screen.pk in chosen)
    return SideBySide(_side(earlier), _side(later))


def _side(screen):
    return Side(screen, queries.tool_of(screen.tool_version_id))
