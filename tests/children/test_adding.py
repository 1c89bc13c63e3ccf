"""Recording a new child: what may be left open, what is refused, and that twice is once."""

import datetime as dt
import re
import uuid

import pytest
from django.utils import timezone

from cse.access.models import Basis, ChildTeamGrant, ChildUserGrant
from cse.access.policies import NotAllowed
from cse.audit.models import AuditEvent
from cse.children.actions.record import add_child
from cse.children.census import ETHNIC_GROUPS
from cse.children.models import Child, TeamMember
from cse.people.models import Role
from tests.factories import grant, make_child, make_user

pytestmark = pytest.mark.django_db


def born(day, month, year):
    return {
        "date_of_birth-day": str(day),
        "date_of_birth-month": str(month),
        "date_of_birth-year": str(year),
    }


def born_on(date):
    return born(date.day, date.month, date.year)


def error_page(answer):
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "<title>Error:" in page
    return page


def test_only_a_name_is_needed(as_worker, add_url):
    answer = as_worker.post(add_url, {"given_name": "X"})
    child = Child.objects.get()
    assert answer["Location"] == f"/children/{child.pk}/"
    assert (child.given_name, child.family_name) == ("X", "")
    assert child.birth_date_known == "unknown"
    assert child.age_at(timezone.localdate()) is None
    assert "age not known" in as_worker.get(answer["Location"]).content.decode()


@pytest.mark.requirement("DEC-02")
def test_who_does_not_know_the_age_is_asked_for_the_youngest(as_worker, add_url):
    """On adding and on changing: the rules read an estimate as the youngest plausible age."""
    as_worker.post(add_url, {"given_name": "X"})
    change = f"/children/{Child.objects.get().pk}/edit/"
    for address in (add_url, change):
        page = as_worker.get(address).content.decode()
        assert "If it is approximate, give the latest day that is plausible" in page
        assert "How old is the child, at the youngest?" in page
        assert page.count("protect the child as the youngest they may be") == 2


@pytest.mark.requirement("W-SHR-15", "O-SHR-25")
def test_needs_and_background_are_kept_and_shown(as_worker, add_url):
    facts = {
        "given_name": "Noor",
        "family_name": "Example",
        **born(3, 4, 2012),
        "birth_date_known": "exact",
        "sex": "female",
        "ethnicity": ETHNIC_GROUPS[1],
        "disability": "Hearing loss; signs and lip-reads.",
        "first_language": "Urdu",
        "address": "1 Example Row\nExampleton",
    }
    page = as_worker.post(add_url, facts, follow=True).content.decode()
    child = Child.objects.get()
    assert child.age_at(dt.date(2026, 4, 2)) == 13
    for shown in ("Pakistani", "Hearing loss", "Urdu", "1 Example Row", "Female"):
        assert shown in page


@pytest.mark.requirement("O-SHR-25")
def test_an_ethnic_group_in_other_words(as_worker, add_url):
    page = error_page(as_worker.post(add_url, {"given_name": "A", "ethnicity": "other"}))
    assert "Write the ethnic group" in page
    facts = {"given_name": "A", "ethnicity": "other", "ethnicity_other": "Kurdish and Welsh"}
    as_worker.post(add_url, facts)
    assert Child.objects.get().ethnicity == "Kurdish and Welsh"


@pytest.mark.parametrize("chosen", ["", ETHNIC_GROUPS[1]])
def test_an_ethnic_group_in_words_beside_another_choice_is_refused(as_worker, add_url, chosen):
    facts = {"given_name": "A", "ethnicity": chosen, "ethnicity_other": "Cornish"}
    page = error_page(as_worker.post(add_url, facts))
    assert "Choose “Described in other words” in the list above, or clear these words" in page
    assert 'value="Cornish"' in page
    assert not Child.objects.exists()


@pytest.mark.parametrize("known", ["exact", "approximate", ""])
def test_an_age_beside_a_date_that_makes_another_is_refused(as_worker, add_url, known):
    twelve = timezone.localdate().replace(day=1) - dt.timedelta(days=12 * 366)
    facts = {"given_name": "A", "birth_date_known": known, **born_on(twelve)}
    page = error_page(as_worker.post(add_url, facts | {"estimated_age": "5"}))
    assert "The date of birth makes the child 12: clear this age, or correct the date" in page
    assert f'value="{twelve.year}"' in page and 'value="5"' in page
    assert not Child.objects.exists()
    as_worker.post(add_url, facts | {"estimated_age": "12"})
    assert Child.objects.get().estimated_age is None


