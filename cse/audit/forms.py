"""The filter of the auditor's page."""

from __future__ import annotations

from django import forms

from cse.audit.models import Decision
from cse.interface.forms import DayMonthYearField, PlainForm, ReferenceField


class LogFilterForm(PlainForm):
    """All of it optional. Sent by POST: nobody knows what is typed into it."""

    act = forms.CharField(
        label="Act", help_text="Words of it, for example: emergency", max_length=60, required=False
    )
    decision = forms.ChoiceField(
        label="Answer",
        choices=[("", "Either"), *Decision.choices],
        required=False,
    )
    reference = ReferenceField(label="Reference of a child", required=False)
    actor = forms.UUIDField(required=False, widget=forms.HiddenInput)
    from_day = DayMonthYearField(label="From", what="first day", required=False)
    until_day = DayMonthYearField(label="Until", what="last day", required=False)
