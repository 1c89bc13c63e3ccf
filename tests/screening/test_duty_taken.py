"""A correction that takes a mandatory duty away is looked at by somebody else (DEC-04)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cse.access.capabilities import Capability
from cse.access.policies import can
from cse.people.models import Role
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from screening.actions import answer_changed_duty, complete, correct_screen, countersign
from screening.answers import Given
from screening.policies import Refused
from screening.queries import changed_duty, latest_assessment
from tests.factories import grant, make_user
from tests.prepared import prepared
from tests.referrals.area import years_old
from tests.screening.conftest import Place
from tests.screening.made import HIGH, NO, YES, completed, corrected, fill_in, lowered
from tests.screening.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("DEC-04")]

CLEARED = {"answers": {HIGH: Given(presence=NO)}, "concerns_confirmed": "no", "harm_happened": "no"}


@prepared
def place(tools):
    place = Place("oxfordshire", date_of_birth=years_old(12))
    for lead in (place.lead, place.other_lead):
        grant(lead, place.child)
    return place


SEEN = {HIGH: Given(presence=YES, evidence="Seen")}


def screened(place):
    screen = completed(place, answers=SEEN, level="vulnerable")
    assert mandatory(screen)
    return screen


def mandatory(screen):
    rules = latest_assessment(screen).result["rules"]
    return [rule["id"] for rule in rules if rule["obligation"] == "mandatory"]


def waits(screen):
    return WorkItem.objects.filter(
        subject_id=screen.pk, kind=kinds.DUTY_TAKEN, closed_at__isnull=True
    )


def test_the_leads_are_asked_and_answer(place):
    after = corrected(screened(place), by=place.worker, **CLEARED)
    assert not mandatory(after)
    assert waits(after).get().owner_group.team.agency == place.agency
    page = place.client(place.lead).get(reverse("screening:changed-duty", args=[after.pk]))
    assert "A correction took a duty away" in text_of(page)
    assert "A slip of the mouse" in text_of(page)
    answer_changed_duty(screen_id=after.pk, by=place.lead, note="I asked the nurse: it is right")
    assert not waits(after).exists()


def test_who_made_the_correction_does_not_answer(place):
    after = corrected(screened(place), by=place.lead, **CLEARED)
    with pytest.raises(Refused, match="somebody else"):
        answer_changed_duty(screen_id=after.pk, by=place.lead, note="It is right")
    answer_changed_duty(screen_id=after.pk, by=place.other_lead, note="It is right")


def test_it_waits_on_through_another_correction(place):
    first = corrected(screened(place), by=place.worker, **CLEARED)
    second = corrected(
        first, by=place.worker, professional_judgement="Other words.", **{**CLEARED, "answers": {}}
    )
    assert not waits(first).exists()
    assert changed_duty(second) == kinds.DUTY_TAKEN


def test_one_that_keeps_the_duty_or_gives_it_back_asks_nobody(place):
    same = corrected(screened(place), by=place.worker, professional_judgement="Other words.")
    assert not changed_duty(same)
    taken = corrected(same, by=place.worker, **CLEARED)
    assert changed_duty(taken)
    back = corrected(taken, by=place.worker, answers=SEEN)
    assert not changed_duty(back)


def test_where_the_only_lead_made_it_a_senior_manager_is_asked(place):
    """And sees the child until the answer, no longer."""
    close(place.other_lead)
    manager = make_user(Role.SENIOR_MANAGER, agency=place.agency)
    after = corrected(screened(place), by=place.lead, **CLEARED)
    assert waits(after).get().owner == manager
    browser = place.client(manager)
    said = {"reason": "I asked the nurse: it is right"}
    sent = browser.post(reverse("screening:changed-duty", args=[after.pk]), said)
    assert sent["Location"] == "/"
    assert not waits(after).exists()
    assert not can(manager, Capability.SEE_CHILD, place.child)


@pytest.mark.requirement("W-SCR-37")
def test_nor_does_the_only_lead_countersign_a_version_that_they_completed(place):
    """A colleague lowered it, the lead corrected what was said of it: somebody else is asked."""
    close(place.other_lead)
    manager = make_user(Role.SENIOR_MANAGER, agency=place.agency)
    screen = completed(place, answers={HIGH: lowered()}, level="vulnerable")
    after = corrected(
        screen, by=place.lead, answers={HIGH: lowered(evidence="Another note of the coach")}
    )
    asked = WorkItem.objects.filter(
        subject_id=after.pk, kind=kinds.COUNTERSIGN, closed_at__isnull=True
    )
    assert asked.get().owner == manager
    with pytest.raises(Refused, match="completed this version yourself"):
        countersign(
            screen_id=after.pk, indicator=HIGH, agrees=True, reason="It is right", by=place.lead
        )


def close(person):
    """Their account is closed; the post is not."""
    person.is_active = False
    person.save()


def rated(place, rating, **texts):
    said = {"rating": rating, "notes": "What the nurse said"}
    texts = {"concerns_confirmed": "no", "harm_happened": "no", "level": "vulnerable", **texts}
    return completed(place, answers={"missing": said}, **texts)


@prepared
def owen(tools):
    """A Wiltshire child of 13, whose leads see the record."""
    place = Place("wiltshire", date_of_birth=years_old(13))
    for lead in (place.lead, place.other_lead):
        grant(lead, place.child)
    return place


def rate_lower(screen, by, rating="medium"):
    said = {"rating": rating, "notes": "The nurse knows better"}
    return corrected(screen, by=by, answers={"missing": said})


@pytest.mark.requirement("DEC-05")
def test_a_rating_lowered_from_high_counts_as_high_until_somebody_else_has_answered(owen):
    after = rate_lower(rated(owen, "high"), owen.worker)
    assert mandatory(after) == ["R5"]
    [rule] = [each for each in latest_assessment(after).result["rules"] if each["id"] == "R5"]
    assert rule["because"] == ["Missing"] and "second person has yet to answer" in rule["why"]
    assert waits(after).exists()
    # A further correction in other words changes nothing of it.
    again = corrected(after, by=owen.worker, professional_judgement="In other words.")
    assert mandatory(again) == ["R5"] and waits(again).exists()
    draft = correct_screen(screen_id=again.pk, by=owen.worker, reason="Once more")
    page = owen.client().get(reverse("screening:draft", args=[draft.pk]))
    assert "second person has yet to answer" in text_of(page)
    answer_changed_duty(screen_id=again.pk, by=owen.lead, note="I asked the nurse: it is right")
    assert mandatory(again) == [] and not waits(again).exists()
    later = corrected(again, by=owen.worker, professional_judgement="Other words again.")
    assert mandatory(later) == [] and not waits(later).exists()


@pytest.mark.requirement("DEC-05")
def test_a_high_that_is_lowered_beside_another_duty_is_answered_for_too(owen):
    first = rated(owen, "high", level="at_risk")
    after = rate_lower(first, owen.worker)
    assert mandatory(after) == ["R5", "R4"]
    assert waits(after).exists()
    raised = rate_lower(after, owen.worker, rating="high")
    assert not waits(raised).exists()


@pytest.mark.requirement("DEC-05")
def test_at_fourteen_a_lower_rating_asks_nobody(tools):
    place = Place("wiltshire", date_of_birth=years_old(14))
    after = rate_lower(rated(place, "high"), place.worker)
    assert mandatory(after) == [] and not waits(after).exists()


def test_who_worked_on_the_correction_does_not_answer_either(owen):
    draft = correct_screen(screen_id=rated(owen, "high").pk, by=owen.lead, reason="A slip")
    draft = fill_in(draft, owen.lead, {"missing": {"rating": "medium", "notes": "Lower"}})
    after = complete(screen_id=draft.pk, by=owen.worker, version=draft.version)
    with pytest.raises(Refused, match="worked on this correction yourself"):
        answer_changed_duty(screen_id=after.pk, by=owen.lead, note="It is right")
    answer_changed_duty(screen_id=after.pk, by=owen.other_lead, note="It is right")


def test_where_nobody_else_may_answer_the_administrator_names_another_lead(owen):
    close(owen.other_lead)
    administrator = make_user(Role.ADMINISTRATOR, agency=owen.agency)
    after = rate_lower(rated(owen, "high"), owen.lead)
    asked = WorkItem.objects.filter(kind=kinds.SECOND_LEAD, closed_at__isnull=True)
    assert asked.get().owner == administrator
    home = text_of(owen.client(administrator).get("/"))
    assert "Give another person the post of safeguarding lead" in home
    assert owen.child.name not in home
    second = make_user(Role.NAMED_LEAD, team=owen.lead.posts.get().team)
    answer_changed_duty(screen_id=after.pk, by=second, note="I asked the nurse: it is right")
    assert not asked.exists()


def test_nobody_has_to_be_named_where_a_correction_took_the_question_away(owen):
    close(owen.other_lead)
    make_user(Role.ADMINISTRATOR, agency=owen.agency)
    after = rate_lower(rated(owen, "high"), owen.lead)
    asked = WorkItem.objects.filter(kind=kinds.SECOND_LEAD, closed_at__isnull=True)
    assert asked.exists()
    rate_lower(after, owen.worker, rating="high")
    assert not asked.exists()