def test_a_stored_estimate_gives_way_to_a_date(as_worker, add_url):
    as_worker.post(add_url, {"given_name": "A", "estimated_age": "9"})
    child = Child.objects.get()
    born_then = timezone.localdate().replace(day=1) - dt.timedelta(days=12 * 366)
    facts = {"given_name": "A", "version": child.version, "estimated_age": "9"}
    facts |= {"birth_date_known": "exact", **born_on(born_then)}
    assert as_worker.post(f"/children/{child.pk}/edit/", facts).status_code == 302
    child.refresh_from_db()
    assert (child.date_of_birth, child.estimated_age) == (born_then, None)
    wrong = error_page(
        as_worker.post(
            f"/children/{child.pk}/edit/",
            facts
            | {
                "version": child.version,
                "estimated_age": "5",
                "ethnicity_other": "Cornish",
            },
        )
    )
    assert "makes the child 12" in wrong and "or clear these words" in wrong


@pytest.mark.parametrize(
    "name", ["O'Neill", "Llŷr ap Gwên", "👧🏽 Sam", "Ng", "D’Arcy", "吴", "דנה\u200f לוי"]
)
def test_names_are_stored_exactly(as_worker, add_url, name):
    as_worker.post(add_url, {"given_name": name})
    assert Child.objects.get().given_name == name


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"given_name": ""}, "Enter a name for the child"),
        ({"given_name": "a\x00"}, "Remove the invisible control character"),
        ({"given_name": "a" * 101}, "Given name must be 100 characters or fewer"),
        ({"given_name": "a" + "\u0301" * 50}, "Use at most 6 accents"),
        ({"given_name": "A", "address": "a" + "\u0301" * 10_000}, "2000 characters or fewer"),
        ({"given_name": "A", "disability": "a\x08"}, "Remove the invisible control character"),
        *(
            ({"given_name": f"C{turn}evil"}, "Remove the invisible character that turns the text")
            for turn in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        ),
        ({"given_name": "A", "address": "1\u202eRow"}, "that turns the text round"),
        ({"given_name": "two\nlines"}, "Write this on one line"),
        ({"given_name": "A", **born(1, 1, 2999)}, "Date of birth must be today or in the past"),
        ({"given_name": "A", **born(29, 2, 2011)}, "must be a real date"),
        ({"given_name": "A", "birth_date_known": "exact"}, "Enter the date of birth, or say"),
        ({"given_name": "A", "birth_date_known": "unknown", **born(1, 2, 2012)}, "exact or approx"),
        ({"given_name": "A", "birth_date_known": "x"}, "Select a valid choice"),
        ({"given_name": "A", "estimated_age": "about ten"}, "Age must be a whole number"),
        ({"given_name": "A", "estimated_age": "-1"}, "Age must be 0 or more"),
        ({"given_name": "A", "estimated_age": "9" * 400}, "Age must be"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_what_was_typed_stays(
    as_worker, add_url, facts, message
):
    page = error_page(as_worker.post(add_url, {"first_language": "Typed before", **facts}))
    assert message in page
    assert "Typed before" in page
    assert not Child.objects.exists()


@pytest.mark.requirement("DEC-25", "O-SHR-14")
def test_eighteen_today_is_signposted_and_a_day_less_is_a_child(as_worker, add_url):
    today = timezone.localdate()
    adult = today.replace(year=today.year - 18)
    page = error_page(as_worker.post(add_url, {"given_name": "A", **born_on(adult)}))
    assert "contact adult safeguarding" in page
    page = error_page(as_worker.post(add_url, {"given_name": "A", "estimated_age": "18"}))
    assert "contact adult safeguarding" in page
    assert not Child.objects.exists()
    as_worker.post(add_url, {"given_name": "A", **born_on(adult + dt.timedelta(days=1))})
    assert Child.objects.get().age_at(today) == 17


@pytest.mark.requirement("DEC-02")
def test_an_estimated_age_is_flagged_on_the_page(as_worker, add_url):
    facts = {"given_name": "A", "birth_date_known": "unknown", "estimated_age": "13"}
    page = as_worker.post(add_url, facts, follow=True).content.decode()
    assert "about 13 years old" in page
    assert "Date of birth is not known" in page
    assert Child.objects.get().estimated_on == timezone.localdate()


def test_an_approximate_date_is_flagged_on_the_page(as_worker, add_url):
    facts = {"given_name": "A", "birth_date_known": "approximate", **born(1, 7, 2013)}
    page = as_worker.post(add_url, facts, follow=True).content.decode()
    assert "Date of birth is approximate" in page


@pytest.mark.requirement("D-SHR-01")
def test_the_recorder_and_the_leads_see_the_child_and_nobody_else(
    as_worker, worker, lead, client, add_url, agency
):
    as_worker.post(add_url, {"given_name": "A", "family_name": "B"})
    child = Child.objects.get()
    assert ChildUserGrant.objects.get().basis == Basis.RECORDER
    assert ChildTeamGrant.objects.get().basis == Basis.NAMED_LEAD
    from cse.access.policies import in_scope

    assert in_scope(worker, child.pk) and in_scope(lead, child.pk)
    assert not in_scope(make_user(agency=agency), child.pk)
    event = AuditEvent.objects.get(act="child added")
    assert (event.child_id, event.actor_id) == (child.pk, worker.pk)
    assert "A" not in str(event.data)


def test_the_same_form_sent_twice_makes_one_child(as_worker, add_url):
    facts = {"given_name": "Ada", "family_name": "Once", **born(3, 4, 2012)}
    first = as_worker.post(add_url, facts)
    again = as_worker.post(add_url, facts)
    assert again["Location"] == first["Location"]
    assert Child.objects.count() == 1
    assert AuditEvent.objects.filter(act="child added").count() == 1
    assert TeamMember.objects.count() == 1


def test_going_back_to_put_the_name_right_loses_nothing(as_worker, add_url):
    """Sent with a slip, Back, put right, sent again: the new text is in the form."""
    as_worker.post(add_url, {"given_name": "123", "family_name": "Weir"})
    child = Child.objects.get()
    facts = {"given_name": "Tam", "family_name": "Weir", "first_language": "Welsh"}
    answer = as_worker.post(add_url, facts)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This form has recorded the child already" in page
    assert 'value="Tam"' in page and 'value="Welsh"' in page
    assert f'action="/children/{child.pk}/edit/"' in page
    version = re.search(r'name="version" value="(\d+)"', page).group(1)
    as_worker.post(f"/children/{child.pk}/edit/", facts | {"version": version})
    child = Child.objects.get()
    assert (child.given_name, child.first_language) == ("Tam", "Welsh")


def test_two_people_cannot_make_each_others_child(worker, lead):
    submission = uuid.uuid4()
    first = add_child(
        by=worker, submission=submission, facts={"given_name": "A", "birth_date_known": "unknown"}
    )
    other = add_child(
        by=lead, submission=submission, facts={"given_name": "A", "birth_date_known": "unknown"}
    )
    assert first.pk != other.pk


def test_no_child_without_a_search(as_worker):
    answer = as_worker.get(f"/children/add/{uuid.uuid4()}/", follow=True)
    assert "Search first" in answer.content.decode()


def test_a_search_that_ended_while_typing_loses_nothing(as_worker, worker):
    """After signing in again the search is gone from the session; the text is not."""
    grant(worker, make_child("Ada", "Again", by=worker, date_of_birth=None))
    address = f"/children/add/{uuid.uuid4()}/"
    facts = {"given_name": "Ada", "family_name": "Again", "first_language": "Polish"}
    page = as_worker.post(address, facts | {"none_of_these": "on"}).content.decode()
    assert "Is it the same child?" in page and "Polish" in page
    assert Child.objects.count() == 1
    as_worker.post(address, facts | {"none_of_these": "on"})
    assert Child.objects.count() == 2


def test_a_child_who_may_be_the_same_is_shown_first(as_worker, worker, add_url):
    there = make_child("Ada", "Lovel", by=worker, date_of_birth=dt.date(2012, 4, 3))
    grant(worker, there)
    facts = {"given_name": "Ada", "family_name": "Lovell", **born(3, 4, 2012)}
    page = as_worker.post(add_url, facts).content.decode()
    assert "Is it the same child?" in page
    assert f'href="/children/{there.pk}/"' in page
    assert "This is the same child" in page
    assert Child.objects.count() == 1
    as_worker.post(add_url, facts | {"none_of_these": "on"})
    assert Child.objects.count() == 2


@pytest.mark.requirement("D-SHR-01")
def test_a_child_out_of_scope_is_no_duplicate(as_worker, add_url, agency):
    make_child("Ada", "Lovell", by=make_user(agency=agency), date_of_birth=dt.date(2012, 4, 3))
    facts = {"given_name": "Ada", "family_name": "Lovell", **born(3, 4, 2012)}
    assert as_worker.post(add_url, facts).status_code == 302


def test_fields_that_are_not_on_the_form_change_nothing(as_worker, worker, add_url):
    other = make_user()
    as_worker.post(
        add_url, {"given_name": "A", "reference": "C-0000000", "created_by": str(other.pk)}
    )
    child = Child.objects.get()
    assert child.created_by == worker
    assert child.reference != "C-0000000"
    event = AuditEvent.objects.get(rule="extra fields")
    assert event.data == {"count": 2, "fields": ["created_by", "reference"]}


@pytest.mark.parametrize("role", [Role.BOARD, Role.ADMINISTRATOR, Role.AUDITOR, Role.INTELLIGENCE])
def test_roles_without_the_act_record_no_child(role):
    with pytest.raises(NotAllowed):
        add_child(by=make_user(role), submission=uuid.uuid4(), facts={"given_name": "A"})


def test_nothing_is_kept_when_the_event_cannot_be_written(worker, monkeypatch):
    from cse.audit import events

    def broken(*_args, **_kwargs):
        raise RuntimeError("no log")

    monkeypatch.setattr(events, "record", broken)
    with pytest.raises(RuntimeError):
        add_child(
            by=worker,
            submission=uuid.uuid4(),
            facts={"given_name": "A", "birth_date_known": "unknown"},
        )
    assert not Child.objects.exists()
