"""Never give up on a child: not engaging is no reason to lower a level (O-SHR-01)."""

import pytest
from django.urls import reverse

from cse.audit.models import AuditEvent
from cse.children.models import LevelEvent
from cse.worklist import kinds
from screening.actions import Unfinished, approve_level, start_screen
from screening.never_give_up import says_only_not_engaging, words_of_not_engaging
from screening.parts import part_of_field
from screening.policies import Refused
from screening.queries import tool_of
from tests.prepared import prepared
from tests.screening.made import TYPED, completed, fill_in
from tests.screening.pages import text_of
from tests.screening.test_approvals import level_at, lower, open_work, say

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("O-SHR-01")]


@prepared
def place(oxfordshire):
    return oxfordshire


@prepared
def event(place):
    """CSE, then At risk: a lowering that waits."""
    completed(place, level="cse")
    return lower(place, level="at_risk")


def test_not_engaging_cannot_be_the_reason(place):
    completed(place, level="cse")
    event = lower(place, reason="He did not engage and refused help. Contact has ended")
    client = place.client(place.lead)
    page = text_of(client.get(level_at(event)))
    assert "The reason speaks of not engaging" in page
    assert "“did not engage”" in page or "did not engage" in page
    sent = say(client, event)
    assert sent.status_code == 200
    assert "Not engaging or refusing help cannot lower a level" in text_of(sent)
    event.refresh_from_db()
    assert event.approved_at is None
    assert "The risk has gone down: see the strategy" in sent.content.decode()
    assert say(client, event, rests_on_risk="on").status_code == 302
    event.refresh_from_db()
    assert event.approved_at


def test_refusing_needs_no_such_statement(place):
    completed(place, level="cse")
    event = lower(place, reason="She would not engage. The adults have been charged")
    assert say(place.client(place.lead), event, "refuse", "Try again").status_code == 302


@pytest.mark.parametrize(
    ("reason", "note"),
    [
        ("She declined all help. The adults are in custody", "Agreed"),
        ("The adults are in custody", "Closing, as she would not engage"),
    ],
)
def test_no_caller_lowers_a_level_because_of_not_engaging(place, reason, note):
    completed(place, level="cse")
    event = lower(place, reason=reason)
    with pytest.raises(Refused, match="Not engaging or refusing help cannot lower a level"):
        approve_level(event_id=event.pk, by=place.lead, note=note)
    event.refresh_from_db()
    assert event.approved_at is None and open_work(event, kinds.APPROVE_LEVEL)
    approve_level(event_id=event.pk, by=place.lead, note=note, rests_on_risk=True)
    event.refresh_from_db()
    assert event.approved_at
    assert AuditEvent.objects.get(act="lowered level approved").data == {"rests_on_risk": True}


def test_a_screen_is_not_completed_with_not_engaging_as_its_reason(place):
    completed(place, level="cse")
    with pytest.raises(Unfinished) as missing:
        lower(place, reason="He did not engage.\nRefused help since September")
    assert [each.field for each in missing.value.problems] == ["level_reason"]
    assert LevelEvent.objects.count() == 1


def test_the_pages_of_a_draft_say_so_and_keep_the_reason(place):
    completed(place, level="cse")
    screen, _ = start_screen(child=place.child, by=place.worker)
    typed = {
        **TYPED,
        "level": "at_risk",
        "direction": "decreased",
        "level_reason": "No, <b>she</b> refused",
    }
    screen = fill_in(screen, place.worker, texts=typed)
    client, check = place.client(), reverse("screening:check", args=[screen.pk])
    slug = part_of_field(tool_of(screen.tool_version_id), "level_reason").slug
    section = client.get(reverse("screening:section", args=[screen.pk, slug]))
    for page in (section, client.get(check), client.post(check, {"version": screen.version})):
        assert page.status_code == 200
        assert "“refused” is never by itself a reason to lower a level" in text_of(page)
        assert "No, &lt;b&gt;she&lt;/b&gt; refused" in page.content.decode()
    screen.refresh_from_db()
    assert screen.is_draft


def test_the_approvers_own_note_is_read_too(place, event):
    sent = say(place.client(place.lead), event, note="Family declined all support")
    assert "Not engaging or refusing help cannot lower a level" in text_of(sent)
    event.refresh_from_db()
    assert event.approved_at is None


@pytest.mark.parametrize(
    "text",
    [
        "did not engage",
        "Didn’t engage with us",
        "didn't really engage",
        "has not been engaging",
        "will not engage",
        "won't engage",
        "disengaged",
        "non-engagement",
        "lack of engagement",
        "refused",
        "refuses to see anybody",
        "declined our offer of support",
        "did not attend",
        "did not want help",
        "hard to reach",
        "REFUSAL",
    ],
)
def test_words_of_not_engaging_are_found(text):
    assert words_of_not_engaging(f"Reviewed. The young person {text}; closing.")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The adults have been charged and moved away",
        "Engages well with school and attends every day",
        "Contact with the older group has ended",
        "The engagement of the family is strong",
        "a" * 300_000,
    ],
)
def test_other_reasons_are_left_alone(text):
    assert words_of_not_engaging(text) == ()


@pytest.mark.parametrize(
    ("reason", "only"),
    [
        ("She did not engage", True),
        ("She did not engage. Case closed.", True),
        ("Family refused; hard to reach!", True),
        ("He did not engage. He moved away", False),
        ("He did not engage.\nThe adults have been charged", False),
        ("Two quiet months", False),
        ("Moved", False),
        ("", False),
    ],
)
def test_not_engaging_by_itself_is_told_from_a_reason_that_says_more(reason, only):
    assert says_only_not_engaging(reason) is only
