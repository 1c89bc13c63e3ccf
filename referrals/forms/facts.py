"""What is known of a worry, asked on a page in the words of ``explain routing``.

The same form serves a referral, a decision not to refer and a consultation without a name. It
gives the facts as a document; the rules read it, and what they cannot read comes back to its
field (``add_problems``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.utils import timezone

from cse.interface.forms import DayMonthYearField, PlainForm
from referrals.routing import CHECKLIST

NOW: Final = (
    ("immediate_danger", "The child is in immediate danger"),
    ("significant_harm", "The child is suffering, or likely to suffer, significant harm now"),
)
OTHER: Final = (
    (
        "position_of_trust",
        "In a position of trust (for example a teacher, carer, sports coach or religious leader)",
    ),
    ("works_with_children", "Works or volunteers with children"),
    ("foster_carer", "An approved foster carer"),
)
WIDER: Final = (
    ("concerns_confirmed", "There is concern that the child is at risk of, or is being, exploited"),
    ("group_suspected", "A gang, ring or organised group is suspected"),
    (
        "trafficking",
        "The child may be moved about to be exploited, even from one street to the next",
    ),
    ("offence_recorded", "An offence against the child is on record"),
)
GROUPS: Final = {"now": NOW, "about_other": OTHER, "wider": WIDER}
"""Field of the form → the flags it asks for."""
LEVELS: Final = (
    ("", "Not said"),
    ("vulnerable", "Vulnerable"),
    ("at_risk", "At risk"),
    ("cse", "CSE"),
)
LOOKED_AFTER: Final = (
    ("", "No"),
    ("s20", "Yes, accommodated (section 20)"),
    ("s31", "Yes, under a care order (section 31)"),
)
PLANS: Final = (
    ("", "None known"),
    ("cin", "Child in need plan"),
    ("cp", "Child protection plan"),
    ("lac", "Care plan of a looked-after child"),
)
OLDEST: Final = 120
UNTICKED: Final = "-"
"""Before a factor that somebody had taken the tick from."""
#: Where what a rule cannot read is said on the page.
FIELDS: Final = {
    "sexual_activity.from": "activity_from",
    "sexual_activity.to": "activity_to",
    "other_person.age": "other_age",
    "other_person.date_of_birth": "other_born",
    "unticked": "checklist",
}


def _boxes(label: str, choices: Iterable[tuple[str, str]], **more: Any) -> Any:
    return forms.MultipleChoiceField(
        label=label,
        choices=list(choices),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        **more,
    )


def _day(what: str, label: str, hint: str = "") -> DayMonthYearField:
    return DayMonthYearField(
        what=what, label=label, help_text=hint, required=False, latest=timezone.localdate
    )


class FactsForm(PlainForm):
    """What is known, as the rules read it. ``facts`` after validation."""

    now = _boxes("How is the child now?", NOW)
    activity = forms.ChoiceField(
        label="Has there been sexual activity, or may there have been?",
        choices=[("no", "No, not that anybody knows"), ("yes", "Yes, or possibly")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether there has been sexual activity"},
    )
    activity_from = _day(
        "day it began",
        "When did it begin, at the earliest?",
        "Leave it empty if nobody knows. The rules then protect the child as the youngest.",
    )
    activity_to = _day("day it ended", "When was the last time?")
    pregnant = forms.BooleanField(label="The child is pregnant", required=False)
    other_age = forms.IntegerField(
        label="How old was the other person then, in years?",
        min_value=0,
        max_value=OLDEST,
        required=False,
    )
    other_born = _day("other person’s date of birth", "Or the other person’s date of birth")
    about_other = _boxes(
        "Is the other person any of these?",
        OTHER,
        help_text="A position of trust is held by whoever teaches, trains, supervises, looks after "
        "or advises the child: at school, in care, in health or youth work, and also in sport "
        "coaching or religious instruction.",
    )
    checklist = _boxes(
        "Which of these apply?",
        CHECKLIST.items(),
        help_text="The assessment checklist. It asks for your judgement: tick what applies.",
    )
    shown_ticked = forms.CharField(required=False, widget=forms.HiddenInput)
    wider = _boxes("Is there any of this?", WIDER)
    level = forms.ChoiceField(
        label="CSE level, if somebody has judged it", choices=LEVELS, required=False
    )
    looked_after = forms.ChoiceField(
        label="Is the child looked after?", choices=LOOKED_AFTER, required=False
    )
    care_planning = forms.ChoiceField(
        label="Does the child have a plan?", choices=PLANS, required=False
    )
    professional_working = forms.BooleanField(
        label="A professional is already working with the child on this", required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        said = [each for each in ("activity_from", "activity_to") if cleaned.get(each)]
        if cleaned.get("activity", "yes") != "yes" and said:
            self.add_error("activity", "You gave a day for it: say “Yes, or possibly”")
        if cleaned.get("other_age") is not None and cleaned.get("other_born"):
            self.add_error("other_age", "Give the age or the date of birth, not both")
        return cleaned

    def facts(self) -> dict[str, Any]:
        """The facts as the rules read them, of a valid form; what is not known is left out."""
        cleaned = self.cleaned_data
        found: dict[str, Any] = {
            name: name in cleaned[group] for group, flags in GROUPS.items() for name, _ in flags
        }
        found |= {name: cleaned[name] for name in ("pregnant", "professional_working")}
        found |= {
            name: cleaned[name] or None for name in ("level", "looked_after", "care_planning")
        }
        if cleaned["activity"] == "yes":
            found["sexual_activity"] = {
                "from": _iso(cleaned["activity_from"]),
                "to": _iso(cleaned["activity_to"]),
            }
        if cleaned.get("other_born"):
            found["other_person"] = {"date_of_birth": _iso(cleaned["other_born"])}
        elif cleaned["other_age"] is not None:
            found["other_person"] = {"age": cleaned["other_age"]}
        by_rules, before = _shown(cleaned["shown_ticked"])
        ticked = set(cleaned["checklist"])
        # What the rules ticked is theirs: it goes with the facts that it rests on (DEC-12).
        found["checklist"] = sorted(ticked - by_rules)
        found["unticked"] = sorted((by_rules | before) - ticked)
        said = {name: value for name, value in found.items() if value not in (None, False, [])}
        # A no that somebody gave is kept: nobody is to find the question answered who did not.
        return said | ({"sexual_activity": None} if cleaned["activity"] == "no" else {})

    def add_problems(self, problems: Iterable[tuple[str, str]]) -> None:
        """Say at their fields what the rules could not read."""
        for place, message in problems:
            field = FIELDS.get(place, place)
            self.add_error(
                field if field in self.fields else None, message[:1].upper() + message[1:]
            )


def initial_of(facts: Mapping[str, Any], prefilled: Iterable[str] = ()) -> dict[str, Any]:
    """How the form stands for facts that were said; ``prefilled`` are factors the rules tick."""
    activity, other = facts.get("sexual_activity"), facts.get("other_person") or {}
    own, unticked = set(facts.get("checklist", ())), set(facts.get("unticked", ()))
    by_rules = set(prefilled) - unticked - own
    ticked = own | by_rules
    shown = (*sorted(by_rules), *(f"{UNTICKED}{each}" for each in sorted(unticked)))
    return {
        **{
            group: [name for name, _ in flags if facts.get(name)] for group, flags in GROUPS.items()
        },
        **{
            name: facts.get(name)
            for name in (
                "pregnant",
                "level",
                "looked_after",
                "care_planning",
                "professional_working",
            )
        },
        "activity": "yes" if activity else ("no" if "sexual_activity" in facts else None),
        "activity_from": _date((activity or {}).get("from")),
        "activity_to": _date((activity or {}).get("to")),
        "other_age": other.get("age"),
        "other_born": _date(other.get("date_of_birth")),
        "checklist": sorted(ticked),
        "shown_ticked": " ".join(shown),
    }


def _shown(text: str) -> tuple[set[str], set[str]]:
    """The factors that stood ticked by the rules when the form was opened, and those unticked."""
    by_rules = {each for each in text.split() if each in CHECKLIST}
    before = {each.removeprefix(UNTICKED) for each in text.split()} - by_rules
    return by_rules, before & CHECKLIST.keys()


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
