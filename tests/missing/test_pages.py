"""The pages: wrong input loses nothing, hidden children stay hidden, and what everything costs."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cse.access.actions import exclude, seal
from cse.audit.models import AuditEvent
from cse.children.models import LegalStatus
from cse.missing import actions
from cse.missing.models import MissingEpisode, ReturnInterview
from tests.clocks.conftest import at
from tests.factories import grant, make_child
from tests.missing.test_thin_path import BACK, EPISODE, moment
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db
TYPED = "Left after a call; “wouldn’t say” where <to>"


def page_of(episode, more=""):
    return f"/missing/{episode.pk}/{more}"


def record_page(scene):
    return f"/missing/child/{scene.child.pk}/record/"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"started_time": ""}, "Enter the time they were last seen"),
        ({"started_time": "late"}, "Time they were last seen must be a time of day"),
        ({"started_on-day": "31", "started_on-month": "2"}, "must be a real date"),
        ({"started_on-year": "2028"}, "must be today or in the past"),
        (moment("started", "9", "2", "2027", "10:01"), "must be in the past: check the time"),
        ({"started_on-year": "2020"}, "must be 9 February 2025 or after"),
        ({"grade": "made-up"}, "Select a valid choice"),
        ({"missing_from": ""}, "Select where they were missing from"),
        ({"circumstances": TYPED + "x" * 4000}, "must be 4000 characters or fewer"),
        ({"reported_by": "\x00"}, "Remove the invisible control character"),
        (moment("started", "28", "3", "2026", "1:30"), None),
        (moment("started", "29", "3", "2026", "1:30"), "this time did not exist"),
        (moment("started", "25", "10", "2026", "1:30"), "this time came twice"),
    ],
)  # fmt: skip
def test_wrong_input_says_what_to_do_and_loses_nothing(scene, changed, said):
    sent = {**EPISODE, "circumstances": TYPED, **changed}
    answer = scene.client().post(record_page(scene), sent)
    if said is None:
        assert answer.status_code == 302
        return
    shown = text_of(answer)
    assert answer.status_code == 200 and said in shown and "There is a problem" in shown
    assert "<title>Error:" in answer.content.decode()
    assert "wouldn’t say” where &lt;to&gt;" in answer.content.decode()
    assert not MissingEpisode.objects.exists()


def test_the_hour_that_came_twice_is_asked_for(scene):
    sent = {**EPISODE, **moment("started", "25", "10", "2026", "1:30")}
    client = scene.client()
    shown = text_of(client.post(record_page(scene), sent))
    assert "The second time, after the clocks went back" in shown
    client.post(record_page(scene), sent | {"started_twice": "second"})
    episode = MissingEpisode.objects.get()
    assert episode.started_at.isoformat() == "2026-10-25T01:30:00+00:00"
    assert "25 October 2026 at 1:30am (GMT)" in text_of(client.get(page_of(episode)))
    corrected = text_of(client.get(page_of(episode, "correct/")))
    assert "Which of the two was it?" in corrected


def test_a_double_click_makes_one(scene):
    client = scene.client()
    token = re.search(
        r'name="token" value="([^"]+)"', client.get(record_page(scene)).content.decode()
    )
    sent = {**EPISODE, "token": token[1]}
    places = {client.post(record_page(scene), sent)["Location"] for _ in "12"}
    assert len(places) == 1 == MissingEpisode.objects.count()
    # Nothing of the page's own counts as a field that it never asked for; another field does.
    refused = AuditEvent.objects.filter(rule="extra fields")
    assert not refused.exists()
    client.post(record_page(scene), sent | {"set_aside_reason": "Mine"})
    assert refused.get().data["fields"] == ["set_aside_reason"]


def test_a_return_recorded_meanwhile_is_said_and_what_was_typed_stays(scene):
    episode, _ = scene.returned()
    answer = scene.client().post(page_of(episode, "return/"), {**BACK, "said": TYPED})
    assert "The return is recorded already" in text_of(answer)
    assert "wouldn’t say" in text_of(answer)


@pytest.mark.requirement("O-SHR-34")
def test_the_return_asks_for_appearance_words_police_and_evidence(scene):
    episode = scene.missing()
    client = scene.client()
    shown = text_of(client.get(page_of(episode, "return/")))
    for words in (
        "Welcome the child",
        "How did they look",
        "What did they say",
        "Have the police seen them",
        "What was kept as evidence",
    ):
        assert words in shown
    told = {"appearance": "New shoes", "evidence_kept": "A coat, in a clean bag, to the police"}
    client.post(page_of(episode, "return/"), {**BACK, **told})
    shown = text_of(client.get(page_of(episode)))
    assert "New shoes" in shown and "A coat, in a clean bag" in shown
    assert "missing-person protocol" in text_of(client.get(record_page(scene)))


def corrected_fields(episode):
    return {
        **EPISODE,
        **moment("returned", "7", "2", "2027", "9:15"),
        "return_how": "self",
        "police_seen": "seen",
        "version": str(episode.version),
        "reason": "The home told us later",
    }


def test_a_correction_is_told_with_what_it_was_and_a_stale_one_shows_both(scene):
    episode, _ = scene.returned()
    episode.refresh_from_db()
    client, sent = scene.client(), corrected_fields(episode)
    assert "What was changed" not in text_of(client.get(page_of(episode)))
    assert client.post(page_of(episode, "correct/"), sent).status_code == 302
    shown = text_of(client.get(page_of(episode)))
    assert "The home told us later" in shown
    assert "The police have seen the child (was: The police were asked" in shown
    stale = client.post(
        page_of(episode, "correct/"), {**sent, "circumstances": TYPED, "reason": "Mine"}
    )
    assert stale.status_code == 409
    shown = text_of(stale)
    assert "Somebody else saved meanwhile" in shown and "wouldn’t say" in shown
    version = re.search(r'name="version" value="(\d+)"', stale.content.decode())[1]
    again = {**sent, "circumstances": TYPED, "reason": "Mine", "version": version}
    assert client.post(page_of(episode, "correct/"), again).status_code == 302
    episode.refresh_from_db()
    assert episode.circumstances == TYPED


def test_an_interview_written_by_two_keeps_both_texts_on_the_page(scene):
    episode, _ = scene.returned()
    interview = scene.allocated(episode)
    client = scene.client(scene.interviewer)
    where = page_of(episode, "interview/")
    sent = {**moment("held", "8", "2", "2027", "16:00"), "needs": TYPED, "version": "1"}
    stale = client.post(where, sent)
    assert stale.status_code == 409 and "wouldn’t say" in text_of(stale)
    sent["version"] = str(interview.version)
    assert client.post(where, sent).status_code == 302
    empty = {**moment("held", "8", "2", "2027", "16:00"), "version": "3", "reason": "A slip"}
    assert "Write down what the child said" in text_of(client.post(where, empty))


def test_what_only_a_colleague_changed_is_taken_over_and_what_both_did_is_marked(scene):
    episode, _ = scene.returned()
    scene.held(episode)
    where = page_of(episode, "interview/")
    mine, theirs = scene.client(scene.interviewer), scene.client(scene.coordinator)
    opened, other = controls(mine.get(where)), controls(theirs.get(where))
    theirs.post(where, other | {"needs": "Theirs alone", "harm": "Theirs", "reason": "Told me"})
    typed = {"harm": TYPED, "reasons": "Mine alone", "reason": "Left out"}
    stale = mine.post(where, opened | typed)
    assert stale.status_code == 409
    shown, again = text_of(stale), controls(stale)
    assert "Somebody else changed this too" in shown and "Somebody else saved meanwhile" in shown
    assert {name: again[name] for name in ("needs", "harm", "reasons")} == {
        "needs": "Theirs alone",
        "harm": TYPED,
        "reasons": "Mine alone",
    }
    assert mine.post(where, again).status_code == 302
    interview = ReturnInterview.objects.get(episode=episode)
    assert (interview.needs, interview.harm) == ("Theirs alone", TYPED)
    assert interview.reasons == "Mine alone" and interview.passed_on


def test_the_time_of_a_colleague_is_taken_over_too_and_a_tick(scene):
    episode, _ = scene.returned()
    where = page_of(episode, "correct/")
    client = scene.client()
    opened = controls(client.get(where))
    theirs = {**opened, **moment("returned", "7", "2", "2027", "9.20am"), "returned_about": "on"}
    assert client.post(where, theirs | {"reason": "The home"}).status_code == 302
    stale = client.post(where, opened | {"said": TYPED, "reason": "Mine"})
    assert stale.status_code == 409
    assert client.post(where, controls(stale)).status_code == 302
    episode.refresh_from_db()
    assert episode.returned_at == at("2027-02-07 09:20") and episode.returned_about
    assert episode.said == TYPED


def test_a_correction_meets_the_return_that_was_recorded_meanwhile(scene):
    episode = scene.missing()
    where = page_of(episode, "correct/")
    mine = scene.client()
    opened = controls(mine.get(where))
    scene.back(episode, said="Did not want to say")
    typed = opened | {"circumstances": TYPED, "reason": "Her aunt rang"}
    stale = mine.post(where, typed)
    assert stale.status_code == 409
    again, shown = controls(stale), text_of(stale)
    assert "Enter the day they came back" not in shown
    assert again["said"] == "Did not want to say" and again["circumstances"] == TYPED
    assert mine.post(where, again).status_code == 302
    episode.refresh_from_db()
    assert episode.circumstances == TYPED and episode.returned_at == at("2027-02-07 09:15")
    # What is wrong is put right first, and meets the return after that.
    wrong = mine.post(where, opened | {"circumstances": ""})
    assert wrong.status_code == 200
    assert "Enter the day they came back" not in text_of(wrong)


def test_a_form_to_record_what_somebody_recorded_meanwhile_says_so(scene):
    episode, _ = scene.returned()
    scene.allocated(episode)
    where = page_of(episode, "interview/")
    mine, theirs = scene.client(scene.interviewer), scene.client(scene.coordinator)
    opened = controls(mine.get(where))
    when = moment("held", "8", "2", "2027", "16:00")
    assert theirs.post(where, opened | when | {"harm": "Theirs"}).status_code == 302
    stale = mine.post(where, opened | when | {"needs": TYPED})
    assert stale.status_code == 409
    shown, again = text_of(stale), controls(stale)
    assert "Somebody recorded this interview since you opened the page" in shown
    assert (again["harm"], again["needs"]) == ("Theirs", TYPED)
    assert mine.post(where, again | {"reason": "Both of us were there"}).status_code == 302
    interview = ReturnInterview.objects.get(episode=episode)
    assert (interview.harm, interview.needs) == ("Theirs", TYPED)


def test_an_older_page_of_asking_is_told_how_it_stands_and_keeps_its_text(scene):
    episode, _ = scene.returned()
    scene.allocated(episode)
    where = page_of(episode, "offer/")
    mine = scene.client(scene.interviewer)
    opened = controls(mine.get(where), having="asked_time")
    who = {"episode_id": episode.pk, "by": scene.coordinator}
    actions.hold(
        **who,
        at=at("2027-02-08 10:00"),
        gathered={"harm": "Nothing that she would name"},
        version=episode.interview.version,
    )
    late = mine.post(
        where,
        opened | moment("asked", "8", "2", "2027", "9:00") | {"what": "offer", "reason": TYPED},
    )
    shown = text_of(late)
    assert late.status_code == 409
    assert "It stands now: Held" in shown
    assert TYPED in shown
    assert "Select a valid choice" not in shown
    assert "Back to the episode" in shown


def test_a_return_sent_again_after_more_was_done_is_no_error(scene):
    episode = scene.missing()
    client, where = scene.client(), page_of(episode, "return/")
    back = BACK | moment("returned", "7", "2", "2027", "9:15")
    assert client.post(where, back).status_code == 302
    scene.allocated(episode)
    who = {"episode_id": episode.pk, "by": scene.coordinator}
    actions.decline(**who, at=at("2027-02-08 10:00"), reason="Not today")
    actions.offer(**who, at=at("2027-02-08 11:00"), note_text="Again")
    assert client.post(where, back).status_code == 302
    assert episode.history.filter(history_change_reason="return recorded").count() == 1


def test_everything_that_was_done_stands_on_the_page_in_order(scene):
    episode, _ = scene.returned()
    scene.allocated(episode)
    who = {"episode_id": episode.pk, "by": scene.coordinator}
    actions.offer(**who, at=at("2027-02-08 10:00"), note_text="At home")
    actions.decline(**who, at=at("2027-02-08 11:00"), reason="Not today")
    scene.allocated(episode, interviewer=scene.coordinator, reason="Asked for by her")
    actions.offer(**who, at=at("2027-02-08 15:00"), note_text="By telephone")
    shown = text_of(scene.client(scene.coordinator).get(page_of(episode)))
    places = [
        shown.index(words, shown.index("Everything that was done"))
        for words in (
            f"{scene.interviewer.get_full_name()}: Knows her",
            "At home",
            "Not today",
            f"{scene.coordinator.get_full_name()}: Asked for by her",
            "By telephone",
        )
    ]
    assert places == sorted(places)


def test_allocating_asks_for_somebody_and_a_reason(scene):
    episode, _ = scene.returned()
    client, where = scene.client(scene.coordinator), page_of(episode, "allocate/")
    shown = text_of(client.post(where, {"who": "colleague", "independent": "no"}))
    for said in (
        "Find somebody first, then choose them",
        "Say why nobody independent holds it",
        "Say why they are the right person",
    ):
        assert said in shown
    outside = {"who": "outside", "independent": "yes", "reason": "Asked for"}
    assert "Enter their name and agency" in text_of(client.post(where, outside))
    assert client.post(where, {**outside, "outside": "Kay Moss, a charity"}).status_code == 302
    assert "Kay Moss, a charity" in text_of(client.get(page_of(episode)))


def test_declined_on_the_page(scene):
    episode, _ = scene.returned()
    scene.allocated(episode)
    client, where = scene.client(scene.interviewer), page_of(episode, "offer/")
    assert "It will not be offered" not in text_of(client.get(where))
    sent = {"what": "decline", **moment("asked", "8", "2", "2027", "4pm"), "reason": "Not today"}
    refused = client.post(where, {**sent, "what": "not offer"})
    assert refused.status_code == 200 and "Not today" in text_of(refused)
    assert client.post(where, sent)["Location"] == page_of(episode)
    shown = text_of(client.get(page_of(episode)))
    assert "Declined by the child" in shown and "Offer it again" in shown
    assert "It will not be offered" in text_of(
        scene.client(scene.coordinator).get(record_owed(scene))
    )


def record_owed(scene):
    other, _ = scene.returned("2027-02-07 20:00", "2027-02-08 08:00")
    return page_of(other, "offer/")


def test_a_page_whose_act_is_not_theirs_leads_back_and_says_why(scene):
    episode, _ = scene.returned()
    for more in ("return/", "offer/", "interview/"):
        answer = scene.client().get(page_of(episode, more), follow=True)
        assert answer.redirect_chain == [(page_of(episode), 302)]
        assert "There is a problem" in text_of(answer)


def test_what_is_owed_stands_on_the_child_s_page_for_all_who_see_it(scene):
    episode, _ = scene.returned()
    where = f"/children/{scene.child.pk}/"
    assert "Ask somebody to hold the return interview" in text_of(scene.client().get(where))
    scene.allocated(episode)
    shown = text_of(scene.client().get(where))
    assert "Hold the return interview" in shown and "Ivy Lorne" in shown


@pytest.mark.requirement("W-SHR-20")
def test_regular_episodes_are_pointed_at_the_child_s_plan(scene):
    where = f"/missing/child/{scene.child.pk}/"
    client = scene.client()
    assert "No missing episode is recorded" in text_of(client.get(where))
    scene.returned()
    shown = text_of(client.get(where))
    assert "Risk Management Group may consider" in shown and "protection plan" not in shown
    LegalStatus(
        child=scene.child, kind="cp", starts_on=at("2027-01-01 10:00"), recorded_by=scene.worker
    ).save()
    shown = text_of(client.get(where))
    assert "This child has a child protection plan: review regular episodes as part of it" in shown
    assert "1 episode in the last 90 days." in shown


PAGES = (
    "", "return/", "correct/", "grade/", "set-aside/", "allocate/", "offer/", "interview/",
)  # fmt: skip


def test_sealed_and_excluded_children_are_nowhere(scene):
    episode, _ = scene.returned()
    grant(scene.lead, scene.child)
    coordinator = scene.client(scene.coordinator)
    assert scene.child.name in text_of(coordinator.get("/missing/"))
    exclude(
        child=scene.child, user=scene.worker, ground="relative", reason="An aunt", by=scene.lead
    )
    seal(child=scene.child, names=[scene.lead], reason="For the test", by=scene.lead)
    for client in (coordinator, scene.client()):
        for more in PAGES:
            assert client.get(page_of(episode, more)).status_code in (403, 404)
        assert client.get(page_of(episode)).status_code == 404
    assert scene.child.name not in text_of(coordinator.get("/missing/"))


def test_access_that_ended_while_typing_shows_the_text_back(scene):
    episode, _ = scene.returned()
    interview = scene.allocated(episode)
    scene.allocated(episode, interviewer=scene.colleague, reason="Asked for")
    sent = {
        **moment("held", "8", "2", "2027", "16:00"),
        "needs": TYPED,
        "version": str(interview.version),
    }
    answer = scene.client(scene.interviewer).post(page_of(episode, "interview/"), sent)
    assert answer.status_code == 404 and "wouldn’t say" in text_of(answer)
    assert scene.child.name not in text_of(answer)


def test_another_child_s_interview_is_a_made_up_one(scene):
    episode = scene.missing()  # there is no interview yet
    for more in ("allocate/", "offer/", "interview/"):
        assert scene.client(scene.coordinator).get(page_of(episode, more)).status_code == 404


def test_a_look_is_written_down(scene):
    episode, _ = scene.returned()
    scene.client().get(page_of(episode))
    assert AuditEvent.objects.filter(
        act="see missing episodes", object_id=str(episode.pk), actor_id=scene.worker.pk
    ).exists()


def test_the_timeline_tells_of_it_and_leads_there(scene):
    episode, _ = scene.returned()
    answer = scene.client().get(f"/children/{scene.child.pk}/timeline/")
    assert "Missing episode recorded" in text_of(answer)
    assert page_of(episode) in answer.content.decode()


def queries_of(client, where):
    client.get(where)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(where).status_code == 200
    return len(captured), "\n".join(each["sql"][:150] for each in captured)


def test_lists_cost_the_same_with_1_and_3(scene):
    worker, coordinator = scene.client(), scene.client(scene.coordinator)
    places = [
        (worker, f"/missing/child/{scene.child.pk}/"),
        (worker, f"/children/{scene.child.pk}/"),
        (coordinator, "/missing/"),
        (coordinator, "/"),
    ]

    def more(day):
        scene.returned(f"2027-02-0{day} 20:00", f"2027-02-0{day} 22:00")
        other = make_child(by=scene.worker, authority=scene.authority)
        grant(scene.worker, other)
        scene.missing(child=other)

    more(1)
    one = [queries_of(client, where)[0] for client, where in places]
    more(2)
    more(3)
    three = [queries_of(client, where) for client, where in places]
    assert [found for found, _ in three] == one, three
    assert one[0] <= 15 and one[2] <= 7, one


def test_an_episode_costs_the_same_however_often_it_was_corrected(scene):
    episode, _ = scene.returned()
    scene.held(episode)
    client = scene.client()
    one, _ = queries_of(client, page_of(episode))
    for text in ("One", "Two", "Three"):
        episode.refresh_from_db()
        actions.correct(
            episode_id=episode.pk,
            by=scene.worker,
            version=episode.version,
            facts={"said": text},
            reason=text,
        )
    three, sql = queries_of(client, page_of(episode))
    assert three == one, sql


def test_the_session_that_ended_keeps_the_interview(scene):
    episode, _ = scene.returned()
    interview = scene.allocated(episode)
    client = scene.client(scene.interviewer)
    client.get(page_of(episode, "interview/"))
    sent = {
        **moment("held", "8", "2", "2027", "16:00"),
        "needs": TYPED,
        "version": str(interview.version),
    }
    with time_machine.travel(at("2027-02-09 11:00"), tick=False):
        assert client.post(page_of(episode, "interview/"), sent).status_code == 302
        client.force_login(
            scene.interviewer, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        assert "wouldn’t say" in text_of(client.get("/account/kept/"))
