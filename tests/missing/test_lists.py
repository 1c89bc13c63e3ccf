"""The coordinator's lists, however long: page by page, the soonest first."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

import pytest

from cse.missing.queries import PAGE, owed_to
from tests.factories import grant, make_child
from tests.missing.test_pages import queries_of
from tests.screening.pages import text_of

pytestmark = pytest.mark.django_db


def pages_of(client, label):
    """Every page of the list with that label, by its links: the names on each, in order."""
    where, found = "/missing/", []
    while where:
        text = client.get(where).content.decode()
        found.append(re.findall(r">\s*(Child\d\d Example)", text))
        links = re.search(rf'aria-label="Pages of {label}">(.*?)</nav>', text, re.S)
        following = re.search(r'href="([^"]+)" rel="next"', links[1] if links else "")
        where = html.unescape(following[1]) if following else ""
    return found


def children(scene, count):
    made = [
        make_child(f"Child{number:02}", by=scene.worker, authority=scene.authority)
        for number in range(count)
    ]
    for child in made:
        grant(scene.worker, child)
    return made


@pytest.mark.parametrize("gone", [False, True])
def test_what_is_longer_than_a_page_goes_on_and_loses_and_doubles_nobody(scene, gone):
    """Most are due at the same moment: then the id decides, on both sides of the page's end."""
    made = children(scene, PAGE + 4)
    for number, child in enumerate(made):
        day = 5 if number < 2 else 6
        episode = scene.missing(f"2027-02-0{day} 20:00", child=child)
        if not gone:
            scene.back(episode, f"2027-02-0{day} 23:00")
    client = scene.client(scene.coordinator)
    label = "children missing now" if gone else "return interviews owed"
    first, last = pages_of(client, label)
    assert len(first) == PAGE and len(last) == 4
    assert sorted([*first, *last]) == sorted(child.name for child in made)
    assert set(first[:2]) == {"Child00 Example", "Child01 Example"}, "the soonest first"


def test_a_further_page_shows_one_list_and_costs_no_more(scene):
    for child in children(scene, PAGE + 1):
        scene.back(scene.missing("2027-02-06 20:00", child=child), "2027-02-06 23:00")
    client = scene.client(scene.coordinator)
    after = owed_to(scene.coordinator).next
    assert after and owed_to(scene.coordinator, after).next == ""
    further = f"/missing/?{urlencode({'after': after})}"
    text = text_of(client.get(further))
    assert "Missing now" not in text and "Back to the soonest" in text and "Due later" not in text
    whole, one_row = queries_of(client, "/missing/"), queries_of(client, further)
    assert one_row[0] <= whole[0] <= 7, whole


@pytest.mark.parametrize("after", ["", "~", "yesterday~x", "2027-02-06T20:00~" + "0" * 32])
def test_a_cursor_nobody_made_starts_from_the_beginning(scene, after):
    _, interview = scene.returned()
    assert owed_to(scene.coordinator, after).rows == (interview,)
    assert scene.client(scene.coordinator).get("/missing/", {"after": after}).status_code == 200
