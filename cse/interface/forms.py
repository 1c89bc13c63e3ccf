"""Forms whose errors say what to do, and a date as three boxes the way GOV.UK asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.text import format_lazy

from cse.interface.typed import TYPED, refuse_unreadable
from cse.interface.words import date_words

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


#: Django's own words for a NUL name no field and say not what to do.
NOT_STORED = "Remove the invisible control character, or type the text again"
#: A hidden field is nobody's mistake: the page came too long ago, or came in part.
NOT_WHOLE = "Part of this form did not arrive as it was sent: open the page again"
#: How labels begin that are said, not entered; and those that are a question of yes or no.
_SAID = ("why", "what", "who", "how", "when", "where", "which")
_ASKED = ("was", "were", "is", "are", "did", "do", "does", "has", "have", "can")
#: These stand before a noun already.
_DETERMINED = ("the", "a", "an", "your", "their", "its", "one", "every", "each", "this")


class PlainErrors:
    """Makes "this field is required" say what to do: "Enter the …", "Say why …", "Select the …".

    Text that cannot be stored or shown is refused with a reason, in every field. Every message
    names its field, so that the summary of a page with three dates says which one it means.
    Beside `forms.Form` or `forms.ModelForm`. A field with a message of its own keeps it.
    """

    fields: dict[str, forms.Field]

    def full_clean(self) -> None:
        """Give every field its words first: those too that a form has added or named itself."""
        self.say_plainly()
        super().full_clean()  # type: ignore[misc]  # of the form beside it

    def say_plainly(self) -> None:
        """Give every field that the form has now the words for what may be wrong in it."""
        for name, field in self.fields.items():
            messages = field.error_messages
            if messages.get("required") == forms.Field.default_error_messages["required"]:
                messages["required"] = missing_words(field, name)
            # Django's and the validators' own words never say which field they mean.
            for code, words in _words_of(field).items():
                if messages.get(code, _default(field, code)) == _default(field, code):
                    messages[code] = _lazily(words, field, name)
            # A UUIDField is a CharField whose value is no text.
            typed = isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField)
            text = typed and not isinstance(field.widget, forms.PasswordInput)
            _name_checks(field, name, (refuse_unreadable,) if text else ())
            if field.widget.is_hidden:
                codes = ("required", "invalid", "min_value", "max_value")
                messages.update(dict.fromkeys(codes, NOT_WHOLE))


#: What "Check my wording" sends where a page has no draft to save: look at it, and do nothing.
ONLY_LOOK = "look"


class PlainForm(PlainErrors, forms.Form):
    """A form with plain errors; the base of every form that is not about one model.

    Where somebody only asks about the wording of what they typed it is not valid, so that no page
    acts on it, and says of no field that it is wrong: the page comes back as it was filled in.
    """

    @property
    def only_looks(self) -> bool:
        """Whether the wording is asked about, and nothing sent yet."""
        return self.is_bound and self.data.get("check_wording") == ONLY_LOOK

    def full_clean(self) -> None:
        super().full_clean()
        if self.only_looks:
            self._errors = ErrorDict()

    def is_valid(self) -> bool:
        return not self.only_looks and super().is_valid()


def unsaved_words(*sources: forms.BaseForm | Mapping[str, str]) -> list[str]:
    """What a page that saves itself leaves out, and why: each wrong field once, by its label.

    A mapping has the messages of controls that no form holds; they name what they mean.
    """
    found: list[str] = []
    for source in sources:
        if isinstance(source, Mapping):
            found += source.values()
            continue
        for bound in source:
            if bound.errors:
                label, message = str(bound.label), str(bound.errors[0])
                found.append(f"{label.rstrip('?:. ')}: {message.removeprefix(label).lstrip(': ')}")
        found += map(str, source.non_field_errors())
    return list(dict.fromkeys(found))


def missing_words(field: forms.Field, name: str) -> str:
    """What to do about a field left empty, in the words of its label."""
    label = str(field.label or name.replace("_", " ")).rstrip("?:. ")
    if label[1:2].islower() or label[1:2] == "-":
        label = label[:1].lower() + label[1:]
    if isinstance(field, forms.FileField):
        return f"Choose a file: {label}"
    if isinstance(field, forms.BooleanField):
        return f"Tick the box: {label}"
    first = label.split(" ")[0].lower()
    if first in _ASKED:
        return f"Answer the question: {label}?"
    if first == "choose":
        return label[:1].upper() + label[1:]
    verb = "Select" if isinstance(field, forms.ChoiceField) else "Enter"
    if first in _SAID:
        return f"{'Select' if verb == 'Select' else 'Say'} {label}"
    return f"{verb} {label}" if first in _DETERMINED else f"{verb} the {label}"


_TOO_LONG: Final = "must be %(limit_value)d characters or fewer (it has %(show_value)d)"
#: Messages by their code, as they go on behind a label.
_WORDS: Final = {
    "max_length": _TOO_LONG,
    "min_value": "must be %(limit_value)s or more",
    "max_value": "must be %(limit_value)s or less",
    "null_characters_not_allowed": NOT_STORED,
    "invalid_choice": "Select a valid choice",
    "invalid_list": "Select a valid choice",
    "invalid_pk_value": "Select a valid choice",
    "empty": "The file is empty: choose another",
}
#: Messages of validators, which no field has of its own.
LIMITS: Final = frozenset({"max_length", "min_value", "max_value", "null_characters_not_allowed"})
#: What a field must be, by its kind; the first that fits.
_KINDS: Final = (
    (forms.FloatField, "must be a number"),
    (forms.DecimalField, "must be a number"),
    (forms.IntegerField, "must be a whole number"),
    (forms.EmailField, "must be an e-mail address, for example name@example.org"),
    (forms.URLField, "must be a web address, for example https://example.org"),
    (forms.TimeField, "must be a time of day, for example 14:30"),
    (forms.DateTimeField, "must be a day and a time"),
    (forms.DateField, "must be a date"),
)


def _words_of(field: forms.Field) -> Mapping[str, str]:
    """What is said of a field where it says nothing itself: what it must be by its kind, too."""
    kind = next((words for kind, words in _KINDS if isinstance(field, kind)), "")
    words = {**_WORDS, "invalid": kind}
    return {code: each for code, each in words.items() if each and _can_say(field, code)}


def _can_say(field: forms.Field, code: str) -> bool:
    return code in LIMITS or _default(field, code) is not None


def _default(field: forms.Field, code: str) -> Any:
    """Django's own message of a code, which names no field."""
    classes = (each for each in type(field).__mro__ if each.__module__.startswith("django.forms"))
    found = (each.__dict__.get("default_error_messages", {}).get(code) for each in classes)
    return next((each for each in found if each is not None), None)


