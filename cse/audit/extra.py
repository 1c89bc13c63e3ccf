"""Fields that a page never asked for: ignored, and written down (bad-input.md)."""

from __future__ import annotations

import uuid

from django import forms
from django.http import HttpRequest

from cse.audit import events

#: Says on whose page a form stands (``cse.signin.authors``).
AUTHOR = "author_token"
OF_EVERY_FORM = frozenset({"csrfmiddlewaretoken", AUTHOR, "check_wording"})
OF_EVERY_PAGE = OF_EVERY_FORM | {"version", "token", "act"}


def note_extra_fields(
    request: HttpRequest,
    form: forms.BaseForm | None,
    child_id: uuid.UUID | None = None,
    *beside: forms.BaseForm,
) -> None:
    """An event where a post holds more than the forms of its page ask for; nothing else happens.

    ``child_id`` is None where the page is about no child (DEC-14).
    """
    if request.method != "POST":
        return
    known = set(OF_EVERY_PAGE)
    for each in (form, *beside):
        for name, field in each.fields.items() if each else ():
            known |= {name, *(f"{name}-{part}" for part in getattr(field.widget, "PARTS", ()))}
    extra = set(request.POST) - known
    if extra:
        # A field's name is typed text too: it is counted, not repeated.
        events.refused(
            "set a field that is not on the form",
            rule="extra fields",
            child_id=child_id,
            data={"count": len(extra)},
        )
