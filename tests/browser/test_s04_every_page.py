"""Every page on which a referral is made and followed: nothing in the way, wide and narrow."""

import re
import uuid

import pytest
from django.db import transaction
from playwright.sync_api import expect

from referrals import actions
from referrals.actions.notes import write_note
from referrals.models import Delivery
from tests.interface.looking import in_the_way, with_axe
from tests.referrals.area import Area, years_old

pytestmark = pytest.mark.browser
LONG = "Bartholomew-Maximilian Featherstonehaugh-Llewellyn-Wolfeschlegelsteinhausen"


@pytest.fixture
@transaction.atomic
def area(tools):
    """An area with a draft to which most rules apply, and a referral that was sent and noted."""
    area = Area("wiltshire", given_name=LONG, date_of_birth=years_old(12))
    area.open = area.draft(
        immediate_danger=True,
        pregnant=True,
        position_of_trust=True,
        group_suspected=True,
        trafficking=True,
        looked_after="s20",
        checklist=["W-CHK-14"],
        other_person={"age": 19},
        sexual_activity={"from": None, "to": None},
    )
    area.gone = area.sent(position_of_trust=True, concerns_confirmed=True)
    write_note(
        child=area.child,
        by=area.worker,
        token=uuid.uuid4(),
        kind="joint_consultation",
        happened_on=years_old(1),
        with_whom=LONG,
        text="What was agreed, in a word: " + "x" * 90,
        referral=area.gone,
    )
    area.decided = area.at(area.gone, area.front_door)
    actions.claim(delivery_id=area.decided.pk, by=area.duty)
    actions.decide(delivery_id=area.decided.pk, by=area.duty, decision="accept", reasons=LONG)
    area.officer = Delivery.objects.get(referral=area.gone, team=None)
    return area


def pages(area):
    """Every page, by its address."""
    child, draft, gone = area.child.pk, area.open.pk, area.gone.pk
    yield from ("/referrals/", "/referrals/start/")
    yield from (f"/referrals/child/{child}/{more}" for more in ("", "start/", "note/"))
    for more in ("draft/", "facts/", "check/", "set-aside/", "note/"):
        yield f"/referrals/{draft}/{more}"
    for part in ("situation", "trust", "trafficking", "group", "disability", "screen", "consent"):
        yield f"/referrals/{draft}/part/{part}/"
    yield from (f"/referrals/{gone}/{more}" for more in ("", "withdraw/", "note/"))
    yield from (f"/referrals/outcome/{area.decided.pk}/{more}" for more in ("", "disagree/"))
    yield f"/referrals/outcome/{area.officer.pk}/tell/"
    yield f"/children/{child}/"


@pytest.mark.requirement("D-SCR-01")
def test_nothing_stands_in_the_way(desk, area):
    """Without our scripts too: axe is one itself, so ours are withheld and not all switched off."""
    with_ours, without = (with_axe(desk.page_of(area.worker)) for _ in range(2))
    without.route("**/*.js", lambda route: route.abort())
    wrong = []
    for where in pages(area):
        for page, how in ((with_ours, ""), (without, " without scripts")):
            assert page.goto(where).status == 200, where
            wrong += in_the_way(page, f"{where}{how}")
    assert not wrong, "\n".join(wrong)


def test_with_an_error_and_where_two_texts_stand_side_by_side(desk, area):
    page = desk.page_of(area.worker, width=320)
    front, wrong = f"/referrals/{area.open.pk}/", []
    page.goto(f"{front}facts/")
    page.locator("#id_other_age").fill("many")
    page.get_by_role("button", name="Save and come back later").click()
    expect(page).to_have_title(re.compile("^Error: What is known"))
    wrong += in_the_way(page, "facts with an error")
    page.goto(f"{front}set-aside/")
    assert page.get_by_role("button", name="Set the draft aside").count() == 0
    wrong += in_the_way(page, "set aside, which nobody does alone")
    page.goto(f"{front}note/")
    page.get_by_role("button", name="Keep the note").click()
    wrong += in_the_way(page, "an empty note")
    page.goto(f"{front}part/assessment/")
    actions.save_part(
        referral_id=area.open.pk,
        part="assessment",
        values={"assessment": "Theirs " * 40, "lead_consulted_on": "2026-11-03"},
        version=1,
        by=area.colleague,
    )
    page.locator("#id_assessment").fill("Mine " * 40)
    page.locator("#id_lead_consulted_on-day").fill("4")
    page.get_by_role("button", name="Save and come back later").click()
    expect(page).to_have_title(re.compile("Two people saved Assessment"))
    wrong += in_the_way(page, "two texts side by side")
    page.get_by_role("button", name="Save this").click()
    area.open.refresh_from_db()
    assert area.open.sections["lead_consulted_on"] == "2026-11-04"
    page.goto(f"{front}part/family/")
    area.open = actions.set_aside(referral_id=area.open.pk, by=area.lead, reason="The wrong child")
    page.locator("#id_family").fill("An aunt who helps")
    page.get_by_role("button", name="Save and come back later").click()
    expect(page.locator("main")).to_contain_text("set aside meanwhile")
    assert page.locator("textarea").first.input_value() == "An aunt who helps"
    wrong += in_the_way(page, "too late")
    assert not wrong, "\n".join(wrong)
