"""One way to edit a record: open it, save it, and lose nothing when somebody else was first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cse.access.policies import NotAllowed
from cse.audit.extra import note_extra_fields
from cse.people.forms import initial_of
from cse.people.saving import Changed, Taken, version_of

CONFLICT = 409
TAKEN = {
    "email": "There is an account with this address already",
    "name": "There is one with this name already: choose another",
    "label": "The area has a contact point for this already: change that one",
    "kind": "The agency has its circle of safeguarding leads already",
}


def say(form: Any, error: Any) -> None:
    """Put an act's refusal beside the field it is about."""
    if isinstance(error, Taken):
        form.add_error(error.field if error.field in form.fields else None, TAKEN[error.field])
    else:
        form.add_error(None, error)


def edit(
    request: HttpRequest,
    *,
    instance: models.Model,
    fields: tuple[str, ...],
    form_class: type[forms.Form],
    save: Callable[..., Any],
    title: str,
    back: str,
    saved: Callable[[], str] = lambda: "Saved.",
) -> HttpResponse:
    """GET shows the form on what is stored; POST saves through the action.

    ``saved`` says what to tell afterwards. A stale version answers 409 with both texts side by
    side; what was typed stays in the form, and saving again saves it over the other's.
    """
    version = request.POST.get("version") or version_of(instance, fields)
    form = form_class(request.POST or None, initial=initial_of(instance, fields))
    note_extra_fields(request, form)
    differs: list[tuple[Any, Any, Any]] = []
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            save(values=form.cleaned_data, version=version)
            messages.success(request, saved())
            return redirect(back)
        except Changed as changed:
            differs = both_texts(form, changed.current, fields)
            version, status = version_of(changed.current, fields), CONFLICT
        except (Taken, ValidationError) as error:
            say(form, error)
        except NotAllowed as error:
            say(form, str(error))
    context = {"form": form, "version": version, "title": title, "back": back, "differs": differs}
    return render(request, "people/edit.html", context, status=status)


def both_texts(
    form: Any, current: models.Model, fields: tuple[str, ...]
) -> list[tuple[Any, Any, Any]]:
    """(label, what is stored now, what was typed) where they differ."""
    rows = [
        (
            form.fields[name].label,
            _shown(form, name, getattr(current, name)),
            _shown(form, name, form.cleaned_data[name]),
        )
        for name in fields
    ]
    return [row for row in rows if row[1] != row[2]]


def _shown(form: Any, name: str, value: Any) -> Any:
    choices = dict(getattr(form.fields[name], "choices", ()))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return choices.get(value, value)
