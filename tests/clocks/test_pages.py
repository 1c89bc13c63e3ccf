"""The room's pages: why it is late, reminders on home, the calendar's own days."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cse.clocks import actions
from cse.clocks.models import CalendarDay, LateReason, Reminder
from cse.interface.words import datetime_words
from cse.people.models import Role
from tests.clocks import kinds
from tests.clocks.conftest import at
from tests.factories import make_agency, make_authority, make_user

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
OTHER_REASON = {"code": LateReason.AGENCY.value, "text": "The other agency was closed."}


@pytest.fixture
def as_(client, wednesday):
    """Sign somebody in, at a moment."""

    def sign_in(person, moment="2026-12-31 10:00"):
        wednesday.move_to(at(moment))
        client.force_login(person, backend=BACKEND)
        return client

    return sign_in


# -- Why it is late -----------------------------------------------------------------------------


@pytest.mark.requirement("DEC-32")
def test_a_reason_is_recorded_and_what_is_owed_stays_owed(scene, as_):
    clock = scene.start()
    browser, address = as_(scene.worker), reverse("clocks:why-late", args=[clock.pk])
    page = browser.get(address).content.decode()
    assert "Late by 1 working day" in page and "Waiting for another agency" in page
    answer = browser.post(address, OTHER_REASON)
    assert answer["Location"] == reverse("children:child", args=[scene.child.pk])
    clock.refresh_from_db()
    assert (clock.state, clock.late_text) == ("late", OTHER_REASON["text"])
    page = browser.get(address).content.decode()
    assert "Why it is late" in page
    assert f"{scene.worker.get_full_name()}, {datetime_words(clock.late_at)}" in page


@pytest.mark.requirement("DEC-32")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": "Kept text"}, "Select the main reason"),
        ({"code": "agency"}, "Say what happened, and what is done now"),
        ({"code": "tea", "text": "Kept text"}, "Error:"),
        ({"code": "agency", "text": "x" * 2001}, "2000 characters"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(scene, as_, typed, said):
    clock = scene.start()
    page = as_(scene.worker).post(reverse("clocks:why-late", args=[clock.pk]), typed)
    text = page.content.decode()
    assert page.status_code == 200 and said in text and "<title>Error:" in text
    assert typed.get("text", "") in text
    clock.refresh_from_db()
    assert clock.late_code == ""


def test_a_reason_that_somebody_gave_meanwhile_is_not_overwritten(scene, as_):
    clock = scene.start()
    browser, address = as_(scene.worker), reverse("clocks:why-late", args=[clock.pk])
    browser.get(address)
    actions.say_why_late(clock=clock, code="agency", text="Theirs,\nin two lines", by=scene.lead)
    late = browser.post(address, OTHER_REASON | {"stood": ""})
    page = late.content.decode()
    assert late.status_code == 409 and "Theirs," in page and OTHER_REASON["text"] in page
    clock.refresh_from_db()
    assert clock.late_text == "Theirs,\nin two lines"
    # Who has read it may put another in its place; what it said is in the history.
    read = OTHER_REASON | {"stood": "Theirs,\r\nin two lines"}
    assert browser.post(address, read).status_code == 302
    # Pressed twice it is one.
    assert browser.post(address, read).status_code == 302
    clock.refresh_from_db()
    assert clock.late_text == OTHER_REASON["text"]
    assert clock.history.filter(late_text__startswith="Theirs").exists()


def test_what_is_not_late_needs_no_reason_and_the_page_says_so(scene, as_):
    clock = scene.start()
    browser = as_(scene.worker, "2026-12-24 10:00")
    page = browser.post(reverse("clocks:why-late", args=[clock.pk]), OTHER_REASON)
    assert page.status_code == 200
    text = page.content.decode()
    assert "This is not late" in text and OTHER_REASON["text"] in text


@pytest.mark.requirement("D-SHR-01")
def test_another_childs_clock_is_a_page_that_does_not_exist(scene, as_):
    clock = scene.start()
    browser = as_(make_user(Role.PRACTITIONER))
    hidden = browser.get(reverse("clocks:why-late", args=[clock.pk]))
    nowhere = browser.get(reverse("clocks:why-late", args=[uuid.uuid4()]))
    assert hidden.status_code == nowhere.status_code == 404
    assert hidden.content == nowhere.content


def test_a_clock_whose_kind_is_gone_is_no_page(scene, as_, monkeypatch):
    clock = scene.start()
    browser = as_(scene.worker)
    monkeypatch.setattr("cse.clocks.kinds._kinds", {})
    assert browser.get(reverse("clocks:why-late", args=[clock.pk])).status_code == 404


def test_the_timeline_names_the_deadline(scene, as_, monkeypatch):
    clock = scene.start()
    actions.meet_clock(clock=clock, by=scene.worker)
    address = reverse("children:timeline", args=[scene.child.pk])
    page = as_(scene.worker, "2026-12-23 11:00").get(address).content.decode()
    for said in ("Deadline set: Decision on the referral", "Deadline met: Decision"):
        assert said in page
    monkeypatch.setattr("cse.clocks.kinds._kinds", {})
    assert as_(scene.worker, "2026-12-23 11:00").get(address).status_code == 200


# -- Reminders on home --------------------------------------------------------------------------


def reminded(scene, wednesday):
    clock = scene.start()
    wednesday.move_to(at("2026-12-30 13:00"))
    actions.run_due()
    return clock


@pytest.mark.requirement("DEC-32")
def test_home_tells_who_does_not_owe_it_and_lets_them_put_it_away(scene, as_, wednesday):
    clock = reminded(scene, wednesday)
    browser = as_(scene.lead, "2026-12-30 13:00")
    page = browser.get("/").content.decode()
    assert "Reminders" in page and "4 working hours left" in page
    assert page.count(scene.child.reference) <= 1
    answer = browser.post(reverse("clocks:put-away", args=[clock.pk]), follow=True)
    assert "put away" in answer.content.decode()
    assert "4 working hours left" not in browser.get("/").content.decode()
    own = Reminder.objects.filter(user=scene.lead, channel="in_app", offset="0d").get()
    assert own.seen_at == at("2026-12-30 13:00")


def test_home_says_it_once_to_whom_it_waits_for(scene, as_, wednesday):
    reminded(scene, wednesday)
    page = as_(scene.worker, "2026-12-30 13:00").get("/").content.decode()
    assert "Reminders" not in page and "Countersign a lowered indicator" in page


@pytest.mark.requirement("DEC-31")
def test_home_counts_by_the_same_calendar(scene, administrator, as_):
    scene.start()
    actions.add_day(
        kind="bank_holiday",
        on=dt.date(2026, 12, 29),
        name="A royal occasion",
        authority=None,
        moves=True,
        by=administrator,
    )
    # The 30th and the 31st are left: Christmas, a weekend, a substitute day, and the one-off.
    home = as_(scene.worker, "2026-12-24 10:00").get("/").content.decode()
    assert "2 working days and 7 hours left" in home


def test_nobody_puts_anothers_reminder_away(scene, as_, wednesday):
    clock = reminded(scene, wednesday)
    other = make_user(Role.NAMED_LEAD)
    browser = as_(other, "2026-12-30 13:00")
    assert browser.post(reverse("clocks:put-away", args=[clock.pk])).status_code == 404
    assert browser.get(reverse("clocks:put-away", args=[clock.pk])).status_code == 405
    assert not Reminder.objects.filter(seen_at__isnull=False).exists()


def test_home_costs_the_same_for_one_reminder_and_for_three(scene, as_, wednesday):
    costs = []
    browser = as_(scene.lead, "2026-12-23 11:00")
    for more in (1, 2):
        wednesday.move_to(at("2026-12-23 11:00"))
        for _ in range(more):
            scene.start(subject=make_user(role=None))
        wednesday.move_to(at("2026-12-30 10:00"))
        actions.run_due()
        browser.force_login(scene.lead, backend=BACKEND)
        browser.get("/")
        with CaptureQueriesContext(connection) as found:
            page = browser.get("/").content.decode()
        costs.append(len(found))
        assert page.count('class="cse-notices__item"') == {1: 1, 2: 3}[more]
    assert costs[0] == costs[1] <= 12


# -- The calendar's own days --------------------------------------------------------------------


@pytest.fixture
def administrator(scene):
    return make_user(Role.ADMINISTRATOR, agency=make_agency(authority=scene.child.authority))


def day_form(**more):
    return {
        "on-day": "29", "on-month": "12", "on-year": "2026", "name": "A royal occasion",
        "kind": "bank_holiday", **more,
    }  # fmt: skip


@pytest.mark.requirement("DEC-31")
def test_an_administrator_adds_a_day_and_takes_it_out(scene, administrator, as_):
    clock = scene.start("2026-12-23 10:00")
    browser = as_(administrator, "2026-12-23 11:00")
    assert "No day added yet" in browser.get(reverse("clocks:calendar")).content.decode()
    answer = browser.post(reverse("clocks:add-day"), day_form(), follow=True)
    page = answer.content.decode()
    assert "A royal occasion" in page and "29 December 2026" in page and "Not counted" in page
    clock.refresh_from_db()
    assert clock.due_at == at("2026-12-31 17:00")
    day = CalendarDay.objects.get()
    address = reverse("clocks:remove-day", args=[day.pk])
    assert "Take this day out?" in browser.get(address).content.decode()
    assert "Say why the day is taken out" in browser.post(address, {"reason": ""}).content.decode()
    page = browser.post(address, {"reason": "Called off"}, follow=True).content.decode()
    assert "Called off" in page
    clock.refresh_from_db()
    assert clock.due_at == at("2026-12-30 17:00")
    assert browser.get(address).status_code == 404


@pytest.mark.requirement("DEC-31")
def test_a_closure_belongs_to_an_area_of_ones_own(scene, administrator, as_):
    make_authority("wiltshire")
    browser = as_(administrator, "2026-12-23 11:00")
    address = reverse("clocks:add-day")
    assert "Wiltshire" not in browser.get(address).content.decode()
    page = browser.post(address, day_form(kind="closure")).content.decode()
    assert "Choose the area that is closed" in page and "A royal occasion" in page
    page = browser.post(address, day_form(kind="closure", authority="wiltshire"))
    assert page.status_code == 200 and not CalendarDay.objects.exists()
    browser.post(address, day_form(kind="closure", authority="oxfordshire"))
    day = CalendarDay.objects.get()
    assert (day.authority.key, day.moves_targets) == ("oxfordshire", False)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"on-day": "31", "on-month": "2"}, "real date"),
        ({"on-year": "2025", "on-day": "22"}, "Error:"),  # more than a year ago
        ({"name": ""}, "Give the day a name"),
        ({"kind": ""}, "Select the kind of day"),
        ({"on-year": "2061"}, "2060"),
    ],
)
def test_a_day_that_is_wrong_is_refused_with_a_reason(scene, administrator, as_, typed, said):
    page = as_(administrator, "2026-12-23 11:00").post(reverse("clocks:add-day"), day_form(**typed))
    assert page.status_code == 200 and said in page.content.decode()
    assert not CalendarDay.objects.exists()


def test_the_same_day_twice_is_said_and_stands_once(scene, administrator, as_):
    browser = as_(administrator, "2026-12-23 11:00")
    for _ in range(2):
        page = browser.post(reverse("clocks:add-day"), day_form())
    assert "already" in page.content.decode()
    assert CalendarDay.objects.count() == 1


def test_the_list_costs_the_same_for_one_day_and_for_three(scene, administrator, as_):
    browser, costs = as_(administrator, "2026-12-23 11:00"), []
    for days in ((29,), (30, 31)):
        for number in days:
            actions.add_day(
                kind="bank_holiday",
                on=dt.date(2026, 12, number),
                name="Another day",
                authority=None,
                moves=True,
                by=administrator,
            )
        browser.get(reverse("clocks:calendar"))
        with CaptureQueriesContext(connection) as found:
            browser.get(reverse("clocks:calendar"))
        costs.append(len(found))
    assert costs[0] == costs[1]


def test_the_way_to_the_calendar_is_beside_the_accounts(scene, administrator, as_):
    browser = as_(administrator, "2026-12-23 11:00")
    assert reverse("clocks:calendar") in browser.get(reverse("people:users")).content.decode()
    assert browser.get(reverse("clocks:calendar")).status_code == 200
    assert as_(scene.worker).get(reverse("clocks:calendar")).status_code == 403
    assert kinds.DECISION.address(uuid.UUID(int=1)).startswith("/children/")
