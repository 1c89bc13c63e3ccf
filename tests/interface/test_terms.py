"""The administrator keeps the helper's terms; every change has history and an event."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from cse.access.policies import NotAllowed
from cse.audit.models import AuditEvent
from cse.interface import actions, queries
from cse.interface.models import LanguageTerm
from cse.interface.reference import load_language_terms
from cse.people.models import Role
from cse.people.saving import version_of
from tests.factories import make_user

FIELDS = {
    "label": "naughty",
    "phrases": "naughty\nnaughtiness",
    "why": "It blames.",
    "alternative": "Say what happened.",
    "source": "Ours",
}
LIST = reverse("interface:language-terms")
ADD = reverse("interface:language-term-add")

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("DEC-15")]


@pytest.fixture
def admin():
    return make_user(Role.ADMINISTRATOR)


@pytest.fixture
def term(admin):
    return actions.add_term(by=admin, **FIELDS)


def version(term):
    return version_of(term, actions.FIELDS)


def url(name, term):
    return reverse(f"interface:{name}", args=[term.pk])


def test_the_shipped_terms_are_loaded_once_and_edits_are_left_alone(admin):
    added = load_language_terms()
    assert len(added) >= 25
    first = LanguageTerm.objects.get(label="street wise")
    actions.change_term(by=admin, term=first, version=version(first), why="Changed here")
    assert load_language_terms() == []
    first.refresh_from_db()
    assert first.why == "Changed here"
    assert queries.hints_for("a streetwise child")[0].why == "Changed here"


def test_adding_changing_retiring_and_restoring_are_written_down(admin, term):
    actions.change_term(by=admin, term=term, version=version(term), why="Because.")
    actions.retire_term(by=admin, term=term)
    assert queries.hints_for("naughty") == []
    actions.restore_term(by=admin, term=term)
    assert [hint.term for hint in queries.hints_for("Naughty!")] == ["naughty"]
    acts = AuditEvent.objects.filter(object_id=str(term.pk)).order_by("at", "id")
    assert {event.act for event in acts} == {
        *("language term added", "language term changed"),
        *("language term retired", "language term restored"),
    }
    assert term.history.count() == 4


def test_a_change_that_changes_nothing_writes_nothing(admin, term):
    before = term.history.count()
    actions.change_term(by=admin, term=term, version=version(term), **FIELDS)
    assert term.history.count() == before


def test_only_the_administrator_acts(term):
    lead = make_user(Role.NAMED_LEAD)
    with pytest.raises(NotAllowed):
        actions.add_term(by=lead, **FIELDS | {"label": "other"})
    with pytest.raises(NotAllowed):
        actions.change_term(by=lead, term=term, version=version(term), why="x")
    with pytest.raises(NotAllowed):
        actions.retire_term(by=lead, term=term)


def test_nothing_is_half_done_when_the_event_cannot_be_written(admin, term, monkeypatch):
    def refuse(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(actions.events, "record", refuse)
    with pytest.raises(RuntimeError):
        actions.retire_term(by=admin, term=term)
    term.refresh_from_db()
    assert term.retired_at is None


def test_a_term_is_retired_once(admin, term):
    actions.retire_term(by=admin, term=term)
    with pytest.raises(NotAllowed):
        actions.retire_term(by=admin, term=term)


@pytest.mark.parametrize("phrases", ["", "*", "a", "... x", "x" * 81])
def test_a_phrase_that_cannot_be_read_is_refused(admin, phrases):
    with pytest.raises(ValidationError):
        actions.add_term(by=admin, **FIELDS | {"phrases": phrases})


def test_the_pages(signed_in, term):
    client = signed_in(Role.ADMINISTRATOR)
    assert "naughty; naughtiness" in client.get(LIST).content.decode()
    html = client.get(url("language-term", term)).content.decode()
    assert "Retire" in html
    bad = client.post(ADD, FIELDS | {"label": "<script>", "phrases": "100%s *"})
    html = bad.content.decode()
    assert "<title>Error: " in html
    assert "* stands only at the end" in html
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    double = client.post(ADD, FIELDS)
    assert "already exists" in double.content.decode()
    assert LanguageTerm.objects.count() == 1
    good = client.post(ADD, FIELDS | {"label": "new", "retired_at": "2020-01-01", "id": "x"})
    assert good.status_code == 302
    assert LanguageTerm.objects.get(label="new").retired_at is None
    changed = client.post(url("language-term", term), FIELDS | {"why": "New why"})
    assert changed.status_code == 302
    assert client.post(url("language-term-retire", term)).status_code == 302
    assert "Retired" in client.get(LIST).content.decode()
    assert "Put back into use" in client.get(url("language-term", term)).content.decode()
    assert client.post(url("language-term-restore", term)).status_code == 302
    term.refresh_from_db()
    assert (term.why, term.retired_at) == ("New why", None)


def test_a_stale_change_shows_both_texts_and_loses_neither(signed_in, admin, term):
    client = signed_in(Role.ADMINISTRATOR)
    address = url("language-term", term)
    opened = re.search(r'name="version" value="(\w+)"', client.get(address).content.decode())
    actions.change_term(by=admin, term=term, version=version(term), why="Theirs")
    mine = FIELDS | {"why": "Mine", "version": opened.group(1)}
    answer = client.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else was first" in page
    assert page.count("Theirs") == 1
    assert ">\nMine</textarea>" in page or ">Mine</textarea>" in page
    term.refresh_from_db()
    assert term.why == "Theirs"
    newer = re.search(r'name="version" value="(\w+)"', page).group(1)
    assert client.post(address, mine | {"version": newer}).status_code == 302
    term.refresh_from_db()
    assert term.why == "Mine"


def test_nobody_else_gets_in(signed_in, term):
    client = signed_in(Role.PRACTITIONER)
    for name in ("language-term", "language-term-retire", "language-term-restore"):
        assert client.post(url(name, term), FIELDS).status_code == 403
    assert client.get(LIST).status_code == 403
    assert client.get(ADD).status_code == 403
    term.refresh_from_db()
    assert term.retired_at is None


def test_a_term_that_is_not_there_is_not_found(signed_in):
    client = signed_in(Role.ADMINISTRATOR)
    missing = reverse("interface:language-term", args=["00000000-0000-4000-8000-000000000000"])
    assert client.get(missing).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    signed_in, admin, count, django_assert_max_num_queries
):
    for number in range(count):
        actions.add_term(by=admin, **FIELDS | {"label": f"term {number}"})
    client = signed_in(Role.ADMINISTRATOR)
    client.get(LIST)
    with django_assert_max_num_queries(10):
        client.get(LIST)
