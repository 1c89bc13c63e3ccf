"""The board: what waits with the teams somebody is in, and what they decided lately."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.children.pages import age_in_words
from cse.clocks.queries import calendars_in
from cse.clocks.reckoning import Left, Unit, left
from cse.people.models import Agency
from referrals import queries
from referrals.forms.triage import BoardForm
from referrals.transitions import State


@require_safe
@requires(Capability.TRIAGE)
def board(request):
    """What needs deciding, the soonest clock first; below it what nobody has acknowledged yet."""
    teams = queries.teams_of(request.user)
    form = BoardForm(request.GET, teams=teams, agencies=_agencies(teams))
    after = request.GET.get("after")
    found = queries.board_of(request.user, teams, form.filters(), after=after)
    in_use = form.in_use()
    first = after is None and not in_use
    waits = frozenset({State.SENT_ON})
    sent_on = queries.board_of(request.user, teams, states=waits).rows if first else ()
    calendars = calendars_in(row.authority_id for row in found.rows)
    return render(
        request,
        "referrals/triage/board.html",
        {
            "teams": teams,
            "form": form,
            "board": found,
            "rows": [_shown(row, calendars[row.authority_id]) for row in found.rows],
            "sent_on": [{"row": row, "age": age_in_words(row.child)} for row in sent_on],
            "is_first": after is None,
            "active": [{"label": words, "href": _without(form, name)} for name, words in in_use],
            "next": _address(form, after=found.next) if found.next else "",
            "newest": _address(form),
        },
    )


def _agencies(teams):
    """Every agency of the teams' areas: the choice says nothing of who referred."""
    areas = {team.agency.authority_id for team in teams}
    return Agency.objects.filter(authority__in=areas).order_by("name").only("id", "name")


def _shown(row, calendar):
    """A row with its age and with what is left on its clock, in words."""
    said = Left("No target", is_late=False)
    if row.due_at is not None:
        said = left(timezone.now(), row.due_at, Unit.WORKING_DAYS, calendar)
    return {"row": row, "age": age_in_words(row.child), "left": said}


def _codes(form):
    return {name: form.data[name] for name in form.fields if form.data.get(name)}


def _address(form, **more):
    """The board under the same filters."""
    codes = {**_codes(form), **more}
    return reverse("referrals:board") + (f"?{urlencode(codes)}" if codes else "")


def _without(form, name):
    codes = {key: value for key, value in _codes(form).items() if key != name}
    return reverse("referrals:board") + (f"?{urlencode(codes)}" if codes else "")


@require_safe
@requires(Capability.TRIAGE)
def decided(request):
    """What these teams decided or acknowledged in the last 30 days, newest first."""
    teams = queries.teams_of(request.user)
    after = request.GET.get("after")
    page = queries.decided_lately(request.user, teams, after)
    older = f"{reverse('referrals:decided')}?{urlencode({'after': page.next})}"
    return render(
        request,
        "referrals/triage/decided.html",
        {
            "teams": teams,
            "rows": page.rows,
            "older": older if page.next else "",
            "is_first": after is None,
        },
    )
