"""Who joins the team around the child."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from cse.children.forms.child import line
from cse.interface.forms import DayMonthYearField, PlainForm

ME, SOMEBODY_ELSE = "me", "other"


class TeamMemberForm(PlainForm):
    """Oneself or a colleague, and what they do for the child."""

    who = forms.ChoiceField(
        label="Who joins?",
        choices=[(ME, "I do"), (SOMEBODY_ELSE, "A colleague")],
        widget=forms.RadioSelect,
    )
    name = line("Their name", longest=150)
    agency_name = line("Their agency", longest=150)
    part = line(
        "What they do for the child",
        longest=150,
        required=True,
        help_text="For example: social worker, school nurse, youth worker.",
    )
    is_lead_professional = forms.BooleanField(
        label="They are the lead professional", required=False, widget=forms.CheckboxInput
    )
    starts_on = DayMonthYearField(
        label="Since", what="first day", latest=timezone.localdate, required=True
    )

    def clean(self) -> dict[str, Any]:
        """A colleague has a name."""
        cleaned = super().clean() or {}
        other = cleaned.get("who") == SOMEBODY_ELSE
        if other and not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", "Enter their name")
        return cleaned
