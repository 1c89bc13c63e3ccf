"""What the views of the room share."""

from django.apps import apps
from django.shortcuts import redirect, render

from cse.access.actions import tell_of_attempt
from cse.access.lookup import get_visible_or_404
from cse.access.policies import NotAllowed, OwnInterest
from cse.access.wiring import wired
from cse.audit import events
from cse.audit.extra import note_extra_fields


def page_name(request):
    """The page somebody looked at, by the name of its route: an event says which."""
    match = request.resolver_match
    return match.url_name.replace("-", " ") if match else ""


def visible_child(request, child_id, capability):
    """The child, for this act, or the one 404; the look is noted."""
    children = apps.get_model("children", "Child").objects.select_related(
        "authority", "created_by_agency"
    )
    child = get_visible_or_404(children, request.user, capability, child_id)
    events.look(str(capability), child=child, data={"page": page_name(request)})
    return child


def page(request, template, child, context, current="access:who", status=200):
    """A page about one child, under its identity bar."""
    frame = wired("child_frame")(child, request.user, current)
    return render(request, template, frame | context, status=status)


def attempt(request, form, act, *, child_id, what):
    """Do an act, or say on the form why not; an act on oneself reaches the lead.

    True where it was done. A refusal has rolled the act back and is written down.
    """
    note_extra_fields(request, form, child_id)
    try:
        act()
    except OwnInterest as refusal:
        tell_of_attempt(child_id=child_id, by=request.user, what=what)
        form.add_error(None, f"{refusal} The safeguarding lead is told of this.")
    except NotAllowed as refusal:
        events.refused(what, rule="state", child_id=child_id, reason=str(refusal))
        form.add_error(None, str(refusal))
    else:
        return True
    return False


def to_who(child_id):
    """Back to the page of who can see the child."""
    return redirect("access:who", child_id)
