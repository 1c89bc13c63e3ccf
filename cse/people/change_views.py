"""Pages of account changes that wait for a second person. None of them shows a child."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.policies import NotAllowed
from cse.audit.extra import note_extra_fields
from cse.people import forms, queries
from cse.people.changes import agree_to_change, refuse_change
from cse.people.models import AccountChange, ChangeKind
from cse.people.saving import Taken
from cse.signin.reauth import reauthenticated

TAKEN = "The address has become somebody else’s meanwhile. Refuse the change."


@require_GET
@requires(Capability.AGREE_ACCOUNT_CHANGE)
def changes(request: Any) -> HttpResponse:
    """What waits: to agree to, or to withdraw."""
    found = queries.changes_open_to(request.user).order_by("asked_at")
    return render(request, "people/changes.html", {"changes": list(found), "me": request.user.pk})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.AGREE_ACCOUNT_CHANGE)
@reauthenticated
def decide(request: Any, change_id: uuid.UUID) -> HttpResponse:
    """Agree to a change or refuse it; whoever asked may only withdraw it."""
    change = queries.changes_open_to(request.user).filter(pk=change_id).first()
    if change is None:
        raise Http404
    own = change.asked_by_id == request.user.pk
    form = forms.DecideChangeForm(request.POST or None, own=own)
    note_extra_fields(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            said = _decide(request.user, change, form.cleaned_data["decision"])
        except (NotAllowed, Taken) as error:
            form.add_error(None, TAKEN if isinstance(error, Taken) else str(error))
        else:
            messages.success(request, said)
            return redirect(reverse("people:changes"))
    context = {
        "change": change,
        "form": form,
        "own": own,
        "to_address": change.kind == ChangeKind.ADDRESS,
    }
    return render(request, "people/change.html", context)


def _decide(user: Any, change: AccountChange, decision: str) -> str:
    if decision == "agree":
        agree_to_change(by=user, change=change)
        return "Agreed. The change holds, and the person is signed out everywhere."
    refuse_change(by=user, change=change)
    return "The account stays as it is."
