"""A talk with children's social care: what was asked, who advised, what they said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils import timezone

from cse.children.models import Child
from cse.interface.forms import DayMonthYearField, PlainForm
from referrals.forms.days import earliest_for
from referrals.forms.deciding_not import narrative
from referrals.forms.facts import FactsForm
from referrals.identifying import Found


class TalkForm(PlainForm):
    """A consultation without a name, or the part of an advice contact that is like it."""

    question = narrative(
        "What did you ask?",
        rows=5,
        required=True,
        error_messages={"required": "Say what you asked"},
    )
    advised_by = forms.CharField(
        label="Who advised you? Name, post and team",
        max_length=200,
        error_messages={"required": "Say who advised you"},
    )
    advised_on = DayMonthYearField(
        what="day of the talk", label="On which day?", latest=timezone.localdate
    )
    advice = narrative(
        "What did they say?",
        rows=5,
        required=True,
        error_messages={"required": "Say what they advised"},
    )
    next_steps = narrative(
        "What happens next, by whom and by when?",
        rows=4,
        required=True,
        error_messages={"required": "Say what happens next"},
    )

    def __init__(self, *args: Any, child: Child | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["advised_on"].earliest = earliest_for(child)  # type: ignore[attr-defined]

    def add_found(self, found: Mapping[str, Iterable[Found]]) -> None:
        """Say at each text what in it may identify; the text itself stays as it was typed."""
        for field, each in found.items():
            words = "; ".join(f"“{one.words}” looks like {one.looks_like}" for one in each)
            self.add_error(field, f"Take out what may identify the child: {words}")


class AgeForm(PlainForm):
    """All that is said of who it is about."""

    age = forms.IntegerField(
        label="How old is the young person, in years, at the youngest?",
        help_text="If you are not sure, write the youngest age that is plausible: the rules "
        "protect them as the youngest they may be.",
        min_value=0,
        max_value=25,
        error_messages={"required": "Say how old the young person is"},
    )


class ChosenForm(PlainForm):
    """The child that a consultation was about, chosen among those that a search found."""

    child = forms.UUIDField()


class NamelessFactsForm(FactsForm):
    """What is known, without the one field that could tell who the other person is."""

    other_born = None  # type: ignore[assignment]


class AdviceForm(TalkForm):
    """Advice about a child of the record (W §9.2)."""

    asks_for_referral = forms.ChoiceField(
        label="Does children’s social care ask for a referral?",
        choices=[("yes", "Yes"), ("no", "No, not now")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether social care asks for a referral"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["next_steps"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("asks_for_referral") == "no" and not cleaned.get("next_steps"):
            self.add_error("next_steps", "Say what happens next")
        return cleaned

    @property
    def asks(self) -> bool:
        """Whether a referral is asked for; ask only a valid form."""
        return bool(self.cleaned_data["asks_for_referral"] == "yes")
