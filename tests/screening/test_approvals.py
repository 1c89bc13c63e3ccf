"""The second person: countersigning lowered highs, answering a lowered level."""

import uuid

import pytest
from django.urls import reverse

from cse.audit.models import AuditEvent
from cse.children.models import LevelEvent
from cse.interface.words import date_words
from cse.people.models import Role, TeamKind
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from screening.actions import approve_level, complete, countersign, start_screen
from screening.documents.paper import screen_document
from screening.documents.screen import record_of
from screening.models import Countersignature, Screen, ScreenAssessment
from screening.queries import latest_assessment
from tests.factories import grant, make_agency, make_child, make_team, make_user
from tests.prepared import prepared
from tests.referrals.area import years_old
from tests.screening.conftest import Place
from tests.screening.made import HIGH, OTHER_HIGH, TYPED, completed, fill_in, lowered
from tests.screening.pages import address, text_of

pytestmark = pytest.mark.django_db
THIRTEEN = years_old(13)


@prepared
def place(tools):
    return Place("oxfordshire", date_of_birth=THIRTEEN, given_name="Robin")


@prepared
def screen(place):
    return completed(place, answers={HIGH: lowered()})


def at(screen):
    return reverse("screening:countersign", args=[screen.pk])


def answer(client, screen, answer="agree", reason="I saw the coach's note too", **more):
    sent = {"indicator": HIGH, "answer": answer, "reason": reason, **more}
    return client.post(at(screen), {key: value for key, value in sent.items() if value is not None})


# -- Countersigning -----------------------------------------------------------------------------


@pytest.mark.requirement("DEC-04", "W-SCR-13")
def test_the_page_shows_what_was_lowered_by_whom_and_why(place, screen):
    page = text_of(place.client(place.lead).get(at(screen)))
    for words in (
        "Level the tool suggests Suggested level: High",
        "Lowered to: Medium",
        "Wyn Arden",
        "A single bruise from hockey, seen by the coach",
        "Coach's note of 3 November",
        "When the screen was completed Applies because of",
        "The referral is mandatory",
    ):
        assert words in page, words


@pytest.mark.requirement("DEC-04", "DEC-09")
def test_an_answer_is_offered_to_those_who_may_give_it(place):
    """A lead of elsewhere, and the lead who did it themselves, read who can."""
    grant(place.lead, place.child)
    completed(place, level="cse")
    own = completed(
        place, by=place.lead, answers={HIGH: lowered()}, level="vulnerable", harm_happened="no"
    )
    outside = make_user(Role.NAMED_LEAD)
    grant(outside, place.child)
    show = reverse("screening:show", args=[own.pk])
    offered = ("Countersign what was lowered", "Answer the lowered level")
    for who, may in ((outside, False), (place.lead, False), (place.other_lead, True)):
        page = text_of(place.client(who).get(show))
        assert [words in page for words in offered] == [may, may], who
        assert "Asked to answer:" in page


@pytest.mark.requirement("DEC-04")
def test_agreeing_clears_the_rule_and_both_states_are_shown(place, screen):
    client = place.client(place.lead)
    assert "R5" in rules_of(screen)
    sent = answer(client, screen)
    assert sent.status_code == 302
    page = text_of(client.get(sent["Location"]))
    assert "When the screen was completed Applies because of" in page
    assert "Now Does not apply" in page
    row = Countersignature.objects.get(screen=screen)
    assert (row.agrees, row.by, row.amended_by) == (True, place.lead, place.worker)
    assert "R5" not in rules_of(screen)
    assert [each.because for each in screen.assessments.order_by("made_at")] == [
        "completed",
        "countersigned",
    ]
    assert not open_work(screen, kinds.COUNTERSIGN)
    screen.refresh_from_db()
    assert screen.version == 1 + len(screen.part_versions) + 1  # the screen itself is untouched


@pytest.mark.requirement("DEC-04")
def test_not_agreeing_is_recorded_and_the_obligation_stands(place, screen):
    client = place.client(place.lead)
    sent = answer(client, screen, "disagree", "The coach was not there")
    page = text_of(client.get(sent["Location"]))
    assert "Not agreed: the obligation stands" in page
    assert "The coach was not there" in page
    assert page.count("Applies because of") == 2
    assert "R5" in rules_of(screen)
    assert not Countersignature.objects.get(screen=screen).agrees
    assert not open_work(screen, kinds.COUNTERSIGN)
    event = AuditEvent.objects.get(act="countersignature refused")
    assert (event.actor_id, event.child_id) == (place.lead.pk, place.child.pk)


