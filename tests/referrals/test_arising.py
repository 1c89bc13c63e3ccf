"""What a referral arises from, in lists: two of one child do not look alike."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cse.access import actions as access
from cse.worklist import kinds
from cse.worklist.arising import arising
from cse.worklist.queries import waiting_for
from referrals import actions, queries
from referrals.arising import arises_from, screen_words
from screening.actions import approve_level, start_screen
from screening.queries import waiting_level
from tests.factories import grant
from tests.screening.conftest import Place
from tests.screening.made import completed
from tests.screening.pages import text_of

pytestmark = pytest.mark.django_db
NOTHING = {"concerns_confirmed": "no", "harm_happened": "no"}


def draft_of(area, text="", screen=None):
    if screen is None:
        draft, _ = actions.start_from_child(child=area.child, by=area.worker, token=uuid.uuid4())
    else:
        draft, _ = actions.start_from_screen(screen=screen, by=area.worker, token=uuid.uuid4())
    return actions.save_part(
        referral_id=draft.pk,
        part="situation",
        values={"situation": text},
        version=0,
        by=area.worker,
    )


def words_at_home(who, kind):
    """What home says of its things of a kind."""
    found = arising(who, waiting_for(who).items)
    return sorted(origin.words for (each, _), origin in found.items() if each == kind)


def later(minutes):
    return time_machine.travel(timezone.now() + dt.timedelta(minutes=minutes), tick=False)


def test_two_drafts_of_one_child_say_from_what_in_every_list(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    screen = completed(area)
    draft_of(area, screen=screen)
    draft_of(area, "Seen with adults  nobody\nknows")
    with later(2):
        draft_of(area)
    told = "A worry that was told"
    for where in (
        reverse("worklist:home"),
        reverse("referrals:list"),
        reverse("referrals:child", args=[area.child.pk]),
        reverse("children:child", args=[area.child.pk]),
    ):
        page = text_of(client.get(where))
        for words in (f"{told}", ": At risk", "A worry, nothing written of it yet"):
            assert words in page, (where, words)
        assert "Seen with adults" not in page, where
    assert len(set(words_at_home(area.worker, kinds.FINISH_REFERRAL))) == 3


def test_two_that_are_owed_say_of_which_screen(oxfordshire):
    area = oxfordshire
    completed(area)
    with later(3):
        completed(area, level="cse")
        for who in (area.worker, area.lead):
            found = words_at_home(who, kinds.REFER_AFTER_SCREEN)
            assert {each.split(": ")[1] for each in found} == {"At risk", "CSE"}
            record = reverse("children:child", args=[area.child.pk])
            for where in (reverse("worklist:home"), record):
                page = text_of(area.client(who).get(where))
                assert all(words in page for words in found), (who, where)


@pytest.mark.requirement("DEC-09")
def test_a_lower_level_that_waits_is_not_why_a_referral_is_owed(oxfordshire):
    area = oxfordshire
    first = completed(area, level="cse")
    with later(3):
        lower = completed(area, level="vulnerable", **NOTHING)
        draft_of(area, screen=lower)
        owed = words_at_home(area.worker, kinds.REFER_AFTER_SCREEN)
        assert {each.split(": ")[1] for each in owed} == {
            "CSE",
            "CSE stands; Vulnerable waits for approval",
        }
        (draft,) = words_at_home(area.worker, kinds.FINISH_REFERRAL)
        assert ": CSE stands; Vulnerable waits for approval; begun on" in draft
    with later(4):
        approve_level(event_id=waiting_level(lower).pk, by=area.lead, note="He has moved away.")
        assert words_at_home(area.worker, kinds.REFER_AFTER_SCREEN) == [screen_words(first)]


def test_a_lead_who_screens_reads_once_of_what_is_owed(oxfordshire):
    area = oxfordshire
    grant(area.lead, area.child)
    completed(area, by=area.lead)
    for who in (area.lead, area.other_lead):
        shown = [i for i in waiting_for(who).items if i.kind == kinds.REFER_AFTER_SCREEN]
        assert [each.for_team for each in shown] == [True]


def test_a_screen_not_finished_says_so(oxfordshire):
    area = oxfordshire
    screen, _ = start_screen(child=area.child, by=area.worker)
    assert arises_from(draft_of(area, screen=screen)).startswith("A screen not finished, begun on")


def test_out_of_an_emergency_no_screen_is_told_of(oxfordshire):
    """Decision 0009: they see their referral, and nothing else of the child."""
    area = oxfordshire
    theirs = Place("oxfordshire", date_of_birth=dt.date(2014, 5, 6))
    area.child = theirs.child
    grant(theirs.lead, area.child)
    access.break_glass(child_id=area.child.pk, by=area.worker, reason="She rang from a stairwell")
    draft_of(area, "Heard her cry", screen=completed(area))
    with later(61):
        (draft,) = queries.drafts_of(area.worker)
        assert not draft.sees_record
        (words,) = words_at_home(area.worker, kinds.FINISH_REFERRAL)
        assert "A worry that was told; begun on" in words and "The screen of" not in words
        page = text_of(area.client().get(reverse("referrals:list")))
        assert "A worry that was told" in page and "At risk" not in page
        assert "Heard her cry" not in page


def test_home_asks_once_for_all_of_a_kind(oxfordshire):
    area = oxfordshire

    def asked():
        items = waiting_for(area.worker).items
        with CaptureQueriesContext(connection) as found:
            arising(area.worker, items)
        return len(found)

    draft_of(area, "One")
    once = asked()
    for each in range(4):
        area.child = area.another_child()
        draft_of(area, f"Another, {each}")
    assert asked() == once
