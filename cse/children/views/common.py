"""What several views of the room share."""

import re

from django.shortcuts import render

from cse.access.capabilities import Capability
from cse.access.lookup import get_visible_or_404
from cse.access.views.common import page_name
from cse.audit import events
from cse.audit.extra import OF_EVERY_FORM
from cse.children.forms import EditChildForm
from cse.children.forms.child import facts_of, in_words, labels
from cse.children.models import Child
from cse.children.pages import frame

_FIELD_NAME = re.compile(r"[a-z_]{1,40}\Z")


def visible_child(request, child_id, capability=Capability.SEE_CHILD):
    """The child, for this act, or the one 404; the look is noted."""
    child = get_visible_or_404(
        Child.objects.select_related("authority", "created_by_agency"),
        request.user,
        capability,
        child_id,
    )
    events.look(str(capability), child=child, data={"page": page_name(request)})
    return child


def note_extra_fields(request, form, child=None):
    """Fields that the form never asked for are ignored; an event says that they were sent."""
    known = set(OF_EVERY_FORM)
    for name, field in form.fields.items():
        parts = getattr(field.widget, "PARTS", ())
        known |= {name, *(f"{name}-{part}" for part in parts)}
    extra = sorted(set(request.POST) - known)
    if extra:
        # A field's name is typed text too: only what looks like a column is repeated.
        named = [name for name in extra if _FIELD_NAME.match(name)][:20]
        events.refused(
            "set a field that is not on the form",
            rule="extra fields",
            child_id=getattr(child, "pk", None),
            data={"count": len(extra), "fields": named},
        )


def both_texts(request, child, form, *, same_form=False):
    """409: both texts; what was typed stays in a form that now carries the saved version.

    ``same_form`` where the form had recorded the child itself before it was sent again.
    """
    saved = Child.objects.get(pk=child.pk)
    theirs, typed = facts_of(saved), form.facts()
    differ = [
        {
            "label": label,
            "theirs": in_words(name, theirs[name]),
            "mine": in_words(name, typed[name]),
        }
        for name, label in labels().items()
        if name in typed and typed[name] != theirs[name]
    ]
    last = saved.history.select_related(None).order_by("-history_id").first()
    data = form.data.copy()
    data["version"] = str(saved.version)
    context = {
        "form": EditChildForm(data, child=saved),
        "differ": differ,
        "saved_at": last.history_date if last else None,
        "same_form": same_form,
    }
    page = frame(saved, request.user)
    return render(request, "children/conflict.html", page | context, status=409)
