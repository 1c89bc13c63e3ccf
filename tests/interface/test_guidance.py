"""Guidance is there for everybody who is signed in, true to its sources, with no old contacts."""

import logging
import re
from html import unescape

import pytest
from django.urls import reverse

from cse.audit.models import AuditEvent
from cse.interface.guidance import PAGES
from cse.interface.reference import load_language_terms
from cse.people.models import ContactPoint, Role
from cse.people.reference import load_authorities

pytestmark = pytest.mark.django_db
WORDING = reverse("interface:check-wording")
JSON = {"Accept": "application/json"}


def text_of(client, slug):
    html = client.get(reverse("interface:guidance-page", args=[slug])).content.decode()
    main = re.search(r"<main.*</main>", html, re.S).group()
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.BOARD, Role.ADMINISTRATOR, Role.AUDITOR])
def test_every_page_opens_for_every_role(signed_in, role):
    client = signed_in(role)
    for page in PAGES:
        assert page.title in text_of(client, page.slug)
    assert client.get(reverse("interface:guidance")).status_code == 200
    assert client.get(reverse("interface:contacts")).status_code == 200
    assert client.get(WORDING).status_code == 200


def test_a_page_that_is_not_there_and_a_stranger(signed_in, client):
    guidance = reverse("interface:guidance")
    assert client.get(guidance).status_code == 302
    assert signed_in(Role.PRACTITIONER).get(f"{guidance}made-up/").status_code == 404


@pytest.mark.requirement("W-SHR-07", "O-SHR-04", "DEC-20")
def test_the_definition_in_force_is_shown_first_and_the_handbooks_as_theirs(signed_in):
    text = text_of(signed_in(Role.PRACTITIONER), "what-it-is")
    current = text.index(
        "takes advantage of an imbalance of power to coerce, manipulate or deceive"
    )
    earlier = text.index("involving exploitative situations, contexts and relationships")
    assert current < earlier
    assert "February 2017" in text
    assert "No longer in force" in text


@pytest.mark.requirement("W-SHR-06", "O-SHR-03", "W-SHR-22")
def test_children_of_either_sex_anywhere_and_online(signed_in):
    text = text_of(signed_in(Role.PRACTITIONER), "what-it-is")
    assert "Girls and boys, in towns and villages" in text
    assert "women or men" in text
    assert "online by people they never meet" in text


@pytest.mark.requirement("W-SHR-11", "W-SHR-12", "O-SHR-08", "O-SHR-10")
def test_push_and_pull_power_technology_and_linked_crime(signed_in):
    text = text_of(signed_in(Role.PRACTITIONER), "noticing")
    for words in (
        *("What may push a child out", "What may pull a child in", "who has power here?"),
        *("recorded and shared", "describe in free text", "child trafficking", "Domestic abuse"),
    ):
        assert words in text


@pytest.mark.requirement("W-SHR-10", "O-SHR-09", "W-SHR-17", "O-SHR-23")
def test_what_the_law_says_of_choice(signed_in):
    text = text_of(signed_in(Role.PRACTITIONER), "choice")
    for words in (
        "Nobody under 16 can legally consent",
        "under 13 is statutory rape",
        "Nobody under 18 can consent to their own exploitation",
        "never a reason to record that there is no risk",
        "victim of abuse, not an offender",
    ):
        assert words.casefold() in text.casefold()


@pytest.mark.requirement("W-SCR-03", "W-SCR-04", "W-SCR-05", "W-SCR-07", "W-SCR-09")
def test_what_pushes_and_pulls_and_the_fourteen_signs(signed_in):
    client = signed_in(Role.PRACTITIONER)
    html = client.get(reverse("interface:guidance-page", args=["noticing"])).content.decode()
    lists = re.findall(r"<ul.*?</ul>", html[html.index("What may push") :], re.S)
    assert [each.count("<li>") for each in lists[:3]] == [7, 8, 14]
    assert html.index("goes missing") < html.index("drops out of school")
    for words in ("what the child has lived through", "what the child needs"):
        assert words in html


@pytest.mark.requirement("W-SHR-23")
def test_the_summary_has_seven_steps(signed_in):
    client = signed_in(Role.PRACTITIONER)
    html = client.get(reverse("interface:guidance-page", args=["steps"])).content.decode()
    steps = re.search(r"<ol.*?</ol>", html, re.S).group()
    assert steps.count("<li>") == 7
    assert "Do not assume that somebody else" in html


