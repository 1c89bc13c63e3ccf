"""What the pages that make a referral read; nothing that is missing in a draft is refused."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from django import forms
from django.utils import timezone

from cse.children.models import Child
from cse.interface.forms import DayMonthYearField, PlainForm
from cse.people.models import Authority, User
from referrals.actions.notes import BY_ITS_OWN_ACT, NAMES_WHO
from referrals.forms.days import check_moment, earliest_for
from referrals.forms.facts import LEVELS, FactsForm, initial_of
from referrals.models import NoteKind, Referral
from referrals.parts import CHOICES, DAYS, HINTS, LONGEST, Kind, Part, kind_of
from screening.documents.identity import person_words
from screening.forms import NarrativeField, read_version

__all__ = [
    "MakingFactsForm",
    "NoteForm",
    "PartForm",
    "ReasonForm",
    "StartForm",
    "read_token",
    "read_version",
]
LONGEST_REASON = 4_000


def read_token(text: str) -> uuid.UUID:
    """The token of a form; a page that lost it gets a new one, and so does what is made up."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


class PartForm(PlainForm):
    """One part of a referral, its fields as the part names them; none is required in a draft."""

    def __init__(
        self,
        part: Part,
        *args: Any,
        child: Child,
        screens: Iterable[Any] = (),
        managers: Iterable[User] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.part = part
        self.managers = [(str(each.pk), person_words(each)) for each in managers]
        if part.key == "screen":
            self.fields["screen"] = _screens(screens)
        self.fields |= {key: _field(key, title) for key, title in part.fields.items()}
        if self.managers:
            # Where the agency has accounts one is chosen, and asked as soon as it is sent.
            self.fields["manager"] = forms.ChoiceField(
                label=part.fields["manager"],
                help_text="They are asked when it is sent. It does not wait for them.",
                choices=self.managers,
                widget=forms.RadioSelect,
                required=False,
            )
        for key in DAYS & self.fields.keys():
            self.fields[key].earliest = earliest_for(child)  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, str]:
        """The texts to store, of a valid form; a day as in ISO 8601."""
        return {key: _stored(self.cleaned_data[key]) for key in self.part.fields}

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, whether it is right or not."""
        return {key: _stored(self[key].value()) for key in self.fields}


def _stored(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        return " ".join(str(each) for each in value if each)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _field(key: str, title: str) -> forms.Field:
    common: dict[str, Any] = {"label": title, "help_text": HINTS.get(key, ""), "required": False}
    kind = kind_of(key)
    if kind is Kind.CHOICE:
        return forms.ChoiceField(choices=CHOICES[key], widget=forms.RadioSelect, **common)
    if kind is Kind.DAY:
        return DayMonthYearField(what="day", latest=timezone.localdate, **common)
    if kind is Kind.LINE:
        return forms.CharField(max_length=200, **common)
    rows = forms.Textarea(attrs={"rows": 5})
    return NarrativeField(max_length=LONGEST, strip=False, widget=rows, **common)


def part_initial(referral: Referral) -> dict[str, Any]:
    """How the form of a part stands for what was written so far; a stored day as a date."""
    found: dict[str, Any] = {**referral.sections, "screen": str(referral.screen_id or "none")}
    for key in DAYS & found.keys():
        with suppress(ValueError):
            found[key] = dt.date.fromisoformat(found[key])
    return found


def _screens(found: Iterable[Any]) -> forms.Field:
    choices = [(str(screen.pk), words) for screen, words in found]
    return forms.ChoiceField(
        label="Which screen goes with this referral?",
        help_text="It goes as it is. Nothing waits for a screen to be finished.",
        choices=[*choices, ("none", "None, or not yet")],
        widget=forms.RadioSelect,
        required=False,
    )


class MakingFactsForm(FactsForm):
    """What is known, for a referral: nothing is required, and the area a child is placed in."""

    placed_in = forms.ChoiceField(
        label="Does the child live in another area, placed there by this one?",
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, referral: Referral, areas: Iterable[Authority], **kwargs: Any):
        self.child: Child = referral.child
        self.areas = {area.key: area for area in areas}
        super().__init__(*args, **kwargs)
        self.fields["activity"].required = False
        self.fields["placed_in"].choices = [  # type: ignore[attr-defined]
            ("no", "No"),
            *((key, f"Yes, in {area.name}") for key, area in self.areas.items()),
        ]
        if referral.screen_facts.get("screened") and not referral.facts.get("level"):
            # The level is the screen's; another is chosen there.
            del self.fields["level"]
        elif referral.record_facts.get("level"):
            on_record = dict(LEVELS)[referral.record_facts["level"]]
            self.fields["level"].help_text = f"On record: {on_record}. The higher level holds."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.setdefault("level", "")
        born = self.child.date_of_birth
        for name in ("activity_from", "activity_to"):
            if cleaned.get(name) and born and cleaned[name] < born:
                self.add_error(name, "The day must be after the child’s date of birth")
        began, ended = cleaned.get("activity_from"), cleaned.get("activity_to")
        if began and ended and ended < began:
            self.add_error("activity_to", "The last time must be after it began")
        if cleaned.get("placed_in") in self.areas and not cleaned.get("looked_after"):
            self.add_error(
                "placed_in", "Only a looked-after child is placed in another area: say so above"
            )
        return cleaned

    @property
    def area(self) -> Authority | None:
        """The area the child is placed in, of a valid form."""
        return self.areas.get(self.cleaned_data["placed_in"])


def facts_initial(referral: Referral) -> dict[str, Any]:
    """How the form stands for what was said of a draft so far."""
    found = initial_of(referral.facts, referral.routing.get("prefilled_checklist", ()))
    if "facts" not in referral.part_versions:
        found["activity"] = None
    return {
        **found,
        "looked_after": found["looked_after"] or "",
        "care_planning": found["care_planning"] or "",
        "placed_in": referral.placed_in.key if referral.placed_in else "no",
    }


def in_words(form: forms.Form, initial: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Field → (label, its value in words), to set two versions of a form side by side."""
    found = {}
    for name, field in form.fields.items():
        if field.widget.is_hidden:
            continue
        choices = {str(key): str(words) for key, words in getattr(field, "choices", ())}
        found[name] = (str(field.label), _words(initial.get(name), choices))
    return found


