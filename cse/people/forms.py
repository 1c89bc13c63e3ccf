"""What an administrator fills in about people, posts, areas, agencies, teams, contact points."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from cse.interface.forms import DayMonthYearField, PlainForm
from cse.people.models import AgencyType, Authority, Role, Team, TeamKind

REASON = 500


class DatesForm(PlainForm):
    """A first day, and perhaps a last one that is not before it."""

    starts_on = DayMonthYearField(what="first day", label="First day")
    ends_on = DayMonthYearField(
        what="last day",
        label="Last day",
        required=False,
        help_text="This day is included. Leave it empty if there is no end yet.",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        first, last = values.get("starts_on"), values.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day must be the first day or after it")
        return values


class PersonForm(PlainForm):
    """Who somebody is and how colleagues reach them at work."""

    given_name = forms.CharField(label="Given name", max_length=100)
    family_name = forms.CharField(label="Family name", max_length=100, required=False)
    email = forms.EmailField(
        label="Work e-mail address",
        max_length=254,
        help_text="They sign in with it, and the link to set a password goes there. Where they have"
        " signed in before, another address holds once a second person has agreed.",
        error_messages={"invalid": "Enter an e-mail address like name@example.org"},
    )
    job_title = forms.CharField(label="Job title", max_length=150, required=False)
    telephone = forms.CharField(label="Work telephone", max_length=40, required=False)


class _TeamChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.agency.name}: {obj.name}"


class PostForm(DatesForm):
    """A role in a team, from one day on."""

    role = forms.ChoiceField(
        label="Role", choices=[("", "Choose a role"), *Role.choices], widget=forms.Select
    )
    team = _TeamChoice(
        label="Team",
        queryset=Team.objects.none(),
        empty_label="Choose a team",
        help_text="Safeguarding leads, and only they, are in the agency’s team of safeguarding"
        " leads.",
    )
    field_order: tuple[str, ...] = ("role", "team", "starts_on", "ends_on")

    def __init__(self, *args: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["team"]
        field.queryset = teams  # type: ignore[attr-defined]
        field.error_messages["invalid_choice"] = "Choose a team from the list"
        self.fields["role"].error_messages["invalid_choice"] = "Choose a role from the list"
        self.fields["starts_on"].initial = timezone.localdate


class NewPersonForm(PersonForm, PostForm):
    """A new account with its first post."""

    field_order = (
        "given_name",
        "family_name",
        "email",
        "job_title",
        "telephone",
        "role",
        "team",
        "starts_on",
        "ends_on",
    )


class ReasonForm(PlainForm):
    """Why: for the log, read by the auditor."""

    reason = forms.CharField(
        label="Why",
        max_length=REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One sentence, for the log. Name no child here.",
        error_messages={"required": "Say why, in one sentence"},
    )


class DecideChangeForm(PlainForm):
    """What the second person says to a change of an account."""

    decision = forms.ChoiceField(
        label="What do you say?",
        choices=[
            ("agree", "I have asked the person, and I agree"),
            ("refuse", "I refuse: the account stays as it is"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether you agree"},
    )

    def __init__(self, *args: Any, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own:
            self.fields["decision"].choices = [("refuse", "Withdraw it")]  # type: ignore[attr-defined]


class EndPostForm(ReasonForm):
    """The last day of a post, and why it ends."""

    ends_on = DayMonthYearField(
        what="last day", label="Last day of the post", help_text="This day is included."
    )
    field_order = ("ends_on", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].initial = timezone.localdate


class AgencyForm(DatesForm):
    """An agency, when it takes part, and whether it signed the information-sharing protocol."""

    name = forms.CharField(label="Name", max_length=150)
    type = forms.ChoiceField(
        label="Kind of agency",
        choices=[("", "Choose one"), *AgencyType.choices],
        error_messages={"invalid_choice": "Choose a kind from the list"},
    )
    protocol_signed_on = DayMonthYearField(
        what="day of signing",
        label="Signed the information-sharing protocol on",
        required=False,
        latest=timezone.localdate,
        help_text="Leave it empty if the agency has not signed.",
    )
    field_order: tuple[str, ...] = ("name", "type", "protocol_signed_on", "starts_on", "ends_on")


class NewAgencyForm(AgencyForm):
    """A new agency says to which authority it belongs."""

    authority = forms.ModelChoiceField(
        label="Authority", queryset=Authority.objects.none(), empty_label="Choose one"
    )
    field_order = ("authority", *AgencyForm.field_order)

    def __init__(self, *args: Any, authorities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].queryset = authorities  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = timezone.localdate


class TeamForm(PlainForm):
    """A team's name and what it is for."""

    name = forms.CharField(label="Name", max_length=150)
    kind = forms.ChoiceField(
        label="What the team is for",
        choices=TeamKind.choices,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose one from the list"},
    )


class AreaForm(PlainForm):
    """What an area calls itself and its teams, and what its pages and documents say (DEC-26)."""

    name = forms.CharField(label="Name of the area", max_length=100)
    front_door_name = forms.CharField(label="What the front door is called", max_length=100)
    cse_team_name = forms.CharField(label="What the CSE team is called", max_length=100)
    board_name = forms.CharField(label="What the board is called", max_length=150)
    marking = forms.CharField(
        label="Marking",
        max_length=40,
        help_text="At the head and foot of the pages of everybody in this area, and of its"
        " documents. RESTRICTED, which the Oxfordshire handbook prints on its tool, was replaced"
        " by OFFICIAL-SENSITIVE in 2014.",
    )
    handling = forms.CharField(
        label="Handling line",
        max_length=120,
        required=False,
        help_text="Beside the marking, if your partnership asks for one. It may stay empty.",
    )
    emergency_text = forms.CharField(
        label="What to do when a child is in danger now",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Urgent referrals and documents show it. Name the police on 999 first.",
    )


class ContactForm(PlainForm):
    """How a front door or team is reached."""

    label = forms.CharField(label="What it is", max_length=100)
    value = forms.CharField(label="Telephone number or address", max_length=200)
    is_placeholder = forms.BooleanField(
        label="This is only a placeholder: pages say that it has to be filled in",
        required=False,
    )


class SearchForm(PlainForm):
    """Words of a name, an address or a job title."""

    search = forms.CharField(
        label="Name, e-mail address or job title", max_length=100, required=False
    )


class DirectoryForm(PlainForm):
    """Which agencies the directory of leads shows."""

    name = forms.CharField(label="Name of the agency", max_length=150, required=False)
    kind = forms.ChoiceField(
        label="Kind of agency", choices=[("", "All kinds"), *AgencyType.choices], required=False
    )
    authority = forms.ChoiceField(label="Authority", required=False)

    def __init__(self, *args: Any, authorities: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].choices = [("", "All authorities"), *authorities]  # type: ignore[attr-defined]


def initial_of(instance: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    """What an edit form opens with."""
    return {name: getattr(instance, name) for name in fields}