@pytest.mark.requirement("DEC-04")
def test_each_of_two_rows_has_its_own_answer(place):
    screen = completed(place, answers={HIGH: lowered(), OTHER_HIGH: lowered("low")})
    client = place.client(place.lead)
    answer(client, screen)
    assert "R5" in rules_of(screen)
    assert len(open_work(screen, kinds.COUNTERSIGN)) == 1
    page = text_of(client.get(at(screen)))
    assert "Agreed" in page and "Waits" in page
    assert answer(client, screen, indicator=OTHER_HIGH).status_code == 302
    assert "R5" not in rules_of(screen)
    assert not open_work(screen, kinds.COUNTERSIGN)
    assert "Every lowered indicator of this screen has its answer" in text_of(
        client.get(at(screen))
    )


@pytest.mark.requirement("DEC-04")
@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("answer", "Say whether you agree or do not agree"),
        ("reason", "Give your own reason, whatever your answer is"),
    ],
)
def test_answer_and_reason_are_both_needed_and_nothing_typed_is_lost(place, screen, field, message):
    typed = {"answer": "disagree", "reason": "First line\nsecond <b>line</b>"}
    sent = answer(place.client(place.lead), screen, **{**typed, field: None})
    html = sent.content.decode()
    assert sent.status_code == 200
    assert "<title>Error: " in html and message in html
    if field == "answer":
        assert "First line&#10;second &lt;b&gt;line&lt;/b&gt;" in html
    else:
        assert 'value="disagree" checked' in html
    assert not Countersignature.objects.exists()


@pytest.mark.requirement("DEC-04")
@pytest.mark.parametrize("typed", [" \n ", "a\x00b", "x" * 4001, "y"])
def test_no_reason_breaks_the_page(place, screen, typed):
    sent = answer(place.client(place.lead), screen, reason=typed, answer="agree")
    assert sent.status_code == (302 if typed == "y" else 200)
    assert Countersignature.objects.count() == (1 if typed == "y" else 0)


@pytest.mark.requirement("DEC-04")
def test_a_lead_cannot_countersign_what_they_lowered_themselves(place):
    grant(place.lead, place.child)
    screen = completed(place, by=place.lead, answers={HIGH: lowered()})
    own = place.client(place.lead)
    page = text_of(own.get(at(screen)))
    assert "somebody else has to countersign" in page and "Keep my answer" not in page
    assert answer(own, screen).status_code == 403
    assert not Countersignature.objects.exists()
    other = place.client(place.other_lead)
    assert "Keep my answer" in text_of(other.get(at(screen)))
    assert answer(other, screen).status_code == 302
    assert Countersignature.objects.get().by == place.other_lead


@pytest.mark.requirement("DEC-04")
def test_nor_what_they_lowered_in_a_draft_that_somebody_else_reworded_and_completed(place):
    grant(place.lead, place.child)
    screen, _ = start_screen(child=place.child, by=place.worker)
    screen = fill_in(screen, place.lead, {HIGH: lowered(reason="The coach saw it")})
    screen = fill_in(screen, place.worker, {HIGH: lowered(reason="The coach saw it.")}, TYPED)
    screen = complete(screen_id=screen.pk, by=place.worker, version=screen.version)
    own = place.client(place.lead)
    page = text_of(own.get(at(screen)))
    assert "Lowered by Wyn Arden and, before, Lee Dale" in page
    assert "somebody else has to countersign" in page and "Keep my answer" not in page
    assert answer(own, screen).status_code == 403
    assert "by Wyn Arden and, before, Lee Dale" in str(screen_document(record_of(screen)).areas)
    assert answer(place.client(place.other_lead), screen).status_code == 302


def person(place, role, *, seen=True, agency=None):
    """Somebody in that role, of the place's agency or another, who may see the child or not."""
    agency = agency or (
        place.agency if role != Role.CSE_TEAM else make_agency(authority=place.authority)
    )
    kind = {Role.NAMED_LEAD: TeamKind.LEADS, Role.CSE_TEAM: TeamKind.CSE_TEAM}.get(
        role, TeamKind.WORKING
    )
    user = make_user(role, team=make_team(agency, kind=kind))
    if seen:
        grant(user, place.child)
    return user


