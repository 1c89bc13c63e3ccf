"""What is written of a decision not to refer, and what those who are asked answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from cse.interface.forms import DayMonthYearField, PlainForm
from referrals.actions.beside import LONGEST
from referrals.forms.days import earliest_for
from referrals.models import DecisionNotToRefer, Way
from referrals.policies_beside import leads_for, managers_for
from referrals.ways_out import Missing
from screening.forms import NarrativeField

SIGN = "sign"
NOTE_LENGTH = 4_000


def narrative(label: str, hint: str = "", rows: int = 5, **more: Any) -> NarrativeField:
    """A text of several lines, kept as it was typed."""
    more.setdefault("required", False)
    more.setdefault("max_length", LONGEST)
    return NarrativeField(
        label=label,
        help_text=hint,
        strip=False,
        widget=forms.Textarea(attrs={"rows": rows}),
        **more,
    )


class DecisionForm(PlainForm):
    """The text of a decision. Nothing is needed to save it; signing names what is missing."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reasons = narrative(
        "Why is no referral made?", "What you know, and why it leads you to this.", rows=6
    )
    factors_considered = narrative(
        "What did you consider of the factors?",
        "Each factor that applies: what it means for this child.",
    )
    safety = narrative(
        "What is done so that the child is safe?", "By whom, and when you look again."
    )
    lead = forms.ChoiceField(label="Which safeguarding lead did you consult?", required=False)
    consulted_on = DayMonthYearField(
        what="day you consulted the lead",
        label="On which day did you consult the lead?",
        required=False,
        latest=timezone.localdate,
    )
    manager = forms.ChoiceField(label="Which senior manager is asked to approve?", required=False)
    other_decision_makers = narrative(
        "Who else took this decision?",
        "Name, post and agency, one person a line. You, and those who sign, are named anyway.",
        rows=3,
    )
    sign = forms.BooleanField(
        label="I sign this decision under my own name, and answer for it with my agency",
        required=False,
    )

    def __init__(self, decision: DecisionNotToRefer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decision = decision
        self.fields["consulted_on"].earliest = _first_day(decision)  # type: ignore[attr-defined]
        self.fields["lead"].choices = people(leads_for(decision))  # type: ignore[attr-defined]
        if decision.way == Way.EXCEPTION:
            managers = people(managers_for(decision))
            self.fields["manager"].choices = managers  # type: ignore[attr-defined]
            self.fields["lead"].label = "Which designated lead did you discuss the case with?"
            self.fields["consulted_on"].label = "On which day was the case discussed?"
        else:
            del self.fields["manager"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("lead") and cleaned["lead"] == cleaned.get("manager"):
            self.add_error("manager", "Name somebody else than the designated lead")
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What the act writes."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("version", SIGN)
        }

    @property
    def nobody(self) -> dict[str, str]:
        """Who has to sign and whom nobody could be: field → what to do instead of choosing."""
        exception = self.decision.way == Way.EXCEPTION
        posts = {
            "lead": "designated lead" if exception else "safeguarding lead",
            "manager": "senior manager",
        }
        meanwhile = (
            "make the referral meanwhile"
            if exception
            else "ask children’s social care for advice meanwhile, or refer"
        )
        return {
            name: f"Your agency has nobody else in the post of {post}. Ask your administrator to "
            f"add somebody, and {meanwhile}."
            for name, post in posts.items()
            if name in self.fields and len(self.fields[name].choices) == 1  # type: ignore[attr-defined]
        }

    def add_missing(self, wanted: Iterable[Missing]) -> None:
        """Name everything that has to be there before signing."""
        nobody = self.nobody
        for each in wanted:
            if each.field in self.fields and each.field not in self.errors:
                self.add_error(each.field, nobody.get(each.field, each.message))


def _first_day(decision: DecisionNotToRefer) -> dt.date:
    """Nobody was consulted about what had not begun."""
    began = (decision.facts.get("sexual_activity") or {}).get("from")
    born = earliest_for(decision.child)
    return max(born, dt.date.fromisoformat(began)) if began else born


def people(found: Any) -> list[tuple[str, str]]:
    """Names to choose from, with what they do."""
    return [
        ("", "Choose somebody"),
        *(
            (str(each.pk), ", ".join(filter(None, (each.get_full_name(), each.job_title))))
            for each in found
        ),
    ]


def initial_of_decision(decision: DecisionNotToRefer) -> dict[str, Any]:
    """How the form stands for what is stored."""
    return {
        "version": decision.version,
        "reasons": decision.reasons,
        "factors_considered": decision.factors_considered,
        "safety": decision.safety,
        "other_decision_makers": decision.other_decision_makers,
        "lead": str(decision.lead_id or ""),
        "manager": str(decision.manager_id or ""),
        "consulted_on": decision.consulted_on,
    }


class AnswerForm(PlainForm):
    """Sign, or say why not."""

    answer = forms.ChoiceField(
        label="Your answer",
        choices=[("agree", "I agree, and sign"), ("refuse", "I do not agree")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you agree and sign, or do not agree"},
    )
    note = narrative(
        "Your note",
        "Needed where you do not agree. It is kept with your name.",
        rows=4,
        max_length=NOTE_LENGTH,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("answer") == "refuse" and not cleaned.get("note"):
            self.add_error("note", "Say why you do not agree")
        return cleaned

    @property
    def agrees(self) -> bool:
        """Whether the answer is to sign; ask only a valid form."""
        return bool(self.cleaned_data["answer"] == "agree")


class TokenForm(PlainForm):
    """Made by the page, so that a form that is sent twice makes one record."""

    token = forms.UUIDField(widget=forms.HiddenInput)
