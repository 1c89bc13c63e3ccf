"""The directory of named leads (O-SHR-35) and the signatories of the protocol (O-SHR-47)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cse.children.queries.overview import leads_of
from cse.people.models import AgencyType, Post, Role, Team, TeamKind
from cse.people.queries import directory
from tests.factories import make_agency, make_authority, make_team, make_user
from tests.signin.helpers import sign_in

pytestmark = pytest.mark.django_db
ADDRESS = "/people/leads/"


def lead_of(agency, name="Lee Lead", **dates):
    user = make_user(None, given_name=name.split()[0], family_name=name.split()[1])
    user.telephone = "01632 960777"
    user.save()
    team = make_team(agency, kind=TeamKind.LEADS)
    post = Post(user=user, team=team, role=Role.NAMED_LEAD,
                starts_on=dates.get("starts_on", dt.date(2024, 9, 1)),
                ends_on=dates.get("ends_on"))  # fmt: skip
    post.save()
    return user


def page(client, query=""):
    answer = client.get(ADDRESS + query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.requirement("O-SHR-35")
@pytest.mark.parametrize("role", list(Role))
def test_everybody_who_is_signed_in_finds_the_lead_of_an_agency(client, role):
    lead_of(make_agency("Ridge School"), ends_on=dt.date(2087, 8, 31))
    sign_in(client, make_user(role))
    text = page(client)
    for words in ("Ridge School", "Lee Lead", "01632 960777", "1 September 2024", "31 August 2087"):
        assert words in text


@pytest.mark.requirement("O-SHR-35")
def test_a_lead_of_the_past_is_gone_one_to_come_is_announced_and_a_gap_is_said(client):
    lead_of(make_agency("Past School"), "Pat Past", ends_on=dt.date(2025, 1, 1))
    lead_of(make_agency("Next School"), "Nic Next", starts_on=dt.date(2031, 1, 1))
    sign_in(client, make_user())
    text = page(client)
    assert "Pat Past" not in text
    assert "No lead named" in text
    assert "Nic Next" in text
    assert "from 1 January 2031" in text


@pytest.mark.requirement("O-SHR-47")
def test_it_says_which_agencies_have_signed_the_protocol(client):
    signed = make_agency("Signed Trust")
    signed.protocol_signed_on = dt.date(2025, 5, 6)
    signed.save()
    make_agency("Careful Charity")
    sign_in(client, make_user())
    assert "Signed 6 May 2025" in page(client, "?name=signed")
    assert "Not signed" in page(client, "?name=careful")


@pytest.mark.requirement("O-SHR-35")
def test_it_is_searched_by_agency_kind_and_authority(client):
    make_agency("Hill Surgery", type=AgencyType.HEALTH)
    make_agency("Hill School", type=AgencyType.SCHOOL)
    make_agency("Plain School", authority=make_authority("wiltshire"))
    sign_in(client, make_user())
    by_kind = page(client, "?name=hill&kind=health")
    assert "Hill Surgery" in by_kind
    assert "Hill School" not in by_kind
    by_authority = page(client, "?authority=wiltshire")
    assert "Plain School" in by_authority
    assert "Hill School" not in by_authority
    assert "No agency found" in page(client, "?name=nothing-like-it")


def test_a_wrong_filter_is_answered_with_the_error_and_every_agency(client):
    make_agency("Hill School")
    sign_in(client, make_user())
    assert "Hill School" in page(client, "?kind=nonsense")


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_for_one_and_for_three(client, number, django_assert_num_queries):
    for n in range(number):
        lead_of(make_agency(f"School {n}"), f"Lee Lead{n}")
    sign_in(client, make_user())
    client.get(ADDRESS)
    with django_assert_num_queries(8):
        client.get(ADDRESS)


def test_without_sign_in_there_is_no_directory(client):
    assert client.get(ADDRESS)["Location"].startswith(reverse("account_login"))


TIED = {
    Role.NAMED_LEAD: TeamKind.LEADS,
    Role.FRONT_DOOR: TeamKind.FRONT_DOOR,
    Role.CSE_TEAM: TeamKind.CSE_TEAM,
}


@pytest.mark.requirement("O-SHR-35")
@pytest.mark.parametrize(
    ("role", "kind", "fits"),
    [
        (role, kind, kind == TIED[role] if role in TIED else kind != TeamKind.LEADS)
        for role in Role
        for kind in TeamKind
    ],
)
def test_who_the_directory_lists_is_who_work_goes_to(client, role, kind, fits):
    sign_in(client, make_user(Role.ADMINISTRATOR))
    person, team = make_user(), make_team(kind=kind)
    first = {"starts_on-day": "1", "starts_on-month": "6", "starts_on-year": "2026"}
    address = reverse("people:give-post", args=[person.pk])
    answer = client.post(address, first | {"role": role, "team": str(team.pk)})
    assert answer.status_code == (302 if fits else 200)
    assert team.posts.filter(user=person).exists() == fits
    if not fits:
        said = answer.content.decode().split("There is a problem")[1]
        assert "another role" in said or "another team" in said
    listed = [entry.leads for entry in directory(timezone.localdate()) if entry.leads]
    working = leads_of(team.agency_id, timezone.localdate())
    assert [post.pk for posts in listed for post in posts] == [post.pk for post in working]


@pytest.mark.requirement("O-SHR-35")
def test_a_team_with_people_in_it_does_not_become_the_circle_of_leads(client):
    boss = make_user(Role.ADMINISTRATOR)
    sign_in(client, boss)
    post = make_user().posts.get()
    address = reverse("people:edit-team", args=[post.team_id])
    said = {"name": "Leads", "kind": TeamKind.LEADS}
    assert "End the post first" in client.post(address, said).content.decode()
    post.ends_on = timezone.localdate() - dt.timedelta(days=1)
    post.save()
    assert client.post(address, said).status_code == 302
    assert Team.objects.get(pk=post.team_id).kind == TeamKind.LEADS
