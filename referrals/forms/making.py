"""What the pages that make a referral read; nothing that is missing in a draft is refused."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from django import forms
from django.utils import timezone

from cse.children.models import Child
from cse.interface.forms import DayMonthYearField, PlainForm
from cse.interface.words import datetime_words
from cse.missing.times import NoSuchTime, moment_of
from cse.people.models import Authority, User
from referrals.actions.following import earliest_told
from referrals.actions.notes import BY_ITS_OWN_ACT, NAMES_WHO
from referrals.forms.days import check_moment, earliest_for
from referrals.forms.facts import LEVELS, FactsForm, initial_of
from referrals.models import Delivery, NoteKind, Referral
from referrals.parts import CHOICES, DAYS, HINTS, LONGEST, Kind, Part, kind_of
from screening.documents.identity import person_words
from screening.forms import NarrativeField, read_version

__all__ = [
    "MakingFactsForm",
    "NoteForm",
    "PartForm",
    "ReasonForm",
    "StartForm",
    "TellForm",
    "read_token",
    "read_version",
]
LONGEST_REASON = 4_000
TIMES = ["%H:%M", "%I:%M%p", "%I.%M%p", "%I%p", "%H.%M"]


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
        for key in DAYS.keys() & self.fields.keys():
            self.fields[key].earliest = earliest_for(child)  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, str]:
        """The texts to store, a day as in ISO 8601; a field that is wrong is left out."""
        right = self.part.fields.keys() & self.cleaned_data.keys()
        return {key: _stored(self.cleaned_data[key]) for key in self.part.fields if key in right}

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
        return DayMonthYearField(what=DAYS[key], latest=timezone.localdate, **common)
    if kind is Kind.LINE:
        return forms.CharField(max_length=200, **common)
    rows = forms.Textarea(attrs={"rows": 5})
    return NarrativeField(max_length=LONGEST, strip=False, widget=rows, **common)


def part_initial(referral: Referral) -> dict[str, Any]:
    """How the form of a part stands for what was written so far; a stored day as a date."""
    found: dict[str, Any] = {**referral.sections, "screen": str(referral.screen_id or "none")}
    for key in DAYS.keys() & found.keys():
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


BY: Final = "by-"
"""Before an area's key: that area looks after the child, who lives here."""
TOGETHER: Final = (
    frozenset({"activity", "activity_from", "activity_to"}),
    frozenset({"other_age", "other_born"}),
    frozenset({"looked_after", "placed_in"}),
)
"""Fields that say something only together."""


class MakingFactsForm(FactsForm):
    """What is known, for a referral: nothing is required, and in or by which other area placed."""

    placed_in = forms.ChoiceField(
        label="Does one area look after the child, and the child live in another?",
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, referral: Referral, areas: Iterable[Authority], **kwargs: Any):
        self.child: Child = referral.child
        self._kept: dict[str, Any] = {}
        self.areas = {area.key: area for area in areas}
        super().__init__(*args, **kwargs)
        self.fields["activity"].required = False
        self.fields["placed_in"].choices = [  # type: ignore[attr-defined]
            ("no", "No"),
            *((key, f"Yes, the child lives in {area.name}") for key, area in self.areas.items()),
            *(
                (f"{BY}{key}", f"Yes, {area.name} looks after the child, who lives here")
                for key, area in self.areas.items()
            ),
        ]
        if referral.screen_facts.get("screened") and not referral.facts.get("level"):
            # The level is the screen's; another is chosen there.
            del self.fields["level"]
        elif referral.record_facts.get("level"):
            on_record = dict(LEVELS)[referral.record_facts["level"]]
            self.fields["level"].help_text = f"On record: {on_record}. The higher level holds."

    def keep_wrong(self, stored: Mapping[str, Any]) -> bool:
        """Take what is wrong as ``stored`` (`facts_initial`); False where that was done already.

        What was typed stays in the other fields. One that stands as it is stored and contradicts
        what was typed takes along the fields that it is read together with.
        """
        wrong = {name for name in self.errors if name in self.fields}
        if wrong <= self._kept.keys():
            wrong = {each for group in TOGETHER if wrong & group for each in group}
        new = (wrong & self.fields.keys()) - self._kept.keys()
        self._kept |= {name: stored.get(name) for name in new}
        self.full_clean()
        return bool(new)

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name, value in self._kept.items():
            self._errors.pop(name, None)  # type: ignore[union-attr]
            self.cleaned_data[name] = value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.setdefault("level", "")
        born = self.child.date_of_birth
        for name in ("activity_from", "activity_to"):
            if name in self._kept:
                # As it is stored: a corrected date of birth contradicts it (decision 0022).
                continue
            if cleaned.get(name) and born and cleaned[name] < born:
                what = self.fields[name].what  # type: ignore[attr-defined]
                self.add_error(name, f"The {what} must be after the child’s date of birth")
        began, ended = cleaned.get("activity_from"), cleaned.get("activity_to")
        if began and ended and ended < began:
            self.add_error("activity_to", "The last time must be after it began")
        if cleaned.get("placed_in", "no") not in ("", "no") and not cleaned.get("looked_after"):
            self.add_error(
                "placed_in", "Only a looked-after child is placed in another area: say so above"
            )
        return cleaned

    @property
    def placed(self) -> dict[str, Authority | None]:
        """The other area, of a valid form: the one the child lives in, or that looks after them."""
        said = self.cleaned_data["placed_in"]
        return {
            "placed_in": self.areas.get(said),
            "placed_by": self.areas.get(said.removeprefix(BY)) if said.startswith(BY) else None,
        }


