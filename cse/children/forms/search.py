"""What to search for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cse.children.names import normalise
from cse.children.queries.search import Terms
from cse.interface.forms import DayMonthYearField, PlainForm
from cse.interface.typed import refuse_heaps, refuse_lines

LONGEST_NAME = 200


class SearchForm(PlainForm):
    """A name or reference, a date of birth, or both."""

    name = forms.CharField(
        label="Name or reference",
        help_text="Given name, family name or both, in any order. Spelling need not be exact.",
        max_length=LONGEST_NAME,
        required=False,
        validators=[refuse_lines, refuse_heaps],
    )
    date_of_birth = DayMonthYearField(
        label="Date of birth",
        what="date of birth",
        help_text="For example, 27 3 2011. Dates that are nearly the same are found too.",
        latest=timezone.localdate,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Something to search for is needed."""
        cleaned = super().clean() or {}
        if not self.errors and not cleaned["name"] and not cleaned["date_of_birth"]:
            raise ValidationError("Enter a name, a reference or a date of birth")
        wordless = cleaned.get("name") and not normalise(cleaned["name"])
        if wordless and not self.errors and not cleaned["date_of_birth"]:
            self.add_error("name", "Enter at least one letter or number of the name")
        return cleaned

    def terms(self) -> Terms:
        """What was asked for; only after ``is_valid()``."""
        return Terms(self.cleaned_data["name"], self.cleaned_data["date_of_birth"])
