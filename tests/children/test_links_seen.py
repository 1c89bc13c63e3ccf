"""A link shows exactly to who sees both children; to who sees one it does not exist."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis.extra.django import TestCase

from cse.access import actions as access
from cse.access.capabilities import Capability
from cse.access.models import ChildUserGrant
from cse.audit import events
from cse.audit.context import Acting, act_as
from cse.audit.models import AuditEvent
from cse.audit.queries import Filters, log_page, references
from cse.children.actions.links import correct_link, end_link, record_link
from cse.children.models import ChildLink
from cse.children.queries import my_children
from cse.children.queries.links import links_of, links_seen_by
from cse.children.queries.timeline import timeline
from cse.worklist.handing import hand_over_all
from cse.worklist.models import WorkItem
from cse.worklist.queries import waiting_for
from tests.access.worlds import CHILDREN, build, oracle, worlds
from tests.children.conftest import BACKEND
from tests.children.pairs import keep_out, make_pair
from tests.factories import grant, make_child, make_user
from tests.prepared import prepared

pytestmark = pytest.mark.django_db
PAGES = ("", "links/", "timeline/", "changes/", "team/", "levels/")
ACCESS = ("looks", "who", "why")


@pytest.mark.requirement("D-SHR-01")
class TestWhoSeesALink(TestCase):
    """Grants, exclusions, seals and what has ended, against an oracle that never asks it."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(world=worlds)
    def test_a_link_shows_exactly_to_who_sees_both(self, world):
        built, recorder = build(world), make_user()
        pairs = [(a, b) for a in range(CHILDREN) for b in range(a)]
        links = {(a, b): _linked(built.children[a], built.children[b], recorder) for a, b in pairs}
        for who, user in enumerate(built.people):
            seen = set(links_seen_by(user))
            for (a, b), link in links.items():
                both = oracle(world, who, a) and oracle(world, who, b)
                assert (link in seen) is both
                for which in (a, b):
                    assert (link in links_of(user, built.children[which])) is both


def _linked(one, other, by):
    first, second = sorted((one, other), key=lambda child: child.pk)
    link = ChildLink(first=first, second=second, kind="siblings", recorded_by=by)
    link.save()
    return link


@prepared
def pair():
    pair = make_pair()
    pair.link = record_link(
        child=pair.rowan, other=pair.juno, by=pair.worker, kind="adults", note="Seen in one car"
    )
    return pair