def facts_initial(referral: Referral) -> dict[str, Any]:
    """How the form stands for what was said of a draft so far."""
    found = initial_of(referral.facts, referral.routing.get("prefilled_checklist", ()))
    if "facts" not in referral.part_versions:
        found["activity"] = None
    return {
        **found,
        "looked_after": found["looked_after"] or "",
        "care_planning": found["care_planning"] or "",
        "placed_in": _placed(referral),
    }


def _placed(referral: Referral) -> str:
    if referral.placed_by is not None:
        return f"{BY}{referral.placed_by.key}"
    return referral.placed_in.key if referral.placed_in else "no"


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


class TellForm(ReasonForm):
    """When a contact outside the service was told, whom and how; now, unless somebody says else."""

    told_on = DayMonthYearField(
        what="day you told them", label="On which day did you tell them?", latest=timezone.localdate
    )
    told_time = forms.TimeField(
        label="At what time?",
        help_text="For example 14:30 or 2:30pm",
        input_formats=TIMES,
        error_messages={
            "required": "Enter the time you told them",
            "invalid": "Write the time as 14:30 or 2:30pm",
        },
    )
    field_order = ("told_on", "told_time", "reason")

    def __init__(self, *args: Any, delivery: Delivery, **kwargs: Any) -> None:
        now = timezone.localtime()
        initial = {"told_on": now.date(), "told_time": now.strftime("%H:%M")}
        super().__init__(
            *args,
            label="Whom did you tell, and how?",
            hint="For example: the duty officer, by telephone",
            initial=initial,
            **kwargs,
        )
        self.delivery = delivery

    def clean(self) -> dict[str, Any]:
        """Adds ``told_at``, the moment."""
        said: dict[str, Any] = super().clean() or {}
        day, time = said.get("told_on"), said.get("told_time")
        if day is None or time is None:
            return said
        try:
            said["told_at"] = _last_that_passed(day, time)
        except NoSuchTime:
            self.add_error(
                "told_time",
                "The clocks went forward that night and this time did not exist: check it",
            )
            return said
        if said["told_at"] > timezone.now():
            self.add_error("told_time", "This time is still to come: check the day and the time")
        elif said["told_at"] < earliest_told(self.delivery):
            begun = datetime_words(self.delivery.referral.made_at)
            self.add_error("told_on", f"The referral was begun on {begun}: check the day")
        return said


def _last_that_passed(day: dt.date, time: dt.time) -> dt.datetime:
    """The moment; where the clocks went back and it came twice, the later one that has passed.

    So that nothing is made earlier than it was. Raises `NoSuchTime`.
    """
    later = moment_of(day, time, second=True)
    return later if later <= timezone.now() else moment_of(day, time, second=False)


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
        input_formats=TIMES,
        error_messages={"invalid": "Write the time as 14:30 or 2:30pm"},
    )
    with_whom = forms.CharField(
        label="Who took part?",
        help_text="For a joint consultation: who of the Designated Officer’s service, and who of "
        "social care. For a discussion with the safeguarding lead or your manager: their name. "
        "For a disagreement taken further: whom you told, and of which agency.",
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
