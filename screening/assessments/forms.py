"""What the pages of assessments ask. They validate and save nothing."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cse.access.forms import ColleagueForm
from cse.access.queries import Colleague
from cse.children.forms.child import line
from cse.interface.forms import DayMonthYearField, PlainForm
from screening.assessments.outcomes import HINTS, OUTCOMES
from screening.forms import LONGEST_TEXT, NarrativeField
from screening.models import Answered, StatutoryKind, StatutoryOutcome

SAY_LESS = 2_000


class SaidField(NarrativeField):
    """A text kept exactly as typed; where it is required, spaces alone are not enough."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if self.required and not text:
            raise ValidationError(self.error_messages["required"], code="required")
        return text


def narrative(label: str, *, longest: int = SAY_LESS, rows: int = 4, **kwargs: Any) -> forms.Field:
    """A text kept exactly as typed."""
    widget = forms.Textarea(attrs={"rows": rows})
    return SaidField(label=label, max_length=longest, widget=widget, strip=False, **kwargs)


class StartForm(PlainForm):
    """Why there is no screen, where there is none; else nothing is asked."""

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_reason:
            field = narrative("Why there is no screen yet")
            field.error_messages["required"] = "Say why there is no screen yet"
            self.fields["reason"] = field
            self.say_plainly()


def at_newest(form: Any, **hidden: Any) -> Any:
    """The same form with what was typed, about what stands now: sent again it is about that."""
    form.data = form.data.copy()
    for name, value in hidden.items():
        form.data[name] = str(value)
    return form


class HarmForm(PlainForm):
    """Why it was right to take harm out, of the version that was ``read``."""

    read = forms.UUIDField(widget=forms.HiddenInput, required=False)
    reason = narrative(
        "Why is the correction right?",
        error_messages={"required": "Say why the correction is right"},
    )


class DayForm(PlainForm):
    """Another day of completion, and why. ``stood``: the day that was on the page."""

    stood = forms.DateField(widget=forms.HiddenInput, required=False)
    on = DayMonthYearField(
        label="Completed on", what="day of completion", latest=timezone.localdate
    )
    reason = narrative("Why the day is corrected")


MANUAL: Final = "name"
"""The choice of somebody without an account who is not in the child's team."""
_MANUAL = Colleague(MANUAL, "Somebody without an account", "They are asked outside this service.")


class AskForm(ColleagueForm):
    """Who is asked, for what, until when.

    Offered are the team ``around`` the child, people and teams found by name, and anybody by name.
    """

    TEAMS = True
    name = line("Their name", longest=150)
    agency_name = line("Their agency", longest=150)
    question = narrative("What you ask them for")
    due_on = DayMonthYearField(
        label="Until when",
        what="day until when they answer",
        earliest=timezone.localdate,
        required=True,
    )

    def __init__(self, around: list[Colleague], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nobody_found = self.searched and not self.found
        offered = {each.key: each for each in (*around, *self.found, _MANUAL)}
        self.found = list(offered.values())
        field = self.fields["chosen"]
        field.label = "Who do you ask?"
        field.choices = [(key, each.name) for key, each in offered.items()]  # type: ignore[attr-defined]
        field.error_messages["required"] = "Choose who is asked"

    def clean(self) -> dict[str, Any]:
        """Somebody without an account has a name and an agency."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("chosen") == MANUAL:
            for name, words in (("name", "their name"), ("agency_name", "their agency")):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, f"Enter {words}")
        return cleaned


ANSWERS: Final = (
    (Answered.GIVEN, "This is what we know"),
    (Answered.NOTHING, "We know nothing that helps"),
    (Answered.CANNOT, "We cannot contribute, for the reason above"),
)


class ContributionForm(PlainForm):
    """An answer to a request; without one the text is only kept."""

    answer = forms.ChoiceField(
        label="Your answer", choices=ANSWERS, widget=forms.RadioSelect, required=False
    )
    text = narrative(
        "What you know, from whom, and since when", longest=LONGEST_TEXT, rows=10, required=False
    )

    def __init__(self, *args: Any, keep_only: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keep_only = keep_only

    def clean(self) -> dict[str, Any]:
        """Given now, an answer is chosen, and what it needs is written."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.keep_only:
            return cleaned
        answer = cleaned.get("answer")
        if not answer and "answer" not in self.errors:
            self.add_error("answer", "Choose an answer")
        elif answer != Answered.NOTHING and not cleaned.get("text") and "text" not in self.errors:
            words = "Write what you know" if answer == Answered.GIVEN else "Say why you cannot"
            self.add_error("text", words)
        return cleaned


class WriteDownForm(ContributionForm):
    """What somebody without an account has said, and when."""

    said_on = DayMonthYearField(
        label="On which day they said it",
        what="day they said it",
        latest=timezone.localdate,
        required=True,
    )


def kinds_offered(open_kinds: set[str], chosen: str = "") -> list[tuple[str, str]]:
    """The kinds of statutory assessment that do not run already, and the one that was ``chosen``:
    whether that is the same sent twice, or a second one, is for the act to say.
    """
    return [each for each in StatutoryKind.choices if each[0] not in open_kinds - {chosen}]


class StatutoryForm(PlainForm):
    """What children's social care has begun, and when."""

    kind = forms.ChoiceField(label="What was begun", widget=forms.RadioSelect)
    started_on = DayMonthYearField(
        label="Begun on", what="day it was begun", latest=timezone.localdate, required=True
    )

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]


