"""The administrator's form for a term, and the practice page's text."""

from __future__ import annotations

from django import forms

from cse.interface.actions import FIELDS
from cse.interface.forms import PlainErrors, PlainForm
from cse.interface.models import LanguageTerm
from cse.interface.queries import LONGEST_TEXT


class TermForm(PlainErrors, forms.ModelForm):
    """One term. The model's own check reads the phrases; saving is the action's."""

    class Meta:
        model = LanguageTerm
        fields = FIELDS


class WordingForm(PlainForm):
    """A text to look at. It is answered and forgotten."""

    text = forms.CharField(
        label="Your text",
        widget=forms.Textarea,
        max_length=LONGEST_TEXT,
        strip=False,
        error_messages={"required": "Write or paste the text to look at"},
    )
