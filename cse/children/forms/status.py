"""Legal status: from when, until when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from cse.children.models import LegalStatusKind
from cse.interface.forms import DayMonthYearField, PlainForm


class LegalStatusForm(PlainForm):
    """A status that began on a day; with an end, it is in the past."""

    kind = forms.ChoiceField(
        label="Legal status", choices=LegalStatusKind.choices, widget=forms.RadioSelect
    )
    starts_on = DayMonthYearField(
        label="From", what="start", latest=timezone.localdate, required=True
    )
    ends_on = DayMonthYearField(
        label="Until",
        what="end",
        help_text="Only for a status that has ended.",
        latest=timezone.localdate,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """The end is not before the start."""
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "The end must be on or after the start")
        return cleaned


class MistakeForm(PlainForm):
    """Why a status was recorded by mistake."""

    reason = forms.CharField(
        label="Why was it recorded by mistake?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why it was recorded by mistake"},
    )


class EndForm(PlainForm):
    """The last day of something that lasted."""

    ends_on = DayMonthYearField(
        label="Last day", what="last day", latest=timezone.localdate, required=True
    )
