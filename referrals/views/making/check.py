"""Check the referral, then send it: what is sent is what has just been read."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.queries import marks_of
from cse.audit.extra import note_extra_fields
from cse.strict import Refused as FactsRefused
from referrals import actions
from referrals.actions import StaleCheck, Unfinished
from referrals.actions.send import NOBODY
from referrals.forms.making import read_version
from referrals.parts import PART_OF
from referrals.policies import TOO_OLD, NoDraft, Refused
from referrals.queries import with_people
from referrals.reading import facts_in_words, read_parts
from referrals.views.making.common import beside, open_own, page
from referrals.views.making.draft import part_address, reminders_of, wanted_of
from screening.policies import is_adult


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.OWN_REFERRAL)
def check(request, pk):
    """Everything that will be sent, to whom, what is missing; the button sends."""
    referral = open_own(request, pk)
    if not referral.is_draft:
        return _too_late(request, referral)
    if request.method != "POST":
        return _page(request, referral)
    note_extra_fields(request, None, referral.child_id)
    try:
        sent = actions.send(referral_id=pk, by=request.user, version=read_version(request.POST))
    except Unfinished:
        return _page(request, referral, tried=True)
    except StaleCheck:
        return _page(request, open_own(request, pk), stale=True, status=409)
    except NoDraft:
        return _too_late(request, open_own(request, pk))
    except FactsRefused:
        return _page(request, referral, tried=True, refusal=_against_record(request, referral))
    except Refused as refusal:
        return _page(request, referral, refusal=str(refusal))
    messages.success(request, _sent_words(sent))
    return redirect("referrals:show", pk=pk)


def _sent_words(referral):
    """That it is sent, and who still has to be told."""
    rows = [each.called for each in with_people().filter(referral=referral, team=None)]
    words = "The referral is sent. Each team has it in its queue."
    if rows:
        words += f" Tell now, by telephone, whom the service cannot reach: {', '.join(rows)}."
    return words


def _against_record(request, referral):
    """Who does not see the record is told that it is in the way, and not what it says."""
    if marks_of(referral.child_id, request.user).sees_record:
        return ""
    return (
        "Something that you said does not go together with the child’s record, which you do not "
        "see. Telephone the front door."
    )


def _too_late(request, referral):
    """A second click, or the page of a referral that was sent: there is nothing to do."""
    if request.method == "POST":
        words = "sent" if referral.status == "sent" else "set aside"
        said = f"This referral was {words} already: once is enough. It stands below."
        messages.info(request, said)
    return redirect("referrals:show", pk=referral.pk)


def _page(request, referral, *, tried=False, stale=False, refusal="", status=200):
    context = beside(referral, request.user)
    shown = context["shown"]
    preview = context["preview"]
    wanted = wanted_of(referral, preview)
    adult = is_adult(referral.child, timezone.localdate())
    stops = [refusal] if refusal else []
    stops += [TOO_OLD] if adult and TOO_OLD not in stops else []
    stops += [NOBODY] if preview.nobody and NOBODY not in stops else []
    # In danger nothing stops it; the days that contradict stand beside.
    stops += [] if preview.danger else list(preview.trouble)
    return page(
        request,
        "check",
        referral,
        status=status,
        wanted=wanted,
        reminders=reminders_of(referral, preview),
        stops=stops,
        has_errors=bool((tried and (wanted or stops)) or refusal),
        tried=tried,
        stale=stale,
        facts=facts_in_words(shown),
        parts=[
            (each, part_address(referral, each.key) if each.key in PART_KEYS else "")
            for each in read_parts(shown)
        ],
        sealed=marks_of(referral.child_id, request.user).sealed,
        **context,
    )


PART_KEYS = frozenset(part.key for part in PART_OF.values())
