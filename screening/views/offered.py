"""What the record of missing episodes offers to a domain of a draft, a piece at a time."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.audit.extra import note_extra_fields
from screening.actions import StaleSave
from screening.actions.offered import use_offered
from screening.evidence_offered import asking_rows, offered_rows
from screening.forms import UseForm, read_version
from screening.parts import find_part
from screening.policies import Refused
from screening.views.common import open_screen, page


@requires(Capability.SCREEN)
@require_http_methods(["GET", "HEAD", "POST"])
def offered(request, pk, slug):
    """Each row that asks about going missing, with what is recorded; "Use this" copies it."""
    opened = open_screen(request, pk, Capability.SCREEN)
    part = find_part(opened.tool, f"domain.{slug}")
    if part is None or not asking_rows(part):
        raise Http404
    if not opened.screen.is_draft:
        return redirect("screening:show", pk=pk)
    if request.method == "POST":
        return _use(request, opened, part)
    rows = offered_rows(opened.screen, part, request.user, timezone.now())
    version = opened.screen.part_versions.get(part.key, 0)
    return page(request, "offered", opened, part=part, rows=rows, version=version)


def _use(request, opened, part):
    indicator, pk = request.POST.get("indicator", ""), opened.screen.pk
    here = reverse("screening:offered", kwargs={"pk": pk, "slug": part.slug})
    note_extra_fields(request, UseForm(), opened.screen.child_id)
    try:
        use_offered(
            screen_id=pk,
            part=part.key,
            indicator=indicator,
            piece=request.POST.get("piece", ""),
            read=request.POST.get("read", ""),
            version=read_version(request.POST),
            by=request.user,
        )
    except StaleSave:
        messages.error(
            request, "Somebody saved this part meanwhile; nothing was copied. Look and press again."
        )
        return redirect(here)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(here)
    messages.success(
        request, "Copied into the evidence. Read it, change what you want, and choose the answer."
    )
    return redirect(
        f"{reverse('screening:domain', kwargs={'pk': pk, 'slug': part.slug})}#{indicator}"
    )
