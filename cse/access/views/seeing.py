"""Who can see a child and why, why I can, and who has looked."""

import uuid

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from cse.access import queries
from cse.access.actions import know_of_attempts
from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.forms import PlainForm
from cse.access.models import Basis
from cse.access.policies import can, sees_on
from cse.access.principals import principals_of
from cse.access.views.common import attempt, page, visible_child
from cse.audit import words
from cse.audit.models import AuditEvent


@requires(Capability.SEE_ACCESS)
@require_safe
def who(request, child_id):
    child = visible_child(request, child_id, Capability.SEE_ACCESS)
    acts = principals_of(request.user).acts
    people, narrow = queries.who_sees_what(child.pk)
    may_exclude = Capability.EXCLUDE in acts
    # An emergency opening lets nobody change who sees a child: it is not offered.
    may_change = sees_on(request.user, child)
    context = {
        "people": people,
        "narrow": narrow,
        "may_change": may_change,
        "who_may": [] if may_change else _who_may_change(people),
        "may_grant": may_change and Capability.GRANT_ACCESS in acts,
        "may_exclude": may_exclude,
        "may_seal": may_change and Capability.SEAL in acts,
        "may_see_looks": Capability.SEE_LOOKS in acts,
        "exclusions": list(queries.exclusions_on(child.pk)) if may_exclude else [],
        "seal": queries.seal_on(child.pk),
    }
    return page(request, "access/who.html", child, context)


def _who_may_change(people):
    """The names of those who see the child by more than an emergency, and may say who sees it."""
    return [
        person.user.get_full_name()
        for person in people
        if Capability.GRANT_ACCESS in person.acts
        and any(reason.basis != Basis.BREAK_GLASS.label for reason in person.reasons)
    ]


@requires(Capability.SEE_CHILD)
@require_safe
def why(request, child_id):
    child = visible_child(request, child_id, Capability.SEE_CHILD)
    context = {
        "reasons": queries.why(request.user, child.pk),
        "seal": queries.seal_on(child.pk),
        "may_see_access": can(request.user, Capability.SEE_ACCESS, child),
    }
    return page(request, "access/why.html", child, context)


@requires(Capability.SEE_LOOKS)
@require_safe
def looks(request, child_id):
    child = visible_child(request, child_id, Capability.SEE_LOOKS)
    who = _one_person(request)
    found = queries.looks_on(child.pk, _before(request, child.pk), who)
    shown = found[: queries.LOOKS]
    names = queries.names_of(event.actor_id for event in shown)
    context = {
        "events": [(event, words.what(event), words.answer(event)) for event in shown],
        "names": names,
        "only": names.get(who),
        "query": f"?who={who}" if who else "",
        "older": shown[-1].pk if len(found) > len(shown) else None,
        "is_first": "before" not in request.GET,
    }
    return page(request, "access/looks.html", child, context, "access:looks")


def _one_person(request):
    """Whose looks alone are asked for; None, everybody's, for what is no id."""
    try:
        return uuid.UUID(request.GET.get("who", ""))
    except ValueError:
        return None


def _before(request, child_id):
    """The event that the page before ended with; anything else begins anew."""
    typed = request.GET.get("before", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 18):
        return None
    return AuditEvent.objects.filter(child_id=child_id, pk=int(typed)).first()


@requires(Capability.SEE_LOOKS)
@require_http_methods(["GET", "HEAD", "POST"])
def attempts(request, child_id):
    child = visible_child(request, child_id, Capability.SEE_LOOKS)
    form = PlainForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and attempt(
        request,
        form,
        lambda: know_of_attempts(child=child, by=request.user),
        child_id=child.pk,
        what="read own refused attempt",
    ):
        messages.success(request, "Noted that you have read it")
        return redirect("worklist:home")
    found = list(queries.attempts_on(child.pk)[: queries.LOOKS])
    context = {
        "form": form,
        "events": found,
        "names": queries.names_of(event.actor_id for event in found),
    }
    return page(request, "access/attempts.html", child, context)
