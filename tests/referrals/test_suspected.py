"""Exploitation suspected: the worker talks to the manager, the agency's lead knows (O Annexe 2)."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from cse.people.models import ContactPoint
from cse.worklist.queries import waiting_for
from referrals.models import Note
from tests.factories import grant
from tests.prepared import prepared
from tests.screening.made import completed
from tests.screening.pages import controls, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("O-SCR-24")]


@prepared
def area(oxfordshire):
    return oxfordshire


def test_where_a_screen_begins_it_says_with_whom_to_speak(area):
    ContactPoint(authority=area.authority, label="Kingfisher telephone", value="To be set").save()
    page = area.client().get(reverse("screening:start", args=[area.child.pk]))
    words = text_of(page)
    assert "talk to your manager and tell your agency’s lead, who keeps the bigger" in words
    assert words.count("talk to your manager and tell your agency’s lead") == 1
    assert "The specialist team advises." in words
    # Whom to ring for that advice stands beside it.
    assert "Kingfisher telephone" in words


def test_the_discussion_with_the_manager_is_written_down_and_the_lead_reads_it(area):
    grant(area.lead, area.child)
    where = reverse("referrals:child-note", args=[area.child.pk])
    client = area.client()
    page = client.get(where + "?kind=manager_discussion")
    note = controls(page, "text") | {"text": "We agreed that I screen today, and tell Lee."}
    assert note["kind"] == "manager_discussion"
    assert "Name the manager you spoke to" in text_of(client.post(where, note))
    assert not Note.objects.exists()
    client.post(where, note | {"with_whom": "Mo Tarn, head of year"})
    kept = Note.objects.get()
    assert (kept.by, kept.happened_on) == (area.worker, timezone.localdate())
    words = text_of(area.client(area.lead).get(where))
    assert "Discussion with the line manager" in words and "Mo Tarn, head of year" in words
    assert note["text"] in words
    grant(area.stranger, area.child)
    assert note["text"] not in text_of(area.client(area.stranger).get(where))


def test_the_lead_is_told_of_each_and_sees_them_together(area):
    """Both children of two colleagues: what waits, and afterwards what was sent, in one list."""
    first = completed(area)
    (waits,) = (each for each in waiting_for(area.lead).items if each.subject_id == first.pk)
    assert waits.kind == "refer_after_screen" and waits.for_team
    opened = area.client(area.lead).get(reverse("screening:show", args=[first.pk]))
    assert opened.status_code == 200
    sent = [area.sent(screen=first)]
    # One without a screen is told alike.
    area.child = area.another_child(given_name="Sam", family_name="Alder")
    sent.append(area.sent())
    leads = area.lead.posts.get().team
    for referral in sent:
        there = area.at(referral, leads)
        assert "R4" in there.rules
        assert there.pk in {each.subject_id for each in waiting_for(area.lead).items}
    words = text_of(area.client(area.lead).get(reverse("referrals:list")))
    assert "Robin Example" in words and "Sam Alder" in words
