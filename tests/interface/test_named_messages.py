"""What is wrong names its field, on every form: no two fields of one can be told the same.

The summary of a page with three dates and two ages says which of them it means (interface.md).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from itertools import product

import pytest
from django import forms
from django.http import QueryDict

import cse
import referrals
import screening
from cse.interface.forms import LIMITS, DayMonthYearField, PlainErrors, PlainForm
from screening.assessments.local_form import parts_of as assessment_parts
from screening.forms import LONGEST_CELL, LONGEST_NOTE, SectionForm, read_domain, read_table
from screening.parts import parts_of
from screening.tools.loader import tool_files, tool_named

NUMBERS = {"limit_value": 5, "show_value": 9, "max": 5, "length": 9, "value": "x", "pk": "x"}
#: Codes that Django has and no page can bring: a browser sends every file as one.
NEVER = {"contradiction", "missing", "incomplete", "list"}
DAYS = [
    *(("45", "", ""), ("", "2", ""), ("1", "13", "2020"), ("45", "1", "2020"), ("31", "2", "2020")),
    *(("1", "1", "20"), ("1", "1", "1850"), ("1", "1", "2999"), ("1", "1", "1901")),
]
TYPED = ["\x00", "a\u202eb", "\ud800", "e" + "\u0301" * 9, "two\nlines"]


def modules():
    for package in (cse, screening, referrals):
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "form" in each.name and ".migrations." not in each.name:
                yield importlib.import_module(each.name)


def form_classes(base=PlainErrors):
    for each in base.__subclasses__():
        if each.__module__.partition(".")[0] in ("cse", "screening", "referrals"):
            yield each
        yield from form_classes(each)


list(modules())
FORMS = sorted(
    {each for each in form_classes() if getattr(each, "base_fields", None)},
    key=lambda each: (each.__module__, each.__qualname__),
)


def messages_of(field, name):
    """Everything that a field can say of what was typed in it."""
    for code, message in field.error_messages.items():
        if code in NEVER or (code == "required" and not field.required):
            continue
        if code in LIMITS and code not in {getattr(each, "code", "") for each in field.validators}:
            continue
        text = str(message)
        yield text % NUMBERS if "%(" in text else text
    wrong = product([field], DAYS if isinstance(field, DayMonthYearField) else TYPED)
    typed = isinstance(field, DayMonthYearField | forms.CharField)
    for each, value in wrong if typed and not isinstance(field, forms.UUIDField) else ():
        try:
            each.clean(value)
        except forms.ValidationError as error:
            yield from error.messages


def told_alike(form):
    """Message → the fields that can be told it, where they are several."""
    form.say_plainly()
    found = defaultdict(set)
    for name, field in form.fields.items():
        if not field.widget.is_hidden:
            for message in messages_of(field, name):
                found[message].add(name)
    return {message: names for message, names in found.items() if len(names) > 1}


@pytest.mark.parametrize("form", FORMS, ids=[f"{f.__module__}.{f.__qualname__}" for f in FORMS])
def test_no_two_fields_of_a_form_are_told_the_same(form):
    bare = type("Bare", (PlainForm,), dict(form.base_fields))()
    assert told_alike(bare) == {}


def test_nor_of_a_part_of_a_screen_or_of_an_assessment():
    seen = 0
    for key in tool_files():
        tool = tool_named(key)
        for part in (*parts_of(tool), *assessment_parts(tool)):
            assert told_alike(SectionForm(part)) == {}, part.key
            seen += 1
    assert seen > 40


def test_nor_of_two_rows_of_a_domain_or_two_cells_of_a_table():
    for key in tool_files():
        tool = tool_named(key)
        for part in parts_of(tool):
            posted = QueryDict(mutable=True)
            if part.is_domain:
                for row in part.domain.shown:
                    for text in ("reason", "evidence", "concern", "note"):
                        posted[f"{row.id}-{text}"] = "x" * (LONGEST_NOTE + 1)
                errors = read_domain(posted, part, tool, {}).errors
                assert len(set(errors.values())) == len(errors) > 0, part.key
            for table in (each for each in part.fields if each.kind == "table"):
                for number, column in product(range(2), table.columns):
                    posted[f"{table.key}-{number}-{column.key}"] = "x" * (LONGEST_CELL + 1)
                _, errors = read_table(posted, table)
                assert len(set(errors.values())) == len(errors) > 0
