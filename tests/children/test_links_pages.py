"""The pages of links: found by name or reference, refused in words, nothing typed is lost."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cse.access import actions as access
from cse.audit.models import AuditEvent
from cse.children.actions.links import correct_link, end_link, record_link
from cse.children.forms.links import NOBODY
from cse.children.models import ChildLink
from tests.children.conftest import BACKEND
from tests.children.pairs import keep_out, make_pair
from tests.factories import grant, make_child
from tests.prepared import prepared

pytestmark = pytest.mark.django_db


@prepared
def pair():
    return make_pair()


def signed_in(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def browser(pair):
    return signed_in(pair.worker)


@pytest.fixture
def add(pair):
    return f"/children/{pair.rowan.pk}/links/add/"


def link(pair, **facts):
    given = {"child": pair.rowan, "other": pair.juno, "by": pair.worker, "kind": "adults"}
    return record_link(**given | facts)


TYPED = {
    "kind": "siblings",
    "note": "They share a room.",
    "since-day": "1",
    "since-month": "3",
    "since-year": "2026",
}


class TestAdding:
    def test_by_reference_it_is_recorded_at_once(self, pair, browser, add):
        answer = browser.post(add, TYPED | {"other": pair.juno.reference.lower()}, follow=True)
        assert "The link is recorded" in answer.text
        one = ChildLink.objects.get()
        assert (one.kind, one.note, one.since) == (
            "siblings",
            "They share a room.",
            dt.date(2026, 3, 1),
        )
        assert "Juno Pell" in answer.text
        assert "Rowan Ash" in browser.get(f"/children/{pair.juno.pk}/").text

    def test_by_name_one_is_chosen_and_the_rest_of_the_form_stays(self, pair, browser, add):
        answer = browser.post(add, TYPED | {"other": "Juno Pel"})
        assert "Select which child you mean" in answer.text
        assert f'value="{pair.juno.reference}"' in answer.text
        assert "They share a room." in answer.text
        chosen = TYPED | {"other": "Juno Pel", "chosen": pair.juno.reference}
        assert browser.post(add, chosen).status_code == 302
        assert ChildLink.objects.count() == 1

    @pytest.mark.requirement("S02")
    def test_unknown_hidden_and_never_were_get_the_same_words(self, pair, browser, add):
        hidden = make_child("Zadie", "Quillon")
        said = set()
        for typed in (hidden.reference, "C-AAAAAAA", "Zadie Quillon", "Nobody Here", "..."):
            answer = browser.post(add, TYPED | {"other": typed})
            assert answer.status_code == 200
            assert NOBODY in answer.text
            assert typed in answer.text
            said.add(answer.text.replace(typed, "").count("govuk-error-message"))
        assert len(said) == 1
        assert not ChildLink.objects.exists()

    def test_a_reference_that_was_not_offered_is_refused(self, pair, browser, add):
        hidden = make_child("Zadie", "Quillon")
        typed = TYPED | {"other": "Juno", "chosen": hidden.reference}
        assert "Select which child you mean" in browser.post(add, typed).text
        assert not ChildLink.objects.exists()

    def test_what_is_typed_is_kept_protected_as_in_every_search(self, pair, browser, add):
        browser.post(add, TYPED | {"other": "Juno Pell"})
        (search,) = AuditEvent.objects.filter(act="search for a child")
        assert (search.protected_text, search.child_id) == ("Juno Pell", None)

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"other": ""}, "Enter the name or reference of the other child"),
            ({"kind": ""}, "Select how they are linked"),
            ({"kind": "other"}, "Say in what other way they are linked"),
            ({"kind": "perpetrator"}, "Select a valid choice"),
            ({"since-year": "2031"}, "must be today or in the past"),
            ({"note": "x" * 4001}, "4000 characters or fewer"),
            ({"note": "a\x00b"}, "invisible control character"),
            ({"other": "a\x00b"}, "invisible control character"),
        ],
    )
    def test_a_mistake_is_said_and_nothing_is_lost(self, pair, browser, add, wrong, message):
        answer = browser.post(add, TYPED | {"other": pair.juno.reference} | wrong)
        assert answer.status_code == 200
        assert message in answer.text
        assert "<title>Error:" in answer.text
        assert not ChildLink.objects.exists()

    def test_the_same_child_is_said(self, pair, browser, add):
        answer = browser.post(add, TYPED | {"other": pair.rowan.reference})
        assert "This is the same child" in answer.text

    def test_what_is_there_already_is_opened_and_the_text_stays(self, pair, browser, add):
        one = link(pair, by=pair.colleague, kind="siblings")
        answer = browser.post(add, TYPED | {"other": pair.juno.reference})
        assert answer.status_code == 409
        assert f"/links/{one.pk}/" in answer.text
        assert "They share a room." in answer.text

    def test_sent_twice_is_one_link_and_extra_fields_are_noted(self, pair, browser, add):
        typed = TYPED | {"other": pair.juno.reference, "recorded_by": pair.lead.pk}
        for _ in range(2):
            assert browser.post(add, typed).status_code == 302
        assert ChildLink.objects.get().recorded_by == pair.worker
        refused = AuditEvent.objects.filter(rule="extra fields")
        assert {event.child_id for event in refused} == {None}

    def test_checking_the_wording_saves_nothing_and_scolds_nobody(self, pair, browser, add):
        typed = {"other": "Juno", "note": "He is promiscuous", "check_wording": "note"}
        answer = browser.post(add, typed)
        assert "There is a problem" not in answer.text
        assert "He is promiscuous" in answer.text
        assert not AuditEvent.objects.filter(rule="extra fields").exists()

    def test_a_proposal_says_that_it_waits_and_where_nobody_could_agree_says_so(
        self, pair, browser, add
    ):
        keep_out(pair.rowan, pair.lead)
        typed = TYPED | {"other": pair.juno.reference}
        assert "waits for a second person" in browser.post(add, typed, follow=True).text
        access.seal(child=pair.juno, names=[pair.worker], reason="Test", by=pair.lead)
        typed = TYPED | {"other": pair.juno.reference, "kind": "friends"}
        answer = signed_in(pair.lead).post(add, typed)
        assert "Ask a safeguarding lead" in answer.text
        assert "They share a room." in answer.text


class TestOneLink:
    def here(self, pair, one, act=""):
        return f"/children/{pair.rowan.pk}/links/{one.pk}/{act}"

    def test_its_page_says_what_is_kept_and_what_can_be_done(self, pair, browser):
        one = link(pair, note="Seen in one car.\nTwice.")
        said = browser.get(self.here(pair, one)).text
        for words in ("Juno Pell", "Seen with the same adults", "Twice.", "Say that it ended"):
            assert words in said

    def test_a_stale_correction_shows_both_texts_and_then_saves(self, pair, browser):
        one = link(pair, note="First")
        correct_link(link_id=one.pk, by=pair.colleague, version=1, note="Theirs", since=None)
        typed = {"version": 1, "note": "Mine"}
        answer = browser.post(self.here(pair, one, "correct/"), typed)
        assert answer.status_code == 409
        assert "Theirs" in answer.text
        assert re.search(r'name="version"[^>]*value="2"|value="2"[^>]*name="version"', answer.text)
        assert (
            browser.post(self.here(pair, one, "correct/"), typed | {"version": 2}).status_code
            == 302
        )
        one.refresh_from_db()
        assert one.note == "Mine"

    def test_an_end_needs_its_reason_and_an_ended_link_is_not_changed(self, pair, browser):
        one = link(pair)
        assert "Say why it ends" in browser.post(self.here(pair, one, "end/"), {"reason": " "}).text
        assert (
            browser.post(self.here(pair, one, "end/"), {"reason": "No longer"}).status_code == 302
        )
        said = browser.get(f"/children/{pair.rowan.pk}/links/").text
        assert "No longer, or never agreed" in said
        answer = browser.post(self.here(pair, one, "correct/"), {"version": 2, "note": "Late"})
        assert "Only a link that stands" in answer.text
        assert "Late" in answer.text

    def test_the_second_persons_page(self, pair, browser):
        keep_out(pair.rowan, pair.lead)
        one = link(pair, note="Seen in one car.")
        address, lead = f"/children/links/{one.pk}/answer/", signed_in(pair.lead)
        assert browser.get(address).status_code == 403
        assert signed_in(pair.junos_lead).get(address).status_code == 404
        assert "Seen in one car." in lead.get(address).text
        assert address in lead.get("/").text
        assert "Say whether you agree" in lead.post(address, {"note": "Hm"}).text
        typed = {"answer": "agree", "note": "Right for both"}
        for _ in range(2):
            assert lead.post(address, typed).status_code == 302
        answer = signed_in(pair.other_lead).post(address, typed | {"note": "Too late"})
        assert answer.status_code == 409
        assert "Too late" in answer.text
        assert lead.get(address)["Location"].endswith(f"/links/{one.pk}/")
        # Why it was agreed may say who is kept away: it is for those who decide about that.
        shown = self.here(pair, one)
        assert "Right for both" in browser.get(shown).text
        assert "Right for both" not in signed_in(pair.colleague).get(shown).text

    def test_ones_own_proposal_is_no_ones_to_answer(self, pair):
        keep_out(pair.rowan, pair.lead)
        one = link(pair, by=pair.lead)
        answer = signed_in(pair.lead).get(f"/children/links/{one.pk}/answer/")
        assert "somebody else has to answer" in answer.text


class TestMany:
    @pytest.mark.parametrize("page", ["", "links/", "timeline/", "changes/"])
    def test_a_page_costs_the_same_with_one_link_and_with_three(self, pair, browser, page):
        costs, address = [], f"/children/{pair.rowan.pk}/{page}"
        for kinds in (("adults",), ("friends", "missing")):
            for kind in kinds:
                link(pair, kind=kind)
            browser.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert "Juno" in browser.get(address).text
            costs.append(len(queries))
        assert costs[0] == costs[1] <= 26

    def test_long_names_many_links_and_none(self, pair, browser):
        said = browser.get(f"/children/{pair.rowan.pk}/").text
        assert "No linked child whose record you may see." in said
        for number in range(8):
            child = make_child("Wilhelmina" * 6, f"Example{number}", by=pair.worker)
            grant(pair.worker, child)
            link(pair, other=child)
        said = browser.get(f"/children/{pair.rowan.pk}/").text
        assert "And 3 more links." in said
        listed = browser.get(f"/children/{pair.rowan.pk}/links/").text
        assert sum(f"Example{number}</a>" in listed for number in range(8)) == 8

    def test_ended_and_waiting_are_apart(self, pair, browser):
        end_link(link_id=link(pair).pk, by=pair.worker, reason="No longer")
        keep_out(pair.rowan, pair.lead)
        link(pair, kind="friends")
        said = signed_in(pair.lead).get(f"/children/{pair.rowan.pk}/links/").text
        for words in ("Wait for a second person", "No longer, or never agreed", "Answer"):
            assert words in said
