"""What one compact indicator row shows; screening fills it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator with its answer, as `components/screen.html` prints it.

    `name` is the prefix of every control's name and id. `suggested` is "high", "medium", "low" or
    "" for a tool without indicator levels; `linked` says which row repeats it ("also under
    Health"); `errors` maps a control ("reason") to its message.
    """

    name: str
    label: str
    suggested: str = ""
    linked: str = ""
    presence: str = ""
    level: str = ""
    reason: str = ""
    evidence: str = ""
    concern: str = ""
    when: str = ""
    note: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def suggested_words(self) -> str:
        """The suggested level with a capital letter."""
        return self.suggested.capitalize()

    @property
    def open(self) -> bool:
        """The details stand open where they are wanted: an answer that counts, or a mistake."""
        return self.presence in {"yes", "possible"} or bool(self.errors)

    @property
    def noted(self) -> str:
        """What is written down behind the fold, in words."""
        written = {
            "evidence": self.evidence,
            "concern": self.concern,
            "amended level": self.level if self.level != self.suggested else "",
            "note": self.note,
        }
        return ", ".join(name for name, text in written.items() if text)
