"""Starting a screen, repeating one, and setting a draft aside."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.principals import principals_of
from cse.audit.extra import note_extra_fields
from cse.interface.who_screens import expected_of
from screening import queries
from screening.actions import end_reminders, set_aside, start_screen
from screening.forms import ReasonForm, StartForm
from screening.policies import is_adult, is_young_for
from screening.views.common import child_context, open_child, open_screen, page


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.SCREEN)
def start(request, child_id):
    """Choose the tool and begin; a signpost instead where the person is 18 or older.

    There the button closes the reminders to screen again, which no screen can do any more.
    """
    child = open_child(request, child_id, Capability.SCREEN)
    today = timezone.localdate()
    adult = is_adult(child, today)
    if request.method == "POST" and adult:
        end_reminders(child=child, by=request.user)
        return redirect("screening:child", child_id=child.pk)
    versions = queries.current_versions()
    tools = [(v.tool.key, f"{v.tool.name} ({v.tool.key.capitalize()})") for v in versions]
    own = child.authority.tool_key
    form = StartForm(tools, own, request.POST or None, initial={"tool": own})
    note_extra_fields(request, form, child_id)
    if request.method == "POST" and form.is_valid():
        screen, is_new = start_screen(
            child=child,
            by=request.user,
            tool_key=form.cleaned_data["tool"],
            tool_reason=form.cleaned_data["tool_reason"],
        )
        if not is_new:
            messages.info(request, "Your agency has this draft open already: you are now in it.")
        return redirect("screening:draft", pk=screen.pk)
    expected = expected_of(principals_of(request.user).agency_types)
    said = tuple(words for each in expected for words in each.instead_of)
    tool = queries.tool_of(next((v.pk for v in versions if v.tool.key == own), versions[0].pk))
    return render(
        request,
        "screening/start.html",
        {
            "form": form,
            "adult": adult,
            "reminded": adult and queries.reminders_of(child.pk, of=request.user).exists(),
            "tool": tool,
            "own": own,
            "young": is_young_for(tool, child, today),
            "expected": expected,
            # Advice that stands among what is expected is not given a second time below it.
            "intro": [each for each in tool.intro if not each.text.startswith(said)],
            "contacts": queries.contacts_for(child.authority_id),
            **child_context(request, child, queries.level_history(child.pk)),
        },
        status=200,
    )


@require_safe
@requires(Capability.SCREEN)
def repeat(request, pk):
    """From a completed screen to a new one of the same child."""
    opened = open_screen(request, pk)
    return redirect("screening:start", child_id=opened.screen.child_id)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.SCREEN)
def put_aside(request, pk):
    """Set a draft aside that should not have been started."""
    opened = open_screen(request, pk, Capability.SCREEN)
    if not opened.screen.is_draft:
        return redirect("screening:show", pk=pk)
    form = ReasonForm(request.POST or None)
    note_extra_fields(request, form, opened.screen.child_id)
    if request.method == "POST" and form.is_valid():
        set_aside(screen_id=pk, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, "The draft was set aside. It is kept, and nobody can change it.")
        return redirect("screening:child", child_id=opened.screen.child_id)
    return page(request, "set_aside", opened, form=form)