ROLES = {
    Role.PRACTITIONER: (403, 403),
    Role.NAMED_LEAD: (200, 302),
    Role.SENIOR_MANAGER: (200, 403),
    Role.FRONT_DOOR: (403, 403),
    Role.CSE_TEAM: (200, 302),
    Role.CHAIR: (403, 403),
    Role.INTELLIGENCE: (403, 403),
    Role.BOARD: (403, 403),
    Role.ADMINISTRATOR: (403, 403),
    Role.AUDITOR: (403, 403),
}


def test_every_role_is_in_the_table():
    assert set(ROLES) == set(Role)


@pytest.mark.requirement("DEC-04")
@pytest.mark.parametrize("role", Role)
def test_who_may_countersign(place, screen, role):
    seen, sent = ROLES[role]
    client = place.client(person(place, role))
    assert client.get(at(screen)).status_code == seen
    assert answer(client, screen).status_code == sent
    assert Countersignature.objects.count() == (1 if sent == 302 else 0)


@pytest.mark.requirement("DEC-04")
@pytest.mark.parametrize("role", [Role.NAMED_LEAD, Role.CSE_TEAM, Role.SENIOR_MANAGER])
def test_without_access_the_screen_does_not_exist(place, screen, role):
    outsider = person(place, role, seen=False, agency=make_agency(authority=make_child().authority))
    client = place.client(outsider)
    hidden, made_up = (
        client.get(at(screen)),
        client.get(reverse("screening:countersign", args=[uuid.uuid4()])),
    )
    assert hidden.status_code == made_up.status_code == 404
    assert hidden.content == made_up.content
    assert answer(client, screen).status_code == 404


@pytest.mark.requirement("DEC-04")
def test_a_lead_of_another_agency_with_access_cannot_answer(place, screen):
    outsider = person(place, Role.NAMED_LEAD, agency=make_agency(authority=place.authority))
    client = place.client(outsider)
    assert "You cannot answer this" in text_of(client.get(at(screen)))
    assert answer(client, screen).status_code == 403
    assert AuditEvent.objects.filter(actor_id=outsider.pk, decision="refused").exists()


@pytest.mark.requirement("DEC-04")
def test_a_row_that_was_not_lowered_cannot_be_answered(place, screen):
    client = place.client(place.lead)
    assert client.get(at(screen), {"row": OTHER_HIGH}).status_code == 404
    for wrong in (OTHER_HIGH, "", "O-IND-XXX-99", "' OR 1=1"):
        assert answer(client, screen, indicator=wrong).status_code == 404
    assert not Countersignature.objects.exists()


def test_a_double_click_is_one_record_and_another_answer_loses_nothing(place, screen):
    client = place.client(place.lead)
    assert answer(client, screen).status_code == 302
    assert answer(client, screen).status_code == 302
    late = place.client(place.other_lead)
    sent = answer(late, screen, "disagree", "Something quite different")
    assert sent.status_code == 409
    page = text_of(sent)
    assert "Somebody answered before you" in page
    assert "Something quite different" in page and "I saw the coach's note too" in page
    assert Countersignature.objects.count() == 1


def test_a_draft_and_a_screen_without_lowered_rows_have_nothing_to_countersign(place):
    screen = completed(place)
    page = text_of(place.client(place.lead).get(at(screen)))
    assert "Nothing waits here" in page and "Keep my answer" not in page


def test_fields_that_were_not_asked_for_change_nothing_and_are_noted(place, screen):
    answer(place.client(place.lead), screen, amended_by=str(uuid.uuid4()), level="low")
    assert Countersignature.objects.get().amended_by == place.worker
    event = AuditEvent.objects.get(rule="extra fields")
    assert event.data == {"count": 2} and event.child_id == place.child.pk


def test_the_look_is_written_down(place, screen):
    place.client(place.lead).get(at(screen))
    look = AuditEvent.objects.filter(
        act="countersign a lowered indicator", actor_id=place.lead.pk, child_id=place.child.pk
    )
    assert look.exists()


