"""Which two screens to compare."""

from __future__ import annotations

from typing import Any

from django import forms

from cse.interface.forms import PlainForm
from screening.models import Screen
from screening.naming import days_of, version_words


class CompareForm(PlainForm):
    """Two different screens of one child; ``screens`` are those that may be chosen."""

    first = forms.ChoiceField(label="One screen", widget=forms.Select)
    second = forms.ChoiceField(label="The other screen", widget=forms.Select)

    def __init__(self, *args: Any, screens: list[Screen], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = days_of(screens)
        named = ((str(each.pk), words_of(each, days[each.pk])) for each in screens)
        choices = [("", "Choose a screen"), *named]
        for name in ("first", "second"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first = cleaned.get("first")
        if first and first == cleaned.get("second"):
            self.add_error("second", "Choose two different screens")
        return cleaned


def words_of(screen: Screen, day: str) -> str:
    """A screen in one line: the day as given, the tool, which correction, who completed it."""
    who = screen.completed_by.get_full_name() if screen.completed_by else ""
    return f"{day}: {version_words(screen)}, {who}"
