"""What the pages of a draft ask, show and attach; whom it reaches; how many queries lists take."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cse.access import actions as access
from cse.access.actions import grant_by_rule
from cse.access.models import Basis
from cse.access.policies import NotVisible
from cse.children.actions.status import record_legal_status
from cse.interface.words import datetime_words
from cse.people.models import AgencyType
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from referrals import actions
from referrals.actions.notes import write_note
from referrals.documents.referral import build
from referrals.models import Delivery, Note, NoteKind, Referral
from referrals.policies import Refused
from referrals.queries.notes import notes_without_referral
from referrals.routing import CHECKLIST
from referrals.transitions import Act, State
from screening.actions import complete, start_screen
from tests.factories import grant, make_agency, make_authority, make_team, make_user
from tests.referrals.area import TEXTS, Area, years_old
from tests.referrals.test_making_pages import begin, page_of, save, write_all
from tests.screening.made import TYPED, completed, fill_in
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db
IMBALANCE = "W-CHK-06"
DAY = ("activity_from-day", "activity_from-month", "activity_from-year")


def rules_of(draft):
    draft.refresh_from_db()
    return {rule["id"] for rule in draft.routing["rules"]}


@pytest.mark.requirement("DEC-12", "W-CHK-06", "W-REF-08", "W-REF-15", "W-REF-21")
def test_the_factor_that_the_rules_tick_stays_until_it_is_unticked(wiltshire):
    area, client = wiltshire, wiltshire.client()
    child = area.another_child(date_of_birth=years_old(15))
    draft = begin(client, child)
    where = page_of(draft, "facts")
    day = timezone.localdate() - dt.timedelta(days=20)
    today = dict(zip(DAY, (day.day, day.month, day.year), strict=True))
    save(client, where, activity="yes", other_age="19", **today)
    assert "R8" in rules_of(draft) and "R7" not in rules_of(draft)
    assert draft.routing["prefilled_checklist"] == [IMBALANCE]
    page = client.get(where)
    assert controls(page)["checklist"] == IMBALANCE
    assert "has ticked “Age imbalance” for you to confirm" in text_of(page)
    for factor in CHECKLIST.values():
        assert factor in text_of(page)
    unticked = controls(page) | {"act": "leave"}
    del unticked["checklist"]
    client.post(where, unticked)
    assert "R9" in rules_of(draft) and "R8" not in rules_of(draft)
    assert draft.facts["unticked"] == [IMBALANCE]
    assert "checklist" not in controls(client.get(where))
    # Both are considered, and written down, before it can be sent or set aside.
    checked = text_of(client.get(page_of(draft, "check")))
    assert "Say what you considered about a discussion." in checked
    assert "Say what you considered about a referral." in checked
    aside = page_of(draft, "set-aside")
    assert "Write down what you considered" in text_of(client.get(aside))
    client.post(aside, {"reason": "Both are in one class, and nothing else is known."})
    draft.refresh_from_db()
    assert draft.is_draft
    save(client, page_of(draft, "part", "considered"), **TEXTS["considered"])
    assert "What you considered is kept" in text_of(client.get(aside))
    client.post(aside, {"reason": "Both are in one class, and nothing else is known."})
    draft.refresh_from_db()
    assert draft.status == "set_aside" and draft.sections["referral_considered"]


@pytest.mark.requirement("DEC-12", "W-CHK-06", "S06")
def test_what_the_rules_ticked_goes_with_the_ages_it_rests_on_and_is_asked_again(wiltshire):
    area, client = wiltshire, wiltshire.client()
    draft = begin(client, area.another_child(date_of_birth=years_old(15)))
    where = page_of(draft, "facts")
    day = timezone.localdate() - dt.timedelta(days=20)
    today = dict(zip(DAY, (day.day, day.month, day.year), strict=True))
    save(client, where, activity="yes", other_age="19", **today)
    assert "R8" in rules_of(draft)
    # Seen ticked, and left so: with 17 there is no difference to tick (S06).
    save(client, where, other_age="17")
    assert "R9" in rules_of(draft) and "R8" not in rules_of(draft)
    assert "checklist" not in controls(client.get(where))
    # What a person ticks stays theirs, whatever the ages.
    save(client, where, checklist=IMBALANCE)
    assert "R8" in rules_of(draft)
    for age in ("19", "17"):
        save(client, where, other_age=age)
        assert "R8" in rules_of(draft) and draft.facts["checklist"] == [IMBALANCE]


@pytest.mark.requirement("DEC-12", "W-CHK-06")
def test_who_unticked_it_is_asked_again_where_the_difference_grows(wiltshire):
    area, client = wiltshire, wiltshire.client()
    draft = begin(client, area.another_child(date_of_birth=years_old(15)))
    where = page_of(draft, "facts")
    day = timezone.localdate() - dt.timedelta(days=20)
    today = dict(zip(DAY, (day.day, day.month, day.year), strict=True))
    save(client, where, activity="yes", other_age="19", **today)
    unticked = controls(client.get(where)) | {"act": "leave"}
    del unticked["checklist"]
    client.post(where, unticked)
    assert "R9" in rules_of(draft) and "R8" not in rules_of(draft)
    # Something else said: the tick stays away.
    save(client, where, pregnant="on")
    assert draft.facts["unticked"] == [IMBALANCE] and "R8" not in rules_of(draft)
    save(client, where, other_age="20")
    assert "R8" in rules_of(draft) and "unticked" not in draft.facts
    assert controls(client.get(where))["checklist"] == IMBALANCE


@pytest.mark.requirement("DEC-13", "W-REF-29")
def test_a_decision_not_to_refer_is_offered_only_where_the_rules_let_it_be(wiltshire):
    area, client = wiltshire, wiltshire.client()
    child = area.another_child(date_of_birth=years_old(15))
    draft = begin(client, child)
    day = timezone.localdate() - dt.timedelta(days=20)
    today = dict(zip(DAY, (day.day, day.month, day.year), strict=True))
    save(client, page_of(draft, "facts"), activity="yes", checklist="W-CHK-14", **today)
    way_out = reverse("referrals:decide-not-to-refer", args=[child.pk])
    assert way_out in client.get(page_of(draft, "check")).content.decode()
    save(client, page_of(draft, "facts"), wider="concerns_confirmed")
    assert way_out not in client.get(page_of(draft, "check")).content.decode()


@pytest.mark.requirement("W-REF-26", "O-REF-05", "DEC-28")
def test_in_danger_one_sentence_is_enough_and_the_numbers_come_first(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    start = text_of(client.get(reverse("referrals:start")))
    assert area.authority.emergency_text in start and "Find or add the child" in start
    assert start.index("call the police on 999") < start.index("Who is the child?")
    draft = begin(client, area.child)
    save(client, page_of(draft, "facts"), now="immediate_danger")
    for name, more in (("draft", []), ("facts", []), ("check", []), ("part", ["family"])):
        assert "Call 999 now" in text_of(client.get(page_of(draft, name, *more)))
    save(client, page_of(draft, "part", "situation"), situation="She rang, and is locked in.")
    checked = client.get(page_of(draft, "check"))
    assert client.post(page_of(draft, "check"), controls(checked)).status_code == 302
    reached = {each.team for each in draft.deliveries.all()}
    assert {area.front_door, area.police} <= reached


@pytest.mark.requirement("O-REF-02", "O-REF-14", "W-REF-43", "DEC-28")
def test_from_a_completed_screen_which_goes_along(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    screen = completed(area)
    for name in ("completed", "show"):
        page = client.get(reverse(f"screening:{name}", args=[screen.pk])).content.decode()
        assert reverse("referrals:start-from-screen", args=[screen.pk]) in page
    where = reverse("referrals:start-from-screen", args=[screen.pk])
    form = {"token": str(uuid.uuid4()), "screen": str(screen.pk)}
    assert 'value="none"' in client.get(where).content.decode()
    client.post(where, form)
    draft = Referral.objects.get()
    assert draft.screen == screen and draft.screen_facts["level"] == "at_risk"
    page = client.get(page_of(draft, "facts"))
    assert "The level and the concerns are those of the screen" in text_of(page)
    assert "Say why no completed screen" not in text_of(client.get(page_of(draft, "check")))
    # It can be left out after all, with the reason.
    save(client, page_of(draft, "part", "screen"), screen="none", screen_reason="Another child.")
    draft.refresh_from_db()
    assert (draft.screen, draft.screen_facts) == (None, {"screened": False})


@pytest.mark.requirement("DEC-25", "DEC-28", "O-REF-02")
def test_a_screen_completed_later_stands_beside_the_referral(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    sent = area.sent(concerns_confirmed=True)
    page = text_of(client.get(page_of(sent, "show")))
    assert "The screen is outstanding" in page
    waiting = WorkItem.objects.filter(kind=kinds.SCREEN_OUTSTANDING, closed_at__isnull=True)
    assert waiting.get().owner == area.worker
    with transaction.atomic():
        screen, _ = start_screen(child=area.child, by=area.worker)
    screen = fill_in(screen, area.worker, texts=TYPED)
    complete(screen_id=screen.pk, by=area.worker, version=screen.version)
    assert not waiting.exists()
    (note,) = Note.objects.filter(referral=sent)
    assert (note.kind, note.screen) == (NoteKind.SCREEN, screen)
    assert "The screen is outstanding" not in text_of(client.get(page_of(sent, "show")))
    theirs = area.client(area.duty).get(page_of(sent, "show"))
    assert reverse("screening:show", args=[screen.pk]) in theirs.content.decode()


@pytest.mark.requirement("DEC-41")
@pytest.mark.parametrize("said", ["wiltshire", "by-wiltshire"])
def test_a_child_placed_in_or_by_the_other_county_reaches_both(oxfordshire, said):
    area, client = oxfordshire, oxfordshire.client()
    with transaction.atomic():
        there = Area("wiltshire")
        record_legal_status(child=area.child, kind="s20", starts_on=years_old(2), by=area.worker)
    draft = begin(client, area.child)
    facts = text_of(client.get(page_of(draft, "facts")))
    assert "lives in Wiltshire" in facts and "Wiltshire looks after the child" in facts
    assert "lives in Oxfordshire" not in facts and "Oxfordshire looks after" not in facts
    save(client, page_of(draft, "facts"), wider="concerns_confirmed", placed_in=said)
    checked = text_of(client.get(page_of(draft, "check")))
    for team in (area.front_door, there.front_door):
        assert f"{team.name}, {team.agency.name}" in checked
    write_all(client, draft)
    page = client.get(page_of(draft, "check"))
    client.post(page_of(draft, "check"), controls(page))
    reached = {each.team for each in draft.deliveries.all()}
    assert {area.front_door, there.front_door} <= reached


@pytest.mark.requirement("DEC-41")
def test_recipients_of_two_counties_are_told_apart_and_called_alike_everywhere(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    there = make_authority("wiltshire")
    draft = actions.set_facts(
        referral_id=area.draft().pk,
        facts={
            "looked_after": "s20",
            "position_of_trust": True,
            "group_suspected": True,
            "level": "cse",
        },
        version=0,
        by=area.worker,
        placed_in=there,
    )
    checked = text_of(client.get(page_of(draft, "check")))
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    grant(area.lead, area.child)
    printed = [each.name for each in build(sent.pk, area.lead)["document"].receivers]
    assert len(printed) == len(set(printed)) == sent.deliveries.count()
    shown = text_of(client.get(page_of(sent, "show")))
    for name in printed:
        assert name.endswith((", Oxfordshire", ", Wiltshire")), name
        assert name in checked and name in shown, name
    for name in ("Designated Officer (LADO)", "Police"):
        assert f"{name}, Wiltshire" in printed
    assert f"{there.front_door_name}, Wiltshire" in printed
    # To whoever received it as well, and in the list of what was sent.
    triage = area.client(area.duty).get(
        reverse("referrals:delivery", args=[area.at(sent, area.front_door).pk])
    )
    mine = f"{area.front_door.name}, {area.care.name}, Oxfordshire"
    listed = text_of(client.get(reverse("referrals:list")))
    for name in printed:
        assert name in listed, name
        assert name in text_of(triage) or name == mine, name
    # A contact is called what its area calls it, as in what the referral is for.
    assert "Specialist team" not in checked + shown


@pytest.mark.requirement("DEC-41")
def test_where_a_placed_child_lives_and_why_they_have_it_is_told_to_both(oxfordshire):
    area, there = oxfordshire, Area("wiltshire")
    draft = area.draft()
    draft = actions.set_facts(
        referral_id=draft.pk,
        facts={"looked_after": "s20"},
        version=0,
        by=area.worker,
        placed_in=there.authority,
    )
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    why = "The child lives in your area, and is looked after by Oxfordshire."
    for place in (area, there):
        browser, delivery = area.client(place.duty), area.at(sent, place.front_door)
        triage = text_of(browser.get(reverse("referrals:delivery", args=[delivery.pk])))
        assert "Lives in Wiltshire" in triage
        assert (why in triage) == (place is there)
        assert ("Your area looks after the child, who lives in Wiltshire." in triage) == (
            place is area
        )
        shown = text_of(browser.get(page_of(sent, "show")))
        assert "Lives in Wiltshire" in shown
        assert shown.count("Why there The child lives in Wiltshire") == 1
        for name in ("Oxfordshire", "Wiltshire"):
            assert f"Who to contact in {name}" in shown
    at_home = area.sent()
    assert "Lives in" not in text_of(area.client().get(page_of(at_home, "show")))


@pytest.mark.requirement("DEC-41")
def test_why_the_area_that_looks_after_a_child_has_it_is_told_to_both(oxfordshire):
    area, there = oxfordshire, Area("wiltshire")
    draft = actions.set_facts(
        referral_id=area.draft().pk,
        facts={"looked_after": "s31"},
        version=0,
        by=area.worker,
        placed_by=there.authority,
    )
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    assert {area.front_door, there.front_door} <= {each.team for each in sent.deliveries.all()}
    for place in (area, there):
        browser, delivery = area.client(place.duty), area.at(sent, place.front_door)
        triage = text_of(browser.get(reverse("referrals:delivery", args=[delivery.pk])))
        assert "Looked after by Wiltshire" in triage and "Lives in" not in triage
        why = "Your area looks after the child, who lives in Oxfordshire."
        assert (why in triage) == (place is there)
        why = "The child lives in your area, and is looked after by Wiltshire."
        assert (why in triage) == (place is area)
        assert "Both authorities have this referral." in triage
    shown = text_of(area.client().get(page_of(sent, "show")))
    assert shown.count("Why there Wiltshire looks after the child") == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Referral.objects.filter(pk=area.draft().pk).update(
            placed_in=there.authority, placed_by=there.authority
        )


@pytest.mark.requirement("DEC-41")
@pytest.mark.parametrize(
    "facts", [{}, {"group_suspected": True}, {"trafficking": True}, {"offence_recorded": True}]
)
def test_a_placed_child_reaches_both_front_doors_whatever_the_rules_say(oxfordshire, facts):
    area, there = oxfordshire, Area("wiltshire")
    draft = area.draft()
    draft = actions.set_facts(
        referral_id=draft.pk,
        facts={"looked_after": "s20", **facts},
        version=0,
        by=area.worker,
        placed_in=there.authority,
    )
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    reached = {each.team for each in sent.deliveries.all()}
    assert {area.front_door, there.front_door} <= reached


@pytest.mark.requirement("W-REF-39")
@pytest.mark.parametrize("fact", ["group_suspected", "trafficking", "offence_recorded"])
def test_what_must_go_to_the_police_is_not_ended_at_the_front_door_by_one_person(wiltshire, fact):
    sent = wiltshire.sent(**{fact: True})
    copy = wiltshire.at(sent, wiltshire.front_door)
    assert (copy.rules, copy.obligation) == (["DEC-41"], "mandatory")
    actions.claim(delivery_id=copy.pk, by=wiltshire.duty)
    ended = actions.decide(
        delivery_id=copy.pk, by=wiltshire.duty, decision=Act.OTHER_OUTCOME, reasons="Police only."
    )
    assert ended.state == State.PROPOSED


@pytest.mark.requirement("O-REF-01", "O-REF-11", "W-REF-39")
def test_moved_by_a_group(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    draft = begin(client, area.child)
    opened = client.get(page_of(draft, "facts"))
    data = controls(opened) | {"wider": ["group_suspected", "trafficking"], "act": "leave"}
    client.post(page_of(draft, "facts"), data)
    page = text_of(client.get(page_of(draft, "draft")))
    for words in ("The group", "Being moved", "Seek legal advice", "national referral mechanism"):
        assert words in page, words
    assert "Strategy discussion of the police, social care and others" in page
    moved = page_of(draft, "part", "trafficking")
    save(client, moved, nrm="referred", moved_vehicles="A silver van", moved_said="“To the shop”")
    save(client, page_of(draft, "part", "group"), legal_advice="Asked for today")
    checked = text_of(client.get(page_of(draft, "check")))
    for words in ("A silver van", "a first responder makes the referral", "Asked for today"):
        assert words in checked, words


@pytest.mark.requirement("W-REF-16")
def test_disability_stands_beside_the_rules(wiltshire):
    area, client = wiltshire, wiltshire.client()
    draft = begin(client, area.child)
    save(
        client,
        page_of(draft, "part", "disability"),
        learning_disability="yes",
        away_from_home="yes",
        disabled="no",
    )
    page = text_of(client.get(page_of(draft, "draft")))
    assert "has a learning disability, lives away from home" in page
    assert "likelier that a sexual relationship is abusive" in page


@pytest.mark.requirement("W-REF-16")
def test_what_the_record_says_of_disability_stands_there_too_and_stays_as_it_was(wiltshire):
    area, client = wiltshire, wiltshire.client()
    child = area.another_child(disability="Hearing loss; signs and lip-reads.")
    words = "Disability, on record: Hearing loss; signs and lip-reads."
    draft = begin(client, child)
    assert words in text_of(client.get(page_of(draft, "draft")))
    sent = area.sent(child, concerns_confirmed=True)
    child.refresh_from_db()
    child.disability = "Something else"
    child.save()
    assert words in text_of(client.get(page_of(sent, "show")))
    received = area.at(sent, area.front_door)
    assert words in text_of(area.client(area.duty).get(page_of(received, "delivery")))


@pytest.mark.requirement("DEC-27")
def test_the_first_page_of_a_draft_says_that_the_form_is_a_local_one(oxfordshire):
    client = oxfordshire.client()
    draft = begin(client, oxfordshire.child)
    assert "Local form – confirm with board" in text_of(client.get(page_of(draft, "draft")))


@pytest.mark.requirement("DEC-16")
def test_a_position_of_trust_names_sport_and_religion(oxfordshire):
    client = oxfordshire.client()
    page = text_of(client.get(page_of(begin(client, oxfordshire.child), "facts")))
    assert "sport coaching or religious instruction" in page


@pytest.mark.requirement("W-REF-21", "W-REF-22")
def test_a_checklist_without_the_question_it_is_read_with_asks_for_it(wiltshire):
    area, client = wiltshire, wiltshire.client()
    draft = begin(client, area.another_child(date_of_birth=years_old(14)))
    save(client, page_of(draft, "facts"), checklist="W-CHK-08")
    asks = "Say whether there has been sexual activity"
    assert not rules_of(draft)
    assert asks in text_of(client.get(page_of(draft, "facts")))
    save(client, page_of(draft, "facts"), activity="yes")
    assert asks not in text_of(client.get(page_of(draft, "facts")))


@pytest.mark.requirement("O-REF-06", "O-REF-07")
def test_probation_names_the_manager_who_oversees_it(oxfordshire):
    area = oxfordshire
    agency = make_agency(authority=area.authority, type=AgencyType.PROBATION)
    officer = make_user(team=make_team(agency))
    with transaction.atomic():
        grant_by_rule(
            child=area.child, basis=Basis.GIVEN, reason="For the test", days=9, user=officer
        )
    client = area.client(officer)
    draft = begin(client, area.child)
    assert "Your manager" in text_of(client.get(page_of(draft, "draft")))
    write_all(client, draft)
    page = client.get(page_of(draft, "check"))
    assert "Name the line manager who oversees this referral." in text_of(page)
    client.post(page_of(draft, "check"), controls(page))
    draft.refresh_from_db()
    assert draft.is_draft
    oversight = page_of(draft, "part", "oversight")
    day = {"manager_on-day": "2", "manager_on-month": "11", "manager_on-year": "2026"}
    save(client, oversight, manager="Ash Field", manager_note="Refer today.", **day)
    checked = client.get(page_of(draft, "check"))
    assert client.post(page_of(draft, "check"), controls(checked)).status_code == 302
    # Who oversees it, since when, and what became of it, with the day.
    received = area.at(draft, area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    received = actions.decide(
        delivery_id=received.pk, by=area.duty, decision=Act.ACCEPT, reasons="We visit today."
    )
    page = text_of(client.get(page_of(draft, "show")))
    for words in ("Ash Field", "2 November 2026", "Refer today.", "Accepted", "We visit today."):
        assert words in page, words
    assert datetime_words(received.decided_at) in page
    ours = begin_for(area)
    assert "Your manager" not in text_of(area.client().get(page_of(ours, "draft")))


def begin_for(area):
    referral, _ = actions.start_from_child(child=area.child, by=area.worker, token=uuid.uuid4())
    return referral


@pytest.mark.requirement("O-REF-12", "DEC-41")
def test_youth_offending_tells_both_and_others_may(oxfordshire):
    area = oxfordshire
    first = area.sent(concerns_confirmed=True)
    assert area.specialists not in {each.team for each in first.deliveries.all()}
    draft = area.draft(concerns_confirmed=True)
    save(area.client(), page_of(draft, "part", "recording"), direct="yes")
    checked = text_of(area.client().get(page_of(draft, "check")))
    assert f"{area.specialists.name}, {area.care.name}" in checked
    area.agency.type = AgencyType.YOUTH_OFFENDING
    area.agency.save()
    sent = area.sent(concerns_confirmed=True)
    reached = {each.team for each in sent.deliveries.all()}
    assert {area.front_door, area.specialists} <= reached


@pytest.mark.requirement("O-REF-12", "DEC-41")
@pytest.mark.parametrize("facts", [{"professional_working": True}, {"group_suspected": True}])
def test_the_specialists_are_told_also_where_no_rule_names_them(oxfordshire, facts):
    area = oxfordshire
    first = area.sent(**facts)
    assert not first.deliveries.filter(team=area.specialists).exists()
    draft = area.draft(**facts)
    save(area.client(), page_of(draft, "part", "recording"), direct="yes")
    checked = text_of(area.client().get(page_of(draft, "check")))
    assert f"{area.specialists.name}, {area.care.name}" in checked
    area.agency.type = AgencyType.YOUTH_OFFENDING
    area.agency.save()
    sent = area.sent(**facts)
    assert area.at(sent, area.specialists).routes == ["kingfisher"]
    assert area.at(sent, area.front_door)


def test_early_help_sent_to_the_specialists_is_copied_to_the_front_door(wiltshire):
    area = wiltshire
    draft = area.draft(level="vulnerable")
    draft = actions.save_part(
        referral_id=draft.pk, part="recording", values={"direct": "yes"}, version=0, by=area.worker
    )
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    assert {area.front_door, area.specialists} <= {each.team for each in sent.deliveries.all()}


def test_a_sealed_child_warns_before_it_is_sent(oxfordshire):
    area = oxfordshire
    draft = area.draft(concerns_confirmed=True)
    assert "A sealed record" not in text_of(area.client().get(page_of(draft, "check")))
    with transaction.atomic():
        grant_by_rule(
            child=area.child, basis=Basis.GIVEN, reason="For the test", days=9, user=area.lead
        )
        access.seal(child=area.child, names=[area.worker], reason="Covert enquiries", by=area.lead)
    page = text_of(area.client().get(page_of(draft, "check")))
    assert "may have nobody named yet" in page


@pytest.mark.requirement("O-REF-05")
def test_a_note_waits_for_no_referral_and_reaches_those_who_receive_one(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    where = reverse("referrals:child-note", args=[area.child.pk])
    said = {
        "token": str(uuid.uuid4()),
        "kind": "police_protection",
        "happened_on-day": "1",
        "happened_on-month": "11",
        "happened_on-year": "2026",
        "text": "Taken to a place of safety by two officers.",
    }
    assert client.post(where, said)["Location"] == where
    assert "Taken to a place of safety" in text_of(client.get(where))
    # Who opens the child, or the list of referrals, reads of it.
    lead = area.client(area.lead)
    grant(area.lead, area.child)
    child = text_of(lead.get(reverse("children:child", args=[area.child.pk])))
    assert "Police protection" in child and "no referral holds it" in child
    listed = text_of(lead.get(reverse("referrals:child", args=[area.child.pk])))
    assert "What was done, with no referral" in listed and "Taken to a place" in listed
    with transaction.atomic():
        grant_by_rule(
            child=area.child, basis=Basis.GIVEN, reason="For the test", days=9, user=area.duty
        )
    assert not notes_without_referral(area.duty, area.child.pk).exists()
    area.sent(concerns_confirmed=True)
    assert notes_without_referral(area.duty, area.child.pk).count() == 1
    received = area.at(Referral.objects.get(), area.front_door)
    theirs = area.client(area.duty).get(page_of(received, "delivery"))
    assert "Taken to a place of safety" in text_of(theirs)
    note = Note.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        note.text = "Something else"
        note.save()


def test_withdrawing_and_disagreeing_on_the_pages(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    sent = area.sent(concerns_confirmed=True)
    received = area.at(sent, area.front_door)
    early = client.get(page_of(received, "disagree"))
    assert early["Location"] == page_of(received, "outcome")
    actions.claim(delivery_id=received.pk, by=area.duty)
    page = text_of(client.get(page_of(sent, "show")))
    assert "Withdraw this referral" not in page and "Being decided by Dot" in page
    opened = client.get(page_of(sent, "withdraw"), follow=True)
    assert "not withdrawn any more" in text_of(opened) and "Why do you" not in text_of(opened)
    late = client.post(page_of(sent, "withdraw"), {"reason": "The wrong child"})
    assert "Dot" in text_of(late) and "has this referral already" in text_of(late)
    child = area.another_child()
    grant(area.lead, child)
    other = area.sent(child, concerns_confirmed=True)
    client = area.client(area.lead)
    assert "Withdraw this referral" in text_of(client.get(page_of(other, "show")))
    answer = client.post(page_of(other, "withdraw"), {"reason": "The wrong child"})
    assert answer["Location"] == page_of(other, "show")
    states = {each.stands_at for each in Delivery.objects.filter(referral=other)}
    assert states == {State.WITHDRAWN}
    assert "The wrong child" in text_of(client.get(page_of(other, "show")))


@pytest.mark.requirement("W-REF-24", "W-REF-28")
def test_what_a_rule_makes_mandatory_is_not_taken_back_alone(oxfordshire):
    """A referral that is withdrawn is one that is not made: who may sign for that does it."""
    area, client = oxfordshire, oxfordshire.client()
    sent = area.sent(concerns_confirmed=True)
    page = text_of(client.get(page_of(sent, "show")))
    assert "Withdraw this referral" not in page and "nobody takes it back alone" in page
    answer = client.post(page_of(sent, "withdraw"), {"reason": "I have thought about it"})
    assert "nobody takes it back alone" in text_of(answer)
    for person in (area.worker, area.colleague):
        with pytest.raises(Refused, match="nobody takes it back alone"):
            actions.withdraw(referral_id=sent.pk, by=person, reason="No need")
    draft = area.draft(concerns_confirmed=True)
    own = actions.send(referral_id=draft.pk, by=area.lead, version=draft.version)
    with pytest.raises(Refused, match="nobody takes it back alone"):
        actions.withdraw(referral_id=own.pk, by=area.lead, reason="No need")
    actions.withdraw(referral_id=sent.pk, by=area.lead, reason="Of the wrong child")
    assert area.at(sent, area.front_door).state == State.WITHDRAWN
    # What no rule asks for is its sender's own.
    weighed = area.sent(area.another_child(), professional_working=True)
    actions.withdraw(referral_id=weighed.pk, by=area.worker, reason="Of the wrong child")
    assert area.at(weighed, area.front_door).state == State.WITHDRAWN


# -- Lists --------------------------------------------------------------------------------------


def queries_of(client, where):
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(where).status_code == 200
    return len(found)


def test_lists_and_pages_take_the_same_queries_with_one_and_with_three(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    child = reverse("referrals:child", args=[area.child.pk])
    overview = reverse("children:child", args=[area.child.pk])
    places = [reverse("referrals:list"), child, overview]
    area.draft()
    shown = area.sent(concerns_confirmed=True)
    client.get(places[0])
    one = [queries_of(client, place) for place in places]
    for _ in range(2):
        area.draft()
        area.sent(concerns_confirmed=True)
    assert [queries_of(client, place) for place in places] == one
    # A referral that went to three takes as many as one that went to one.
    reached = shown.deliveries.count()
    few = queries_of(client, page_of(shown, "show"))
    more = area.sent(concerns_confirmed=True, trafficking=True, position_of_trust=True)
    assert more.deliveries.count() > reached
    assert queries_of(client, page_of(more, "show")) == few


def test_a_note_beside_a_referral_needs_the_referral(oxfordshire):
    area = oxfordshire
    sent = area.sent(concerns_confirmed=True)
    other = area.another_child()
    with pytest.raises(NotVisible):
        write_note(
            child=other,
            by=area.worker,
            token=uuid.uuid4(),
            kind="other",
            happened_on=years_old(1),
            text="Something",
            referral=sent,
        )


def test_a_pregnancy_beside_no_activity_is_asked_about_and_refuses_nothing(oxfordshire):
    client, draft = oxfordshire.client(), oxfordshire.draft()
    where, asked = page_of(draft, "facts"), "The rules take the pregnancy as activity"
    assert "take a pregnancy as sexual activity" in text_of(client.get(where))
    both = controls(client.get(where)) | {"activity": "no", "pregnant": "on"}
    saved = client.post(where, both, headers={"X-Requested-With": "autosave"}).json()
    assert asked in saved["panels"]["rules"] and saved["unsaved"] == []
    assert asked in text_of(client.get(where))
    for said in ({"activity": "yes", "pregnant": "on"}, {"activity": "no"}):
        opened = controls(client.get(where))
        opened.pop("pregnant", None)
        assert client.post(where, opened | said | {"act": "stay"}).status_code == 302
        assert asked not in text_of(client.get(where))