def named(label: str, words: str) -> str:
    """A message behind the label that it is about: "Age must be …", "Which day? It must be …"."""
    if not words.startswith("must "):
        return f"{label} {words}" if label.endswith("?") else f"{label}: {words}"
    return f"{label} It {words}" if label.endswith("?") else f"{label} {words}"


def _label_of(field: forms.Field, name: str) -> str:
    return str(field.label or name.replace("_", " ").capitalize())


class _Said:
    """A message behind the label that its field has when it is said."""

    def __init__(self, words: str, field: forms.Field, name: str) -> None:
        self._words, self._field, self._name = words, field, name

    def __str__(self) -> str:
        label = _label_of(self._field, self._name)
        # Only a message with a limit in it is filled in: there a % of a label is doubled.
        return named(label.replace("%", "%%") if "%(" in self._words else label, self._words)


def _lazily(words: str, field: forms.Field, name: str) -> Any:
    """The message with the label that the field has when it is said: forms change it late."""
    return format_lazy("{}", _Said(words, field, name))


def _name_checks(field: forms.Field, name: str, more: Iterable[Callable[[str], None]]) -> None:
    """Let every check of what was typed name the field, once."""
    held = {each.check for each in field.validators if isinstance(each, _Named)}
    checks = dict.fromkeys((*more, *(each for each in TYPED if each in field.validators)))
    others = [each for each in field.validators if each not in TYPED]
    named_now = [_Named(each, field, name) for each in checks if each not in held]
    field.validators = [*named_now, *others]


class _Named:
    """A check of what was typed, whose message names the field."""

    def __init__(self, check: Callable[[str], None], field: forms.Field, name: str) -> None:
        self.check, self.field, self.name = check, field, name

    def __call__(self, value: str) -> None:
        try:
            self.check(value)
        except ValidationError as error:
            words = named(_label_of(self.field, self.name), str(error.message))
            raise ValidationError(words) from None


