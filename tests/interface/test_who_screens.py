"""What the handbook expects of each kind of agency about screening, and where it is shown."""

import pytest
from django.urls import reverse

from cse.interface.who_screens import EXPECTATIONS, expected_of, expected_of_others
from cse.people.models import AgencyType, Role
from tests.factories import grant, make_agency, make_child, make_user
from tests.screening.pages import text_of

#: Words of what is expected of a kind of agency, beside what is expected of all.
OF = {
    AgencyType.HEALTH: "a concern begins to show, also when the child has said nothing",
    AgencyType.LEAVING_CARE: "a concern begins to show, also when the child has said nothing",
    AgencyType.YOUTH_OFFENDING: "a concern begins to show, also when the child has said nothing",
    AgencyType.POLICE: "every report of a missing child",
    AgencyType.SCHOOL: "a concern begins to show, also when the child has said nothing",
    AgencyType.SOCIAL_CARE: "in the assessment of each new referral",
    AgencyType.PROBATION: "line manager first",
    AgencyType.RESIDENTIAL: "the kind of service you provide",
    AgencyType.VOLUNTARY: "the kind of service you provide",
    AgencyType.EARLY_INTERVENTION: "the kind of service you provide",
    AgencyType.OTHER: "not normally expected to screen",
}


@pytest.mark.requirement("O-SCR-07", "O-SCR-08", "O-SCR-09", "O-SCR-10")
@pytest.mark.parametrize("kind", AgencyType)
def test_each_kind_of_agency_reads_its_own_first(kind):
    assert OF[kind] in expected_of({kind})[0].text
    named = {each.text for each in expected_of({kind})}
    assert {each.text for each in EXPECTATIONS if not each.types} < named
    assert not named & {each.text for _, each in expected_of_others({kind})}


@pytest.mark.requirement("O-SCR-07", "O-SCR-08")
def test_a_school_screens_every_emerging_concern_and_before_it_excludes():
    """O §7.6.7 holds for every child; §7.6.4 for one who might be excluded."""
    concern, exclusion = [each for each in expected_of({AgencyType.SCHOOL}) if each.types]
    assert "Screen every child about whom a concern begins to show" in concern.text
    assert "§7.6.7" in concern.source
    assert "Do not exclude before weighing" in exclusion.text
    assert exclusion.source == "O §7.6.4"


@pytest.mark.requirement("O-SCR-11", "O-SCR-12")
@pytest.mark.parametrize("words", ["Every referral of a child of 10", "who uses any service"])
def test_what_holds_from_the_age_of_10_names_the_section_that_says_so(words):
    (row,) = [each for each in EXPECTATIONS if words in each.text]
    assert row.source == "O §13.4.2" and not row.types


@pytest.mark.requirement("O-SCR-26")
def test_adult_social_care_notes_concerns_about_children():
    for kind in (AgencyType.OTHER, AgencyType.SOCIAL_CARE):
        assert any("children seen at an address" in each.text for each in expected_of({kind}))


@pytest.mark.django_db
@pytest.mark.requirement("O-SCR-02", "O-SCR-08", "O-SCR-11", "O-SCR-12", "W-SCR-08")
def test_it_stands_where_a_screen_begins_and_in_the_guidance(client):
    from screening.actions import load_shipped_tools

    load_shipped_tools()
    teacher = make_user(Role.PRACTITIONER, agency=make_agency(type=AgencyType.SCHOOL))
    child = make_child(by=teacher)
    grant(teacher, child)
    client.force_login(teacher)
    begins = text_of(client.get(reverse("screening:start", args=[child.pk])))
    for words in (
        "Whoever has a concern screens, whatever their profession",
        "It is quick",
        "Do not exclude before weighing",
        "(O §7.1.5, §7.2.5, §7.6.7, §7.10.6)",
        "(O §13.4.2)",
        "10 or older who uses any service",
        "Every referral of a child of 10 or older",
        "talk to your manager and tell your agency’s lead",
    ):
        assert words in begins
    assert begins.count("talk to your manager and tell your agency’s lead") == 1
    assert "in the assessment of each new referral" not in begins
    page = text_of(client.get(reverse("interface:guidance-page", args=["who-screens"])))
    assert page.index("Do not exclude") < page.index("What is expected of other agencies")
    assert page.index("What is expected of other agencies") < page.index("each new referral")
