"""What one person wrote on a screen and another person's save replaced stays readable."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cse.audit.context import PERSON, Acting, act_as
from cse.people.models import Role
from screening import queries
from screening.actions import save_section, start_screen
from screening.answers import Given
from screening.models import Screen
from screening.replaced import replaced_in
from screening.rules import Presence
from tests.factories import make_user
from tests.prepared import prepared
from tests.screening.pages import address, complete, controls, text_of

pytestmark = pytest.mark.django_db
ROW = "O-IND-HEA-01"


@prepared
def draft(oxfordshire):
    return start_screen(child=oxfordshire.child, by=oxfordshire.worker)[0]


def save(screen, by, part="domain.health", **values):
    version = Screen.objects.get(pk=screen.pk).part_versions.get(part, 0)
    with act_as(Acting(kind=PERSON, user_id=by.pk)):
        save_section(screen_id=screen.pk, part=part, values=values, version=version, by=by)


def found_in(screen):
    screen.refresh_from_db()
    found = replaced_in(
        queries.saves_before_others(screen), queries.tool_of(screen.tool_version_id)
    )
    return [(each.label, each.text, each.by, each.replaced_by, each.now) for each in found]


def test_what_another_person_replaced_is_listed_with_whose_it_was(oxfordshire, draft):
    morgan, dana = oxfordshire.worker, oxfordshire.colleague
    for text in ("Mor", "Morgan saw", "Morgan saw it on Monday"):  # saves itself
        save(draft, morgan, notes=text)
    save(draft, morgan, **{ROW: Given(presence=Presence.POSSIBLE, evidence="Once, in May")})
    save(draft, morgan, "section.conclusion", professional_judgement="Morgan thinks")
    save(draft, dana, notes="D", **{ROW: Given(presence=Presence.YES, evidence="Once, in May")})
    save(draft, dana, notes="Dana heard it on Sunday")
    save(draft, dana, **{ROW: Given(presence=Presence.YES, evidence="Twice")})
    save(draft, dana, "section.conclusion", professional_judgement="")
    label = queries.tool_of(draft.tool_version_id).indicators[ROW].display_text
    assert sorted(found_in(draft)) == sorted(
        [
            ("Professional judgement", "Morgan thinks", morgan.pk, dana.pk, ""),
            ("Notes", "Morgan saw it on Monday", morgan.pk, dana.pk, "Dana heard it on Sunday"),
            (f"{label}: answer", "Possible", morgan.pk, dana.pk, "Yes"),
            (f"{label}: evidence", "Once, in May", morgan.pk, dana.pk, "Twice"),
        ]
    )


def test_ones_own_and_what_goes_on_in_the_newer_text_are_not_listed(oxfordshire, draft):
    morgan, dana = oxfordshire.worker, oxfordshire.colleague
    save(draft, morgan, notes="First thought")
    save(draft, morgan, notes="Second thought")
    save(draft, dana, notes="Second thought, and Dana’s")
    save(draft, dana, notes="All Dana’s")
    # Morgan's words went in Dana's second save of the same sitting.
    assert found_in(draft) == [("Notes", "Second thought", morgan.pk, dana.pk, "All Dana’s")]
    save(draft, morgan, notes="Morgan again")
    assert [each[1] for each in found_in(draft)] == ["All Dana’s", "Second thought"]


def test_what_a_screen_began_with_is_nobodys(oxfordshire, draft):
    save(draft, oxfordshire.colleague, notes="The first words")
    assert found_in(draft) == []


def test_the_pages_say_it_and_lead_there(oxfordshire, draft):
    morgan, dana = oxfordshire.worker, oxfordshire.colleague
    client, where = oxfordshire.client(dana), address(draft, "domain", "health")
    opened = controls(client.get(where))
    save(draft, morgan, notes="What Morgan saw on Monday")
    clash = client.post(where, opened | {"notes": "What Dana heard", "act": "leave"})
    there = f"/screens/{draft.pk}/replaced/"
    assert clash.status_code == 409
    assert "What you replace of Wyn Arden stays readable under What was replaced" in text_of(clash)
    assert there in clash.content.decode()
    client.post(where, controls(clash) | {"notes": "What Dana heard", "act": "leave"})
    assert there in client.get(f"/screens/{draft.pk}/draft/").content.decode()
    page = text_of(client.get(there))
    assert "What Morgan saw on Monday" in page and "Replaced by Cal Birch" in page
    judged = {"concerns_confirmed": "no", "professional_judgement": "As I see it"}
    save(draft, dana, "section.harm", harm_happened="no")
    save(draft, dana, "section.conclusion", **judged)
    complete(client, draft)
    draft.refresh_from_db()
    assert draft.is_complete
    assert there in client.get(f"/screens/{draft.pk}/").content.decode()
    assert "What Morgan saw on Monday" in text_of(client.get(there))


def test_only_who_may_see_the_screen_sees_what_was_replaced(oxfordshire, draft):
    save(draft, oxfordshire.worker, notes="Morgan’s")
    save(draft, oxfordshire.colleague, notes="Dana’s")
    there = f"/screens/{draft.pk}/replaced/"
    stranger = make_user(Role.PRACTITIONER)
    assert oxfordshire.client(stranger).get(there).status_code == 404
    assert oxfordshire.client().get(there).status_code == 200
    assert oxfordshire.client().post(there).status_code == 405


def test_the_number_of_queries_does_not_grow_with_the_saves(oxfordshire, draft):
    people = (oxfordshire.worker, oxfordshire.colleague)
    client, there = oxfordshire.client(), f"/screens/{draft.pk}/replaced/"
    counts = []
    for turn in range(2):
        for number in range(6):
            save(draft, people[number % 2], notes=f"Turn {turn}, words {number}")
            save(draft, people[number % 2], notes=f"Turn {turn}, other words {number}")
        client.get(there)
        with CaptureQueriesContext(connection) as captured:
            assert "other words" in client.get(there).content.decode()
        counts.append(len(captured))
    assert counts[0] == counts[1]
    with CaptureQueriesContext(connection) as captured:
        saves = queries.saves_before_others(draft)
    assert len(captured) == 1
    # Twelve runs of two saves each: one state of each run, and the one it began with.
    assert len(saves) == 13