class ReferenceField(forms.CharField):
    """A reference as it is heard over the telephone: small letters and spaces are no mistake."""

    LONGEST = 12

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=self.LONGEST, **kwargs)

    def to_python(self, value: Any) -> str:
        return "".join((super().to_python(value) or "").split()).upper()

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without the longest length: a browser would cut off what spaces push out."""
        return {k: v for k, v in super().widget_attrs(widget).items() if k != "maxlength"}


class DayMonthYearWidget(forms.Widget):
    """Day, month and year as text; what was typed comes back as it was typed."""

    PARTS = ("day", "month", "year")

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> tuple[str, str, str]:
        day, month, year = (str(data.get(f"{name}-{part}") or "").strip() for part in self.PARTS)
        return day, month, year

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return all(f"{name}-{part}" not in data for part in self.PARTS)

    def id_for_label(self, id_: str, index: str | int | None = None) -> str:
        return f"{id_}-day" if id_ else id_

    def decompress(self, value: Any) -> tuple[str, str, str]:
        """The three texts to show: a date taken apart, or what was typed."""
        return _three_texts(value)


def _three_texts(value: Any) -> tuple[str, str, str]:
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    if isinstance(value, date):
        return str(value.day), str(value.month), str(value.year)
    if isinstance(value, list | tuple) and len(value) == len(DayMonthYearWidget.PARTS):
        return str(value[0]), str(value[1]), str(value[2])
    return "", "", ""


EXAMPLE_AHEAD: Final = timedelta(weeks=3)
"""How far ahead the example of a day to come lies."""


class DayMonthYearField(forms.Field):
    """A date from three boxes. A month may be a number or its English name.

    `what` names it in messages ("date of birth"). `earliest` and `latest` are dates, or functions
    that give one (`timezone.localdate` for "not in the future"). Errors carry the wrong parts in
    `params["parts"]`, so that the page marks the right box.
    """

    widget = DayMonthYearWidget
    # A year before this is a slip of the keyboard, whatever the page asks for.
    FIRST_YEAR = 1900

    def __init__(
        self,
        *,
        what: str = "date",
        earliest: date | Callable[[], date] | None = None,
        latest: date | Callable[[], date] | None = None,
        **kwargs: Any,
    ) -> None:
        self.what = what
        self.earliest = earliest
        self.latest = latest
        super().__init__(**kwargs)

    def clean(self, value: Any) -> date | None:
        """The date, or None where nothing was typed and nothing is required."""
        typed = dict(zip(DayMonthYearWidget.PARTS, _three_texts(value), strict=True))
        if not any(typed.values()):
            if self.required:
                raise self._error(f"Enter the {self.what}, for example {self._example}", ["day"])
            return None
        missing = [part for part, text in typed.items() if not text]
        if missing:
            raise self._error(f"{self._What} must include a {' and a '.join(missing)}", missing)
        found = self._assemble(typed)
        self._check_limits(found)
        self.run_validators(found)
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compares dates where there is one, and what was typed where there is not."""
        return _three_texts(initial) != _three_texts(self._tidy(data))

    @property
    def _What(self) -> str:  # noqa: N802 - the same word with a capital letter
        return self.what[:1].upper() + self.what[1:]

    @property
    def _example(self) -> str:
        """A day that would do: some weeks ahead where a day from today on is asked for."""
        earliest, today = _resolve(self.earliest), timezone.localdate()
        if earliest is None or earliest < today:
            return "27 3 2011"
        latest = _resolve(self.latest)
        ahead = min(earliest + EXAMPLE_AHEAD, latest or date.max)
        return f"{ahead.day} {ahead.month} {ahead.year}"

    def _tidy(self, data: Any) -> Any:
        try:
            return self.clean(data)
        except ValidationError:
            return data

    def _assemble(self, typed: dict[str, str]) -> date:
        day, month, year = _number(typed["day"], 2), _month(typed["month"]), typed["year"]
        if not (year.isascii() and year.isdigit() and len(year) == 4):
            year = self._example.split(" ")[-1]
            words = f"the year must be 4 numbers, for example {year}"
            raise self._error(f"{self._What}: {words}", ["year"])
        if month is None or not 1 <= month <= 12:
            words = "the month must be a number from 1 to 12, or its name"
            raise self._error(f"{self._What}: {words}", ["month"])
        if day is None or not 1 <= day <= 31:
            words = "the day must be a number from 1 to 31"
            raise self._error(f"{self._What}: {words}", ["day"])
        try:
            found = date(int(year), month, day)
        except ValueError:
            raise self._error(
                f"{self._What} must be a real date: check the day and the month", ["day", "month"]
            ) from None
        if found.year < self.FIRST_YEAR:
            words = f"the year must be {self.FIRST_YEAR} or later"
            raise self._error(f"{self._What}: {words}", ["year"])
        return found

    def _check_limits(self, found: date) -> None:
        earliest, latest = _resolve(self.earliest), _resolve(self.latest)
        every = list(DayMonthYearWidget.PARTS)
        if latest is not None and found > latest:
            today = timezone.localdate()
            when = "today or in the past" if latest == today else f"{date_words(latest)} or before"
            raise self._error(f"{self._What} must be {when}", every)
        if earliest is not None and found < earliest:
            today = timezone.localdate()
            when = (
                "today or in the future"
                if earliest == today
                else f"{date_words(earliest)} or after"
            )
            raise self._error(f"{self._What} must be {when}", every)

    def _error(self, message: str, parts: list[str]) -> ValidationError:
        # The message is complete: no % in it may be taken for a placeholder.
        return ValidationError(message.replace("%", "%%"), code="date", params={"parts": parts})


def _resolve(limit: date | Callable[[], date] | None) -> date | None:
    return limit() if callable(limit) else limit


def _number(text: str, longest: int) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= longest else None


def _month(text: str) -> int | None:
    number = _number(text, 2)
    if number is not None:
        return number
    name = text.casefold().rstrip(".")
    for index, month in enumerate(_MONTHS, start=1):
        if len(name) >= 3 and month.startswith(name):
            return index
    return None
