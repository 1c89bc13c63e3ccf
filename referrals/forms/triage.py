"""What a team answers to a referral it was sent, and somebody to a disagreement."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms

from cse.interface.forms import PlainForm
from cse.people.models import Agency, Team
from referrals.actions.triage import ENDINGS, NOT_ENGAGING
from referrals.queries import Filters
from referrals.routing import Band
from referrals.routing.rules import DANGER_MARK
from referrals.transitions import Act, State
from screening.forms_approvals import LONGEST_REASON, OwnWordsField
from screening.never_give_up import says_only_not_engaging


def _own_words(label: str, hint: str, missing: str) -> OwnWordsField:
    return OwnWordsField(
        label=label,
        help_text=hint,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 5}),
        strip=False,
        error_messages={"required": missing},
    )


class ReleaseForm(PlainForm):
    """Give a claimed referral back to the team."""

    reason = _own_words(
        "Why is it given back to the team?",
        "For example that you, or who has it, are away.",
        "Say why it is given back to the team",
    )


class DecideForm(PlainForm):
    """One of the decisions that are open to this person, with reasons (W §4.8)."""

    decision = forms.ChoiceField(
        label="What do you decide?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select what you decide"},
    )
    reasons = _own_words(
        "Your reasons",
        "What you looked at, what you make of it, and what happens next. Whoever referred reads "
        "this.",
        "Give your reasons: whoever referred reads them",
    )

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = list(choices)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        ends = said.get("decision") in ENDINGS
        if ends and says_only_not_engaging(said.get("reasons", "")):
            self.add_error("reasons", NOT_ENGAGING)
        return said

    @property
    def chosen(self) -> Act:
        """What was chosen; ask only a valid form."""
        return Act(self.cleaned_data["decision"])


class SecondForm(PlainForm):
    """A second person's answer to a proposed outcome of a mandatory referral."""

    answer = forms.ChoiceField(
        label="Do you agree?",
        choices=[("agree", "I agree"), ("disagree", "I do not agree")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you agree or do not agree"},
    )
    note = _own_words(
        "Your own reason",
        "What you looked at yourself, and why this is right or wrong for the child.",
        "Give your own reason, whatever your answer is",
    )

    about = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def agrees(self) -> bool:
        """Whether the answer is to agree; ask only a valid form."""
        return bool(self.cleaned_data["answer"] == "agree")


class AnswerForm(PlainForm):
    """The answer to somebody who does not agree with a decision, and whether it stands."""

    stands = forms.ChoiceField(
        label="Does the decision stand?",
        choices=[
            ("yes", "The decision stands"),
            ("no", "The decision does not stand: the team decides again"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether the decision stands"},
    )
    answer = _own_words(
        "Your answer",
        "What you looked at again, why the decision stands or does not, and what happens now.",
        "Give your answer",
    )

    @property
    def upholds(self) -> bool:
        """Whether the decision falls; ask only a valid form."""
        return bool(self.cleaned_data["stands"] == "no")


RULES = (
    ("R1", DANGER_MARK),
    ("R2", "Under 13 and pregnant"),
    ("R3", "Under 13, sexual activity"),
    ("R4", "At risk of or experiencing exploitation"),
    ("R5", "13 or younger, any one high"),
    ("R6", "Position of trust"),
    ("R7", "13 to 15, considerable age difference"),
    ("R8", "13 to 15, a factor of the checklist"),
    ("R9", "13 to 15, no factor of the checklist"),
    ("R10", "Gang or organised group"),
    ("R11", "Trafficking"),
    ("R12", "Looked after, at risk or harmed"),
    ("R13", "Vulnerable"),
    ("R14", "Risk management group"),
    ("DEC-17", "Offence recorded"),
)
BANDS = (
    (Band.UNDER_13.value, "Under 13, or not known"),
    (Band.FROM_13.value, "13 to 15"),
    (Band.FROM_16.value, "16 or 17"),
    (Band.ADULT.value, "18 or older"),
)
STANDS = (
    (State.RECEIVED.value, "Received"),
    (State.DECIDING.value, "Being decided"),
    (State.PROPOSED.value, "Waits for a second person"),
)


class BoardForm(PlainForm):
    """What to narrow the board to: codes only, so that no address holds personal data."""

    team = forms.ChoiceField(label="Team", required=False)
    stands = forms.ChoiceField(
        label="Where it stands", choices=[("", "Any"), *STANDS], required=False
    )
    band = forms.ChoiceField(label="Age today", choices=[("", "Any"), *BANDS], required=False)
    rule = forms.ChoiceField(label="Rule", choices=[("", "Any"), *RULES], required=False)
    agency = forms.ChoiceField(label="Referred by", required=False)
    looked_after = forms.ChoiceField(
        label="Looked after",
        choices=[("", "Any"), ("yes", "Looked after"), ("no", "Not looked after")],
        required=False,
    )
    mine = forms.BooleanField(label="Only what I have claimed", required=False)

    def __init__(
        self, *args: Any, teams: Iterable[Team], agencies: Iterable[Agency], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        own = [(str(team.pk), f"{team.name}, {team.agency.name}") for team in teams]
        self._choose("team", [("", "All my teams"), *own])
        if len(own) < 2:
            del self.fields["team"]
        self._choose("agency", [("", "Any"), *((str(each.pk), each.name) for each in agencies)])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        """The filters of what was valid; anything else narrows nothing."""
        self.is_valid()
        said = self.cleaned_data
        return Filters(
            team=_id(said.get("team")),
            band=said.get("band", ""),
            rule=said.get("rule", ""),
            agency=_id(said.get("agency")),
            looked_after=said.get("looked_after", ""),
            stands=said.get("stands", ""),
            mine=bool(said.get("mine")),
        )

    def in_use(self) -> list[tuple[str, str]]:
        """Field and words of each filter that narrows the board."""
        self.is_valid()
        return [
            (name, self._words(name, value)) for name, value in self.cleaned_data.items() if value
        ]

    def _words(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.fields[name], "choices", ()))
        return f"{self.fields[name].label}: {choices[value]}" if choices else "Claimed by me"


def _id(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None
