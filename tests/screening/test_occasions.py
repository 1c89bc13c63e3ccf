"""A correction stands at the day of the screen that it corrects, and makes it no newer."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cse.children.actions.record import edit_child
from cse.children.queries.levels import standing
from cse.interface.words import date_words, short_date, time_words
from cse.worklist.models import WorkItem
from referrals.on_record import facts_on_record
from referrals.views.making.start import screens_to_attach
from screening import queries
from screening.actions import correct_screen
from screening.answers import Given
from screening.assessments import queries as assessment_queries
from screening.assessments.carried import Carried
from screening.models import ScreenAssessment
from screening.naming import days_of, occasions_of
from screening.views.comparison import MOST_COLUMNS
from tests.factories import make_user
from tests.prepared import prepared
from tests.screening.assessing import drafted
from tests.screening.made import HIGH, NO, OTHER_HIGH, YES, completed, corrected
from tests.screening.pages import text_of
from tests.screening.test_comparison import compare_at, copy_of, over_time_at, queries_of, table

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("W-SCR-11")]


@prepared
def place(oxfordshire):
    return oxfordshire


@prepared
def story(place):
    """Three screens, two weeks apart; the first is corrected last, and nothing else has changed."""
    return told(place)


def told(place, **texts):
    made, start = [], timezone.now()
    for weeks, answers in ((0, {HIGH: Given(YES)}), (2, {OTHER_HIGH: Given(YES)}), (4, {})):
        with time_machine.travel(start + dt.timedelta(weeks=weeks), tick=False):
            made.append(completed(place, answers=answers, level=LEVELS[weeks]))
    with time_machine.travel(start + dt.timedelta(weeks=6), tick=False):
        made.append(corrected(made[0], by=place.worker, answers={HIGH: Given(NO)}, **texts))
    return made


LEVELS = {0: "at_risk", 2: "at_risk", 4: "cse"}


def order_of(user, child):
    return [each.pk for each in queries.screens_of(user, child.pk)]


def test_each_version_stands_at_its_occasion_the_last_one_first(place, story):
    first, second, third, correction = story
    expected = [third.pk, second.pk, correction.pk, first.pk]
    assert order_of(place.worker, place.child) == expected
    draft = correct_screen(screen_id=correction.pk, by=place.worker, reason="Again")
    assert order_of(place.worker, place.child) == [*expected[:2], draft.pk, *expected[2:]]
    again = corrected(correction, by=place.worker, answers={HIGH: Given(YES)})
    assert again.pk == draft.pk
    found = queries.standing_in_time(queries.screens_of(place.worker, place.child.pk))
    assert list(found) == [third, second, again]
    assert {each.occasion_at for each in found if each == again} == {first.completed_at}


def test_a_draft_of_a_new_screen_stands_before_all(place, story):
    from screening.actions import start_screen

    draft, _ = start_screen(child=place.child, by=place.worker)
    assert order_of(place.worker, place.child)[0] == draft.pk


def test_over_time_shows_the_correction_on_the_day_of_the_first_version(place, story):
    first, second, third, correction = story
    html = place.client().get(over_time_at(place.child)).content.decode()
    heads = re.findall(r'class="cse-strip__screen">(.*?)</th>', html, re.S)
    shown = [re.search(r"/screens/([0-9a-f-]{36})/", head)[1] for head in heads]
    assert shown == [str(each.pk) for each in (correction, second, third)]
    assert short_date(first.completed_on) in heads[0]
    assert f"corrected {short_date(correction.completed_on)}" in heads[0]
    link = compare_at(place.child, first, correction).replace("&", "&amp;")
    assert f'href="{link}"' in heads[0] and "compare with the version before" in heads[0]
    assert "corrected" not in heads[1] + heads[2]


def test_the_newest_columns_are_those_of_the_newest_occasions(place):
    with time_machine.travel(timezone.now(), tick=False):
        first = completed(place, answers={HIGH: Given(YES)})
    for number in range(MOST_COLUMNS):
        copy_of(first, days=number + 1)
    with time_machine.travel(timezone.now() + dt.timedelta(weeks=7), tick=False):
        correction = corrected(first, by=place.worker, answers={HIGH: Given(NO)})
        page = place.client().get(over_time_at(place.child))
    assert f"Only the newest {MOST_COLUMNS} are shown" in text_of(page)
    assert f"/screens/{correction.pk}/" not in page.content.decode()


def test_without_a_choice_the_last_two_occasions_are_compared(place, story):
    _, second, third, _ = story
    html = place.client().get(compare_at(place.child)).content.decode()
    chosen = re.findall(r'<option value="([^"]+)" selected', html)
    assert chosen == [str(second.pk), str(third.pk)]


def test_two_versions_of_the_only_screen_are_compared(place):
    first = completed(place, answers={HIGH: Given(YES)})
    correction = corrected(first, by=place.worker, answers={HIGH: Given(NO)})
    html = place.client().get(compare_at(place.child)).content.decode()
    chosen = re.findall(r'<option value="([^"]+)" selected', html)
    assert chosen == [str(first.pk), str(correction.pk)]


def test_any_two_versions_can_be_compared_the_earlier_occasion_first(place, story):
    first, second, _, correction = story
    client = place.client()
    both = client.get(compare_at(place.child, correction, first))
    assert "A correction of the earlier version" in text_of(both)
    for version in (first, correction):
        page = client.get(compare_at(place.child, second, version))
        links = re.findall(
            r"/screens/([0-9a-f-]{36})/",
            page.content.decode().split("The two screens</caption>")[1].split("</table>")[0],
        )
        assert links == [str(version.pk), str(second.pk)]


def test_the_screen_before_is_what_stands_of_the_occasion_before(place, story):
    first, second, third, correction = story
    assert queries.screen_before(place.worker, third) == second
    assert queries.screen_before(place.worker, second) == correction
    assert queries.screen_before(place.worker, correction) is None
    assert queries.screen_before(place.worker, first) is None
    page = text_of(place.client().get(reverse("screening:show", args=[second.pk])))
    day, corrected_on = date_words(first.completed_on), date_words(correction.completed_on)
    assert f"Compare with the screen of {day}, corrected {corrected_on}" in page


def test_what_rests_on_the_newest_screen_rests_on_the_newest_occasion(place, story):
    third, correction = story[2:]
    assert queries.newest_screen(place.child.pk) == third
    assert facts_on_record(place.child)["screened_on"] == third.completed_on.isoformat()
    with time_machine.travel(correction.completed_at + dt.timedelta(days=1)):
        facts = {"date_of_birth": place.child.date_of_birth + dt.timedelta(days=1)}
        edit_child(child=place.child, by=place.worker, version=place.child.version, facts=facts)
    again = ScreenAssessment.objects.filter(because="date of birth")
    assert [each.screen_id for each in again] == [third.pk]


def test_a_referral_offers_the_newest_occasion_first(place, story):
    found = screens_to_attach(place.worker, place.child)
    assert [each.pk for each, _ in found] == [story[2].pk, story[1].pk, story[3].pk]
    words = found[2][1]
    assert f"completed on {date_words(story[0].completed_on)}, corrected" in words
    assert "Wyn Arden" in words and "version 1, correction 1" in words


def test_a_correction_of_an_old_screen_asks_for_no_repeat_of_its_own(place, story):
    repeat = WorkItem.objects.get(kind="repeat_screen", closed_at__isnull=True)
    assert repeat.subject_id == story[2].pk


def test_an_assessment_rests_on_the_newest_occasion(place, story):
    second, third = story[1:3]
    draft = drafted(place)
    assert draft.screen == third and assessment_queries.newer_screen(draft) is None
    again = corrected(second, by=place.worker, answers={OTHER_HIGH: Given(NO)})
    assert assessment_queries.newer_screen(draft) is None
    assert Carried(draft, place.worker).before == again


# -- Levels -------------------------------------------------------------------------------------


@pytest.mark.requirement("DEC-09")
def test_a_correction_that_leaves_the_level_of_an_old_screen_lowers_nothing(place, story):
    now = standing(place.child)
    assert (now.current.subject_id, now.current.level) == (story[2].pk, "cse")
    assert not now.waiting and place.child.level_events.count() == 3


@pytest.mark.requirement("DEC-09")
def test_another_level_of_an_old_screen_stands_before_what_was_chosen_since(place):
    made = told(place, level="cse", direction="increased")
    event = place.child.level_events.get(subject_id=made[3].pk)
    assert event.previous_level == "at_risk" and not event.needs_approval
    assert (event.decided_on, event.decided_at) == (made[0].completed_on, made[3].completed_at)
    assert standing(place.child).current.subject_id == made[2].pk
    page = text_of(place.client().get(reverse("children:levels", args=[place.child.pk])))
    corrected_on = date_words(made[3].completed_on)
    assert f"Corrected on {corrected_on} when a later level stood already" in page


@pytest.mark.requirement("DEC-09")
def test_a_higher_level_of_an_old_screen_counts_now(place, monkeypatch):
    monkeypatch.setitem(LEVELS, 4, "at_risk")
    made = told(place, level="cse", direction="increased")
    now = standing(place.child).current
    assert (now.subject_id, now.decided_on) == (made[3].pk, made[3].completed_on)


@pytest.mark.requirement("DEC-09")
def test_a_lower_level_of_an_old_screen_waits_and_lowers_nothing_since(place):
    from screening.actions import approve_level

    reason = "The adults concerned have been charged and moved away"
    made = told(place, level="vulnerable", direction="decreased", level_reason=reason)
    [event] = standing(place.child).waiting
    assert event.subject_id == made[3].pk and event.decided_on == made[0].completed_on
    with time_machine.travel(made[3].completed_at + dt.timedelta(days=1)):
        approve_level(event_id=event.pk, by=place.lead, note="I have read both")
    assert standing(place.child).current.subject_id == made[2].pk


# -- Telling screens apart ----------------------------------------------------------------------


def test_two_screens_of_one_day_have_time_version_and_who_in_every_list(place):
    # Tomorrow: at five past nine of today the worker may not have been let see the child yet.
    day = timezone.now() + dt.timedelta(days=1)
    with time_machine.travel(day.replace(hour=9, minute=5), tick=False):
        one = completed(place)
    with time_machine.travel(day.replace(hour=11, minute=40), tick=False):
        other = completed(place, by=place.colleague)
        client = place.client()
        for where in (
            reverse("screening:child", args=[place.child.pk]),
            compare_at(place.child),
            reverse("children:child", args=[place.child.pk]),
            reverse("screening:list"),
            reverse("referrals:start-from-child", args=[place.child.pk]),
        ):
            page = text_of(client.get(where))
            for screen, who in ((one, "Wyn Arden"), (other, "Cal Birch")):
                assert time_words(screen.completed_at) in page, where
                assert who in page and "version 1" in page, where


def test_my_screens_say_which_is_a_correction(place):
    first = completed(place, answers={HIGH: Given(YES)})
    corrected(first, by=place.worker, answers={HIGH: Given(NO)})
    rows = table(place.client().get(reverse("screening:list")), "Completed screens")
    assert ["correction 1" in row for row in rows] == [True, False]


def test_a_name_has_the_occasion_and_the_day_of_the_correction(place, story):
    found = list(queries.screens_of(place.worker, place.child.pk))
    named, occasions = days_of(found), occasions_of(found)
    first, correction = story[0], story[3]
    day = date_words(first.completed_on)
    assert named[first.pk] == occasions[first.pk] == occasions[correction.pk] == day
    assert named[correction.pk] == f"{day}, corrected {date_words(correction.completed_on)}"


# -- What it costs ------------------------------------------------------------------------------


def test_corrections_cost_no_query_more_than_screens(place):
    completed(place, answers={HIGH: Given(YES)})
    completed(place, answers={OTHER_HIGH: Given(YES)})
    client = place.client()
    pages = (
        over_time_at(place.child),
        compare_at(place.child),
        reverse("screening:child", args=[place.child.pk]),
        reverse("children:child", args=[place.child.pk]),
        reverse("screening:list"),
        reverse("referrals:start-from-child", args=[place.child.pk]),
    )
    before = [queries_of(client, where) for where in pages]
    screen = queries.newest_screen(place.child.pk)
    for answer in (NO, YES, NO):
        screen = corrected(screen, by=place.worker, answers={HIGH: Given(answer)})
    assert [queries_of(client, where) for where in pages] == before


def test_nobody_else_sees_them_in_time(place, story):
    assert not order_of(make_user(), place.child)
    assert not queries.standing_in_time(queries.screens_of(make_user(), place.child.pk))


# -- Ratings of the domains (Wiltshire) ---------------------------------------------------------


def rated_rows(place):
    page = place.client().get(over_time_at(place.child))
    return table(page, "Ratings of the domains over time, in words"), page


@pytest.mark.requirement("W-SCR-23", "DEC-06")
def test_ratings_stand_over_time_beside_what_the_matrix_suggests(wiltshire):
    chosen = {"impact": "serious", "likelihood": "likely"}
    for rating in ("high", "medium", ""):
        completed(wiltshire, answers={"missing": {**chosen, "rating": rating, "notes": "Seen"}})
    completed(wiltshire, answers={"health": {"rating": "low"}})
    rows, page = rated_rows(wiltshire)
    assert len(rows) == 2  # the domains that were rated in any of them
    [missing] = [row for row in rows if row.startswith("Missing")]
    suggested = suggested_in(wiltshire, **chosen)
    assert suggested == "high"
    assert "High, as the matrix suggests" in missing
    assert "Medium (the matrix suggests high)" in missing
    assert "Not rated (the matrix suggests high)" in missing
    assert missing.count("Impact: Serious") == 3 and missing.endswith("Not rated")
    words = text_of(page)
    assert not re.search(r"\d\s?%|score|traffic", words)
    html = page.content.decode()
    assert 'aria-labelledby="ratings-caption"' in html and 'id="ratings-caption"' in html


def suggested_in(place, *, impact, likelihood):
    from screening.rules import DomainRating
    from screening.rules.matrix import suggested_level

    tool = queries.tool_of(queries.newest_screen(place.child.pk).tool_version_id)
    return suggested_level(DomainRating("missing", impact=impact, likelihood=likelihood), tool)


@pytest.mark.requirement("W-SCR-23")
def test_a_corrected_rating_stands_on_the_day_of_the_first_version(wiltshire):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        first = completed(wiltshire, answers={"missing": {"rating": "low"}})
    with time_machine.travel(start + dt.timedelta(weeks=1), tick=False):
        completed(wiltshire, answers={"missing": {"rating": "medium"}})
    with time_machine.travel(start + dt.timedelta(weeks=2), tick=False):
        corrected(first, by=wiltshire.worker, answers={"missing": {"rating": "high"}})
        [row], _ = rated_rows(wiltshire)
    assert row == "Missing High Medium"


@pytest.mark.requirement("DEC-25")
def test_a_screen_of_a_tool_that_rates_nothing_says_not_asked(place):
    completed(place, answers={HIGH: Given(YES)})
    html = place.client().get(over_time_at(place.child)).content.decode()
    assert "Ratings of the domains over time" not in html
    completed(place, tool="wiltshire", answers={"missing": {"rating": "high"}})
    [row], _ = rated_rows(place)
    assert row == "Missing Not asked High"


def test_ratings_cost_no_query(wiltshire):
    completed(wiltshire)
    client = wiltshire.client()
    before = queries_of(client, over_time_at(wiltshire.child))
    completed(wiltshire, answers={"missing": {"rating": "high"}, "health": {"rating": "low"}})
    assert queries_of(client, over_time_at(wiltshire.child)) == before
