"""What somebody writes about a late clock, and what an administrator enters in the calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from cse.clocks.models import DayKind, LateReason
from cse.interface.forms import DayMonthYearField, PlainForm
from cse.people.models import Authority

LONGEST_REASON = 2000
LONGEST_NAME = 100


class WhyLateForm(PlainForm):
    """A reason for the figures, and the words beside it (DEC-32).

    ``stood``: the reason that was on the page, of which this is a correction; empty for none.
    """

    stood = forms.CharField(widget=forms.HiddenInput, required=False)
    code = forms.ChoiceField(
        label="What is the main reason?",
        choices=LateReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select the main reason"},
    )
    text = forms.CharField(
        label="What happened, and what is done now?",
        widget=forms.Textarea,
        max_length=LONGEST_REASON,
        error_messages={"required": "Say what happened, and what is done now"},
    )


def a_year_ago() -> dt.date:
    """A day may be added late; further back nothing runs across it any more."""
    return timezone.localdate() - dt.timedelta(days=365)


class DayForm(PlainForm):
    """A one-off bank holiday for everybody, or an area's closure day."""

    on = DayMonthYearField(label="Which day?", what="day of the calendar", earliest=a_year_ago)
    name = forms.CharField(
        label="What is it called?",
        max_length=LONGEST_NAME,
        error_messages={"required": "Give the day a name"},
    )
    kind = forms.ChoiceField(
        label="What kind of day is it?",
        choices=DayKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select the kind of day"},
    )
    authority = forms.ModelChoiceField(
        label="Which area is closed?",
        queryset=Authority.objects.none(),
        required=False,
        empty_label="Choose an area",
        to_field_name="key",
        help_text="For a closure day only",
    )
    moves = forms.BooleanField(
        label="The board has decided that deadlines do not count this closure day", required=False
    )

    def __init__(self, *args: Any, authorities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].queryset = authorities  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A closure names its area; a bank holiday is everybody's."""
        values = super().clean() or self.cleaned_data
        if values.get("kind") == DayKind.BANK_HOLIDAY:
            values["authority"] = None
        elif values.get("kind") and not values.get("authority"):
            self.add_error("authority", "Choose the area that is closed")
        return values


class RemoveForm(PlainForm):
    """Why a day is taken out of the calendar."""

    reason = forms.CharField(
        label="Why is this day taken out?",
        widget=forms.Textarea,
        max_length=500,
        error_messages={"required": "Say why the day is taken out"},
    )