@pytest.mark.requirement("DEC-15")
def test_wording_can_be_checked_without_keeping_the_answer(place, screen):
    sent = answer(place.client(place.lead), screen, reason="As she said", check_wording="reason")
    assert sent.status_code == 200 and "As she said" in sent.content.decode()
    assert not Countersignature.objects.exists()


def test_what_waits_on_home_leads_here(place, screen):
    page = place.client(place.lead).get("/")
    assert at(screen) in page.content.decode()
    [item] = open_work(screen, kinds.COUNTERSIGN)
    assert kinds.kind_of(item.kind).address(item.subject_id) == at(screen)


@pytest.mark.parametrize("rows", [(HIGH,), (HIGH, OTHER_HIGH, "O-IND-HEA-01")])
def test_the_page_costs_the_same_for_one_row_and_for_three(
    place, rows, django_assert_max_num_queries
):
    screen = completed(place, answers={row: lowered("low") for row in rows})
    client = place.client(place.lead)
    client.get(at(screen))
    with django_assert_max_num_queries(27):
        assert client.get(at(screen)).status_code == 200


def test_countersigning_rolls_back_when_its_event_cannot_be_written(place, screen, monkeypatch):
    from cse.audit import events

    def away(*args, **details):
        raise RuntimeError("audit is away")

    monkeypatch.setattr(events, "record", away)
    with pytest.raises(RuntimeError):
        countersign(screen_id=screen.pk, indicator=HIGH, agrees=True, reason="Yes", by=place.lead)
    assert not Countersignature.objects.exists()
    assert ScreenAssessment.objects.filter(screen=screen).count() == 1


def rules_of(screen):
    return {rule["id"] for rule in latest_assessment(screen).result["rules"]}


def open_work(subject, kind):
    return list(WorkItem.objects.filter(subject_id=subject.pk, kind=kind, closed_at__isnull=True))


# -- A lowered level ----------------------------------------------------------------------------


@prepared
def event(place):
    """CSE, then At risk, now Vulnerable: a lowering that waits."""
    completed(place, level="cse")
    return lower(place, level="at_risk")


def lower(place, *, by=None, reason=None, level="vulnerable"):
    more = {"level_reason": reason} if reason else {}
    screen = completed(place, by=by, level=level, **more)
    return LevelEvent.objects.get(subject_id=screen.pk)


def level_at(event):
    return reverse("screening:approve-level", args=[event.pk])


def say(client, event, answer="approve", note="The risk has gone down: see the strategy", **more):
    return client.post(level_at(event), {"answer": answer, "note": note, **more})


@pytest.mark.requirement("DEC-09", "W-SCR-02")
def test_the_level_page_shows_before_chosen_judgement_reason_and_the_peak(place, event):
    page = text_of(place.client(place.lead).get(level_at(event)))
    peak = LevelEvent.objects.get(level="cse")
    for words in (
        "Level before Level: CSE",
        "Level chosen Level: At risk",
        f"Highest ever Level: CSE on {peak.decided_on.day} ",
        "Several changes in a short time.",
        "The adults concerned have been charged and moved away",
        "Never give up on a child",
    ):
        assert words in page, words


@pytest.mark.requirement("DEC-09")
def test_approved_the_lower_level_stands_and_the_peak_stays(place, event):
    client = place.client(place.lead)
    page = text_of(client.get(level_at(event)))
    assert "CSE level Level: CSE" in page, page[:700]  # the identity bar: nothing has changed yet
    assert say(client, event).status_code == 302
    event.refresh_from_db()
    assert event.approved_by == place.lead and event.approved_at and not event.refused_at
    page = text_of(client.get(level_at(event)))
    assert "CSE level Level: At risk highest so far: CSE" in page
    assert "Approved: the lower level stands" in page
    assert not open_work(event, kinds.APPROVE_LEVEL)


@pytest.mark.requirement("DEC-09")
def test_refused_the_level_before_stands(place, event):
    client = place.client(place.lead)
    assert say(client, event, "refuse", "The adults are back").status_code == 302
    event.refresh_from_db()
    assert (
        event.refused_at and not event.approved_at and event.approval_note == "The adults are back"
    )
    page = text_of(client.get(level_at(event)))
    assert "CSE level Level: CSE" in page and "Refused: the level before stands" in page
    assert not open_work(event, kinds.APPROVE_LEVEL)


