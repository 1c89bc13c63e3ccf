"""Saving 100 answers with history against bulk rows without; the page against RadioSelect."""

from __future__ import annotations

import json
import math
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django import forms
from django.conf import settings
from django.db import connection, connections, models, transaction
from django.template.loader import render_to_string
from django.test import RequestFactory

from cse.audit.context import PERSON, Acting, act_as
from cse.children.models import Child
from cse.people.models import Authority, User
from cse.service.bench import population
from cse.service.bench.measure import Result, alternately, compare
from cse.service.demo_people import load_people
from cse.service.demo_records import MORGAN, load_records
from cse.service.reference import load_reference
from screening.actions import save_section, start_screen
from screening.actions.save import WRITTEN
from screening.actions.tools import _choose as choose_definition
from screening.actions.tools import _load as load_definition
from screening.answers import Given, project, write_answers
from screening.models import Screen
from screening.queries import tool_of
from screening.rules import Presence
from screening.tools.loader import load_tool

ROWS = 100
ROUNDS = 30
KEY = "domain.health"


class BenchAnswer(models.Model):
    """The floor: a row an answer, written in bulk, with no history at all.

    It has a column for everything that ``screening.answers.Given`` keeps of an answer, as a table
    of answers would.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    screen = models.ForeignKey(Screen, on_delete=models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=40)
    presence = models.CharField(max_length=12)
    level = models.CharField(max_length=10, blank=True)
    reason = models.TextField(blank=True)
    amended_by = models.CharField(max_length=36, blank=True)
    also_by = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    concern = models.TextField(blank=True)
    when = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)
    prefilled = models.BooleanField(default=False)

    class Meta:
        app_label = "bench"
        managed = False

    def __str__(self) -> str:
        return self.indicator


def definition() -> dict[str, Any]:
    """A tool of one domain with a hundred indicators, made of Oxfordshire's."""
    path = Path(settings.BASE_DIR) / "screening/tools/oxfordshire-v1.json"
    tool: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    row = next(r for r in tool["domains"][0]["indicators"] if r["suggested_level"] == "medium")
    rows = [{**row, "id": f"B-IND-ROW-{n:03d}", "source_row": n} for n in range(1, ROWS + 1)]
    return {**tool, "key": "bench", "domains": [{**tool["domains"][0], "indicators": rows}]}


def run(_sizes: list[int]) -> list[Result]:
    """Build, measure, print, drop."""
    population.make_database("bench_screen")
    with connections["owner"].schema_editor() as editor:
        editor.create_model(BenchAnswer)
    with connections["owner"].cursor() as cursor:
        user = connection.settings_dict["USER"]
        cursor.execute(f'GRANT ALL ON {BenchAnswer._meta.db_table} TO "{user}"')
    with transaction.atomic():
        load_reference()
        accounts = load_people({a.key: a for a in Authority.objects.all()})
        load_records(accounts)
        hundred = definition()
        loaded = load_definition(load_tool(hundred), hundred, by=None, note="")
        choose_definition(loaded, by=None, reason="To measure")
    by = accounts[MORGAN]
    with act_as(Acting(kind=PERSON, user_id=by.pk, in_request=True)):
        screen = _screen_of(by)
        results = [*_saving(screen, by), _page(screen, by)]
    for result in results:
        print(result.line())
    population.drop_database("bench_screen")
    return results


def _screen_of(by: User) -> Screen:
    child = Child.objects.filter(created_by=by, screens__isnull=True).first()
    if child is None:
        raise SystemExit("the demonstration has no child of this person without a screen")
    screen, _ = start_screen(child=child, by=by, tool_key="bench", tool_reason="To measure")
    return screen


def _answers(number: int) -> Mapping[str, Given]:
    presence = (Presence.YES, Presence.POSSIBLE, Presence.NO)
    return {
        f"B-IND-ROW-{n:03d}": Given(presence[(n + number) % 3], evidence="Seen by the form tutor.")
        for n in range(1, ROWS + 1)
    }


def _saving(screen: Screen, by: User) -> list[Result]:
    """Storing alone, like for like; then the whole act against the same bare rows.

    The act also locks, asks who may, reads what was there and writes its event, which bare rows
    do not; its ratio is printed and has no limit.
    """
    tool = tool_of(screen.tool_version_id)
    state = {"number": 0}

    @transaction.atomic
    def storing() -> None:
        state["number"] += 1
        screen.answers = write_answers(screen.answers, _answers(state["number"]), tool)
        screen.projection = project(screen.answers, tool)
        screen.save(update_fields=WRITTEN)

    def act() -> None:
        version = Screen.objects.only("part_versions").get(pk=screen.pk).part_versions
        save_section(
            screen_id=screen.pk,
            part=KEY,
            values=_answers(version.get(KEY, 0)),
            version=version.get(KEY, 0),
            by=by,
        )

    @transaction.atomic
    def rows() -> None:
        BenchAnswer._default_manager.bulk_create(
            BenchAnswer(screen_id=screen.pk, indicator=key, **vars(given))
            for key, given in _answers(0).items()
        )

    return [
        compare("storing 100 answers with history", *alternately([(storing, rows)], ROUNDS), 1.0),
        compare("the whole act of saving them", *alternately([(act, rows)], ROUNDS), math.inf),
    ]


def _page(screen: Screen, by: User) -> Result:
    template, context, request = _caught(screen, by)

    def ours() -> str:
        return render_to_string(template, context, request)

    choices = [(p.value, p.value) for p in Presence]
    fields = {
        f"row{n}": forms.ChoiceField(choices=choices, widget=forms.RadioSelect, label=f"Row {n}")
        for n in range(ROWS)
    }
    form_class = type("Hundred", (forms.Form,), fields)

    def floor() -> str:
        return str(form_class().as_div())

    shown = len(re.findall(r'value="possible"', ours()))
    if shown < ROWS:
        raise SystemExit(f"the page shows {shown} rows, not {ROWS}")
    return compare("the page of 100 indicators", *alternately([(ours, floor)], ROUNDS), 0.1)


def _caught(screen: Screen, by: User) -> tuple[str, dict[str, Any], Any]:
    """What the view hands to its template, so that the template alone is timed."""
    from screening.views import drafts

    request = RequestFactory().get("/")
    request.user = by
    caught: list[Any] = []
    with patch("screening.views.common.render", lambda *given, **_: caught.extend(given)):
        drafts.domain(request, screen.pk, "health")
    _, template, context = caught
    return template, context, request
