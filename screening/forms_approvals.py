"""What a second person answers: to a lowered high, and to a lowered level."""

from __future__ import annotations

from typing import Any

from django import forms

from cse.interface.forms import PlainForm
from screening.forms import NarrativeField
from screening.never_give_up import STATE_THE_RISK

LONGEST_REASON = 4_000
"""Characters of a reason or a note."""


class OwnWordsField(NarrativeField):
    """A text kept exactly as typed; only spaces is no text, and it is always needed."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return text


class CountersignForm(PlainForm):
    """Agree or not to one lowered high, with the lead's own reason (DEC-04)."""

    indicator = forms.CharField(widget=forms.HiddenInput, max_length=40)
    answer = forms.ChoiceField(
        label="Do you agree to the lower level?",
        choices=[
            ("agree", "Agree (countersign)"),
            ("disagree", "Do not agree"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you agree or do not agree"},
    )
    reason = OwnWordsField(
        label="Your own reason",
        help_text="What you looked at, and why the level is right or wrong for this child.",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 5}),
        strip=False,
        error_messages={"required": "Give your own reason, whatever your answer is"},
    )

    @property
    def agrees(self) -> bool:
        """Whether the answer is to agree; ask only a valid form."""
        return bool(self.cleaned_data["answer"] == "agree")


class LevelAnswerForm(PlainForm):
    """Approve a lowered level or refuse it, with a note (DEC-09).

    ``asks_for_more``: words of not engaging were found in the reason, so that approving takes the
    statement that the level rests on something else (O-SHR-01).
    """

    answer = forms.ChoiceField(
        label="Your answer",
        choices=[
            ("approve", "Approve the lower level"),
            ("refuse", "Refuse: the level before stands"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you approve or refuse"},
    )
    note = OwnWordsField(
        label="Your note",
        help_text="What has changed in the risk to the child, or why it has not.",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 5}),
        strip=False,
        error_messages={"required": "Write a note, whatever your answer is"},
    )

    def __init__(self, *args: Any, asks_for_more: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_for_more:
            self.fields["rests_on_risk"] = forms.BooleanField(
                label="The level is lowered because the risk to the child has become less, not"
                " because help was not taken up",
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        unsaid = "rests_on_risk" in self.fields and not cleaned.get("rests_on_risk")
        if cleaned.get("answer") == "approve" and unsaid:
            self.add_error("rests_on_risk", STATE_THE_RISK)
        return cleaned

    @property
    def approves(self) -> bool:
        """Whether the answer is to approve; ask only a valid form."""
        return bool(self.cleaned_data["answer"] == "approve")

    @property
    def rests_on_risk(self) -> bool:
        """Whether it is stated that the risk has become less; ask only a valid form."""
        return bool(self.cleaned_data.get("rests_on_risk"))
