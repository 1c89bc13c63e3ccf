"""The coordinator's list, and a child's missing episodes."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.policies import can
from cse.children.views.common import visible_child
from cse.missing import queries
from cse.missing.views.common import page


@requires(Capability.ALLOCATE_INTERVIEW)
@require_safe
def owed(request):
    """Who is missing now, and which return interviews are owed, soonest due first.

    Both lists stand on the first page; further pages are of one of them.
    """
    gone, after = request.GET.get("gone"), request.GET.get("after")
    context = {
        "missing": queries.missing_now(request.user, gone) if after is None else None,
        "interviews": queries.owed_to(request.user, after) if gone is None else None,
        "is_first": gone is None and after is None,
        "moment": timezone.now(),
    }
    return render(request, "missing/owed.html", context)


@requires(Capability.SEE_MISSING)
@require_safe
def child(request, child_id):
    """All episodes of a child, their pattern, and in which plan they are reviewed (W §6.2)."""
    found = visible_child(request, child_id, Capability.SEE_MISSING)
    episodes = queries.episodes_of(request.user, child_id)
    return page(
        request,
        "child",
        found,
        episodes=episodes,
        pattern=queries.pattern_from(episodes, timezone.now()),
        plan=queries.plan_of(found, timezone.localdate()),
        may_record=can(request.user, Capability.RECORD_MISSING, found),
    )
