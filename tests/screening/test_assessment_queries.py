"""The number of queries does not grow with what is listed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from screening.assessments import queries
from screening.assessments.actions import ask_contribution
from screening.assessments.panel import asked_for, assessments_panel, rows_of
from screening.models import Contribution, StatutoryAssessment
from tests.screening.assessing import assessed, at, drafted

pytestmark = pytest.mark.django_db


def count(act):
    with CaptureQueriesContext(
        connection,
    ) as found:
        act()
    return len(found)


def more(place, number):
    """A completed assessment and something social care has begun, with a request for each."""
    done = assessed(place, **({"direction": "static"} if number else {}))
    ask_contribution(
        assessment_id=done.pk,
        by=place.worker,
        question="What you know",
        due_on=timezone.localdate(),
        name=f"Somebody {number}",
    )
    row = StatutoryAssessment(
        child=place.child,
        kind=("single", "s17", "s47")[number],
        started_on=timezone.localdate(),
        agency=place.agency,
        recorded_by=place.worker,
        recorded_at=timezone.now(),
    )
    row.save()
    place.begun = getattr(place, "begun", row)
    Contribution(
        statutory=place.begun,
        asked_name=f"Somebody {number}",
        question="What you know",
        asked_by=place.worker,
        asked_at=timezone.now(),
        due_on=timezone.localdate(),
    ).save()


def test_the_lists_take_as_many_queries_for_three_as_for_one(oxfordshire):
    user = oxfordshire.worker
    client = oxfordshire.client()
    page = reverse("screening:assessments", args=[oxfordshire.child.pk])

    def asked():
        found = list(queries.assessments_of(user, oxfordshire.child.pk))
        return (
            count(lambda: rows_of(found, asked_for(found))),
            count(lambda: list(queries.statutory_of(user, oxfordshire.child.pk))),
            count(lambda: assessments_panel(oxfordshire.child, user)),
            count(lambda: client.get(page)),
            count(lambda: client.get(at("statutory", oxfordshire.begun))),
        )

    more(oxfordshire, 0)
    asked()
    one = asked()
    more(oxfordshire, 1)
    more(oxfordshire, 2)
    assert asked() == one and one[0] <= 3, one


def test_a_draft_takes_as_many_queries_for_three_contributions_as_for_one(oxfordshire):
    draft = drafted(oxfordshire)
    client = oxfordshire.client()

    def ask(name):
        ask_contribution(
            assessment_id=draft.pk,
            by=oxfordshire.worker,
            question="What you know",
            due_on=timezone.localdate(),
            name=name,
        )

    def asked():
        pages = ("assessment-draft", "assessment-check", "assessment-ask")
        found = [count(lambda page=page: client.get(at(page, draft))) for page in pages]
        found.append(count(lambda: client.get(at("assessment-part", draft, "health"))))
        return found

    ask("One")
    asked()
    one = asked()
    ask("Two")
    ask("Three")
    assert asked() == one, one