@pytest.mark.requirement("O-SHR-22")
def test_there_are_nineteen_principles(signed_in):
    client = signed_in(Role.PRACTITIONER)
    html = client.get(reverse("interface:guidance-page", args=["principles"])).content.decode()
    assert re.search(r"<ol.*?</ol>", html, re.S).group().count("<li>") == 19


@pytest.mark.requirement("O-SHR-01", "O-SHR-41", "O-SHR-42")
def test_never_give_up_on_a_child(signed_in):
    text = text_of(signed_in(Role.PRACTITIONER), "working-with-children")
    for words in ("Never give up on a child", "by itself never close the work", "steps back"):
        assert words in text


@pytest.mark.requirement("W-SHR-24", "W-SHR-25", "W-SHR-26", "O-SHR-52", "O-SHR-53", "O-SHR-54")
def test_the_resources_of_both_handbooks_and_no_dead_address(signed_in):
    client = signed_in(Role.PRACTITIONER)
    html = client.get(reverse("interface:guidance-page", args=["resources"])).content.decode()
    lists = [
        part.count("<li>") for part in re.findall(r"<ul class=\"govuk-list.*?</ul>", html, re.S)
    ]
    assert lists == [6, 4, 6]
    main = re.search(r"<main.*</main>", html, re.S).group()
    assert not re.search(r"https?://|www\.|@|\b0\d{3}", main)


@pytest.mark.requirement("O-SHR-15", "O-SHR-21")
def test_words_shows_before_and_after_and_the_terms_in_use(signed_in):
    load_language_terms()
    text = text_of(signed_in(Role.PRACTITIONER), "words")
    for words in ("Before", "After", "persistent absconder", "street wise", "what worries us"):
        assert words in text


@pytest.mark.requirement("W-SHR-27", "DEC-51")
def test_contacts_are_placeholders_until_somebody_fills_them_in(signed_in):
    load_authorities()
    client = signed_in(Role.PRACTITIONER)
    html = client.get(reverse("interface:contacts")).content.decode()
    assert html.count("Not filled in yet") == ContactPoint.objects.count() > 5
    point = ContactPoint.objects.filter(authority__key="oxfordshire").first()
    point.value, point.is_placeholder = "01632 960123", False
    point.save()
    html = client.get(reverse("interface:contacts")).content.decode()
    assert "01632 960123" in html
    # The person's own area comes first.
    assert html.index(">Oxfordshire<") < html.index(">Wiltshire<")


@pytest.mark.requirement("DEC-15")
def test_wording_is_looked_at_and_forgotten(signed_in, caplog):
    load_language_terms()
    client = signed_in(Role.PRACTITIONER)
    events = AuditEvent.objects.count()
    text = "😀 Zebediah has a boyfriend <b>"
    with caplog.at_level(logging.DEBUG):
        page = client.post(WORDING, {"text": text}).content.decode()
        answer = client.post(WORDING, {"text": text}, headers=JSON).json()
    assert "are not equals" in page or "relationship of equals" in page
    assert "Zebediah has a boyfriend &lt;b&gt;" in page
    hint = answer["hints"][0]
    assert list(text)[hint["start"] : hint["end"]] == list("boyfriend")
    assert {"found", "why", "alternative", "source", "term"} <= set(hint)
    assert AuditEvent.objects.count() == events
    assert "Zebediah" not in caplog.text
    assert "boyfriend" not in caplog.text


def test_wording_that_is_plain_empty_too_long_or_odd(signed_in):
    load_language_terms()
    client = signed_in(Role.PRACTITIONER)
    assert "None of the listed" in client.post(WORDING, {"text": "A calm day."}).content.decode()
    assert "Write or paste" in client.post(WORDING, {"text": ""}).content.decode()
    long = client.post(WORDING, {"text": "x" * 100_001})
    assert "100000 characters or fewer" in long.content.decode()
    for odd in ("", "\x00", "x" * 100_001):
        assert client.post(WORDING, {"text": odd}, headers=JSON).json() == {"hints": []}


def test_looking_at_wording_costs_one_query_of_its_own(signed_in, django_assert_max_num_queries):
    load_language_terms()
    client = signed_in(Role.PRACTITIONER)
    client.post(WORDING, {"text": "streetwise"}, headers=JSON)
    with django_assert_max_num_queries(10):
        client.post(WORDING, {"text": "streetwise and her boyfriend"}, headers=JSON)
