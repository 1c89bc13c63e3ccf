"""What only a colleague may do is not on one's home: proposals and disagreements."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cse.access.actions import exclude
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from cse.worklist.queries import waiting_for
from referrals import actions
from referrals.transitions import Act
from tests.screening.pages import text_of

pytestmark = pytest.mark.django_db


def kinds_at(who):
    return [each.kind for each in waiting_for(who).items]


def proposed(area, child=None):
    """The holder's proposal to end a mandatory referral."""
    received = area.at(area.sent(child), area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    return actions.decide(
        delivery_id=received.pk, by=area.duty, decision=Act.OTHER_OUTCOME, reasons="The GP helps"
    )


@pytest.mark.requirement("DEC-42")
def test_a_proposal_waits_for_everybody_of_the_team_but_who_made_it(oxfordshire):
    area = oxfordshire
    received = proposed(area)
    assert WorkItem.objects.get(kind=kinds.AGREE_OUTCOME).subject_id == received.pk
    assert kinds.AGREE_OUTCOME in kinds_at(area.other_duty)
    assert kinds.AGREE_OUTCOME not in kinds_at(area.duty)
    words = kinds.KINDS[kinds.AGREE_OUTCOME].words
    for who, shown in ((area.duty, False), (area.other_duty, True)):
        assert (words in text_of(area.client(who).get(reverse("worklist:home")))) is shown
    # On the child's page it stands, without a link, as a colleague's.
    record = reverse("children:child", args=[received.referral.child_id])
    page = area.client(area.duty).get(record)
    assert words in text_of(page) and "A colleague of yours: " in text_of(page)
    assert f">{words}</a>" not in page.content.decode()
    page = area.client(area.other_duty).get(record)
    assert f">{words}</a>" in page.content.decode()
    assert "A colleague of yours: " not in text_of(page)


@pytest.mark.requirement("DEC-42")
def test_where_nobody_else_is_there_a_proposal_stays_before_who_made_it(oxfordshire):
    """It takes two people, and waits on nobody's home otherwise: the holder can take it back."""
    area = oxfordshire
    area.other_duty.is_active = False
    area.other_duty.save()
    received = proposed(area)
    assert kinds_at(area.duty).count(kinds.AGREE_OUTCOME) == 1
    page = text_of(area.client(area.duty).get(reverse("worklist:home")))
    assert kinds.KINDS[kinds.AGREE_OUTCOME].words in page
    # Who made it is kept from the child: it is handed to no leads, who could not agree to it.
    conflict = {"ground": "other", "reason": "A relative", "by": area.lead}
    exclude(child=received.referral.child, user=area.duty, **conflict)
    assert kinds.AGREE_OUTCOME not in kinds_at(area.lead)
    # Somebody else is there again, and agrees: it waits for nobody.
    area.other_duty.is_active = True
    area.other_duty.save()
    assert kinds.AGREE_OUTCOME in kinds_at(area.other_duty)
    actions.agree(delivery_id=received.pk, by=area.other_duty, note="Yes")
    assert not WorkItem.objects.filter(kind=kinds.AGREE_OUTCOME, closed_at__isnull=True).exists()


def test_a_disagreement_waits_for_who_did_not_decide(oxfordshire):
    """Where the agency has no leads its own team is asked, and who decided is of it."""
    area = oxfordshire
    area.disagreed()
    item = WorkItem.objects.get(kind=kinds.ANSWER_DISAGREEMENT)
    assert kinds.ANSWER_DISAGREEMENT in kinds_at(area.manager)
    item.owner_group = area.front_door.group
    item.save()
    assert kinds.ANSWER_DISAGREEMENT not in kinds_at(area.duty)
    assert kinds.ANSWER_DISAGREEMENT in kinds_at(area.other_duty)


def test_it_costs_no_query_more_and_keeps_the_order(oxfordshire):
    area = oxfordshire

    def asked():
        with CaptureQueriesContext(connection) as found:
            items = waiting_for(area.other_duty).items
        assert [each.due_at for each in items] == sorted(each.due_at for each in items)
        return len(found), len(items)

    proposed(area)
    once, one = asked()
    for _ in range(3):
        proposed(area, area.another_child())
    assert asked() == (once, one + 3)
