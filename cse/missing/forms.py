"""Forms of the room: what was typed stays as it was typed, and every message says what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone

from cse.access.forms import ColleagueForm
from cse.interface.forms import DayMonthYearField, PlainForm
from cse.missing.models import (
    Grade,
    MissingEpisode,
    MissingFrom,
    PoliceSeen,
    ReturnHow,
    ReturnInterview,
    Told,
)
from cse.missing.times import LONDON, CameTwice, NoSuchTime, came_twice, moment_of, read_time
from cse.missing.transitions import Act

LONGEST = 4000
YES_NO = (("yes", "Yes"), ("no", "No"))
TWICE = (
    ("first", "The first time, before the clocks went back"),
    ("second", "The second time, after the clocks went back"),
)


def two_years_ago() -> dt.date:
    """Older episodes belong in the words of a newer one: no interview is owed on them."""
    return timezone.localdate() - dt.timedelta(days=730)


def text_field(label: str, hint: str = "", *, needed: str = "") -> forms.CharField:
    """A few sentences, with a count near the limit; ``needed`` says what to do where it is empty,
    and without it the field may stay empty."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(needed),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": needed},
    )


def day_field(label: str, what: str) -> DayMonthYearField:
    """A day that is over or today."""
    return DayMonthYearField(
        label=label, what=what, earliest=two_years_ago, latest=timezone.localdate
    )


