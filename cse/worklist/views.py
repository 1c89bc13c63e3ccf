"""Home is the work: what waits, then my children."""

from types import MappingProxyType

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.principals import principals_of
from cse.access.wiring import wired
from cse.children.queries import my_children
from cse.interface.navigation import address
from cse.worklist.arising import arising
from cse.worklist.due import due_in_words
from cse.worklist.held import held_words, holders_of
from cse.worklist.kinds import KINDS
from cse.worklist.panels import home_panels
from cse.worklist.queries import unseen_work_of, waiting_for


@requires(Capability.SEE_OWN_WORK)
@require_safe
def home(request):
    principals = principals_of(request.user)
    acts, calendar = principals.acts, wired("calendar")(principals.authority_id)
    page = waiting_for(request.user, request.GET.get("after"))
    arises = arising(request.user, page.items)
    held = holders_of(item for item in page.items if item.for_team)
    context = {
        "unseen": [_row(item, calendar) for item in unseen_work_of(request.user)],
        "waiting": [
            _row(item, calendar, acts, arises) | {"whose": _whose(item, held, request.user)}
            for item in page.items
        ],
        "next": page.next,
        "is_first": "after" not in request.GET,
        "panels": home_panels(request.user),
        "works_with_children": Capability.SEE_CHILD in acts,
        "may_search": Capability.SEARCH_CHILDREN in acts,
        "may_screen": Capability.SCREEN in acts and Capability.SEARCH_CHILDREN in acts,
        # The room above says where; a worry need not wait for a screen.
        "may_refer": address("referrals:start") if Capability.REFER in acts else "",
        "mine": my_children(request.user),
    }
    return render(request, "worklist/home.html", context)


def _whose(item, held, user):
    if not item.for_team:
        return "You"
    holder = held.get(item.subject_id)
    return held_words(holder, user) if holder else "Your team"


def _row(item, calendar, acts=frozenset(), arises=MappingProxyType({})):
    today = timezone.localdate()
    kind = KINDS.get(item.kind)
    return {
        "item": item,
        "arises": arises.get((item.kind, item.subject_id), ""),
        "words": kind.words if kind else "Work from another part of the service",
        "href": kind.address(item.subject_id) if kind else "",
        "sees_child": Capability.SEE_CHILD in acts and item.sees_record,
        "due": due_in_words(timezone.localdate(item.due_at), today, calendar),
    }
