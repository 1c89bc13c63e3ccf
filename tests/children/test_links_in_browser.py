"""The pages of links in Chromium: empty, full, with long names, with mistakes; and one whole way.

``CSE_PICTURES=<folder>`` keeps a picture of each.
"""

import os

import pytest
from django.db import transaction

from cse.children.actions.links import correct_link, end_link, record_link
from cse.people.reference import load_authorities
from tests.browser.conftest import Desk
from tests.children.pairs import keep_out, make_pair
from tests.children.test_links_pages import signed_in
from tests.factories import grant, make_child
from tests.interface.looking import in_the_way_of

pytestmark = [pytest.mark.browser]
PICTURES = os.environ.get("CSE_PICTURES", "")
LONG = "Wilhelmina-Alexandrina Oyinkansola"
FAMILY = "Featherstonehaugh-Cholmondeley-Llewellyn"


@pytest.fixture
def pages(db):
    """What the server sent, by name."""
    load_authorities()
    pair = make_pair()
    here = f"/children/{pair.rowan.pk}/links/"
    worker, lead = signed_in(pair.worker), signed_in(pair.lead)
    shown = {
        "list-empty": worker.get(here),
        "child-empty": worker.get(f"/children/{pair.rowan.pk}/"),
    }
    both = {"child": pair.rowan, "by": pair.worker}
    one = record_link(**both, other=pair.juno, kind="adults", note="Seen in one car. " * 30)
    for number, kind in enumerate(
        ("siblings", "household", "friends", "missing", "other", "adults")
    ):
        child = make_child(LONG, f"{FAMILY}{number}", by=pair.worker)
        for person in (pair.worker, pair.lead):
            grant(person, child)
        words = "Same athletics club on Thursdays, and the same bus home " * 2
        record_link(**both, other=child, kind=kind, words=words if kind == "other" else "")
    past = record_link(**both, other=pair.juno, kind="friends")
    end_link(link_id=past.pk, by=pair.worker, reason="They fell out in spring, both say so.")
    keep_out(pair.rowan, pair.lead)
    waits = record_link(**both, other=pair.juno, kind="missing", note="Twice in March.")
    typed = {"kind": "friends", "note": "They speak every day. " * 9}
    answer, add = f"/children/links/{waits.pk}/answer/", f"{here}add/"
    shown |= {
        "list": lead.get(here),
        "child": lead.get(f"/children/{pair.rowan.pk}/"),
        "home": lead.get("/"),
        "add": worker.get(add),
        "add-empty": worker.post(add, {}),
        "add-nobody": worker.post(add, typed | {"other": "C-AAAAAAA"}),
        "add-choose": worker.post(add, typed | {"other": LONG}),
        "add-there": worker.post(add, typed | {"other": pair.juno.reference, "kind": "adults"}),
        "add-words": worker.post(add, {"note": "She is promiscuous", "check_wording": "note"}),
        "show": worker.get(f"{here}{one.pk}/"),
        "show-waiting": worker.get(f"{here}{waits.pk}/"),
        "show-ended": worker.get(f"{here}{past.pk}/"),
        "end": worker.get(f"{here}{one.pk}/end/"),
        "end-error": worker.post(f"{here}{one.pk}/end/", {}),
        "correct": worker.get(f"{here}{one.pk}/correct/"),
        "answer": lead.get(answer),
        "answer-error": lead.post(answer, {}),
    }
    correct_link(link_id=one.pk, by=pair.lead, version=1, note="Seen in two cars.", since=None)
    shown["conflict"] = worker.post(f"{here}{one.pk}/correct/", {"version": 1, "note": "Mine"})
    shown["changes"] = worker.get(f"/children/{pair.rowan.pk}/changes/")
    shown["timeline"] = worker.get(f"/children/{pair.rowan.pk}/timeline/")
    lead.post(answer, {"answer": "disagree", "note": "Not yet"})
    shown["answered"] = lead.get(answer, follow=True)
    shown["answered-late"] = lead.post(answer, {"answer": "agree", "note": "After all"})
    return {name: sent.content.decode() for name, sent in shown.items()}


def test_nothing_stands_in_anybodys_way(chromium, pages):
    assert in_the_way_of(chromium, pages) == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scripts", [True, False])
def test_a_link_is_proposed_by_one_and_agreed_by_another(chromium, live_server, settings, scripts):
    settings.SECOND_FACTOR_REQUIRED = False
    with transaction.atomic():
        load_authorities()
        pair = make_pair()
        keep_out(pair.rowan, pair.lead)
    desk = Desk(chromium, live_server)
    page = desk.page_of(pair.worker, scripts=scripts)
    page.goto(f"/children/{pair.rowan.pk}/")
    page.get_by_role("link", name="Link with another child").click()
    page.get_by_label("Name or reference of the other child").fill("Juno")
    page.get_by_label("Seen with the same adults").check()
    page.get_by_label("What is known about it").fill("Seen in one car on 2 March.")
    page.get_by_role("button", name="Record the link").click()
    page.get_by_label("Juno Pell").check()
    page.get_by_role("button", name="Record the link").click()
    page.get_by_text("waits for a second person; until then").wait_for()
    lead = desk.page_of(pair.lead, scripts=scripts)
    lead.goto("/")
    lead.get_by_role("link", name="Agree to a link between two children, or not").click()
    lead.get_by_label("Agree: the link stands").check()
    lead.get_by_label("Your own reason").fill("The carers of both were asked.")
    lead.get_by_role("button", name="Keep my answer").click()
    lead.get_by_text("Your answer is kept.").wait_for()
    colleague = desk.page_of(pair.colleague, scripts=scripts)
    colleague.goto(f"/children/{pair.juno.pk}/")
    colleague.get_by_role("link", name="Rowan Ash", exact=True).wait_for()
    carer = desk.page_of(pair.rowans_carer, scripts=scripts)
    carer.goto(f"/children/{pair.rowan.pk}/links/")
    carer.get_by_text("No linked child whose record you may see.").wait_for()
    assert "Juno" not in carer.content()
    desk.close()