class TimeField(forms.CharField):
    """A time of day as people write it; kept as typed."""

    def __init__(self, *, label: str, what: str) -> None:
        self.what = what
        super().__init__(
            label=label,
            max_length=20,
            help_text="For example 21:40 or 9.40pm",
            error_messages={"required": f"Enter the {what}"},
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text and read_time(text) is None:
            what = self.what[:1].upper() + self.what[1:]
            raise forms.ValidationError(
                f"{what} must be a time of day, for example 21:40 or 9.40pm"
            )
        return text


def choice(label: str, choices: Any, needed: str) -> forms.ChoiceField:
    """One of a few, as radio buttons."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": needed},
    )


class Moments(PlainForm):
    """Days and times that together are a moment: ``MOMENTS`` maps a field's stem to its words.

    A stem ``at`` stands for ``at_on``, ``at_time`` and ``at_twice``; the last is asked only where
    the time came twice.
    """

    MOMENTS: Mapping[str, str] = {}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for stem, what in self.MOMENTS.items():
            day, time = values.get(f"{stem}_on"), values.get(f"{stem}_time")
            if day and time:
                self._moment(stem, what, day, time, values)
        return values

    def _moment(self, stem: str, what: str, day: dt.date, time: str, values: dict) -> None:
        answer = values.get(f"{stem}_twice", "")
        clock = read_time(time)
        assert clock is not None  # noqa: S101  the field has read it
        try:
            moment = moment_of(day, clock, second=(answer == "second") if answer else None)
        except NoSuchTime:
            self.add_error(
                f"{stem}_time",
                f"{what}: the clocks went forward that night and this time did not exist: check it",
            )
        except CameTwice:
            self.asks_twice = {*self.asks_twice, stem}
            self.add_error(
                f"{stem}_twice",
                f"{what}: the clocks went back that night and this time came twice: select which "
                "it was",
            )
        else:
            if moment > timezone.now():
                self.add_error(f"{stem}_time", f"{what} must be in the past: check the time")
            values[f"{stem}_at"] = moment

    asks_twice: set[str] = set()

    def shows_twice(self, stem: str) -> bool:
        """Whether the page asks which of two equal times it was."""
        name = f"{stem}_twice"
        initial = self.initial.get(name) if not self.is_bound else self.data.get(name)
        return stem in self.asks_twice or bool(initial)

    def facts(self) -> dict[str, Any]:
        """The values for the act; ask only a valid form."""
        values = dict(self.cleaned_data)
        for stem in self.MOMENTS:
            for part in ("on", "time", "twice"):
                values.pop(f"{stem}_{part}", None)
        for name in ("version", "reason", "token"):
            values.pop(name, None)
        return values


def moment_initial(stem: str, moment: dt.datetime | None) -> dict[str, Any]:
    """A moment as its three fields hold it."""
    if moment is None:
        return {}
    local = moment.astimezone(LONDON)
    second = came_twice(moment)
    return {
        f"{stem}_on": local.date(),
        f"{stem}_time": f"{local:%H:%M}",
        f"{stem}_twice": "" if second is None else ("second" if second else "first"),
    }


def _twice(when: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Which of the two was it?",
        choices=TWICE,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": f"Select which of the two times it was, {when}"},
    )


class EpisodeForm(Moments):
    """What is known when a child is missing."""

    MOMENTS = {"started": "When the child was last seen"}

    started_on = day_field("Which day were they last seen?", "day they were last seen")
    started_time = TimeField(
        label="At what time were they last seen?", what="time they were last seen"
    )
    started_twice = _twice("when they were last seen")
    started_about = forms.BooleanField(label="The time is not exact", required=False)
    missing_from = choice(
        "Where were they missing from?", MissingFrom.choices, "Select where they were missing from"
    )
    reported_by = forms.CharField(
        label="Who reported them missing?",
        help_text="Who they are to the child, or their post: a parent, night staff of the home.",
        max_length=200,
        error_messages={"required": "Enter who reported them missing"},
    )
    police_told = choice(
        "Were the police told?", Told.choices, "Select whether the police were told"
    )
    police_reference = forms.CharField(label="Police reference", max_length=60, required=False)
    grade = choice(
        "How do the police grade the risk?", Grade.choices, "Select how the police grade the risk"
    )
    circumstances = text_field(
        "What is known about the circumstances?",
        "What happened before, where they may be, what worries you. Say what is known and what is"
        " thought.",
        needed="Say what is known about the circumstances",
    )
    with_others = text_field(
        "Was anybody missing with them, or with them since?",
        "Other children, adults, cars, addresses that were mentioned.",
    )


class RecordForm(EpisodeForm):
    """The same for the page that records it: sent twice, ``token`` makes it one."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)


class ReturnForm(Moments):
    """What is known when the child came back (O §7.5.7)."""

    MOMENTS = {"returned": "When the child came back"}

    returned_on = day_field("Which day did they come back?", "day they came back")
    returned_time = TimeField(label="At what time did they come back?", what="time they came back")
    returned_twice = _twice("when they came back")
    returned_about = forms.BooleanField(label="The time is not exact", required=False)
    return_how = choice("How did they come back?", ReturnHow.choices, "Select how they came back")
    found_where = text_field("Where were they found, and with whom?", "If it is known.")
    appearance = text_field(
        "How did they look, and how were they?",
        "Clothes, injuries, mood, things they did not have before.",
    )
    said = text_field("What did they say?", "In their own words where you can.")
    police_seen = choice(
        "Have the police seen them?", PoliceSeen.choices, "Select whether the police have seen them"
    )
    evidence_kept = text_field(
        "What was kept as evidence?",
        "Clothing goes into a clean bag and to the police, also without the child’s consent.",
    )


class CorrectForm(EpisodeForm):
    """Everything of an episode again, and why it is corrected."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = text_field("Why is it corrected?", needed="Say why it is corrected")


class CorrectBothForm(CorrectForm, ReturnForm):
    """The same where the return is recorded too."""

    MOMENTS = {**EpisodeForm.MOMENTS, **ReturnForm.MOMENTS}
    field_order = [*EpisodeForm.base_fields, *ReturnForm.base_fields, "reason", "version"]


def initial_of(episode: MissingEpisode) -> dict[str, Any]:
    """An episode as the form that corrects it holds it."""
    plain = {
        name: getattr(episode, name)
        for name in (*EpisodeForm.base_fields, *ReturnForm.base_fields)
        if hasattr(episode, name)
    }
    return (
        plain
        | moment_initial("started", episode.started_at)
        | moment_initial("returned", episode.returned_at)
        | {"version": episode.version}
    )


class GradeForm(PlainForm):
    """The new grade, and what it rests on."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    grade = choice(
        "How do the police grade the risk now?",
        Grade.choices,
        "Select how the police grade the risk now",
    )
    reason = text_field("What has changed?", needed="Say what has changed")


class ReasonForm(PlainForm):
    """An act that needs nothing but its reason."""

    reason = text_field("Why was it recorded by mistake?", needed="Say why it was a mistake")


OUTSIDE = "outside"
COLLEAGUE = "colleague"
MYSELF = "myself"