def outcomes_of(kind: str) -> list[tuple[str, str]]:
    """The outcomes that this kind may have."""
    titles = dict(StatutoryOutcome.choices)
    return [(key, titles[key]) for key in OUTCOMES[kind]]


OUTCOME_HINTS = HINTS


class OutcomeForm(PlainForm):
    """What came of it, when, and what that rests on."""

    outcome = forms.ChoiceField(label="Outcome", widget=forms.RadioSelect)
    on = DayMonthYearField(
        label="Day of the outcome",
        what="day of the outcome",
        latest=timezone.localdate,
        required=True,
    )
    reason = narrative("What the outcome rests on")

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = outcomes_of(kind)  # type: ignore[attr-defined]


class RisksForm(PlainForm):
    """The risks that stand in a single assessment, and what is done about them (W §10.4)."""

    risks = narrative(
        "Which risks of exploitation does it name?",
        error_messages={"required": "Say which risks of exploitation it names"},
    )
    interventions = narrative(
        "What does each agency do to address and reduce them?",
        error_messages={"required": "Say what each agency does to address and reduce them"},
    )


class CorrectStatutoryForm(PlainForm):
    """Days, outcome and reason put right; or the whole of it taken back."""

    started_on = DayMonthYearField(
        label="Begun on", what="day it was begun", latest=timezone.localdate, required=False
    )
    outcome = forms.ChoiceField(label="Outcome", widget=forms.RadioSelect, required=False)
    on = DayMonthYearField(
        label="Day of the outcome",
        what="day of the outcome",
        latest=timezone.localdate,
        required=False,
    )
    outcome_reason = narrative("What the outcome rests on", required=False)
    is_mistake = forms.BooleanField(
        label="It was recorded by mistake, and does not count",
        required=False,
        widget=forms.CheckboxInput,
    )
    why = narrative("Why you correct it")

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            (NO_OUTCOME, StatutoryOutcome.OPEN.label),
            *outcomes_of(kind),
        ]

    def clean(self) -> dict[str, Any]:
        """An outcome has its day and its reason; taken back, nothing else is asked."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("is_mistake"):
            return cleaned
        needed: list[tuple[str, str]] = [("started_on", "Enter the day on which it was begun")]
        if cleaned.get("outcome") not in (NO_OUTCOME, "", None):
            needed += [
                ("on", "Enter the day of the outcome"),
                ("outcome_reason", "Say what the outcome rests on"),
            ]
        for name, message in needed:
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, message)
        return cleaned


NO_OUTCOME: Final = "none"
"""Chosen where it is not finished: a radio needs a value."""
