"""What waits on home and on the child's page says of a clock what its picture says (DEC-24)."""

from __future__ import annotations

import re

import pytest

from cse.clocks.pictures import picture_of
from cse.clocks.queries import clocks_of
from cse.worklist import kinds
from cse.worklist.queries import waiting_for
from tests.clocks.conftest import at
from tests.missing.test_pages import page_of, queries_of
from tests.screening.pages import text_of

pytestmark = pytest.mark.django_db


def row_of(client, where, words):
    """The text of the row of a table that holds these words."""
    rows = re.findall(r"<tr.*?</tr>", client.get(where).content.decode(), re.DOTALL)
    (found,) = (each for each in rows if words in each)
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


ALLOCATE, HOLD = "Ask somebody to hold the return interview", "Hold the return interview"


@pytest.mark.requirement("DEC-24")
@pytest.mark.parametrize(
    ("now", "words"),
    [
        # Back on Sunday 7 February at 9:15: due on Wednesday at 9:15.
        ("2027-02-09 10:30", "22 hours left"),
        ("2027-02-10 08:00", "1 hour left"),
        ("2027-02-10 09:00", "Less than 1 hour left"),
        ("2027-02-10 09:45", "Late by less than 1 hour"),
        ("2027-02-11 09:15", "Late by 24 hours"),
        ("2027-02-17 18:00", "Late by 7 days"),
    ],
)
def test_a_target_in_hours_is_said_in_hours_with_its_hour(scene, tuesday, now, words):
    episode, _ = scene.returned()
    people = [(scene.coordinator, ALLOCATE), (scene.interviewer, HOLD)]
    tuesday.move_to(at(now))
    for who, what in people:
        if what == HOLD:
            scene.allocated(episode)
        client = scene.client(who)
        (clock,) = clocks_of(episode)
        assert picture_of(clock, now=at(now)).words.capitalize() == words
        assert words in text_of(client.get(page_of(episode)))
        for where in ("/", f"/children/{scene.child.pk}/"):
            row = row_of(client, where, what)
            assert words in row and "working day" not in row, (who, where, row)
            assert "10 February 2027 at 9:15am" in row, row


def test_home_and_record_cost_the_same_for_one_interview_and_for_three(scene):
    scene.returned("2027-02-01 20:00", "2027-02-01 22:00")
    client, record = scene.client(scene.coordinator), f"/children/{scene.child.pk}/"
    one = [queries_of(client, where)[0] for where in ("/", record)]
    for day in (3, 4, 5):
        scene.returned(f"2027-02-0{day} 20:00", f"2027-02-0{day} 22:00")
    items = waiting_for(scene.coordinator).items
    assert [each.kind for each in items] == [kinds.ALLOCATE_INTERVIEW] * 4
    assert [queries_of(client, where)[0] for where in ("/", record)] == one
