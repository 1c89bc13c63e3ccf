"""Writing a note: beside a referral, or about a child before there is one."""

import uuid

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.policies import NotAllowed
from cse.audit.extra import note_extra_fields
from referrals.actions.notes import write_note
from referrals.forms.making import NoteForm, read_token
from referrals.models import NoteKind
from referrals.policies import SentAlready
from referrals.queries.notes import notes_without_referral
from referrals.views.making.common import child_page, open_child, open_referral, page

form_view = require_http_methods(["GET", "HEAD", "POST"])


@form_view
@requires(Capability.SEE_REFERRAL)
def note(request, pk):
    """Beside a referral: joint consultation, legal advice, evidence, steps to keep safe."""
    referral = open_referral(request, pk)
    form = _form(request, referral.child)
    note_extra_fields(request, form, referral.child_id)
    if _written(request, form, referral.child, referral):
        return redirect("referrals:show", pk=pk)
    return page(request, "note", referral, form=form, **_token(request, form))


@form_view
@requires(Capability.REFER)
def child_note(request, child_id):
    """About a child, with no referral: what the police did first waits for no form (O §7.3.6)."""
    child = open_child(request, child_id, Capability.REFER)
    form = _form(request, child)
    note_extra_fields(request, form, child.pk)
    if _written(request, form, child, None):
        return redirect("referrals:child-note", child_id=child_id)
    return child_page(
        request,
        "child_note",
        child,
        form=form,
        notes=list(notes_without_referral(request.user, child.pk)),
        **_token(request, form),
    )


def _form(request, child):
    kind = request.GET.get("kind", "")
    initial = {
        "happened_on": timezone.localdate(),
        "kind": kind if kind in NoteKind.values else None,
    }
    return NoteForm(request.POST or None, child=child, initial=initial)


def _token(request, form):
    again = getattr(form, "sent_already", False)
    return {"token": uuid.uuid4() if again else request.POST.get("token") or uuid.uuid4()}


def _written(request, form, child, referral):
    """Whether a note was written, or had been by the first of two clicks."""
    if request.method != "POST" or not form.is_valid():
        return False
    token = read_token(request.POST.get("token", ""))
    try:
        write_note(
            child=child, by=request.user, token=token, referral=referral, **form.cleaned_data
        )
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        form.sent_already = isinstance(refusal, SentAlready)
        return False
    messages.success(request, "The note is kept. Nobody changes it; write another to add to it.")
    return True