@pytest.mark.requirement("DEC-09")
def test_nobody_approves_their_own_lowering(place):
    completed(place, level="cse")
    event = lower(place, by=place.lead)
    own = place.client(place.lead)
    assert "somebody else has to approve it" in text_of(own.get(level_at(event)))
    assert say(own, event).status_code == 403
    event.refresh_from_db()
    assert event.approved_at is None
    assert say(place.client(place.other_lead), event).status_code == 302


@pytest.mark.requirement("DEC-09")
@pytest.mark.parametrize("wrote", ["level", "level_reason"])
def test_nor_one_whose_level_or_reason_they_wrote_in_the_draft(place, wrote):
    completed(place, level="cse")
    grant(place.lead, place.child)
    said = {"level": "at_risk", "direction": "decreased", "level_reason": "They have moved away"}
    screen, _ = start_screen(child=place.child, by=place.worker)
    screen = fill_in(screen, place.lead, texts={wrote: said[wrote]})
    screen = fill_in(screen, place.worker, texts={**TYPED, **said})
    complete(screen_id=screen.pk, by=place.worker, version=screen.version)
    event = LevelEvent.objects.get(subject_id=screen.pk)
    own = place.client(place.lead)
    assert "somebody else has to approve it" in text_of(own.get(level_at(event)))
    assert say(own, event).status_code == 403
    assert say(place.client(place.other_lead), event).status_code == 302


@pytest.mark.requirement("DEC-09")
def test_who_had_chosen_another_level_in_the_draft_had_no_hand_in_the_lower_one(place):
    completed(place, level="cse")
    grant(place.lead, place.child)
    said = {"level": "at_risk", "direction": "decreased", "level_reason": "They have moved away"}
    screen, _ = start_screen(child=place.child, by=place.worker)
    screen = fill_in(screen, place.lead, texts={"level": "cse"})
    screen = fill_in(screen, place.worker, texts={**TYPED, **said})
    complete(screen_id=screen.pk, by=place.worker, version=screen.version)
    event = LevelEvent.objects.get(subject_id=screen.pk)
    assert say(place.client(place.lead), event).status_code == 302


@pytest.mark.requirement("DEC-09")
@pytest.mark.parametrize("role", Role)
def test_who_may_answer_a_lowered_level(place, event, role):
    seen, sent = ROLES[role]
    client = place.client(person(place, role))
    assert client.get(level_at(event)).status_code == seen
    assert say(client, event).status_code == sent
    event.refresh_from_db()
    assert bool(event.approved_at) is (sent == 302)


@pytest.mark.requirement("DEC-09")
@pytest.mark.parametrize("role", [Role.NAMED_LEAD, Role.CSE_TEAM, Role.SENIOR_MANAGER])
def test_a_level_of_a_hidden_child_does_not_exist(place, event, role):
    client = place.client(person(place, role, seen=False, agency=make_agency()))
    hidden = client.get(level_at(event))
    made_up = client.get(reverse("screening:approve-level", args=[uuid.uuid4()]))
    assert hidden.status_code == made_up.status_code == 404
    assert hidden.content == made_up.content
    assert say(client, event).status_code == 404


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("answer", "Say whether you approve or refuse"),
        ("note", "Write a note, whatever your answer is"),
    ],
)
def test_answer_and_note_are_both_needed(place, event, field, message):
    typed = {"answer": "refuse", "note": "Line one\nline two", field: ""}
    sent = say(place.client(place.lead), event, **typed)
    assert sent.status_code == 200 and message in text_of(sent)
    assert "Line one&#10;line two" in sent.content.decode() or field == "note"


def test_a_level_answered_meanwhile_loses_nothing(place, event):
    assert say(place.client(place.lead), event).status_code == 302
    assert say(place.client(place.lead), event).status_code == 302  # a double click
    sent = say(place.client(place.other_lead), event, "refuse", "I do not agree at all")
    assert sent.status_code == 409
    assert "I do not agree at all" in text_of(sent)
    event.refresh_from_db()
    assert event.approved_by == place.lead and event.refused_at is None