def _words(value: Any, choices: Mapping[str, str]) -> str:
    if isinstance(value, tuple):
        return " ".join(str(each) for each in value if each)
    if isinstance(value, list | set):
        return "; ".join(_words(each, choices) for each in sorted(value))
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if value in (None, ""):
        return choices.get("", "")
    if hasattr(value, "isoformat"):
        return f"{value.day} {value:%B} {value.year}"
    return choices.get(str(value), str(value))


class StartForm(PlainForm):
    """Which screen goes along, where the child has some."""

    def __init__(self, *args: Any, screens: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["screen"] = _screens(screens)


class ReasonForm(PlainForm):
    """A reason, or an answer, in words."""

    reason = NarrativeField(
        label="Why?",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, label: str, hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].help_text = hint
        self.fields["reason"].error_messages["required"] = f"Answer: {label}"


class NoteForm(PlainForm):
    """Something done or learned, whenever it was."""

    kind = forms.ChoiceField(
        label="What is it?",
        choices=[each for each in NoteKind.choices if each[0] not in BY_ITS_OWN_ACT],
        widget=forms.RadioSelect,
    )
    happened_on = DayMonthYearField(
        what="day it happened", label="On which day?", latest=timezone.localdate
    )
    at_time = forms.TimeField(
        label="At what time?",
        help_text="If you know it, for example 14:30 or 2:30pm",
        required=False,
        input_formats=["%H:%M", "%I:%M%p", "%I.%M%p", "%I%p", "%H.%M"],
        error_messages={"invalid": "Write the time as 14:30 or 2:30pm"},
    )
    with_whom = forms.CharField(
        label="Who took part?",
        help_text="For a joint consultation: who of the Designated Officer’s service, and who of "
        "social care. For a discussion with the safeguarding lead or your manager: their name.",
        max_length=200,
        required=False,
    )
    text = NarrativeField(
        label="What was done, or learned?",
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, child: Child, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["happened_on"].earliest = earliest_for(child)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        check_moment(self, "happened_on", "at_time")
        asked = NAMES_WHO.get(cleaned.get("kind", ""))
        if asked and not cleaned.get("with_whom", "").strip():
            self.add_error("with_whom", asked)
        return cleaned
