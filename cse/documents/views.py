"""Pages of the room: asking for a document, waiting for it, the register, checking a code."""

import datetime as dt
import hashlib
import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.policies import NotVisible, can
from cse.audit import events
from cse.audit.extra import note_extra_fields
from cse.documents import actions, pages, queries, store
from cse.documents.codes import normal_code
from cse.documents.forms import BlankForm, CodeForm, CompareForm, ExportForm
from cse.documents.kinds import UnknownKind, kind_of
from cse.documents.limits import WRONG_CODES
from cse.documents.models import State
from cse.signin.reauth import reauthenticated

#: Seconds after which the page of a document being made is asked for again.
REFRESH = 4
#: Not for ever: an open page must not keep a session alive.
REFRESH_FOR = dt.timedelta(minutes=10)


def posted(request):
    """What was sent, or None where the page is only opened; an empty form is answered too."""
    return request.POST if request.method == "POST" else None


@requires(Capability.USE_SERVICE)
@require_GET
def home(request):
    """My latest exports, blank tools to print, and where to check a code."""
    return render(
        request,
        "documents/home.html",
        {
            "exports": pages.own_rows(request.user),
            "blanks": pages.blank_links(request.user),
            "can_see_register": can(request.user, Capability.SEE_EXPORTS),
        },
    )


@requires(Capability.EXPORT_BLANK)
@require_http_methods(["GET", "POST"])
def request_blank(request, kind_key, subject_id):
    """Ask for a blank tool: about nobody, so nothing is asked again."""
    return _request(request, kind_key, subject_id, BlankForm, Capability.EXPORT_BLANK)


@requires(Capability.EXPORT)
@require_http_methods(["GET", "POST"])
@reauthenticated
def request_document(request, kind_key, subject_id):
    """Ask for a document about a child: purpose, recipient, and who one is once more."""
    return _request(request, kind_key, subject_id, ExportForm, Capability.EXPORT)


def _request(request, kind_key, subject_id, form_class, capability):
    try:
        kind = kind_of(kind_key)
    except UnknownKind:
        raise NotVisible from None
    if kind.capability != capability:
        raise NotVisible
    subject = kind.find(subject_id, request.user)
    actions.check_can_export(request.user, kind, subject)
    form = form_class(posted(request), initial={"token": uuid.uuid4()})
    note_extra_fields(request, form, subject.child.pk if subject.child else None)
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        export = actions.request_export(
            kind_key=kind.key, subject_id=subject_id, by=request.user, **answers
        )
        return redirect("documents:status", export_id=export.pk)
    if subject.child is not None:
        # It names the child and says what there is of it.
        events.look(str(capability), child=subject.child, data={"page": "export"})
    return render(
        request, "documents/request.html", {"form": form, "kind": kind, "subject": subject}
    )


@requires(Capability.USE_SERVICE)
@require_GET
def status(request, export_id):
    """How far a document is. Asks for itself again while it is being made, without a script."""
    export = queries.own_export(export_id, request.user)
    subject = actions.check_can_fetch(request.user, export)
    waiting = export.state in (State.QUEUED, State.RUNNING)
    response = render(
        request,
        "documents/status.html",
        {"export": export, "subject": subject, "waiting": waiting, "steps": pages.steps(export)},
    )
    if waiting and timezone.now() - export.requested_at < REFRESH_FOR:
        response["Refresh"] = str(REFRESH)
    response["Cache-Control"] = "no-store"
    return response


@requires(Capability.USE_SERVICE)
@require_GET
def download(request, export_id):
    """The file itself, for the person who asked for it, until it expires."""
    try:
        export, content = actions.fetch_document(export_id=export_id, by=request.user)
    except actions.NotReady:
        return redirect("documents:status", export_id=export_id)
    except store.Unreadable:
        return render(request, "documents/unreadable.html", status=410)
    response = HttpResponse(content, content_type="application/pdf")
    # The name says nothing about a child: the code is enough to find the register's row.
    response["Content-Disposition"] = f'attachment; filename="{export.kind}-{export.code}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@requires(Capability.SEE_EXPORTS)
@require_GET
def register(request):
    """Everything that left the house, as far as it concerns this person's children."""
    at, last = pages.read_key(request.GET.get("before", ""))
    exports, more = queries.page_before(queries.register_for(request.user), at, last)
    named = queries.sees_names(request.user)
    events.look(str(Capability.SEE_EXPORTS), data={"exports": [str(each.pk) for each in exports]})
    older = f"{reverse('documents:register')}?before={pages.key_of(exports[-1])}" if more else ""
    return render(
        request,
        "documents/register.html",
        {
            "rows": pages.register_rows(exports, named),
            "older": older,
            "named": named,
            "first": at is None,
        },
    )


@requires(Capability.VERIFY_DOCUMENT)
@require_http_methods(["GET", "POST"])
def verify(request):
    """Type a code from a page."""
    form = CodeForm(posted(request))
    note_extra_fields(request, form)
    if request.method == "POST" and form.is_valid():
        # A code of the wrong shape takes the same way as one that is not in the register.
        return redirect("documents:verified", code=pages.code_in_address(form.cleaned_data["code"]))
    return render(request, "documents/verify.html", {"form": form})


@requires(Capability.VERIFY_DOCUMENT)
@require_http_methods(["GET", "POST"])
def verified(request, code):
    """What the register says about a code; with a file, whether that is the file."""
    if queries.wrong_codes_lately(request.user) >= WRONG_CODES:
        return render(request, "documents/too_many.html", status=429)
    export = queries.export_with_code(normal_code(code))
    if export is None or not export.sha256:
        events.refused(queries.VERIFY, rule="unknown code")
        return render(request, "documents/unknown.html")
    events.look(queries.VERIFY, child=export.child_id, obj=export)
    form = CompareForm(posted(request), request.FILES if request.method == "POST" else None)
    note_extra_fields(request, form, export.child_id)
    same = None
    if request.method == "POST" and form.is_valid():
        digest = hashlib.sha256()
        for chunk in form.cleaned_data["file"].chunks():
            digest.update(chunk)
        same = digest.hexdigest() == export.sha256
    context = pages.confirmation(export, request.user) | {"form": form, "same": same}
    return render(request, "documents/verified.html", context)
