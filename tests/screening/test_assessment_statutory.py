"""Single assessment, section 17, section 47: dated statuses with an outcome, never overlapping."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cse.audit.models import AuditEvent
from cse.people.models import AgencyType, Role
from screening.assessments.actions import (
    conclude_statutory,
    correct_statutory,
    record_risks,
    record_statutory,
    take_back_statutory,
)
from screening.assessments.actions.statutory import StaleStatus
from screening.models import StatutoryAssessment
from screening.policies import Refused
from tests.factories import grant, make_agency, make_team, make_user
from tests.prepared import prepared
from tests.screening.assessing import at
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db
WHY = "The child was harmed, and the adults are still near."


@prepared
def place(oxfordshire):
    care = make_agency(authority=oxfordshire.authority, type=AgencyType.SOCIAL_CARE)
    oxfordshire.social = make_user(Role.FRONT_DOOR, team=make_team(care), given_name="Sol")
    grant(oxfordshire.social, oxfordshire.child)
    return oxfordshire


def ago(days):
    return timezone.localdate() - dt.timedelta(days=days)


def begun(place, kind="s47", days=10):
    return record_statutory(child=place.child, kind=kind, started_on=ago(days), by=place.social)


def ended(place, row, days=2, outcome="conference", reason=WHY):
    return conclude_statutory(
        statutory_id=row.pk,
        outcome=outcome,
        on=ago(days),
        reason=reason,
        version=row.version,
        by=place.social,
    )


def typed(name, day):
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


@pytest.mark.requirement("W-MTG-03", "W-MTG-04", "O-REF-08")
def test_begun_and_concluded_in_the_browser(place):
    client = place.client(place.social)
    where = reverse("screening:statutory-record", args=[place.child.pk])
    assert client.post(where, {"kind": "s47", **typed("started_on", ago(4))}).status_code == 302
    row = StatutoryAssessment.objects.get()
    listed = reverse("screening:assessments", args=[place.child.pk])
    assert "Section 47 enquiry" in text_of(client.get(listed))
    sent = controls(client.get(at("statutory-outcome", row)))
    sent |= {"outcome": "conference", "reason": WHY, **typed("on", ago(1))}
    assert client.post(at("statutory-outcome", row), sent).status_code == 302
    words = text_of(client.get(listed))
    assert "Child protection conference" in words and WHY in words
    assert "Section 47 enquiry" in text_of(
        place.client().get(reverse("children:child", args=[place.child.pk]))
    )
    assert AuditEvent.objects.filter(act="statutory assessment concluded").exists()


def test_one_of_a_kind_runs_and_two_never_overlap(place):
    first = begun(place, days=30)
    assert begun(place, days=30) == first
    with pytest.raises(Refused, match="runs, or ran"):
        begun(place, days=3)
    begun(place, "single", days=3)  # another kind runs beside it
    ended(place, first, days=20)
    with pytest.raises(Refused, match="runs, or ran"):
        begun(place, days=25)
    again = begun(place, days=20)
    assert StatutoryAssessment.objects.filter(kind="s47").count() == 2
    with pytest.raises(Refused, match="runs, or ran"):
        correct_statutory(
            statutory_id=again.pk,
            started_on=ago(29),
            outcome="",
            on=None,
            outcome_reason="",
            why="A slip",
            version=again.version,
            by=place.social,
        )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"days": -1}, "in the past"),
        ({"days": 11}, "before the beginning"),
        ({"outcome": "strategy"}, "does not belong"),
        ({"reason": " "}, "rests on"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused(place, change, said):
    with pytest.raises(Refused, match=said):
        ended(place, begun(place), **change)


@pytest.mark.requirement("O-SHR-01")
def test_not_engaging_alone_ends_nothing(place):
    row = begun(place)
    with pytest.raises(Refused, match="Not engaging"):
        ended(place, row, outcome="no_action", reason="She refused to engage")
    client = place.client(place.social)
    sent = controls(client.get(at("statutory-outcome", row)))
    sent |= {"outcome": "no_action", "reason": "She refused to engage", **typed("on", ago(1))}
    page = client.post(at("statutory-outcome", row), sent)
    assert page.status_code == 200 and "She refused to engage" in text_of(page)


def test_only_social_care_records_its_own(place):
    with pytest.raises(Refused, match="Only children’s social care"):
        record_statutory(child=place.child, kind="s17", started_on=ago(1), by=place.worker)
    where = reverse("screening:statutory-record", args=[place.child.pk])
    assert "Only children’s social care" in text_of(place.client().get(where))
    sent = {"kind": "s17", **typed("started_on", ago(1))}
    assert place.client().post(where, sent).status_code == 403
    assert not StatutoryAssessment.objects.exists()


def test_a_correction_says_why_and_the_history_keeps_what_stood_there(place):
    row = ended(place, begun(place))
    client = place.client(place.social)
    sent = controls(client.get(at("statutory-correct", row)))
    sent |= {"outcome": "none", "why": "Recorded too soon"}
    assert client.post(at("statutory-correct", row), sent).status_code == 302
    row.refresh_from_db()
    assert row.is_open and row.outcome_on is None
    kept = list(row.history.values_list("outcome", "history_change_reason"))
    assert ("conference", "concluded") in kept and ("", "corrected: Recorded too soon") in kept
    assert "Recorded too soon" in text_of(client.get(at("statutory-correct", row)))


def test_a_mistake_stays_and_counts_no_longer(place):
    row = begun(place)
    take_back_statutory(
        statutory_id=row.pk, why="The wrong child", version=row.version, by=place.social
    )
    begun(place, days=9)
    listed = reverse("screening:assessments", args=[place.child.pk])
    assert "Recorded by mistake: The wrong child" in text_of(place.client().get(listed))


def test_two_people_at_once_are_told(place):
    row = begun(place)
    ended(place, row)
    row.version = 1
    with pytest.raises(StaleStatus):
        ended(place, row, outcome="care_plan")
    client = place.client(place.social)
    sent = {"version": "1", "outcome": "care_plan", "reason": "In his plan", **typed("on", ago(1))}
    page = client.post(at("statutory-outcome", row), sent)
    assert page.status_code == 409
    assert "In his plan" in text_of(page) and "Child protection conference" in text_of(page)


def single(place):
    """A single assessment with its risks, as it stands on the page that somebody opens."""
    row = begun(place, "single")
    return risks(place, row, "Adults at the station.", "Police: the station.")


def risks(place, row, named, done):
    return record_risks(
        statutory_id=row.pk, risks=named, interventions=done, version=row.version, by=place.social
    )


@pytest.mark.parametrize(
    ("page", "wrong", "right"),
    [
        ("risks", {"risks": " "}, {"risks": "Mine"}),
        ("correct", {"why": ""}, {"why": "A slip"}),
        ("outcome", {"reason": ""}, {"outcome": "care_plan", "reason": "Mine", "on": True}),
    ],
)
def test_a_mistake_on_an_older_page_makes_it_no_newer(place, page, wrong, right):
    row = single(place)
    client, where = place.client(place.social), at(f"statutory-{page}", row)
    opened = controls(client.get(where))
    risks(place, row, "A colleague’s text.", "Police: the station.")
    back = client.post(where, opened | wrong)
    assert back.status_code == 200 and "There is a problem" in text_of(back)
    again = controls(back)
    assert again["version"] == opened["version"]
    if right.pop("on", False):
        right |= typed("on", ago(1))
    assert client.post(where, again | right).status_code == 409
    row.refresh_from_db()
    assert (row.risks, row.outcome) == ("A colleague’s text.", "")


def test_risks_that_a_colleague_recorded_meanwhile_are_shown_and_not_erased(place):
    row = single(place)
    client, where = place.client(place.social), at("statutory-risks", row)
    opened = controls(client.get(where))
    risks(place, row, "Two adults, a grey car.", "School: one worker.")
    late = client.post(where, opened | {"risks": "An older boy."})
    assert late.status_code == 409
    shown = text_of(late)
    assert "Two adults, a grey car." in shown and "School: one worker." in shown
    assert "Somebody else changed this too" in shown
    again = controls(late)
    # Both changed the risks; what agencies do was only theirs.
    assert (again["risks"], again["interventions"]) == ("An older boy.", "School: one worker.")
    assert client.post(where, again).status_code == 302
    row.refresh_from_db()
    assert (row.risks, row.interventions) == ("An older boy.", "School: one worker.")
    # What stood there before is read with the assessment, the newest first, and each text once.
    words = text_of(client.get(at("statutory", row))).partition("What stood there before")[2]
    assert 0 < words.index("Two adults, a grey car.") < words.index("Adults at the station.")
    assert "An older boy." not in words and "Sol Person" in words


def test_a_text_that_another_act_saved_again_stood_there_once(place):
    row = single(place)
    ended(place, row, outcome="care_plan")
    row.refresh_from_db()
    risks(place, row, "They have gone.", "Health: each week.")
    words = text_of(place.client().get(at("statutory", row)))
    assert words.count("Adults at the station.") == 1


def test_what_only_a_colleague_corrected_is_taken_over(place):
    row = ended(place, begun(place))
    client, where = place.client(place.social), at("statutory-correct", row)
    opened = controls(client.get(where))
    first = opened | {"outcome_reason": "A colleague’s reason", "why": "It said too little"}
    assert client.post(where, first).status_code == 302
    late = client.post(where, opened | typed("started_on", ago(12)) | {"why": "A slip"})
    assert late.status_code == 409 and "A colleague’s reason" in text_of(late)
    again = controls(late)
    assert (again["outcome_reason"], again["why"]) == ("A colleague’s reason", "A slip")
    assert client.post(where, again).status_code == 302
    row.refresh_from_db()
    assert (row.started_on, row.outcome_reason) == (ago(12), "A colleague’s reason")
    # The reason that was corrected stays readable.
    assert WHY in text_of(client.get(where))


@pytest.mark.parametrize("page", ["risks", "correct", "outcome"])
def test_what_was_typed_stays_readable_where_it_was_taken_back(place, page):
    row = single(place)
    client, where = place.client(place.social), at(f"statutory-{page}", row)
    sent = controls(client.get(where)) | {
        "risks": "An hour of typing", "why": "An hour of typing", "reason": "An hour of typing",
        "outcome": "care_plan", "outcome_reason": "In her plan", **typed("on", ago(1)),
    }  # fmt: skip
    take_back_statutory(
        statutory_id=row.pk, why="The wrong child", version=row.version, by=place.social
    )
    late = client.post(where, sent)
    assert late.status_code == 409
    shown = text_of(late)
    assert "Nothing of yours was saved" in shown and "An hour of typing" in shown


def test_a_second_outcome_leads_to_correcting_the_first(place):
    row = begun(place)
    client, where = place.client(place.social), at("statutory-outcome", row)
    opened = controls(client.get(where))
    ended(place, row)
    sent = opened | {"outcome": "care_plan", "reason": "In his plan", **typed("on", ago(1))}
    late = client.post(where, sent)
    assert late.status_code == 409
    assert at("statutory-correct", row) in late.content.decode()
    # What was chosen is shown too, and not only what was typed.
    assert "Outcome Risk managed in the care plan" in text_of(late)


def test_recorded_twice_it_is_one_and_a_second_is_told_that_one_runs(place):
    client = place.client(place.social)
    where = reverse("screening:statutory-record", args=[place.child.pk])
    sent = {"kind": "s47", **typed("started_on", ago(4))}
    for _ in range(2):
        assert client.post(where, sent).status_code == 302
    assert StatutoryAssessment.objects.count() == 1
    page = client.post(where, sent | typed("started_on", ago(2)))
    shown = text_of(page)
    assert "Another section 47 enquiry runs" in shown and "valid choice" not in shown
    again = controls(page, having="started_on-day")
    assert (again["kind"], again["started_on-day"]) == ("s47", str(ago(2).day))
    assert "valid choice" in text_of(client.post(where, sent | {"kind": "made-up"}))
    # Who opens the page is offered what does not run.
    assert 'value="s47"' not in client.get(where).content.decode()


def test_what_is_missing_is_said_in_good_english(place):
    row = begun(place, "single")
    client, where = place.client(place.social), at("statutory-risks", row)
    words = text_of(client.post(where, {"risks": "", "interventions": "", "version": "1"}))
    assert "Say which risks of exploitation it names" in words
    assert "Say what each agency does to address and reduce them" in words
