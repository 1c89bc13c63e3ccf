"""Linking two children: one row for a pair, a second person where restrictions differ, an end."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from cse.access import actions as access
from cse.access.policies import NotAllowed, NotVisible
from cse.audit.models import AuditEvent
from cse.children.actions.links import (
    ANSWER_LINK,
    answer_link,
    correct_link,
    end_link,
    record_link,
)
from cse.children.models import Child, ChildLink, LinkKind, Stage
from cse.children.policies import NotPossible, Stale
from cse.children.policies_links import AlreadyLinked
from cse.children.queries.links import links_of
from cse.people.models import Role
from cse.worklist.kinds import KINDS
from cse.worklist.models import WorkItem
from cse.worklist.queries import waiting_for
from tests.children.pairs import keep_out, make_pair
from tests.factories import grant, make_child, make_user
from tests.prepared import prepared

pytestmark = pytest.mark.django_db


@prepared
def pair():
    return make_pair()


def link(pair, by=None, **facts):
    given = {"child": pair.rowan, "other": pair.juno, "kind": "adults"} | facts
    return record_link(by=by or pair.worker, **given)


def waits(user):
    return [item.kind for item in waiting_for(user).items]


class TestTheKinds:
    @pytest.mark.requirement("DEC-57")
    def test_no_kind_has_a_direction_or_calls_a_child_anything(self):
        labels = " ".join(LinkKind.labels).lower()
        for word in ("introduc", "recruit", "perpetrat", "bring", "offend", "suspect", "victim"):
            assert word not in labels

    @pytest.mark.requirement("DEC-57")
    def test_whoever_is_named_first_it_is_the_same_row(self, pair):
        one = link(pair)
        assert (one.first, one.second) == tuple(sorted(pair.children, key=lambda c: c.pk))
        assert link(pair, child=pair.juno, other=pair.rowan) == one
        assert one.other_than(pair.rowan.pk) == pair.juno
        assert one.other_than(pair.juno.pk) == pair.rowan
        with pytest.raises(ValueError, match="not a child of this link"):
            one.other_than(make_child().pk)

    def test_the_database_refuses_a_child_and_itself_two_that_stand_and_half_an_answer(self, pair):
        one, (a, b) = link(pair), sorted(child.pk for child in pair.children)
        base = {"first_id": a, "second_id": b, "kind": "friends", "recorded_by": pair.worker}
        for wrong in (
            {"second_id": a},
            {"first_id": b, "second_id": a},
            {"kind": one.kind},
            {"kind": "other"},
            {"words": "Words of another kind"},
            {"agreed": True},
            {"ended_at": one.recorded_at},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                ChildLink(**base | wrong).save()


class TestRecording:
    def test_it_stands_at_once_and_says_who_and_when(self, pair):
        one = link(pair, note="Seen in the same car.", since=dt.date(2026, 3, 1))
        assert (one.stage, one.recorded_by, one.note) == (
            Stage.STANDS,
            pair.worker,
            "Seen in the same car.",
        )
        assert one.history.count() == 1
        event = AuditEvent.objects.get(object_id=str(one.pk))
        assert (event.act, event.child_id) == ("children linked", None)
        assert set(event.data["children"]) == {str(child.pk) for child in pair.children}

    def test_the_same_form_sent_twice_is_one_link(self, pair):
        assert link(pair, note="Once") == link(pair, note="Once")
        assert ChildLink.objects.count() == 1
        assert AuditEvent.objects.filter(act="children linked").count() == 1

    def test_what_is_recorded_already_is_said_and_nothing_is_overwritten(self, pair):
        one = link(pair, note="First")
        for by, note in ((pair.worker, "Second"), (pair.colleague, "First")):
            with pytest.raises(AlreadyLinked) as refusal:
                link(pair, by=by, note=note)
            assert refusal.value.link == one
        assert ChildLink.objects.get().note == "First"
        assert link(pair, kind="friends") != one

    def test_another_way_needs_words(self, pair):
        assert (
            link(pair, kind="other", words="Same athletics club").in_words == "Same athletics club"
        )

    def test_a_child_is_not_linked_with_itself(self, pair):
        with pytest.raises(NotPossible, match="same child"):
            link(pair, other=pair.rowan)

    @pytest.mark.parametrize("end", ["child", "other"])
    def test_both_must_be_in_scope(self, pair, end):
        with pytest.raises(NotVisible):
            link(pair, **{end: make_child()})
        assert not ChildLink.objects.exists()

    @pytest.mark.parametrize("role", [Role.INTELLIGENCE, Role.BOARD, Role.ADMINISTRATOR])
    def test_the_role_must_include_it(self, pair, role):
        user = make_user(role)
        for child in pair.children:
            grant(user, child)
        with pytest.raises((NotAllowed, NotVisible)):
            link(pair, by=user)

    def test_it_stands_or_falls_with_its_event(self, pair, monkeypatch):
        def fails(*_args, **_more):
            raise RuntimeError("the log is away")

        monkeypatch.setattr("cse.children.actions.links.events.record", fails)
        with pytest.raises(RuntimeError), transaction.atomic():
            link(pair)
        assert not ChildLink.objects.exists()


class TestASecondPerson:
    def sealed(self, pair, *names):
        return access.seal(child=pair.juno, names=list(names), reason="Test", by=pair.lead)

    @pytest.mark.parametrize("how", ["exclusion on one", "seal on one", "different people"])
    def test_where_who_may_see_them_differs_it_waits(self, pair, how):
        if how == "seal on one":
            self.sealed(pair, pair.worker)
        else:
            keep_out(pair.rowan, pair.lead)
        if how == "different people":
            keep_out(pair.juno, pair.lead)
        one = link(pair)
        assert one.stage == Stage.WAITING
        assert waits(pair.lead) == [ANSWER_LINK]
        item = WorkItem.objects.get()
        assert item.owner_group == pair.leads.group
        assert KINDS[item.kind].address(item.subject_id) == f"/children/links/{one.pk}/answer/"

    def test_the_same_person_kept_from_both_or_a_conflict_that_ended_needs_nobody(self, pair):
        row = keep_out(pair.rowan, pair.lead)
        access.exclude(
            child=pair.juno, user=row.user, ground="relative", reason="Test", by=pair.lead
        )
        assert link(pair).stage == Stage.STANDS
        gone = keep_out(pair.rowan, pair.lead)
        access.end_exclusion(exclusion=gone, by=pair.lead, reason="Test")
        assert link(pair, kind="friends").stage == Stage.STANDS

    def test_until_then_only_the_proposer_and_who_may_agree_see_it(self, pair):
        keep_out(pair.rowan, pair.lead)
        one = link(pair)
        for user in (pair.worker, pair.lead, pair.other_lead):
            assert list(links_of(user, pair.rowan)) == [one]
        for user in (pair.colleague, pair.rowans_carer, pair.junos_lead):
            for child in pair.children:
                assert not links_of(user, child).exists()

    def test_agreed_it_stands_for_everybody_who_sees_both(self, pair):
        keep_out(pair.rowan, pair.lead)
        one = answer_link(link_id=link(pair).pk, by=pair.lead, agrees=True, note="Right for both")
        assert one.stage == Stage.STANDS
        assert list(links_of(pair.colleague, pair.juno)) == [one]
        assert not links_of(pair.rowans_carer, pair.rowan).exists()
        assert waits(pair.other_lead) == []
        assert AuditEvent.objects.get(act="link agreed").child_id is None

    def test_not_agreed_it_stays_with_the_two_and_can_be_proposed_again(self, pair):
        keep_out(pair.rowan, pair.lead)
        one = answer_link(link_id=link(pair).pk, by=pair.lead, agrees=False, note="Not now")
        assert one.stage == Stage.REFUSED
        assert not links_of(pair.colleague, pair.rowan).exists()
        assert list(links_of(pair.worker, pair.rowan)) == [one]
        assert link(pair) != one

    def test_nobody_answers_their_own_proposal_twice_or_without_a_reason(self, pair):
        keep_out(pair.rowan, pair.lead)
        one = link(pair, by=pair.lead)
        assert waits(pair.lead) == []
        assert waits(pair.other_lead) == [ANSWER_LINK]
        with pytest.raises(NotAllowed, match="somebody else"):
            answer_link(link_id=one.pk, by=pair.lead, agrees=True, note="Mine")
        with pytest.raises(NotPossible, match="Say why"):
            answer_link(link_id=one.pk, by=pair.other_lead, agrees=True, note=" ")
        answer_link(link_id=one.pk, by=pair.other_lead, agrees=True, note="Yes")
        with pytest.raises(NotAllowed, match="any more"):
            answer_link(link_id=one.pk, by=pair.other_lead, agrees=False, note="No")

    @pytest.mark.parametrize("who", ["worker", "colleague", "rowans_carer", "junos_lead"])
    def test_who_sees_one_or_may_not_agree_answers_nothing(self, pair, who):
        keep_out(pair.rowan, pair.lead)
        one = link(pair, by=pair.lead)
        with pytest.raises((NotVisible, NotAllowed)):
            answer_link(link_id=one.pk, by=getattr(pair, who), agrees=True, note="Yes")
        with pytest.raises(NotVisible):
            answer_link(link_id=pair.rowan.pk, by=pair.other_lead, agrees=True, note="Yes")

    def test_where_nobody_else_could_agree_it_is_refused_and_says_what_to_do(self, pair):
        access.seal(child=pair.juno, names=[pair.worker], reason="Test", by=pair.lead)
        with pytest.raises(NotPossible, match="Ask a safeguarding lead"):
            link(pair, by=pair.lead)
        assert not ChildLink.objects.exists()

    def test_somebody_by_themselves_is_asked_where_no_team_is_near(self, pair):
        manager = make_user(Role.SENIOR_MANAGER)
        for child in pair.children:
            grant(manager, child)
        access.seal(child=pair.juno, names=[pair.worker, manager], reason="Test", by=pair.lead)
        link(pair, by=pair.lead)
        assert WorkItem.objects.get().owner == manager
        assert waits(manager) == [ANSWER_LINK]

    def test_two_propose_the_same_and_neither_learns_of_the_other(self, pair):
        keep_out(pair.rowan, pair.lead)
        one, two = link(pair, note="Mine"), link(pair, by=pair.colleague, note="Mine too")
        assert one != two
        assert list(links_of(pair.colleague, pair.rowan)) == [two]
        answer_link(link_id=one.pk, by=pair.lead, agrees=True, note="Yes")
        two.refresh_from_db()
        assert (two.stage, two.note) == (Stage.WITHDRAWN, "Mine too")
        assert waits(pair.lead) == []

    def test_a_proposal_is_taken_back_by_its_proposer_alone(self, pair):
        keep_out(pair.rowan, pair.lead)
        one = link(pair)
        with pytest.raises(NotAllowed):
            end_link(link_id=one.pk, by=pair.lead, reason="Not mine")
        assert end_link(link_id=one.pk, by=pair.worker, reason="A mistake").stage == Stage.WITHDRAWN
        assert waits(pair.lead) == []


class TestCorrectingAndEnding:
    def test_whoever_sees_both_corrects_the_note_and_the_old_one_stays(self, pair):
        one = link(pair, note="Before")
        after = correct_link(
            link_id=one.pk, by=pair.colleague, version=1, note="After", since=dt.date(2026, 1, 2)
        )
        assert (after.note, after.version) == ("After", 2)
        assert [row.note for row in one.history.order_by("history_id")] == ["Before", "After"]

    def test_a_stale_version_is_refused_and_the_same_text_is_not(self, pair):
        one = link(pair)
        given = {"link_id": one.pk, "since": None, "version": 1}
        correct_link(by=pair.worker, note="Theirs", **given)
        with pytest.raises(Stale):
            correct_link(by=pair.colleague, note="Mine", **given)
        assert correct_link(by=pair.colleague, note="Theirs", **given).version == 2

    def test_it_ends_with_a_reason_once_and_can_be_recorded_anew(self, pair):
        one = link(pair)
        with pytest.raises(NotPossible, match="Say why"):
            end_link(link_id=one.pk, by=pair.worker, reason="  ")
        for _ in range(2):
            ended = end_link(link_id=one.pk, by=pair.worker, reason="No longer so")
        assert (ended.stage, ended.ended_reason) == (Stage.ENDED, "No longer so")
        assert AuditEvent.objects.filter(act="link ended").count() == 1
        with pytest.raises(NotAllowed):
            correct_link(link_id=one.pk, by=pair.worker, version=2, note="x", since=None)
        assert link(pair) != one

    @pytest.mark.parametrize("who", ["rowans_carer", "junos_lead"])
    def test_who_sees_one_only_does_nothing_with_it(self, pair, who):
        one, user = link(pair), getattr(pair, who)
        with pytest.raises(NotVisible):
            end_link(link_id=one.pk, by=user, reason="x")
        with pytest.raises(NotVisible):
            correct_link(link_id=one.pk, by=user, version=1, note="x", since=None)


@pytest.mark.django_db(transaction=True)
def test_two_people_record_the_same_link_at_once_and_there_is_one_row():
    with transaction.atomic():
        pair = make_pair()
    start, said = threading.Barrier(2), []

    def record(by, child, other):
        try:
            start.wait(10)
            record_link(child=child, other=other, by=by, kind="friends", note=by.given_name)
            said.append("recorded")
        except AlreadyLinked as refusal:
            said.append(refusal.link.recorded_by.given_name)
        finally:
            connection.close()

    rowan, juno = (Child.objects.get(pk=child.pk) for child in pair.children)
    threads = [
        threading.Thread(target=record, args=(pair.worker, rowan, juno)),
        threading.Thread(target=record, args=(pair.colleague, juno, rowan)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    kept = ChildLink.objects.get()
    assert sorted(said) == sorted(["recorded", kept.recorded_by.given_name])
