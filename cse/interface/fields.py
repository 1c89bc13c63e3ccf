"""One small adapter: a Django BoundField in, the parameters of a GOV.UK macro out.

The widget decides which macro; the form decides everything else. Nothing is truncated by the
browser: a longest length becomes a character count, never a `maxlength` that eats pasted text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import markupsafe
from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.forms.widgets import Input

from cse.interface.forms import DayMonthYearWidget

Params = dict[str, Any]

#: What Django itself says for "nothing chosen".
_DASHES = {"", str(BLANK_CHOICE_DASH[0][1])}
# Attributes the adapter turns into parameters of their own, or that a page must not carry.
_HANDLED = {
    "class",
    "rows",
    "cols",
    "maxlength",
    "minlength",
    "autocomplete",
    "inputmode",
    "required",
}
_HANDLED |= {"type", "id", "autocapitalize", "pattern", "placeholder", "spellcheck"}


def parts(bound: BoundField, **options: Any) -> tuple[str, Params]:
    """Which macro a field needs and the parameters to call it with.

    Options: `label`, `hint`, `classes`, `legend_size` ("s", "m", "l"), `heading` (the label is the
    page's h1), `optional` (False: do not add "(optional)"), `inline`, `small`, `hints` and
    `conditional` (both by choice value), `rows`, `width` (characters), `attributes`,
    `label_hidden`, `prefix`, `suffix`, `described_by`.
    """
    kind, build = _builder(bound.field.widget)
    params = _common(bound, options) | {"name": bound.html_name}
    params |= build(bound, options)
    return kind, params


def _builder(widget: forms.Widget) -> tuple[str, Callable[[BoundField, Params], Params]]:
    """The first matching kind; subclasses come before what they extend."""
    for classes, kind, build in _KINDS:
        if isinstance(widget, classes):
            return kind, build
    raise TypeError(f"No GOV.UK macro is known for {type(widget).__name__}")


def _common(bound: BoundField, options: Params) -> Params:
    widget = bound.field.widget
    attributes = {k: v for k, v in widget.attrs.items() if k not in _HANDLED}
    params: Params = {
        "id": bound.auto_id or bound.html_name,
        "label": _label(bound, options),
        "disabled": bound.field.disabled,
        "attributes": attributes | options.get("attributes", {}),
        "describedBy": options.get("described_by", ""),
        "hint": None,
        "errorMessage": None,
    }
    hint = options.get("hint", bound.help_text)
    if hint:
        params["hint"] = {"text": hint}
    if bound.errors:
        params["errorMessage"] = {"html": _error_html(bound)}
    for name in ("prefix", "suffix"):
        if name in options:
            params[name] = {"text": options[name]}
    return params


def _error_html(bound: BoundField) -> str:
    # Two checks may find the same fault: it is said once.
    return markupsafe.Markup("<br>").join(dict.fromkeys(str(error) for error in bound.errors))


def _label(bound: BoundField, options: Params) -> Params:
    text = options.get("label", bound.label)
    if not bound.field.required and options.get("optional", True):
        text = f"{text} (optional)"
    size = options.get("legend_size", "s")
    classes = f"govuk-label--{size}"
    if options.get("label_hidden"):
        classes = "govuk-visually-hidden"
    return {"text": text, "classes": classes, "isPageHeading": bool(options.get("heading"))}


def _fieldset(bound: BoundField, options: Params) -> Params:
    legend = _label(bound, options)
    legend["classes"] = legend["classes"].replace("govuk-label", "govuk-fieldset__legend")
    fieldset: Params = {"legend": legend}
    if options.get("described_by"):
        fieldset["describedBy"] = options["described_by"]
    return fieldset


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _input(bound: BoundField, options: Params) -> Params:
    widget = bound.field.widget
    attrs = widget.attrs
    numeric = isinstance(widget, forms.NumberInput)
    input_type = getattr(widget, "input_type", "text")
    # GOV.UK: a number field scrolls away what was typed; text with a numeric keypad does not.
    # A date field of the browser cannot hold a wrong date, so it could lose what was typed.
    plain = numeric or input_type in {"date", "time", "datetime-local"}
    width = options.get("width")
    classes = " ".join(filter(None, [attrs.get("class", ""), options.get("classes", "")]))
    if width:
        classes = f"{classes} govuk-input--width-{width}".strip()
    return {
        "type": "text" if plain else input_type,
        "value": _text(bound.value()) if input_type != "password" else "",
        "classes": classes,
        "inputmode": attrs.get("inputmode", "numeric" if numeric else None),
        "autocomplete": attrs.get("autocomplete"),
        "autocapitalize": attrs.get("autocapitalize"),
        "spellcheck": attrs.get("spellcheck"),
    }


def _textarea(bound: BoundField, options: Params) -> Params:
    params: Params = {
        "value": _text(bound.value()),
        "rows": options.get("rows", _rows(bound.field.widget)),
        "classes": options.get("classes", ""),
        "autocomplete": bound.field.widget.attrs.get("autocomplete"),
        "maxlength": None,
    }
    longest = getattr(bound.field, "max_length", None)
    if longest:
        # The count appears near the limit only; below that it would be noise.
        params |= {"maxlength": longest, "threshold": 75}
    return params


def _rows(widget: forms.Widget) -> Any:
    """The rows the form asks for; Django's own default of 10 counts as not asked."""
    asked = widget.attrs.get("rows")
    return 5 if asked in (None, "10") else asked


def _items(bound: BoundField, options: Params) -> list[Params]:
    hints: Mapping[str, str] = options.get("hints", {})
    conditional: Mapping[str, str] = options.get("conditional", {})
    items = []
    for option in bound.subwidgets:
        data: Params = option.data
        value = _text(data["value"])
        item: Params = {
            "value": value,
            "text": data["label"],
            "checked": bool(data["selected"]),
            "selected": bool(data["selected"]),
        }
        if value in hints:
            item["hint"] = {"text": hints[value]}
        if value in conditional:
            item["conditional"] = {"html": conditional[value]}
        items.append(item)
    return items


def _choices(bound: BoundField, options: Params) -> Params:
    # Django's CheckboxSelectMultiple extends its RadioSelect, so ask for the checkboxes.
    several = getattr(bound.field.widget, "allow_multiple_selected", False)
    kind = "checkboxes" if several else "radios"
    wanted = [f"govuk-{kind}--{name}" for name in ("inline", "small") if options.get(name)]
    items = _items(bound, options)
    if kind == "radios":
        # An unanswered question shows no empty choice of its own; a form may offer one in words.
        items = [item for item in items if item["value"] != "" or item["text"] not in _DASHES]
    return {
        "idPrefix": bound.auto_id or bound.html_name,
        "items": items,
        "fieldset": _fieldset(bound, options),
        "classes": " ".join([*wanted, options.get("classes", "")]).strip(),
    }


def _checkbox(bound: BoundField, options: Params) -> Params:
    item = {
        "value": "on",
        "id": bound.auto_id or bound.html_name,
        "text": options.get("label", bound.label),
        "checked": bool(bound.field.widget.check_test(bound.value())),  # type: ignore[attr-defined]
        "attributes": _common(bound, options)["attributes"],
    }
    params: Params = {
        "idPrefix": bound.auto_id or bound.html_name,
        "items": [item],
        "classes": "govuk-checkboxes--small" if options.get("small") else "",
        "attributes": {},
    }
    if hint := options.get("hint", bound.help_text):
        item["hint"] = {"text": hint}
        params["hint"] = None
    return params


def _select(bound: BoundField, options: Params) -> Params:
    return {
        "items": _items(bound, options),
        "classes": options.get("classes", ""),
        "value": "",
    }


def _date(bound: BoundField, options: Params) -> Params:
    wrong = {part for error in bound.errors.as_data() for part in _wrong_parts(error)}
    if bound.errors and not wrong:
        wrong = set(DayMonthYearWidget.PARTS)
    values = bound.field.widget.decompress(bound.value())  # type: ignore[attr-defined]
    birthday = bound.field.widget.attrs.get("autocomplete") == "bday"
    items = [
        {
            "name": part,
            "id": f"{bound.auto_id or bound.html_name}-{part}",
            "label": part.capitalize(),
            "value": _text(value),
            "autocomplete": f"bday-{part}" if birthday else None,
            "classes": f"govuk-input--width-{4 if part == 'year' else 2}"
            + (" govuk-input--error" if part in wrong else ""),
        }
        for part, value in zip(DayMonthYearWidget.PARTS, values, strict=True)
    ]
    # The macro joins prefix and part with "-", as the widget does.
    return {
        "namePrefix": bound.html_name,
        "items": items,
        "fieldset": _fieldset(bound, options),
        "attributes": {},
    }


def _wrong_parts(error: Any) -> list[str]:
    return list((getattr(error, "params", None) or {}).get("parts", []))


def _file(bound: BoundField, options: Params) -> Params:
    # `accept` is a plain attribute and passes with the others; a file is never given back.
    return {"classes": options.get("classes", "")}


def _hidden(bound: BoundField, options: Params) -> Params:
    return {"html": bound.as_hidden()}


_KINDS: list[tuple[Any, str, Callable[[BoundField, Params], Params]]] = [
    ((forms.HiddenInput, forms.MultipleHiddenInput), "hidden", _hidden),
    (DayMonthYearWidget, "date", _date),
    ((forms.CheckboxSelectMultiple, forms.SelectMultiple), "checkboxes", _choices),
    (forms.RadioSelect, "radios", _choices),
    (forms.CheckboxInput, "checkboxes", _checkbox),
    (forms.Select, "select", _select),
    (forms.FileInput, "file", _file),
    (forms.Textarea, "textarea", _textarea),
    (forms.PasswordInput, "password", _input),
    (Input, "input", _input),
]


def summary_errors(
    *sources: BaseForm | BaseFormSet | Mapping[str, str] | None,
) -> list[dict[str, str]]:
    """Every error of these forms and formsets, in page order, as `{text, href}`.

    A mapping has the messages of controls that no form holds, by the control's id.

    The link goes to the control that is wrong: the first part of a date that is wrong, the first
    choice of a group. An error of the whole form has no link.
    """
    return [error for source in sources if source is not None for error in _errors_of(source)]


def _errors_of(source: Any) -> Iterator[dict[str, str]]:
    if isinstance(source, Mapping):
        yield from ({"text": text, "href": f"#{name}"} for name, text in source.items())
        return
    if isinstance(source, BaseFormSet):
        if not source.is_bound:
            return
        yield from ({"text": str(error)} for error in source.non_form_errors())
        for form in source.forms:
            yield from _errors_of(form)
        return
    yield from ({"text": str(error)} for error in source.non_field_errors())
    for bound in source:
        said: set[str] = set()
        for error in bound.errors.as_data():
            for message in set(map(str, error.messages)) - said:
                said.add(message)
                yield {"text": message, **_link(bound, error)}


def _link(bound: BoundField, error: Any) -> dict[str, str]:
    name = str(bound.auto_id or bound.html_name)
    if bound.is_hidden:
        return {}
    if isinstance(bound.field.widget, DayMonthYearWidget):
        wrong = _wrong_parts(error)
        return {"href": f"#{name}-{wrong[0] if wrong else 'day'}"}
    return {"href": f"#{name}"}
