"""The administrator's table of age differences (DEC-12)."""

from __future__ import annotations

from django import forms

from cse.interface.forms import PlainForm

MOST = 20
"""Years; what the handbook allows at most is said by the table itself (``AgeGaps.problems``)."""


def _years(label: str, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=1,
        max_value=MOST,
        error_messages={"invalid": f"{label}: enter a whole number of years"},
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-2"}),
    )


class AgeDifferencesForm(PlainForm):
    """From which differences, in whole years, the rules ask for more; and why it is changed."""

    at_13 = _years("Years at 13", "The handbook’s example: 13 and 17. 4 or fewer.")
    at_14 = _years("Years at 14", "Between the two others.")
    at_15 = _years("Years at 15", "The handbook’s example: 15 and 21. 6 or fewer.")
    pre_tick = _years(
        "Years from which the factor “age imbalance” is ticked",
        "The worker confirms or unticks it. No more than at 13.",
    )
    reason = forms.CharField(
        label="Why is the table changed?",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        help_text="The board’s decision and its date. Name no child here.",
        error_messages={"required": "Say why the table is changed"},
    )
