"""A draft: its task list, and one page for what is known and for each part."""

from functools import partial

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.audit.extra import note_extra_fields
from cse.interface.forms import unsaved_words
from cse.interface.queries import hints_for
from cse.people.models import Authority
from cse.strict import Refused as FactsRefused
from referrals import actions
from referrals.actions import StaleSave
from referrals.actions.save import FACTS, SCREEN
from referrals.forms.making import (
    MakingFactsForm,
    PartForm,
    facts_initial,
    part_initial,
    read_version,
)
from referrals.parts import (
    BY_KEY,
    OVERSIGHT,
    PART_OF,
    Kind,
    kind_of,
    missing,
    parts_for,
    worth_recording,
)
from referrals.policies import NoDraft, Refused, overseers_for
from referrals.views.heads import child_head
from referrals.views.making import conflicts
from referrals.views.making.common import beside, is_autosave, open_own, page, readable
from referrals.views.making.start import screens_to_attach
from screening.policies import is_adult

form_view = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@requires(Capability.OWN_REFERRAL)
def draft(request, pk):
    """The task list: what is known, each part and how far it is, and the rules beside it."""
    referral = open_own(request, pk)
    if not referral.is_draft:
        return redirect("referrals:show", pk=pk)
    context = beside(referral, request.user)
    return page(
        request,
        "draft",
        referral,
        tasks=list(_tasks(referral, context["preview"])),
        adult=is_adult(referral.child, timezone.localdate()),
        **context,
    )


def wanted_of(referral, preview):
    """What stands in the way of sending, each with the page that puts it right."""
    complete = bool(referral.screen and referral.screen.is_complete)
    found = missing(
        referral.sections, preview.fired, has_screen=complete, agency=referral.agency.type
    )
    return [_with_address(referral, each) for each in found]


def reminders_of(referral, preview):
    """What should be recorded too, and holds nothing up, each with its page (DEC-50)."""
    found = worth_recording(referral.sections, preview.fired, referral.agency.type)
    return [_with_address(referral, each) for each in found]


def _with_address(referral, each):
    return each, f"{part_address(referral, PART_OF[each.field].key)}{_control(each.field)}"


def _control(field):
    """Where on its page a field is; of several boxes or answers the first."""
    return f"#id_{field}-day" if kind_of(field) is Kind.DAY else f"#id_{field}"


def part_address(referral, key):
    """The page of a part."""
    return reverse("referrals:part", kwargs={"pk": referral.pk, "slug": key.replace("_", "-")})


def _tasks(referral, preview):
    begun = "facts" in referral.part_versions
    yield {
        "title": "What is known",
        "href": reverse("referrals:facts", kwargs={"pk": referral.pk}),
        "status": "Filled in" if begun else "Not begun",
        "done": begun,
        "hint": "What the rules read: danger, activity, the other person, the group",
    }
    wanted = {PART_OF[each.field].key: each for each, _ in wanted_of(referral, preview)}
    asked = {PART_OF[each.field].key: each for each, _ in reminders_of(referral, preview)}
    for part in parts_for(preview.fired, referral.agency.type):
        filled = any(referral.sections.get(field) for field in part.fields)
        if part.key == SCREEN:
            filled = filled or referral.screen is not None
        lacks, lacking = wanted.get(part.key), asked.get(part.key)
        hint = lacks or lacking
        words = ("Begun" if lacking else "Filled in") if filled else "Not begun"
        yield {
            "title": part.title,
            "href": part_address(referral, part.key),
            "status": "Needed" if lacks else words,
            "done": filled and not lacks and not lacking,
            "tone": "notice" if lacks else "plain",
            "hint": hint.message if hint else "",
        }


# -- What is known ------------------------------------------------------------------------------


@form_view
@requires(Capability.OWN_REFERRAL)
def facts(request, pk):
    """What the rules read; what they say of it stands beside it at once."""
    referral = open_own(request, pk)
    shown = readable(referral, request.user)
    areas = Authority.objects.exclude(pk=referral.authority_id)
    if request.method != "POST":
        if not referral.is_draft:
            return redirect("referrals:show", pk=pk)
        form = MakingFactsForm(referral=shown, areas=areas, initial=facts_initial(shown))
        return _facts_page(request, referral, form)
    form = MakingFactsForm(request.POST, referral=shown, areas=areas)
    note_extra_fields(request, form, referral.child_id)
    if not referral.is_draft:
        return conflicts.too_late(request, referral, "What is known", conflicts.typed_in(form))
    unsaved: list[str] = []
    while True:
        try:
            saved = _save_facts(request, pk, form)
        except StaleSave as stale:
            return conflicts.facts_conflict(request, stale.referral, form, areas)
        except NoDraft:
            return conflicts.too_late(request, referral, "What is known", conflicts.typed_in(form))
        if saved is not None:
            return _saved(request, saved, FACTS, "What is known", unsaved)
        # What the script sends is saved without what is wrong in it.
        unsaved += unsaved_words(form)
        if not is_autosave(request):
            danger = _save_danger(request, referral, shown, areas)
            return _facts_page(request, danger or referral, form, saved=danger is not None)
        if not form.keep_wrong(facts_initial(referral)):
            return JsonResponse({"unsaved": unsaved})


