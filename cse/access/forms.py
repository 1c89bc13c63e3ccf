"""Forms about access: they validate what was typed and save nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.forms.utils import ErrorDict
from django.utils import timezone

from cse.access.actions import MINIMUM_EMERGENCY_REASON, is_a_reason
from cse.access.models import ExclusionGround, ReviewOutcome
from cse.access.queries import Colleague, colleagues
from cse.interface.forms import DayMonthYearField, PlainForm, ReferenceField

LONGEST_REASON = 1000


def reason_field(label: str = "Why", hint: str = "") -> forms.CharField:
    """A few sentences, kept as typed."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReasonForm(PlainForm):
    """An act that needs nothing but its reason."""

    reason = reason_field()

    def __init__(self, *args: Any, label: str = "Why", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label


class ColleagueForm(PlainForm):
    """Finds a colleague by what was typed, and has one of those found chosen."""

    TEAMS = False
    search = forms.CharField(
        label="Who",
        help_text="Part of a name, team or agency. Then press Find.",
        max_length=100,
        required=False,
    )
    chosen = forms.ChoiceField(label="Choose one", widget=forms.RadioSelect, required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed = str(self.data.get("search", "")) if self.is_bound else ""
        self.found: list[Colleague] = colleagues(typed, teams=self.TEAMS)
        self.searched = bool(typed.strip())
        field = self.fields["chosen"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [(each.key, each.name) for each in self.found]
        field.error_messages["required"] = (
            "Choose one of those found" if self.found else "Find somebody first, then choose them"
        )
        field.error_messages["invalid_choice"] = "Choose one of those found"

    def only_find(self) -> None:
        """Somebody is looked for and nothing sent yet: say of no field that it is empty."""
        self._errors = ErrorDict()

    @property
    def hints(self) -> dict[str, str]:
        """What each of those found does, and where."""
        return {each.key: each.where for each in self.found}

    @property
    def chosen_id(self) -> tuple[str, uuid.UUID]:
        """Whether a user or a team was chosen, and which."""
        kind, _, key = self.cleaned_data["chosen"].partition(":")
        return kind, uuid.UUID(key)


def _latest() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=settings.GRANT_MAX_DAYS)


class GiveAccessForm(ColleagueForm):
    """To whom, why and until when."""

    TEAMS = True
    reason = reason_field("Why they need access")
    until = DayMonthYearField(
        label="Last day of access",
        what="last day of access",
        earliest=timezone.localdate,
        latest=_latest,
    )


class ExcludeForm(ColleagueForm):
    """Whose conflict of interest, of which kind."""

    ground = forms.ChoiceField(
        label="What kind of conflict", choices=ExclusionGround.choices, widget=forms.RadioSelect
    )
    reason = reason_field("What the conflict is", "Only what is needed to understand it.")


class OwnConflictForm(PlainForm):
    """One's own conflict of interest."""

    ground = forms.ChoiceField(
        label="What kind of conflict", choices=ExclusionGround.choices, widget=forms.RadioSelect
    )
    reason = reason_field("What the conflict is", "Only what is needed to understand it.")
    understood = forms.BooleanField(
        label="I understand that I will not see this child or anything about them any more"
    )


class SealForm(PlainForm):
    """Who may still see the child, of those who can today, and why the others may not."""

    names = forms.MultipleChoiceField(
        label="Who may still see this child",
        help_text="You are always among them. They still need access of their own.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = reason_field("Why this child must be sealed")

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["names"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  declared above
        field.choices = list(people)
        field.error_messages["invalid_choice"] = "Choose from the people listed"


class NameForm(PlainForm):
    """Another person to name in a seal."""

    person = forms.ChoiceField(
        label="Who",
        help_text="People who have access of their own and are not named yet.",
        widget=forms.RadioSelect,
    )
    reason = reason_field()

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = list(people)
        field.error_messages["invalid_choice"] = "Choose from the people listed"


class SuccessorForm(NameForm):
    """Whom to name in a seal that has nobody left."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].help_text = "People whose post answers for a child’s safety."
        self.fields["reason"].label = "Why them"


class EmergencyForm(PlainForm):
    """A child's reference, and the reason."""

    reference = ReferenceField(
        label="The child’s reference",
        help_text="For example C-7K3P92W, as somebody who has access reads it to you.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    reason = forms.CharField(
        label="Why you must open it now",
        help_text=f"At least {MINIMUM_EMERGENCY_REASON} characters. Somebody else will review it.",
        min_length=MINIMUM_EMERGENCY_REASON,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"min_length": f"Say why in at least {MINIMUM_EMERGENCY_REASON} characters"},
    )

    def clean_reason(self) -> str:
        """Dots are no reason."""
        reason: str = self.cleaned_data["reason"]
        if not is_a_reason(reason):
            raise forms.ValidationError("Say in words why you must open it now")
        return reason


class OpeningReviewForm(PlainForm):
    """Whether an emergency opening was justified."""

    outcome = forms.ChoiceField(
        label="Was it justified?", choices=ReviewOutcome.choices, widget=forms.RadioSelect
    )
    note = reason_field("What you found")
