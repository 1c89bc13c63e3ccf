"""What is said, recorded and screened of a child: each adds to a referral, none takes away."""

from __future__ import annotations

import pytest

from cse.children.actions.status import record_legal_status
from cse.strict import Refused as FactsRefused
from referrals import actions
from referrals.facts import together
from referrals.reading import facts_in_words
from tests.referrals.area import years_old
from tests.screening.made import completed

pytestmark = pytest.mark.django_db
CALM = {"level": "vulnerable", "concerns_confirmed": "no", "harm_happened": "no"}


def fired(referral):
    return {rule["id"] for rule in referral.routing["rules"]}


def send(area, draft):
    return actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)


@pytest.mark.requirement("W-REF-24", "W-REF-41")
def test_a_screen_with_a_lower_level_takes_nothing_away_from_what_was_said(oxfordshire):
    area = oxfordshire
    draft = area.draft(level="cse")
    assert "R4" in fired(draft)
    screen = completed(area, **CALM)
    draft = actions.attach_screen(
        referral_id=draft.pk, screen=screen, reason="", version=1, by=area.worker
    )
    assert draft.screen_facts["level"] == "vulnerable" and "R4" in fired(draft)
    sent = send(area, draft)
    assert "R4" in fired(sent)
    assert area.at(sent, area.front_door).obligation == "mandatory"
    assert ("Level", ("CSE",)) in facts_in_words(sent)


@pytest.mark.requirement("W-REF-24", "W-REF-41", "DEC-13")
def test_the_level_in_effect_counts_also_where_nobody_says_it(oxfordshire):
    area = oxfordshire
    completed(area, level="cse")
    draft = area.draft(sexual_activity={"from": None, "to": None}, professional_working=True)
    assert "R4" in fired(draft)
    assert not draft.routing["decision_not_to_refer"]["available"]
    assert not draft.routing["under_13_exception"]["available"]
    sent = send(area, draft)
    assert "level" not in sent.facts and sent.record_facts["level"] == "cse"
    assert area.at(sent, area.front_door).obligation == "mandatory"
    assert ("Level", ("CSE",)) in facts_in_words(sent)
    # No screen went along: that one is outstanding still.
    assert sent.routing["screen_outstanding"]


@pytest.mark.requirement("W-REF-37")
def test_what_the_record_says_since_the_draft_was_saved_counts_at_sending(wiltshire):
    area = wiltshire
    draft = area.draft(professional_working=True)
    assert not fired(draft)
    completed(area, level="at_risk")
    record_legal_status(child=area.child, kind="s31", starts_on=years_old(1), by=area.worker)
    sent = send(area, draft)
    assert {"R4", "R12"} <= fired(sent)
    assert area.at(sent, area.specialists).obligation == "mandatory"
    completed(area, level="cse")
    sent.refresh_from_db()
    assert sent.record_facts["level"] == "at_risk"


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (({"level": "cse"}, {"level": "vulnerable"}), {"level": "cse"}),
        (({"level": "vulnerable"}, {"level": None}, {"level": "at_risk"}), {"level": "at_risk"}),
        (({"care_planning": "lac"}, {"care_planning": "cin"}), {"care_planning": "lac"}),
        (({"pregnant": True}, {"pregnant": False}), {"pregnant": True}),
        (({"screened": True}, {"screened": False}), {"screened": False}),
        (
            (
                {"any_one_high": True, "screened_on": "2026-01-02"},
                {"any_one_high": False, "screened_on": "2026-09-01"},
            ),
            {"any_one_high": True, "screened_on": "2026-01-02"},
        ),
    ],
)
@pytest.mark.requirement("W-REF-24")
def test_of_two_documents_each_adds(sources, expected):
    assert together(*sources) == expected


def test_a_level_that_is_no_level_is_refused_and_not_dropped(oxfordshire):
    completed(oxfordshire, level="cse")
    with pytest.raises(FactsRefused, match="level"):
        oxfordshire.draft(level="grave")
