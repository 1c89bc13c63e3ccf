"""What was typed, where it could not be saved: by two people at once, or too late. Nothing is lost.

Three versions of a part are compared: what the page was opened with, what is stored, what was
typed. Only one of two people changed a field: that change is taken. Both did: the page asks.
"""

from django.http import JsonResponse

from cse.interface.merging import three_ways
from referrals.forms.making import MakingFactsForm, facts_initial, in_words, read_version
from referrals.models import Referral
from referrals.parts import CHOICES, Kind, kind_of
from referrals.views.making.common import beside, is_autosave, page


def part_conflict(request, stale, part, form):
    """409: one part was saved meanwhile, by somebody else or in another window."""
    if is_autosave(request):
        return JsonResponse({}, status=409)
    referral = stale.referral
    base = _before(referral, part.key, read_version(request.POST))
    old = base.sections if base else {}
    chosen = {name: dict(CHOICES[name]) for name in part.fields if kind_of(name) is Kind.CHOICE}
    if form.managers:
        chosen["manager"] = dict(form.managers)
    rows = [
        three_ways(
            name,
            label,
            is_text=name not in chosen,
            base=old.get(name, ""),
            theirs=referral.sections.get(name, ""),
            mine=form.values[name],
            words=chosen.get(name, {}),
        )
        for name, label in part.fields.items()
    ]
    if "screen" in form.fields:
        rows.append(_screen_row(base, referral, form))
    return page(
        request,
        "conflict",
        referral,
        status=409,
        part=part,
        clashes=[row for row in rows if row["clash"]],
        quiet=[row for row in rows if not row["clash"]],
        days=[name for name in part.fields if kind_of(name) is Kind.DAY],
        version=referral.part_versions.get(part.key, 0),
        **_who(request, referral, part.key),
    )


def _screen_row(base, referral, form):
    """Which screen goes along is chosen beside the texts of its part, and is no text of them."""
    field = form.fields["screen"]
    theirs = str(referral.screen_id or "none")
    return three_ways(
        "screen",
        field.label,
        is_text=False,
        base=str((base or referral).screen_id or "none"),
        theirs=theirs,
        mine=form.cleaned_data["screen"] or "none",
        words={theirs: "Another screen", **dict(field.choices)},
    )


def facts_conflict(request, referral, form, areas):
    """409: what is known was saved meanwhile. The form keeps what was chosen here."""
    if is_autosave(request):
        return JsonResponse({}, status=409)
    context = beside(referral, request.user)
    saved = facts_initial(context["shown"])
    blank = MakingFactsForm(referral=context["shown"], areas=areas, initial=saved)
    theirs, mine = in_words(blank, saved), in_words(blank, form.cleaned_data)
    differ = [
        (label, words, mine[name][1])
        for name, (label, words) in theirs.items()
        if words != mine[name][1]
    ]
    return page(
        request,
        "facts",
        referral,
        status=409,
        form=form,
        version=referral.part_versions.get("facts", 0),
        prefilled=context["shown"].routing.get("prefilled_checklist", ()),
        differ=differ,
        **_who(request, referral, "facts"),
        **context,
    )


def too_late(request, referral, title, typed):
    """409: sent or set aside meanwhile. Nothing is written, and what was typed is shown back."""
    referral.refresh_from_db(fields=["status"])
    sent = referral.status == "sent"
    if is_autosave(request):
        words = "sent" if sent else "set aside"
        return JsonResponse(
            {"message": f"Not saved: this referral was {words} meanwhile. Copy what you typed."},
            status=400,
        )
    return page(request, "too_late", referral, status=409, title=title, typed=typed, sent=sent)


def typed_in(form):
    """(label, what was typed) of every field that holds something."""
    values = form.cleaned_data if form.is_valid() else {n: form[n].value() for n in form.fields}
    return [each for each in in_words(form, values).values() if each[1]]


def _before(referral, part, version):
    """The referral as it was when a part had this version: what the person saw who saved late."""
    found = Referral.history.filter(id=referral.pk, **{f"part_versions__{part}": version})
    return found.order_by("history_id").first()


def _who(request, referral, part):
    """Who saved a part last, and when; oneself in another window is named so."""
    row = (
        Referral.history.filter(id=referral.pk, history_change_reason=f"saved {part}")
        .select_related("history_user")
        .order_by("-history_id")
        .first()
    )
    saver = row.history_user if row else None
    own = saver is not None and saver.pk == request.user.pk
    return {
        "own": own,
        "theirs_by": "" if own or saver is None else saver.get_full_name(),
        "theirs_at": row.history_date if row else None,
    }
