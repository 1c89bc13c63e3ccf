"""What follows a decision, in Chromium: disagreed with, fallen, added to; in nobody's way.

``CSE_PICTURES=<folder>`` keeps a picture of each.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from referrals import actions
from referrals.transitions import Act
from tests.interface.looking import in_the_way_of
from tests.referrals.area import Area
from tests.referrals.test_triage_in_browser import LONG, at, fetch
from tests.screening.made import completed

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def by_two(area, sent, decision):
    received = area.at(sent, area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(delivery_id=received.pk, by=area.duty, decision=decision, reasons=LONG)
    return actions.agree(delivery_id=received.pk, by=area.other_duty, note=LONG)


def nobody_answers(area):
    """Everybody who could is away, or had a part in it."""
    for person in (area.manager, area.specialist):
        person.is_active = False
        person.save()
    delivery = by_two(area, area.sent(), Act.OTHER_OUTCOME)
    found = {"nobody, before": fetch(area.worker, at("disagree", delivery))}
    row = actions.disagree(delivery_id=delivery.pk, by=area.worker, reasons=LONG)
    record = reverse("children:child", args=[area.child.pk])
    return found | {
        "nobody, outcome": fetch(area.worker, at("outcome", delivery)),
        "nobody, the lead": fetch(area.lead, at("show", delivery.referral)),
        "nobody, the team": fetch(area.duty, at("delivery", delivery)),
        "nobody, who decided": fetch(area.duty, at("disagreement", row)),
        "nobody, the child": fetch(area.duty, record),
    }


def fallen(area):
    delivery = by_two(area, area.sent(), Act.SEND_BACK)
    row = actions.disagree(delivery_id=delivery.pk, by=area.worker, reasons=LONG)
    found = {"who answers": fetch(area.manager, at("disagreement", row))}
    actions.answer_disagreement(disagreement_id=row.pk, by=area.manager, answer=LONG, upheld=True)
    found["fallen, the team"] = fetch(area.duty, at("delivery", delivery))
    found["fallen, outcome"] = fetch(area.worker, at("outcome", delivery))
    actions.claim(delivery_id=delivery.pk, by=area.duty)
    found["claimed, home"] = fetch(area.duty, "/")
    return found


def added_to(area):
    first = by_two(area, area.sent(screen=completed(area)), Act.SEND_BACK).referral
    found = {"came back": fetch(area.worker, at("show", first))}
    draft, _ = actions.start_again(referral_id=first.pk, by=area.worker)
    part = reverse("referrals:part", kwargs={"pk": draft.pk, "slug": "situation"})
    found |= {
        "adds, draft": fetch(area.worker, at("draft", draft)),
        "adds, facts": fetch(area.worker, at("facts", draft)),
        "adds, part": fetch(area.worker, part),
        "adds, check": fetch(area.worker, at("check", draft)),
        "added to": fetch(area.worker, at("show", first)),
    }
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    received = area.at(sent, area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    found["adds, the team"] = fetch(area.duty, at("delivery", received))
    area.specialist.is_active = False
    area.specialist.save()
    found["nobody to pass to"] = fetch(
        area.duty, at("decide", received), {"decision": "pass on", "reasons": LONG}
    )
    found["decided"] = fetch(area.duty, reverse("referrals:decided"))
    return found


def test_what_follows_a_decision_stands_in_nobodys_way(chromium, oxfordshire):
    area = oxfordshire
    pages = fallen(area)
    area.child = area.another_child()
    pages |= added_to(area)
    pages |= nobody_answers(Area("wiltshire"))
    assert in_the_way_of(chromium, pages) == ""
    assert len(pages) == 19
