"""Early help: whether it was taken up, its assessment, outcomes, actions, meetings, its end."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cse.children.models import Child
from cse.interface.forms import DayMonthYearField, PlainForm
from cse.people.models import User
from referrals.actions.helping import before_begun
from referrals.forms.days import earliest_for, furthest
from referrals.forms.deciding_not import narrative, people
from referrals.models import STAYS, Closing


def _needed(label: str, message: str, hint: str = "", rows: int = 4) -> Any:
    return narrative(label, hint, rows, required=True, error_messages={"required": message})


def _day_to_come(
    what: str, label: str, hint: str = "", *, required: bool = True
) -> DayMonthYearField:
    return DayMonthYearField(
        what=what,
        label=label,
        help_text=hint,
        earliest=timezone.localdate,
        latest=furthest,
        required=required,
    )


class VersionedForm(PlainForm):
    """Carries the version that was on the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class OfferForm(PlainForm):
    """Early help was offered: taken up, with an assessment, or not, with the reason (R13)."""

    taken_up = forms.ChoiceField(
        label="Do the child and family take it up?",
        choices=[("yes", "Yes"), ("no", "No, or it could not be offered")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether early help is taken up"},
    )
    not_taken_up_reason = narrative(
        "If not, why not?",
        "What they said, and what would make it easier. Not being ready is never the end of it.",
        rows=4,
    )
    assessed_on = DayMonthYearField(
        what="day of the assessment",
        label="If yes: on which day was the early help assessment made?",
        required=False,
        latest=timezone.localdate,
    )
    needs = narrative("What does the child need?", "The heart of the assessment.")
    strengths = narrative("What is strong, and protects?")
    child_views = narrative("What does the child say?")
    review_on = _day_to_come(
        "day of the meeting, or of the next offer",
        "On which day does the team around the child meet, or is help offered again?",
        "It waits for the lead professional until then.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("taken_up") == "no" and not cleaned.get("not_taken_up_reason"):
            self.add_error("not_taken_up_reason", "Say why early help was not taken up")
        if cleaned.get("taken_up") == "yes":
            if not cleaned.get("assessed_on") and "assessed_on" not in self.errors:
                self.add_error("assessed_on", "Enter the day of the assessment")
            if not cleaned.get("needs") and "needs" not in self.errors:
                self.add_error("needs", "Say what the child needs")
        return cleaned

    def __init__(self, *args: Any, child: Child, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessed_on"].earliest = earliest_for(child)  # type: ignore[attr-defined]

    @property
    def is_taken_up(self) -> bool:
        """Whether there is a plan; ask only a valid form."""
        return bool(self.cleaned_data["taken_up"] == "yes")


class ChangeForm(OfferForm, VersionedForm):
    """The same, said anew, with who leads."""

    lead_professional = forms.ChoiceField(label="Who is the lead professional?")

    def __init__(self, colleagues: list[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(each.pk): each for each in colleagues}
        field = self.fields["lead_professional"]
        field.choices = people(colleagues)[1:]  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        """What the act writes."""
        chosen = self.colleagues[self.cleaned_data["lead_professional"]]
        return {**self.cleaned_data, "lead_professional": chosen}


class OutcomeForm(PlainForm):
    """What is to be different (W §8.2)."""

    wanted = _needed(
        "What is to be different for the child?", "Say what is to be different for the child"
    )
    known_by = _needed("How will everybody know?", "Say how you will know", rows=3)


class ActionForm(PlainForm):
    """Who does what by when: a colleague who sees the child, or anybody by name."""

    what = _needed("What is to be done?", "Say what is to be done", rows=3)
    owner = forms.ChoiceField(label="Who does it?", required=False)
    owner_name = forms.CharField(
        label="Or somebody without an account: their name",
        help_text="For example the mother, or a coach. It then waits for the lead professional.",
        max_length=150,
        required=False,
    )
    due_on = _day_to_come("day it is due", "By which day?")

    def __init__(self, colleagues: list[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(each.pk): each for each in colleagues}
        self.fields["owner"].choices = people(colleagues)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        named = [each for each in ("owner", "owner_name") if cleaned.get(each)]
        if len(named) != 1 and not {"owner", "owner_name"} & self.errors.keys():
            self.add_error(
                "owner", "Choose who does it, or write a name" if not named else "Name one of them"
            )
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What the act writes."""
        cleaned = self.cleaned_data
        return {
            "what": cleaned["what"],
            "due_on": cleaned["due_on"],
            "owner": self.colleagues.get(cleaned["owner"]),
            "owner_name": cleaned["owner_name"],
        }


class EndActionForm(PlainForm):
    """What came of an action."""

    state = forms.ChoiceField(
        label="What came of it?",
        choices=[("done", "It is done"), ("dropped", "It is no longer planned")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is done or no longer planned"},
    )
    result = _needed("In words", "Say what came of it", rows=3)


class MeetingForm(VersionedForm):
    """A meeting of the team around the child."""

    held_on = DayMonthYearField(
        what="day of the meeting", label="When was it held?", latest=timezone.localdate
    )
    present = _needed("Who was there?", "Say who was there", "Name and part, one a line.")
    family_part = _needed(
        "How did the child and family take part?", "Say how the child and family took part"
    )
    decided = _needed(
        "What was decided?", "Say what was decided", "What goes well, what does not, what changes."
    )
    next_on = _day_to_come("day of the next meeting", "When is the next meeting?")

    def __init__(
        self, *args: Any, child: Child, begun: dt.date | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.begun = begun
        self.fields["held_on"].earliest = earliest_for(child)  # type: ignore[attr-defined]

    def clean_held_on(self) -> dt.date:
        """A team meets about what was assessed, on that day or after."""
        held: dt.date = self.cleaned_data["held_on"]
        if self.begun is not None and held < self.begun:
            raise ValidationError(before_begun(self.begun))
        return held

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        held, following = cleaned.get("held_on"), cleaned.get("next_on")
        if held and following and following <= held:
            self.add_error("next_on", "The next meeting must be after this one")
        return cleaned


class CloseForm(VersionedForm):
    """Why early help ends. Not engaging is not among the reasons (DEC-44)."""

    because = forms.ChoiceField(
        label="Why does early help end?",
        choices=Closing.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say why early help ends"},
    )
    note = _needed(
        "What is different for the child, and who stays in touch?",
        "Say what is different for the child, and who stays in touch",
    )
    rescreen_on = _day_to_come(
        "day on which the child is screened again",
        "On which day is the child screened again?",
        "Asked where nobody else leads from now on. It waits for the lead professional.",
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        missing = not said.get("rescreen_on") and "rescreen_on" not in self.errors
        if said.get("because") in STAYS and missing:
            self.add_error("rescreen_on", "Give the day on which the child is screened again")
        return said
