"""Who the child is. Only a name is needed; everything else may stay open (W-SHR-15)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from cse.children.census import ETHNIC_GROUPS, GROUPS
from cse.children.models import BirthDateKnown, Child, Sex
from cse.children.policies import ADULT, OLDEST
from cse.interface.forms import DayMonthYearField, PlainForm
from cse.interface.typed import refuse_heaps, refuse_lines
from cse.interface.words import date_words
from cse.workdays import age_on

LONGEST_TEXT = 2000
_OTHER = "other"
_IN_WORDS = "Described in other words"
WORDS_AND_CHOICE = f"Choose “{_IN_WORDS}” in the list above, or clear these words"


def line(label: str, *, longest: int = 100, required: bool = False, **more: Any) -> forms.CharField:
    """One line of text, kept exactly as typed."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        validators=[refuse_lines, refuse_heaps],
        **more,
    )


def _text(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_TEXT,
        required=False,
        validators=[refuse_heaps],
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _ethnic_groups() -> list[Any]:
    groups = [
        (broad, [(f"{broad}: {group}", f"{broad}: {group}") for group in each])
        for broad, each in GROUPS
    ]
    return [("", "Not recorded"), *groups, (_OTHER, _IN_WORDS)]


class ChildForm(PlainForm):
    """The facts about a child; ``facts()`` is what the acts take."""

    given_name = line("Given name", required=True)
    family_name = line("Family name", help_text="Leave empty if the child has none.")
    other_names = line("Other names", longest=200, help_text="Names also used, or spellings.")
    birth_date_known = forms.ChoiceField(
        label="How well is the date of birth known?",
        choices=BirthDateKnown.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    date_of_birth = DayMonthYearField(
        label="Date of birth",
        what="date of birth",
        help_text="For example 27 3 2011. If it is approximate, give the latest day that is "
        "plausible: the rules protect the child as the youngest they may be.",
        latest=timezone.localdate,
        required=False,
    )
    estimated_age = forms.IntegerField(
        label="How old is the child, at the youngest?",
        help_text="In years, if the date of birth is not known. If it may be 13 or 14, write 13: "
        "the rules protect the child as the youngest they may be.",
        min_value=0,
        max_value=120,
        required=False,
        error_messages={
            "invalid": "Age must be a whole number of years, for example 13",
            "min_value": "Age must be 0 or more",
            "max_value": "Age must be 120 or less",
        },
    )
    sex = forms.ChoiceField(
        label="Sex", choices=Sex.choices, widget=forms.RadioSelect, required=False
    )
    ethnicity = forms.ChoiceField(label="Ethnic group", choices=_ethnic_groups, required=False)
    ethnicity_other = line("Ethnic group in other words")
    disability = _text("Disability", "Physical, sensory, learning or other, and what helps.")
    first_language = line("First language", help_text="And whether an interpreter is needed.")
    address = _text("Address", "Where the child lives now.")

    def __init__(self, *args: Any, child: Child | None = None, **kwargs: Any) -> None:
        if child is not None:
            kwargs.setdefault("initial", facts_of(child))
        super().__init__(*args, **kwargs)
        self.fields["given_name"].error_messages["required"] = "Enter a name for the child"

    def clean(self) -> dict[str, Any]:
        """The date of birth, how well it is known and the estimate must agree."""
        cleaned = super().clean() or {}
        if "date_of_birth" not in self.errors and "birth_date_known" not in self.errors:
            self._clean_birth(cleaned)
        if "ethnicity" not in self.errors and "ethnicity_other" not in self.errors:
            self._clean_ethnicity(cleaned)
        return cleaned

    def _clean_ethnicity(self, cleaned: dict[str, Any]) -> None:
        """Words of one's own go with that choice in the list, and with no other."""
        in_words, chosen = cleaned.get("ethnicity_other"), cleaned.get("ethnicity")
        if chosen == _OTHER and not in_words:
            self.add_error("ethnicity_other", "Write the ethnic group, or choose another answer")
        if chosen != _OTHER and in_words:
            self.add_error("ethnicity_other", WORDS_AND_CHOICE)

    def _clean_birth(self, cleaned: dict[str, Any]) -> None:
        known, born = cleaned.get("birth_date_known"), cleaned.get("date_of_birth")
        if not known:
            known = BirthDateKnown.EXACT if born else BirthDateKnown.UNKNOWN
        if known != BirthDateKnown.UNKNOWN and born is None:
            self.add_error("date_of_birth", "Enter the date of birth, or say that it is not known")
        if known == BirthDateKnown.UNKNOWN and born is not None:
            self.add_error(
                "birth_date_known", "Say whether the date of birth is exact or approximate"
            )
        cleaned["birth_date_known"] = known
        self._refuse_adults(cleaned)
        if born is not None:
            self._refuse_two_ages(born, cleaned)

    def _refuse_two_ages(self, born: dt.date, cleaned: dict[str, Any]) -> None:
        """An age typed beside a date that makes another one; a stored estimate just gives way."""
        estimate, age = cleaned.get("estimated_age"), age_on(born, timezone.localdate())
        if estimate not in (None, age) and "estimated_age" in self.changed_data and age <= OLDEST:
            self.add_error(
                "estimated_age",
                f"The date of birth makes the child {age}: clear this age, or correct the date",
            )
        cleaned["estimated_age"] = None

    def _refuse_adults(self, cleaned: dict[str, Any]) -> None:
        born, estimate = cleaned.get("date_of_birth"), cleaned.get("estimated_age")
        if "date_of_birth" in self.changed_data or "estimated_age" in self.changed_data:
            if born is not None and age_on(born, timezone.localdate()) > OLDEST:
                self.add_error("date_of_birth", ADULT)
            elif estimate is not None and estimate > OLDEST:
                self.add_error("estimated_age", ADULT)

    def facts(self) -> dict[str, Any]:
        """The fields of the model, as ``add_child`` and ``edit_child`` take them."""
        facts = dict(self.cleaned_data)
        other = facts.pop("ethnicity_other")
        if facts["ethnicity"] == _OTHER:
            facts["ethnicity"] = other
        for own in ("version", "none_of_these"):
            facts.pop(own, None)
        return facts


class EditChildForm(ChildForm):
    """Carries the version that was on the screen, so that nobody overwrites unseen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class NewChildForm(ChildForm):
    """Asks, where somebody in scope looks alike, whether it is the same child."""

    none_of_these = forms.BooleanField(
        label="None of these is the same child", required=False, widget=forms.CheckboxInput
    )


def facts_of(child: Child) -> dict[str, Any]:
    names: tuple[str, ...] = (
        *("given_name", "family_name", "other_names", "birth_date_known", "date_of_birth"),
        *("estimated_age", "sex", "ethnicity", "disability", "first_language", "address"),
    )
    facts = {name: getattr(child, name) for name in names}
    facts["version"] = child.version
    if child.ethnicity and child.ethnicity not in ETHNIC_GROUPS:
        facts |= {"ethnicity": _OTHER, "ethnicity_other": child.ethnicity}
    return facts


def in_words(name: str, value: Any) -> str:
    """A fact as the page that compares two versions says it; empty where there is none."""
    if isinstance(value, dt.date):
        return date_words(value)
    choices = {"birth_date_known": BirthDateKnown.choices, "sex": Sex.choices}.get(name, [])
    if value in (None, ""):
        return ""
    return str(dict(choices).get(value, value))


def labels() -> dict[str, str]:
    """The label of each fact, for the page that compares two versions."""
    return {name: str(field.label) for name, field in ChildForm.base_fields.items()}