def _save_danger(request, referral, shown, areas):
    """The referral with what is right of the form, where it says danger now: R1 waits for no other
    answer to be put right. None where it says none, or somebody saved meanwhile.
    """
    if not request.POST.getlist("now"):
        return None
    right = MakingFactsForm(request.POST, referral=shown, areas=areas)
    try:
        while (saved := _save_facts(request, referral.pk, right)) is None:
            if not right.keep_wrong(facts_initial(referral)):
                return None
    except (StaleSave, NoDraft):
        return None
    return saved


def _save_facts(request, pk, form):
    """The referral with what the form says; None where it is wrong, and the form says why."""
    if not form.is_valid():
        return None
    try:
        return actions.set_facts(
            referral_id=pk,
            facts=form.facts(),
            version=read_version(request.POST),
            by=request.user,
            **form.placed,
        )
    except FactsRefused as refused:
        form.add_problems(refused.problems)
        return None


def _facts_page(request, referral, form, *, saved=False):
    version = referral.part_versions.get(FACTS, 0)
    if form.is_bound and not saved:
        version = read_version(request.POST)
    context = beside(referral, request.user)
    return page(
        request,
        "facts",
        referral,
        form=form,
        version=version,
        prefilled=context["shown"].routing.get("prefilled_checklist", ()),
        **context,
    )


# -- The parts ----------------------------------------------------------------------------------


@form_view
@requires(Capability.OWN_REFERRAL)
def part(request, pk, slug):
    """One part: its narrative, saved by itself."""
    referral = open_own(request, pk)
    found = BY_KEY.get(slug.replace("-", "_"))
    if found is None or "_" in slug:
        raise Http404
    screens = screens_to_attach(request.user, referral.child) if found.key == SCREEN else ()
    managers = overseers_for(referral, referral.made_by_id) if found.key == OVERSIGHT else ()
    form_of = partial(PartForm, found, child=referral.child, screens=screens, managers=managers)
    if request.method != "POST":
        if not referral.is_draft:
            return redirect("referrals:show", pk=pk)
        form = form_of(initial=part_initial(referral))
        return _part_page(request, referral, found, form)
    form = form_of(request.POST)
    note_extra_fields(request, form, referral.child_id)
    if not referral.is_draft:
        return conflicts.too_late(request, referral, found.title, conflicts.typed_in(form))
    if not form.is_valid() and not is_autosave(request):
        return _part_page(request, referral, found, form)
    try:
        saved = _save(request, referral, found, form, screens)
    except StaleSave as stale:
        return conflicts.part_conflict(request, stale, found, form)
    except NoDraft:
        return conflicts.too_late(request, referral, found.title, conflicts.typed_in(form))
    except Refused as refusal:
        form.add_error(None, str(refusal))
        if is_autosave(request):
            return JsonResponse({"unsaved": unsaved_words(form)})
        return _part_page(request, referral, found, form)
    return _saved(request, saved, found.key, found.title, unsaved_words(form))


def _save(request, referral, found, form, screens):
    common = {
        "referral_id": referral.pk,
        "version": read_version(request.POST),
        "by": request.user,
    }
    if found.key != SCREEN:
        return actions.save_part(part=found.key, values=form.values, **common)
    chosen = form.cleaned_data.get("screen")
    # A choice that is wrong changes nothing of what goes along.
    screen = referral.screen if chosen is None else None
    screen = next((each for each, _ in screens if str(each.pk) == chosen), screen)
    reason = form.values.get("screen_reason", referral.sections.get("screen_reason", ""))
    return actions.attach_screen(screen=screen, reason=reason, **common)


def _part_page(request, referral, found, form):
    version = referral.part_versions.get(found.key, 0)
    if form.is_bound:
        version = read_version(request.POST)
    wording = "words" in request.GET
    return page(
        request,
        "part",
        referral,
        part=found,
        form=form,
        kinds={name: str(kind_of(name)) for name in form.fields},
        hints={name: hints_for(str(form[name].value() or "")) for name in form.fields}
        if wording
        else {},
        version=version,
        screens_offered="screen" in form.fields,
        **beside(referral, request.user),
    )


def _saved(request, referral, key, title, unsaved=()):
    """After a save: the script's answer with what was left out, or the next page."""
    if is_autosave(request):
        context = beside(referral, request.user)
        head = child_head(referral.child, request.user, "referrals:child")
        preview = context["preview"]
        panel = render_to_string(
            "referrals/making/rules.html", {"referral": referral, **context, **head}
        )
        return JsonResponse(
            {
                "saved_at": f"{timezone.localtime(referral.saved_at):%H:%M}",
                "version": referral.part_versions[key],
                "unsaved": list(unsaved),
                "panels": {
                    "rules": panel,
                    "words": preview.words,
                    "bar": escape(preview.words) if preview.rules else "",
                },
            }
        )
    if "check_wording" in request.POST:
        return redirect(f"{request.path}?words=1")
    if request.POST.get("act") == "stay":
        messages.success(request, f"{title}: saved. The rules that apply are those that hold now.")
        return redirect(request.path)
    if request.POST.get("act") == "leave":
        messages.success(request, f"{title}: saved.")
        return redirect("referrals:draft", pk=referral.pk)
    return redirect(_next(referral, key))


def _next(referral, key):
    fired = frozenset(rule["id"] for rule in referral.routing["rules"])
    keys = [FACTS, *(each.key for each in parts_for(fired, referral.agency.type))]
    place = keys.index(key) + 1 if key in keys else len(keys)
    if place < len(keys):
        return part_address(referral, keys[place])
    return reverse("referrals:check", kwargs={"pk": referral.pk})
