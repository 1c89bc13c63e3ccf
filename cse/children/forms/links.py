"""Which two children are linked, how, and what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cse.children.forms.child import line
from cse.children.models import Child, LinkKind
from cse.children.queries.search import Match
from cse.interface.forms import DayMonthYearField, PlainForm
from cse.interface.typed import refuse_heaps

LONGEST_NOTE: Final = 4_000
MOST_OFFERED: Final = 10
"""Children offered for a name. More means: type more of it."""

#: The same whether there is no such child or one that this person does not see.
NOBODY = (
    "No child whose record you may see is like this. Check the spelling or the reference, or search"
    " for the child first"
)

Find = Callable[[str], Sequence[Match]]


def _note(label: str, help_text: str, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_NOTE,
        validators=[refuse_heaps],
        widget=forms.Textarea(attrs={"rows": 4}),
        **more,
    )


def _known() -> forms.CharField:
    return _note(
        "What is known about it",
        "What was seen or said, by whom and when. Each of them is a child who may need help: never"
        " write that one brings others in. A worry about that belongs in a talk with the CSE team.",
        required=False,
    )


def _since() -> DayMonthYearField:
    return DayMonthYearField(
        label="Since when",
        what="day since when",
        help_text="If it is known, for example 27 3 2026. About will do.",
        latest=timezone.localdate,
        required=False,
    )


class LinkForm(PlainForm):
    """A link with another child, found by name or reference among those the person sees.

    ``find`` gives the children that a text may mean. Only an exact reference needs no choice.
    """

    other = line(
        "Name or reference of the other child",
        longest=200,
        required=True,
        help_text="You find children whose records you may see.",
    )
    chosen = forms.ChoiceField(
        label="Which child do you mean?", widget=forms.RadioSelect, required=False
    )
    kind = forms.ChoiceField(
        label="How are they linked?",
        choices=LinkKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select how they are linked"},
    )
    words = line("In what other way", longest=150)
    since = _since()
    note = _known()

    def __init__(
        self, *args: Any, child: Child, find: Find, words_of: Callable[[Child], str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._child, self._find, self._words_of = child, find, words_of
        self._found: dict[str, Child] = {}
        self._chosen = ""

    def clean_other(self) -> str:
        """Look for the child; those found are what can be chosen."""
        typed = str(self.cleaned_data["other"])
        reference = typed.strip().upper()
        if reference == self._child.reference:
            raise ValidationError("This is the same child: a link is between two children")
        matches = [match for match in self._find(typed) if match.child.pk != self._child.pk]
        exact = [match for match in matches if match.child.reference == reference]
        self._found = {m.child.reference: m.child for m in (exact or matches)[:MOST_OFFERED]}
        if not self._found:
            raise ValidationError(NOBODY)
        if exact:
            self._chosen = reference
        field: Any = self.fields["chosen"]
        field.choices = [(ref, self._words_of(child)) for ref, child in self._found.items()]
        field.error_messages["invalid_choice"] = "Select which child you mean"
        return typed

    def clean(self) -> dict[str, Any]:
        """One child is meant, and a link of another kind has words."""
        cleaned = super().clean() or {}
        self._chosen = self._chosen or cleaned.get("chosen", "")
        if self._found and not self._chosen and "chosen" not in self.errors:
            self.add_error("chosen", "Select which child you mean")
        if cleaned.get("kind") == LinkKind.OTHER:
            if not cleaned.get("words") and "words" not in self.errors:
                self.add_error("words", "Say in what other way they are linked")
        elif "words" in cleaned:
            cleaned["words"] = ""
        return cleaned

    @property
    def offers(self) -> bool:
        """Whether there are children to choose from."""
        return bool(self._found) and (not self._chosen or "chosen" in self.data)

    def facts(self) -> dict[str, Any]:
        """What the act takes; only after ``is_valid()``."""
        facts = {name: self.cleaned_data[name] for name in ("kind", "words", "since", "note")}
        return facts | {"other": self._found[self._chosen]}


class CorrectLinkForm(PlainForm):
    """The note and the day of a link; ``version`` is the one that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    since = _since()
    note = _known()

    def facts(self) -> dict[str, Any]:
        """What the act takes; only after ``is_valid()``."""
        return {name: self.cleaned_data[name] for name in ("version", "since", "note")}


class EndLinkForm(PlainForm):
    """Why a link no longer stands."""

    reason = _note(
        "Why it ends",
        "For example: they no longer live together, or it turned out not to be so.",
        strip=True,
    )


class AnswerLinkForm(PlainForm):
    """Agree to a link that somebody proposed, or not."""

    answer = forms.ChoiceField(
        label="Do you agree to this link?",
        choices=[("agree", "Agree: the link stands"), ("disagree", "Do not agree")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you agree or do not agree"},
    )
    note = _note(
        "Your own reason",
        "What you looked at. Only whoever proposed the link and those who may agree read this.",
        error_messages={"required": "Give your own reason, whatever your answer is"},
    )

    @property
    def agrees(self) -> bool:
        """Whether the answer is to agree; ask only a valid form."""
        return bool(self.cleaned_data["answer"] == "agree")
