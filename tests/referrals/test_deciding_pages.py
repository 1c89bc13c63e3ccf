"""The pages of a decision not to refer: S05 with two people, and whatever goes wrong."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cse.children.models import LevelEvent
from cse.people.models import Post, Role
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from referrals.models import DecisionNotToRefer, Signature
from tests.factories import grant, make_child
from tests.prepared import prepared
from tests.referrals.area import years_old
from tests.referrals.beside import peers, signing
from tests.referrals.test_deciding_not import area, raise_level, signed, written  # noqa: F401
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2027, 3, 1, 10, 0, tzinfo=dt.UTC)
FACTS = {
    "activity": "yes",
    "activity_from-day": "1",
    "activity_from-month": "2",
    "activity_from-year": "2027",
    "other_age": "16",
    "checklist": ["W-CHK-14"],
}


def signed_in(user):
    client = Client()
    with transaction.atomic():
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def token_of(response):
    return re.search(r'name="token" value="([^"]+)"', response.content.decode()).group(1)


@prepared
def mia(wiltshire):
    with time_machine.travel(MONDAY - dt.timedelta(days=3)), transaction.atomic():
        wiltshire.child = wiltshire.another_child(
            given_name="Mia", family_name="Trent", date_of_birth=dt.date(2011, 6, 20)
        )
        grant(wiltshire.lead, wiltshire.child)
        LevelEvent(
            child=wiltshire.child,
            level="vulnerable",
            decided_on=dt.date(2026, 11, 2),
            decided_at=dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC),
            decided_by=wiltshire.lead,
            judgement="First worries",
        ).save()
    return wiltshire


@pytest.mark.requirement("S05", "DEC-13", "DEC-42", "W-REF-21", "W-REF-24", "W-REF-29", "W-REF-30")
def test_s05(mia):
    with time_machine.travel(MONDAY):
        worker, lead = signed_in(mia.worker), signed_in(mia.lead)
        start = reverse("referrals:decide-not-to-refer", args=[mia.child.pk])
        opened = worker.get(start)
        assert opened.status_code == 200
        made = worker.post(start, FACTS | {"token": token_of(opened)})
        decision = DecisionNotToRefer.objects.get()
        here = reverse("referrals:decision", args=[decision.pk])
        assert made.url == here
        assert {rule["id"] for rule in decision.routing["rules"]} == {"R8", "R13"}

        page = worker.get(here).content.decode()
        assert "Peers can abuse peers" in page
        assert "Decision not to refer" in page

        empty = {"version": decision.version, "act": "sign"}
        refused = worker.post(here, empty)
        words = refused.content.decode()
        assert refused.status_code == 200
        for message in (
            "Give your reasons for not referring",
            "Name the safeguarding lead you consulted",
            "Tick the box to sign",
        ):
            assert message in words
        assert "<title>Error: " in words
        assert not Signature.objects.exists()

        whole = {
            # As the page says after it was refused: what was typed is saved by then.
            "version": re.search(r'name="version" value="(\d+)"', words).group(1),
            "act": "sign",
            "sign": "on",
            "reasons": "Same year at school; she speaks of it freely.",
            "factors_considered": "He is known to the youth service for something else.",
            "lead": str(mia.lead.pk),
            "consulted_on-day": "1",
            "consulted_on-month": "3",
            "consulted_on-year": "2027",
        }
        assert worker.post(here, whole).url == here
        signature = Signature.objects.get()
        assert signature.signed_at == MONDAY.replace(
            second=signature.signed_at.second, microsecond=signature.signed_at.microsecond
        )
        assert WorkItem.objects.filter(kind=kinds.SIGN_DECISION, owner=mia.lead).exists()
        listed = lead.get(reverse("referrals:decisions")).content.decode()
        assert "Mia Trent" in listed
        assert "Waits for a signature" in listed
        assert lead.post(here, {"answer": "agree"}).url == here
        assert "Stands" in lead.get(here).content.decode()

    with time_machine.travel(MONDAY + dt.timedelta(days=20)):
        raise_level(mia)
        page = signed_in(mia.worker).get(here).content.decode()
        assert "This decision no longer stands" in page
        assert "R4" in page
        assert "She speaks of it freely" not in page
        assert "she speaks of it freely" in page
        assert Signature.objects.count() == 2
        home = signed_in(mia.worker).get("/").content.decode()
        assert "Make the referral that is owed" in home


@pytest.mark.requirement("DEC-13")
def test_a_closed_way_names_the_rule_and_offers_the_referral(mia):
    with time_machine.travel(MONDAY):
        client = signed_in(mia.worker)
        start = reverse("referrals:decide-not-to-refer", args=[mia.child.pk])
        posted = client.post(
            start, FACTS | {"other_age": "21", "token": token_of(client.get(start))}, follow=True
        )
        page = posted.content.decode()
        assert "This cannot be decided otherwise" in page
        assert "R7" in page
        assert "Make the referral" in page
        assert 'value="sign"' not in page


def test_facts_that_contradict_come_back_at_their_field(mia):
    with time_machine.travel(MONDAY):
        client = signed_in(mia.worker)
        start = reverse("referrals:decide-not-to-refer", args=[mia.child.pk])
        wrong = FACTS | {
            "activity_to-day": "1",
            "activity_to-month": "1",
            "activity_to-year": "2027",
        }
        posted = client.post(start, wrong | {"token": token_of(client.get(start))})
        assert posted.status_code == 200
        page = posted.content.decode()
        assert "#id_activity_to-day" in page
        assert 'value="16"' in page
        assert not DecisionNotToRefer.objects.exists()


def test_a_stale_page_shows_both_texts(area):  # noqa: F811
    decision = written(area)
    here = reverse("referrals:decision", args=[decision.pk])
    answer = signed_in(area.worker).post(
        here, {"version": 1, "act": "save", "reasons": "What I typed meanwhile"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "What I typed meanwhile" in page
    assert "Both are in the same year" in page
    assert f'name="version" value="{decision.version}"' in page


def test_what_was_typed_too_late_is_shown_back(area):  # noqa: F811
    decision = signed(area)
    here = reverse("referrals:decision", args=[decision.pk])
    answer = signed_in(area.worker).post(
        here, {"version": 1, "act": "save", "reasons": "What I typed meanwhile"}
    )
    assert answer.status_code == 409
    assert "What I typed meanwhile" in answer.content.decode()
    raise_level(area)
    answer = signed_in(area.lead).post(here, {"answer": "agree", "note": "Typed by the lead"})
    assert answer.status_code == 409
    assert "Typed by the lead" in answer.content.decode()
    answer = signed_in(area.lead).post(here, {"note": "Typed without a choice"})
    assert answer.status_code == 409
    assert "Typed without a choice" in answer.content.decode()


def test_who_signs_says_why_not(area):  # noqa: F811
    decision = signed(area)
    here = reverse("referrals:decision", args=[decision.pk])
    client = signed_in(area.lead)
    assert "Say why you do not agree" in client.post(here, {"answer": "refuse"}).content.decode()
    assert client.post(here, {"answer": "refuse", "note": "The gap in power."}).status_code == 302
    assert "A referral is owed" in signed_in(area.worker).get(here).content.decode()


@pytest.mark.parametrize("name", ["decision", "exception", "decision-facts", "set-decision-aside"])
def test_another_agency_gets_the_404_of_a_made_up_id(area, name):  # noqa: F811
    decision = signed(area)
    client = signed_in(area.stranger)
    real = client.get(reverse(f"referrals:{name}", args=[decision.pk]))
    made_up = client.get(
        reverse(f"referrals:{name}", args=["00000000-0000-4000-8000-000000000000"])
    )
    assert (real.status_code, made_up.status_code) == (404, 404)


def test_a_child_seen_shows_no_decision_of_another_agency(area):  # noqa: F811
    decision = signed(area)
    grant(area.stranger, area.child)
    here = reverse("referrals:decision", args=[decision.pk])
    assert signed_in(area.stranger).get(here).status_code == 404


def test_an_adult_is_signposted(mia):
    child = make_child(by=mia.worker, authority=mia.authority, date_of_birth=dt.date(2000, 1, 1))
    grant(mia.worker, child)
    start = reverse("referrals:decide-not-to-refer", args=[child.pk])
    client = signed_in(mia.worker)
    assert "18 or older" in client.get(start).content.decode()
    assert "18 or older" in client.post(start, FACTS).content.decode()
    assert not DecisionNotToRefer.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_leads_list_asks_as_much_for_three_as_for_one(area, rows):  # noqa: F811
    for _ in range(rows):
        area.child = area.another_child(date_of_birth=area.child.date_of_birth)
        grant(area.lead, area.child)
        signed(area)
    client = signed_in(area.lead)
    client.get(reverse("referrals:decisions"))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(reverse("referrals:decisions")).status_code == 200
    assert len(asked) == 9, [q["sql"][:120] for q in asked.captured_queries]


@pytest.mark.requirement("DEC-13")
def test_what_a_draft_of_a_referral_says_is_not_asked_twice(area):  # noqa: F811
    draft = area.draft(area.child, **peers())
    start = reverse("referrals:decide-not-to-refer", args=[area.child.pk])
    client = signed_in(area.worker)
    told = client.get(f"{start}?referral={draft.pk}").content.decode()
    assert re.search(r'value="W-CHK-14"[^>]*checked', told)
    for asked in ("", "?referral=nothing", f"?referral={area.child.pk}"):
        assert not re.search(
            r'value="W-CHK-14"[^>]*checked', client.get(start + asked).content.decode()
        )


def test_a_double_click_signs_once(area):  # noqa: F811
    decision = written(area)
    here = reverse("referrals:decision", args=[decision.pk])
    typed = signing(decision)
    worker, lead = signed_in(area.worker), signed_in(area.lead)
    assert [worker.post(here, typed).status_code for _ in range(2)] == [302, 302]
    assert Signature.objects.count() == 1
    assert [lead.post(here, {"answer": "agree"}).status_code for _ in range(2)] == [302, 302]
    assert Signature.objects.count() == 2
    changed = {"answer": "refuse", "note": "I have changed my mind."}
    assert lead.post(here, changed).status_code == 409


@pytest.mark.requirement("W-REF-29")
def test_nobody_was_consulted_about_what_had_not_begun(area):  # noqa: F811
    """The day is signed and frozen: one before the activity, or the child, is a slip."""
    decision = written(area)
    here = reverse("referrals:decision", args=[decision.pk])
    began = dt.date.fromisoformat(decision.facts["sexual_activity"]["from"])
    client = signed_in(area.worker)
    typed = controls(client.get(here)) | {"act": "sign", "sign": "on"}
    for day in (dt.date(1990, 1, 1), began - dt.timedelta(days=1)):
        parts = zip(("day", "month", "year"), (day.day, day.month, day.year), strict=True)
        wrong = typed | {f"consulted_on-{part}": str(number) for part, number in parts}
        page = text_of(client.post(here, wrong))
        assert "There is a problem" in page and "or after" in page
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    ("role", "name", "post"),
    [
        (Role.SENIOR_MANAGER, "manager", "senior manager"),
        (Role.NAMED_LEAD, "lead", "designated lead"),
    ],
)
def test_where_nobody_holds_the_post_the_page_says_what_to_do(area, role, name, post):  # noqa: F811
    area.child = area.another_child(date_of_birth=years_old(12))
    decision = written(area, manager=None, lead=None)
    for held in Post.objects.filter(role=role, team__agency=area.agency):
        held.ends_on = timezone.localdate() - dt.timedelta(days=1)
        held.save()
    here, client = reverse("referrals:decision", args=[decision.pk]), signed_in(area.worker)
    page = client.get(here)
    words = f"Your agency has nobody else in the post of {post}. Ask your administrator"
    assert words in text_of(page) and "make the referral meanwhile" in text_of(page)
    assert f'<select class="govuk-select" id="id_{name}"' not in page.content.decode()
    typed = controls(page, "reasons") | {"reasons": "What was said was a game.", "act": "sign"}
    asked = client.post(here, typed)
    html = asked.content.decode()
    assert f'href="#id_{name}"' in html and f'id="id_{name}"' in html
    assert text_of(asked).count(words) == 2  # the list of errors leads to the place
    assert "Name the senior manager" not in html or name == "lead"
    assert "What was said was a game.</textarea>" in html
    decision.refresh_from_db()
    assert (decision.reasons, decision.status) == ("What was said was a game.", "draft")
