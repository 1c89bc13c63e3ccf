"""What a page of ours calls its fields, and what it holds now: read from the page itself.

No list of labels beside the forms, which would fall behind them: the page that a person would open
says how each field is named, which words its choices have and what is stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]
#: What stands beside a row's name in its legend (components/screen.html), and is no part of it.
ASIDE = "cse-ind__meta"
#: Sent with a form, but nothing that somebody fills in.
UNSEEN = frozenset({"hidden", "submit", "button", "password", "file"})
CHOSEN = frozenset({"radio", "checkbox", "select"})
VOID = frozenset({"input", "br", "img", "meta", "link", "hr", "wbr", "area", "source", "col"})


@dataclass
class Control:
    """A named field: its kind (an input's type, "textarea" or "select"), label, and values."""

    kind: str
    label: str = ""
    stored: list[str] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """A page's own name, and the controls of each of its forms by name."""

    title: str
    forms: list[dict[str, Control]]

    def form_with(self, names: Iterable[str]) -> dict[str, Control]:
        """The form that has most of these names; none where no form has any."""
        wanted = set(names)
        best = max(self.forms, key=lambda form: len(wanted & form.keys()), default={})
        return best if wanted & best.keys() else {}


def read_page(html: str, service: str) -> Page:
    """The page as its markup says it; `service` is what the title ends with."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.finish()
    return Page(_tidy(reader.title).removesuffix(f"– {service}").strip(), reader.forms)


def _tidy(text: str) -> str:
    return " ".join(text.split())


@dataclass
class _Text:
    """Text being gathered until its element ends."""

    tag: str
    parts: list[str] = field(default_factory=list)

    @property
    def tidy(self) -> str:
        return _tidy("".join(self.parts))


class _Reader(HTMLParser):
    """Follows the forms of a page: fieldsets by their legends, labels by what they are for."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.forms: list[dict[str, Control]] = []
        self._form: dict[str, Control] | None = None
        self._legends: list[str] = []
        self._labels: dict[str, str] = {}
        self._for = ""
        self._text: _Text | None = None
        self._aside = 0
        self._select: Control | None = None
        self._option: tuple[str | None, bool] = (None, False)
        #: Which id belongs to which control (and choice), until every label has been read.
        self._seen: list[tuple[Control, str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        found = {name: value or "" for name, value in attrs}
        if self._aside or ASIDE in found.get("class", "").split():
            self._aside += tag not in VOID
        elif tag == "form":
            self._form = {}
            self.forms.append(self._form)
        elif tag == "fieldset":
            self._legends.append("")
        elif tag in ("title", "legend", "label", "textarea", "option"):
            self._begin_text(tag, found)
        if self._form is not None:
            self._begin_control(tag, found)

    def _begin_text(self, tag: str, found: dict[str, str]) -> None:
        self._text = _Text(tag)
        if tag == "label":
            self._for = found.get("for", "")
        elif tag == "option":
            self._option = (found.get("value"), "selected" in found)

    def _begin_control(self, tag: str, found: dict[str, str]) -> None:
        kind = found.get("type", "text") if tag == "input" else tag
        name = found.get("name", "")
        if not name or tag not in ("input", "textarea", "select", "button"):
            return
        kind = "submit" if tag == "button" else kind
        assert self._form is not None  # noqa: S101  asked before
        control = self._form.setdefault(name, Control(kind))
        value = found.get("value", "on" if kind in CHOSEN else "")
        legend = self._legends[-1] if self._legends else ""
        self._seen.append((control, found.get("id", ""), legend, value))
        if tag == "input" and (kind not in CHOSEN or "checked" in found):
            control.stored.append(value)
        self._select = control if tag == "select" else self._select

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._aside:
            self._text.parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._aside:
            self._aside -= 1
        elif tag == "form":
            self._form = None
        elif tag == "fieldset" and self._legends:
            self._legends.pop()
        elif self._text is not None and tag == self._text.tag:
            self._end_text(self._text)
            self._text = None

    def _end_text(self, text: _Text) -> None:
        if text.tag == "title":
            self.title = self.title or text.tidy
        elif text.tag == "legend" and self._legends:
            self._legends[-1] = text.tidy
        elif text.tag == "label":
            self._labels[self._for] = text.tidy
        elif text.tag == "textarea" and self._form is not None and self._seen:
            # A first line break belongs to the markup (HTML, "textarea").
            self._seen[-1][0].stored.append("".join(text.parts).removeprefix("\n"))
        elif text.tag == "option" and self._select is not None:
            value = text.tidy if self._option[0] is None else self._option[0]
            self._select.words[value] = text.tidy
            if self._option[1]:
                self._select.stored.append(value)

    def finish(self) -> None:
        """Give each control its label, now that all labels are known."""
        for control, own_id, legend, value in self._seen:
            label = self._labels.get(own_id, "")
            if control.kind in ("radio", "checkbox"):
                control.words[value] = label
                control.label = control.label or legend or label
            else:
                between = ": " if legend and label else ""
                control.label = control.label or f"{legend}{between}{label}"
            if control.kind == "select" and not control.stored and control.words:
                control.stored.append(next(iter(control.words)))
