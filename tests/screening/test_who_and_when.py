"""Who completed a screen and when, whose views it holds, who may use it: on page and on paper."""

import pytest

from cse.documents.render import document_html
from cse.interface.words import date_words
from cse.people.models import AgencyType, ContactPoint, Role
from screening.actions import complete, start_screen
from screening.documents.screen import record_of
from tests.documents import samples
from tests.factories import grant, make_agency, make_team, make_user
from tests.screening.conftest import Place
from tests.screening.made import TYPED, completed, fill_in
from tests.screening.pages import address, text_of

pytestmark = pytest.mark.django_db
AREAS = ("oxfordshire", "wiltshire")


def paper_of(screen, **about):
    context = samples.context(record_of(screen))
    context["about"] = samples.about(**about)
    html = document_html("documents/pdf/screen.html", context)
    return text_of(type("Page", (), {"content": html.encode()}))


@pytest.mark.requirement("W-SCR-17", "W-SCR-18", "O-SCR-15", "O-SCR-16")
@pytest.mark.parametrize("area", AREAS)
def test_page_and_paper_say_who_completed_it_in_which_job_and_when(tools, area):
    place = Place(area)
    place.worker.job_title = "School nurse"
    place.worker.save()
    screen = completed(place)
    day = date_words(screen.completed_on)
    page = text_of(place.client().get(address(screen, "show")))
    assert f"Completed on {day} by Wyn Arden, School nurse, {place.agency.name}" in page
    paper = paper_of(screen)
    assert "Completed by Wyn Arden, School nurse" in paper
    assert f"Completed on {day}" in paper


@pytest.mark.requirement("W-SCR-30", "W-SCR-31")
def test_the_views_of_the_child_and_of_the_parents_are_kept_and_shown(wiltshire):
    views = {
        "child_views": "He says that they are his friends.",
        "child_agrees": "no",
        "parent_views": "His mother is worried about the late calls.",
        "parent_views_not_sought": "His father could not be reached.",
    }
    screen = completed(wiltshire, **views)
    assert views.items() <= screen.sections.items()
    for shown in (text_of(wiltshire.client().get(address(screen, "show"))), paper_of(screen)):
        for key, text in views.items():
            assert key == "child_agrees" or text in shown
        assert "agree" in shown


@pytest.mark.requirement("W-SCR-36")
def test_risk_is_put_as_how_harmful_and_how_imminent_in_the_handbooks_own_words(wiltshire):
    from screening.queries import tool_of

    screen, _ = start_screen(child=wiltshire.child, by=wiltshire.worker)
    matrix = tool_of(screen.tool_version_id).matrix
    page = text_of(wiltshire.client().get(address(screen, "domain", "missing")))
    assert "Impact: how harmful" in page and "Likelihood: how imminent" in page
    for row in (*matrix.impacts, *matrix.likelihoods):
        assert row.definition and f"{row.title} {row.definition}" in page
    ranks = {"low": 0, "medium": 1, "high": 2}
    table = [
        [ranks[matrix.level(up.key, along.key)] for along in matrix.likelihoods]
        for up in matrix.impacts
    ]
    for lines in (table, list(zip(*table, strict=True))):
        for line in lines:
            assert list(line) in (sorted(line), sorted(line, reverse=True))


@pytest.mark.requirement("O-SCR-25")
@pytest.mark.parametrize("kind", [AgencyType.VOLUNTARY, AgencyType.EARLY_INTERVENTION])
@pytest.mark.parametrize(
    ("level", "rule", "must"),
    [
        ("vulnerable", "R13", "Must be offered Vulnerable"),
        ("at_risk", "R4", "Must be done Concern"),
        ("cse", "R4", "Must be done Concern"),
    ],
)
def test_voluntary_and_early_intervention_staff_screen_and_know_how_to_refer(
    wiltshire, kind, level, rule, must
):
    agency = make_agency(authority=wiltshire.authority, type=kind)
    worker = make_user(Role.PRACTITIONER, team=make_team(agency))
    grant(worker, wiltshire.child)
    number = {"value": "01632 960 001", "is_placeholder": False}
    ContactPoint(authority=wiltshire.authority, label="MASH", **number).save()
    client = wiltshire.client(worker)
    client.post(f"/screens/child/{wiltshire.child.pk}/start/", {"tool": "wiltshire"})
    screen, new = start_screen(child=wiltshire.child, by=worker)
    assert not new and screen.agency == agency
    calm = {"harm_happened": "no", "concerns_confirmed": "no", "level": level}
    screen = fill_in(screen, worker, None, TYPED | calm)
    screen = complete(screen_id=screen.pk, by=worker, version=screen.version)
    page = text_of(client.get(address(screen, "completed")))
    [found] = screen.assessments.get().result["rules"]
    assert found["id"] == rule and must in page and found["routes"]
    for route in found["routes"]:
        assert f"What to do: {route['title']}" in page
    assert "01632 960 001" in page, "and whom to contact"


@pytest.mark.requirement("DEC-26")
@pytest.mark.parametrize("area", AREAS)
def test_page_and_paper_carry_the_marking_and_the_handling_line_of_the_area(tools, area):
    from screening.documents.screen import find

    place = Place(area)
    screen = completed(place)
    page = text_of(place.client().get(address(screen, "show")))
    assert page.count("OFFICIAL-SENSITIVE") >= 2
    found = find(screen.pk, place.lead)
    assert (found.marking, found.handling) == ("OFFICIAL-SENSITIVE", "")
    place.authority.marking, place.authority.handling = "OFFICIAL", "Named people only"
    place.authority.save()
    found = find(screen.pk, place.lead)
    paper = paper_of(screen, marking=found.marking, handling=found.handling)
    assert "Named people only" in paper and "OFFICIAL-SENSITIVE" not in paper
    help_page = text_of(place.client().get("/guidance/words/"))
    assert "says RESTRICTED, a marking that was replaced in 2014" in help_page