def signed_in(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def text(client, address):
    answer = client.get(address)
    assert answer.status_code in (200, 403), address
    plain = re.sub(r'nonce="[^"]+"|name="csrfmiddlewaretoken" value="[^"]+"', "", answer.text)
    return re.sub(r"\d{1,2}:\d\d(:\d\d)?|data-[a-z-]+=\"[^\"]*\"", "", plain)


def everything(user, child):
    """All that the pages about a child, home and my children say to somebody."""
    client = signed_in(user)
    pages = [f"/children/{child.pk}/{page}" for page in PAGES]
    pages += [reverse(f"access:{page}", args=[child.pk]) for page in ACCESS]
    return {page: text(client, page) for page in ("/", "/children/mine/", *pages)}


@pytest.mark.requirement("S02", "DEC-34")
@pytest.mark.parametrize(("who", "which"), [("rowans_carer", "rowan"), ("junos_lead", "juno")])
def test_a_reader_of_one_child_reads_the_same_with_and_without_the_link(db, who, which):
    """Rowan's foster worker cannot see that Juno exists, and the other way round."""
    pair = make_pair()
    user, child = getattr(pair, who), getattr(pair, which)
    keep_out(pair.rowan, pair.lead)  # so that it is proposed, answered, corrected and ended too
    everything(user, child)  # looks of one's own are on the page of looks
    before = everything(user, child)
    given = {"child": pair.rowan, "other": pair.juno, "by": pair.worker}
    one = record_link(**given, kind="adults", note="Seen in one car")
    record_link(**given, kind="friends")
    worker, lead = signed_in(pair.worker), signed_in(pair.lead)
    asked = {"answer": "agree", "note": "Right for both"}
    assert lead.post(f"/children/links/{one.pk}/answer/", asked).status_code == 302
    here = f"/children/{pair.rowan.pk}/links/{one.pk}/"
    assert worker.get(here).status_code == 200
    saved = {"version": 1, "note": "Seen twice"}
    assert worker.post(f"{here}correct/", saved).status_code == 302
    assert worker.post(f"{here}end/", {"reason": "No longer"}).status_code == 302
    hand_over_all()
    after = everything(user, child)
    for page, said in before.items():
        if "looks" not in page:
            assert after[page] == said, page
    other = pair.juno if child == pair.rowan else pair.rowan
    for said in after.values():
        for telling in (other.given_name, other.reference, str(other.pk), str(one.pk)):
            assert telling not in said
        assert "between two children" not in said


@pytest.mark.requirement("S02")
def test_nothing_that_a_reader_of_one_child_may_read_names_the_other(pair):
    """No event or work of a child says that there is a link; looks at it are looks at a child."""
    client = signed_in(pair.lead)
    here = f"/children/{pair.rowan.pk}/links/"
    for page in (
        "",
        "add/",
        f"{pair.link.pk}/",
        f"{pair.link.pk}/end/",
        f"{pair.link.pk}/correct/",
    ):
        assert client.get(f"{here}{page}").status_code == 200
    client.post(f"{here}add/", {"other": pair.juno.reference, "kind": "friends", "seal": "x"})
    kept = AuditEvent.objects.filter(child_id__in=[child.pk for child in pair.children])
    kept = kept.exclude(act="access granted")
    assert {event.act for event in kept} == {"see a child"}
    # Every child has the list of its links; the form and a link are looks at the child.
    assert {event.data.get("page") for event in kept} == {None, "links"}
    for event in kept:
        other = pair.juno.pk if event.child_id == pair.rowan.pk else pair.rowan.pk
        said = f"{event.data}{event.object_id}{event.reason}{event.protected_text}"
        assert str(other) not in said
        assert str(pair.link.pk) not in said


def test_whoever_sees_both_has_it_on_both_timelines_and_among_the_changes(pair):
    correct_link(link_id=pair.link.pk, by=pair.worker, version=1, note="Twice", since=None)
    end_link(link_id=pair.link.pk, by=pair.worker, reason="No longer so")
    names = " and ".join(child.name for child in (pair.link.first, pair.link.second))
    for child, other in (pair.children, pair.children[::-1]):
        told = [entry.title for entry in timeline(child, pair.lead).entries][:3]
        assert told == [
            f"Link with another child ended: {names}",
            f"Link with another child changed: {names}",
            f"Link with another child recorded: {names}",
        ]
        page = text(signed_in(pair.lead), f"/children/{child.pk}/changes/")
        assert f"Link with {other.name} recorded by" in page
        assert "Seen in one car" in page
        for carer in (pair.rowans_carer, pair.junos_lead):
            assert not [e for e in timeline(child, carer).entries if "Link" in e.title]


def test_a_timeline_with_links_pages_in_order_and_costs_two_queries(pair):
    for _ in range(30):
        events.record("child's details changed", by=pair.worker, child=pair.rowan)
    for kind in ("friends", "missing"):
        record_link(child=pair.rowan, other=pair.juno, by=pair.worker, kind=kind)
    with act_as(Acting(in_request=True)):
        timeline(pair.rowan, pair.worker)
        with CaptureQueriesContext(connection) as queries:
            page = timeline(pair.rowan, pair.worker)
    assert len(queries) == 2
    older = timeline(pair.rowan, pair.worker, before=page.older)
    entries = [*page.entries, *older.entries]
    assert entries == sorted(entries, key=lambda e: (e.at, e.id), reverse=True)
    assert sum("Link" in entry.title for entry in entries) == 3
    assert timeline(pair.rowan, pair.worker, after=older.newer).entries == page.entries


@pytest.mark.parametrize("how", ["ended", "expired", "excluded", "sealed"])
@pytest.mark.parametrize("which", ["rowan", "juno"])
def test_it_is_gone_with_the_first_child_that_is(pair, how, which):
    child, user = getattr(pair, which), pair.colleague
    assert links_of(user, pair.rowan).exists()
    held = ChildUserGrant.objects.get(user=user, content_object=child)
    if how == "ended":
        access.end_access(grant=held, by=pair.lead, reason="Test")
    elif how == "expired":
        held.starts_at = timezone.now() - dt.timedelta(days=2)
        held.expires_at = timezone.now() - dt.timedelta(days=1)
        held.save()
    elif how == "excluded":
        access.exclude(child=child, user=user, ground="other", reason="Test", by=pair.lead)
    else:
        access.seal(child=child, names=[], reason="Test", by=pair.lead)
    for each in pair.children:
        assert not links_of(user, each).exists()
    other = pair.juno if which == "rowan" else pair.rowan
    client = signed_in(user)
    for page in ("", "links/", "timeline/", "changes/"):
        said = text(client, f"/children/{other.pk}/{page}")
        assert child.given_name not in said
        assert "Link with" not in said.replace("Link with another child</a>", "")
    for address in (f"{pair.link.pk}/", f"{pair.link.pk}/end/", f"{pair.link.pk}/correct/"):
        assert client.get(f"/children/{other.pk}/links/{address}").status_code == 404


def test_a_hidden_link_is_a_made_up_link(pair):
    client = signed_in(pair.rowans_carer)
    here = f"/children/{pair.rowan.pk}/links"
    for page in ("", "end/", "correct/"):
        hidden, made_up = (client.get(f"{here}/{pk}/{page}") for pk in (pair.link.pk, pair.juno.pk))
        assert hidden.status_code == made_up.status_code == 404
        clean = [re.sub(r'nonce="[^"]+"', "", answer.text) for answer in (hidden, made_up)]
        assert clean[0] == clean[1]
    # Nor is a link found under a child that it does not link.
    third = make_child(by=pair.worker)
    grant(pair.worker, third)
    there = f"/children/{third.pk}/links/{pair.link.pk}/"
    assert signed_in(pair.worker).get(there).status_code == 404


class TestWork:
    """A proposal that waits for a team is on the home of those of it who see both."""

    def proposed(self, pair):
        keep_out(pair.rowan, pair.lead)
        return record_link(child=pair.juno, other=pair.rowan, by=pair.worker, kind="friends")

    def test_not_of_a_colleague_in_the_team_who_sees_one_nor_of_the_proposer(self, pair):
        self.proposed(pair)
        assert WorkItem.objects.get().owner_group == pair.leads.group
        assert len(waiting_for(pair.lead).items) == 1
        for user in (pair.junos_lead, pair.worker, pair.colleague, pair.rowans_carer):
            assert waiting_for(user).items == ()

    def test_nor_does_it_count_among_their_children(self, pair):
        self.proposed(pair)
        for user in (pair.junos_lead, pair.worker, pair.colleague):
            assert {row.next_due for row in my_children(user).children} == {None}
        (row,) = [r for r in my_children(pair.lead).children if r.next_due]
        assert (row.id, row.is_mine) == (pair.juno.pk, True)

    def test_nor_is_it_handed_to_leads_who_see_one(self, pair):
        self.proposed(pair)
        for held in ChildUserGrant.objects.filter(content_object=pair.rowan, user=pair.lead):
            access.end_access(grant=held, by=pair.other_lead, reason="Test")
        assert hand_over_all() == 0
        assert waiting_for(pair.lead).items == ()
        assert len(waiting_for(pair.other_lead).items) == 1


def test_the_auditor_finds_it_by_either_child_with_both_references(pair):
    for child in pair.children:
        page = log_page(Filters(child=child.pk, act="linked"))
        (event,) = page.events
        said = references(page.events)[event.pk]
        assert {c.reference for c in pair.children} == set(said.split(", "))


def test_seeing_is_asked_for_the_same_act_on_both(pair):
    board = make_user("board")
    assert not links_seen_by(board).exists()
    assert not links_seen_by(pair.worker, Capability.SEAL).exists()
    assert links_seen_by(pair.lead, Capability.SEAL).exists()