class AllocateForm(ColleagueForm):
    """Who holds the interview, and why they. ``now``: how it stands, where somebody saved since."""

    now = ""
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    who = choice(
        "Who will hold the interview?",
        (
            (MYSELF, "I will hold it myself"),
            (COLLEAGUE, "Somebody else with an account here"),
            (OUTSIDE, "Somebody without an account: you record what they tell you"),
        ),
        "Select who will hold it",
    )
    outside = forms.CharField(
        label="If they have no account: their name and agency", max_length=200, required=False
    )
    independent = choice(
        "Are they independent of those who care for the child?",
        YES_NO,
        "Select whether they are independent",
    )
    why_not_independent = text_field(
        "Why does nobody independent hold it?", "Only if they are not."
    )
    reason = text_field(
        "Why are they the right person for this child?",
        "Whom the child trusts or asked for counts.",
        needed="Say why they are the right person for this child",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].required = False
        self.fields["search"].label = "If they have an account: find them"

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        nobody = not values.get("chosen") and "chosen" not in self.errors
        if values.get("who") == COLLEAGUE and nobody:
            words = self.fields["chosen"].error_messages["required"]
            self.add_error("chosen" if self.found else "search", words)
        if values.get("who") == OUTSIDE and not values.get("outside", "").strip():
            self.add_error("outside", "Enter their name and agency")
        if values.get("independent") == "no" and not values.get("why_not_independent", "").strip():
            self.add_error("why_not_independent", "Say why nobody independent holds it")
        return values


#: What became of asking the child, in the order of the page.
ASKED = {
    Act.OFFER: "It was offered; the talk is still to come",
    Act.DECLINE: "The child declined it",
    Act.NOT_OFFER: "It will not be offered",
}


class OfferForm(Moments):
    """What became of asking the child: offered, declined, or not offered and why (DEC-24)."""

    MOMENTS = {"asked": "When this was"}
    now = ""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    what = choice(
        "What happened?",
        tuple((act.value, words) for act, words in ASKED.items()),
        "Select what happened",
    )
    asked_on = day_field("Which day was that?", "day")
    asked_time = TimeField(label="At what time?", what="time")
    asked_twice = _twice("when they were asked")
    reason = text_field(
        "What was said, or why is it not offered?",
        "A child who declines can think again: say how it will be offered again.",
        needed="Write down what was said, or why it is not offered",
    )

    def ask_only(self, acts: frozenset[Act]) -> None:
        """Ask for what can be done as it stands; what an older page asked for, the act answers."""
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)  # noqa: S101  declared above
        what.choices = [(act.value, words) for act, words in ASKED.items() if act in acts]


class InterviewForm(Moments):
    """What the child said, in the order it is asked; none of it is required by itself."""

    MOMENTS = {"held": "When it was held"}

    version = forms.IntegerField(widget=forms.HiddenInput)
    held_on = day_field("Which day was it held?", "day it was held")
    held_time = TimeField(label="At what time?", what="time it was held")
    held_twice = _twice("when it was held")
    reasons = text_field("Why did they go?", "In their own words where you can.")
    places_people = text_field(
        "Where were they, and with whom?",
        "Places, addresses, names, what people look like, cars, telephones, other children.",
    )
    harm = text_field(
        "Did anything happen to them, and what worries you?",
        "Say what the child said and what you think, each as such.",
    )
    needs = text_field("What would help them, and keep them safe?")
    passed_on = text_field(
        "Whom did you tell, and when?",
        "The police of what may be evidence; the social worker; those who care for the child.",
    )

    GATHERED = ("reasons", "places_people", "harm", "needs", "passed_on")

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not any(values.get(name) for name in self.GATHERED) and not any(
            name in self.errors for name in self.GATHERED
        ):
            self.add_error("reasons", "Write down what the child said, if only that it was little")
        return values

    def gathered(self) -> dict[str, str]:
        """The texts for the act; ask only a valid form."""
        return {name: self.cleaned_data[name] for name in self.GATHERED}


class CorrectInterviewForm(InterviewForm):
    """The same again, and why it is corrected."""

    reason = text_field("Why is it corrected?", needed="Say why it is corrected")


def interview_initial(interview: ReturnInterview) -> dict[str, Any]:
    """An interview as its form holds it."""
    texts = {name: getattr(interview, name) for name in InterviewForm.GATHERED}
    held = moment_initial("held", interview.outcome_at)
    return texts | held | {"version": interview.version}