def test_a_level_that_needs_no_answer_leads_to_the_levels(place):
    screen = completed(place)
    event = LevelEvent.objects.get(subject_id=screen.pk)
    sent = place.client(place.lead).get(level_at(event))
    assert sent["Location"] == reverse("children:levels", args=[place.child.pk])


def test_a_lowered_level_on_home_leads_here(place, event):
    page = place.client(place.lead).get("/").content.decode()
    assert level_at(event) in page
    [item] = open_work(event, kinds.APPROVE_LEVEL)
    assert kinds.kind_of(item.kind).address(item.subject_id) == level_at(event)


@pytest.mark.requirement("DEC-09", "W-SCR-02")
@pytest.mark.parametrize(("says", "after"), [("approve", {"R13"}), ("refuse", {"R4"})])
def test_until_a_lower_level_is_approved_the_duties_are_those_of_the_level_before(
    place, says, after
):
    completed(place, level="at_risk", harm_happened="no", concerns_confirmed="no")
    draft, _ = start_screen(child=place.child, by=place.worker)
    texts = {
        **TYPED,
        "harm_happened": "no",
        "concerns_confirmed": "no",
        "level": "vulnerable",
        "direction": "decreased",
        "level_reason": "The adults have been charged",
    }
    draft = fill_in(draft, place.worker, texts=texts)
    worker = place.client()
    check = text_of(worker.get(address(draft, "check")))
    assert "the level before it stands, and a referral must be made" in check
    assert "Early help must be offered" not in check
    screen = complete(screen_id=draft.pk, by=place.worker, version=draft.version)
    assert rules_of(screen) == {"R4"}
    for page in ("completed", "show"):
        assert "the level before it stands, and a referral" in text_of(
            worker.get(address(screen, page))
        )
    paper = dict(screen_document(record_of(screen)).in_short)
    assert "must be done" in paper["Duties that follow"].lower()
    assert "Vulnerable" not in paper["Duties that follow"]
    event = LevelEvent.objects.get(subject_id=screen.pk)
    assert say(place.client(place.lead), event, says).status_code == 302
    assert rules_of(screen) == after
    newest = screen.assessments.latest("made_at")
    assert newest.because == ("level approved" if says == "approve" else "level refused")
    assert newest.made_by == place.lead
    assert newest.result["level_change"]["previous"] == "at_risk"


@pytest.mark.requirement("DEC-09")
def test_a_level_approved_later_is_not_read_as_the_one_before(place):
    """Two lowerings wait at once: each keeps the level that stood when its screen was completed."""
    completed(place, level="cse", harm_happened="no", concerns_confirmed="no")
    first = lower(place, level="at_risk")
    second = lower(place, level="vulnerable")
    approve_level(event_id=first.pk, by=place.lead, note="The risk is less")
    approve_level(event_id=second.pk, by=place.lead, note="The risk is less")
    screen = Screen.objects.get(pk=second.subject_id)
    assert latest_assessment(screen).result["level_change"]["previous"] == "cse"


@pytest.mark.requirement("DEC-09", "W-SCR-02")
def test_a_level_that_was_replaced_says_until_when_it_was_in_effect(place, event):
    client = place.client(place.lead)
    states = ("Waits for approval", "In effect now", "Refused", "In effect until")
    page = text_of(client.get(level_at(event)))
    assert [page.count(each) for each in states] == [1, 1, 0, 0]
    say(client, event)
    event.refresh_from_db()
    page = text_of(client.get(level_at(event)))
    assert [page.count(each) for each in states] == [0, 1, 0, 1]
    assert f"In effect until {date_words(event.approved_at)}" in page


@pytest.mark.requirement("DEC-09", "W-SCR-02")
def test_a_lowering_approved_after_a_higher_level_was_chosen_never_took_effect(place, event):
    completed(place, level="cse", concerns_confirmed="yes")
    client = place.client(place.lead)
    page = text_of(client.get(level_at(event)))
    assert "after this level. It stands, whatever the answer here" in page
    assert "is the child’s level" not in page
    answered = text_of(client.get(say(client, event)["Location"]))
    assert "CSE, chosen later, stands" in answered
    assert "stands from now on" not in answered
    assert "Approved when a later level stood already" in answered
    levels = text_of(client.get(reverse("children:levels", args=[place.child.pk])))
    assert "when a later level stood already" in levels
    assert levels.count("In effect until") == 1
