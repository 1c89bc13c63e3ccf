"""Tool administration: versions as data, never code (DEC-22, DEC-25). No page shows a child."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.audit.extra import note_extra_fields
from cse.signin.reauth import reauthenticated
from screening import queries, tool_shelf
from screening.actions import choose_version, load_tool_version, retire_row
from screening.forms_tools import ReasonForm, ToolFileForm
from screening.models import ToolVersion
from screening.policies import Refused
from screening.tool_owners import check_can_change, owners_of
from screening.views.preview import preview_context

MOST_PROBLEMS = 200
"""Mistakes of a file that the page lists; it says how many more there are."""


@require_safe
@requires(Capability.MANAGE_TOOLS)
def tools(request):
    """Every tool with its versions, which one is in use, and whose it is."""
    shelf = tool_shelf.shelf()
    owners = owners_of([shown.tool.key for shown in shelf], request.user)
    return render(request, "screening/tools/list.html", {"shelf": shelf, "owners": owners})


@require_safe
@requires(Capability.MANAGE_TOOLS)
def version(request, version_id):
    """The rows of a version, read-only."""
    found, on_shelf = _version(version_id)
    context = {
        "version": found,
        "on_shelf": on_shelf,
        "owners": _owners(request, found),
        "tool": queries.tool_of(found.pk),
        "is_newest": on_shelf.newest.pk == found.pk,
        "choices": tool_shelf.choices_of(found.tool),
    }
    return render(request, "screening/tools/version.html", context)


@require_safe
@requires(Capability.MANAGE_TOOLS)
def preview(request, version_id):
    """A version as practitioners would see it, before it is chosen: every page, read-only."""
    found, on_shelf = _version(version_id)
    context = {
        "version": found,
        "used": on_shelf.in_use == found.pk,
        "owners": _owners(request, found),
        **preview_context(queries.tool_of(found.pk)),
    }
    return render(request, "screening/tools/preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_TOOLS)
def upload(request):
    """A new version from a file; a wrong file loads nothing and every mistake is named."""
    form = ToolFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = ToolFileForm(request.POST, request.FILES)
        note_extra_fields(request, form, None)
        if form.is_valid():
            try:
                return _load(request, form)
            except Refused as refusal:  # another area's, or a number that is taken or leaves a gap
                form.add_error("file", str(refusal))
    context = {
        "form": form,
        "problems": form.problems[:MOST_PROBLEMS],
        "more": max(0, len(form.problems) - MOST_PROBLEMS),
    }
    return render(request, "screening/tools/upload.html", context)


def _load(request, form):
    before = set(ToolVersion.objects.values_list("pk", flat=True))
    loaded = load_tool_version(
        definition=form.definition, by=request.user, note=form.cleaned_data["note"]
    )
    if loaded.pk in before:
        messages.info(request, "This very file is loaded already: nothing was added.")
    else:
        messages.success(request, "The version is loaded. It is not in use until you choose it.")
    return redirect("screening:tool-version", version_id=loaded.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_TOOLS)
@reauthenticated
def retire(request, version_id, indicator):
    """Take a row out: a new version without it, to be chosen; older screens keep it."""
    asked, on_shelf = _version(version_id)
    check_can_change(request.user, asked.tool.key)
    # A page of a version that another has followed meanwhile goes on with that one.
    found, is_stale = on_shelf.newest, on_shelf.newest.pk != asked.pk
    tool = queries.tool_of(found.pk)
    row = tool.indicators.get(indicator)
    if row is None or not (row.shown or row.retired):
        raise Http404
    if row.retired:
        messages.info(request, f"Version {found.number} is without that row already.")
        return redirect("screening:tool-version", version_id=found.pk)
    form = ReasonForm(request.POST or None)
    note_extra_fields(request, form, None)
    if is_stale and request.method == "POST":
        form.add_error(None, f"Version {found.number} was made meanwhile. Read it, and send again.")
    elif request.method == "POST" and form.is_valid():
        try:
            made = retire_row(
                tool=found.tool,
                indicator=row.id,
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            words = (
                f"Version {made.number} is without the row. It is not in use until you choose it."
            )
            messages.success(request, words)
            return redirect("screening:tool-version", version_id=made.pk)
    context = {
        "form": form,
        "version": found,
        "tool": tool,
        "row": row,
        "on_shelf": on_shelf,
        "linked": tool.indicators.get(row.linked_to),
    }
    status = 409 if is_stale and request.method == "POST" else 200
    return render(request, "screening/tools/retire.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_TOOLS)
@reauthenticated
def use(request, version_id):
    """Choose the version that new screens use; drafts and screens keep their own."""
    found, on_shelf = _version(version_id)
    check_can_change(request.user, found.tool.key)
    form = ReasonForm(request.POST or None)
    note_extra_fields(request, form, None)
    in_use = on_shelf.in_use == found.pk
    if in_use:  # chosen twice, or by somebody else meanwhile: once is enough
        messages.info(request, f"Version {found.number} is in use.")
        return redirect("screening:tool-version", version_id=found.pk)
    if request.method == "POST" and form.is_valid():
        choose_version(version=found, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"Version {found.number} is in use from now on.")
        return redirect("screening:tool-version", version_id=found.pk)
    old = queries.tool_of(on_shelf.in_use) if on_shelf.in_use else None
    tool = queries.tool_of(found.pk)
    context = {
        "form": form,
        "version": found,
        "tool": tool,
        "on_shelf": on_shelf,
        "old": old,
        "differences": tool_shelf.differences(old, tool) if old else [],
    }
    return render(request, "screening/tools/use.html", context)


def _owners(request, version):
    return owners_of([version.tool.key], request.user)[version.tool.key]


def _version(version_id):
    found = tool_shelf.version_of(version_id)
    if found is None:
        raise Http404
    return found, tool_shelf.shelf_tool(found.tool)
