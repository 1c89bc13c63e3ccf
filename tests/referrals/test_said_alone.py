"""Who sees a referral and not the record reads the rules for what they said, and nothing newer."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from cse.access import actions as access
from cse.access.capabilities import Capability
from cse.access.policies import NotVisible, can
from cse.children.models import LegalStatus, LevelEvent
from cse.documents.actions import request_export
from cse.people.models import Role
from referrals import actions
from referrals.documents.referral import build
from tests.documents.test_register import browser
from tests.factories import make_team, make_user
from tests.referrals.test_making_pages import page_of
from tests.referrals.test_out_of_an_emergency import (  # noqa: F401
    REASON,
    area,
    when_the_hour_is_over,
)
from tests.screening.made import completed
from tests.screening.pages import controls, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-SHR-01")]
SAID = {"group_suspected": True}
WHAT_SAID = "An organised group is suspected."
#: What others recorded, as the pages would say it.
OF_OTHERS = (
    "The level is CSE",
    "Level CSE",
    "On record: CSE",
    "Concern that the child is at risk",
    "The child is in care",
    "Looked after, and at risk",
)


def of_others(words):
    """What of that a page says."""
    return [each for each in OF_OTHERS if each in words]


def others_record(place):
    """A level and a status, by those who see the child's record."""
    today, lead = timezone.localdate(), place.theirs.lead
    LevelEvent(
        child=place.child,
        level="cse",
        decided_on=today,
        decided_at=timezone.now(),
        decided_by=lead,
        judgement="Known for some time",
    ).save()
    LegalStatus(child=place.child, kind="s31", starts_on=today, recorded_by=lead).save()


def rules_of(referral):
    referral.refresh_from_db()
    return {rule["id"] for rule in referral.routing["rules"]}


def test_of_a_sent_referral_only_what_was_said(area):  # noqa: F811
    draft = area.draft(**SAID)
    others_record(area)
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    assert {"R4", "R10", "R12"} <= rules_of(sent)
    # In the hour the record is open to them, and so is what the rules read in it.
    assert "The level is CSE" in text_of(area.client().get(page_of(sent, "show")))
    with when_the_hour_is_over():
        page = text_of(area.client().get(page_of(sent, "show")))
        assert WHAT_SAID in page and not of_others(page)
        assert "These are the rules for what was said." in page
        # Those it was sent to go on to read all of it.
        whole = text_of(area.client(area.duty).get(page_of(sent, "show")))
        assert "The level is CSE" in whole and "These are the rules for" not in whole
    assert {"R4", "R10", "R12"} <= rules_of(sent)


def test_of_a_draft_only_what_was_said_also_where_it_is_saved_and_sent(area):  # noqa: F811
    draft = area.draft(**SAID)
    with when_the_hour_is_over():
        others_record(area)
        client = area.client()
        for name, more in (("draft", ()), ("facts", ()), ("check", ()), ("part", ("situation",))):
            page = text_of(client.get(page_of(draft, name, *more)))
            assert WHAT_SAID in page and not of_others(page), name
        # Every save asks the rules of the record as it is now; its answer does not tell.
        where = page_of(draft, "facts")
        facts = controls(client.get(where))
        saved = client.post(where, facts, headers={"X-Requested-With": "autosave"}).json()
        assert WHAT_SAID in saved["panels"]["rules"]
        assert not of_others(saved["panels"]["rules"] + saved["panels"]["words"])
        assert rules_of(draft) >= {"R4", "R12"} and draft.record_facts["level"] == "cse"
        stale = client.post(where, facts | {"pregnant": "on"})
        assert stale.status_code == 409 and not of_others(text_of(stale))
        assert not of_others(text_of(client.get(where)))
        aside = text_of(client.get(page_of(draft, "set-aside")))
        assert "Gang, ring or organised group" in aside and not of_others(aside)
        check = client.get(page_of(draft, "check"))
        assert client.post(page_of(draft, "check"), controls(check)).status_code == 302
        assert rules_of(draft) >= {"R4", "R10", "R12"} and draft.status == "sent"
        assert not of_others(text_of(client.get(page_of(draft, "show"))))


def test_a_screen_of_ones_own_counts_and_a_level_set_since_does_not(area):  # noqa: F811
    sent = area.sent(screen=completed(area))
    with when_the_hour_is_over():
        others_record(area)
        page = text_of(area.client().get(page_of(sent, "show")))
        assert "The level is At risk." in page
        assert of_others(page) == ["Concern that the child is at risk"]


def test_nor_in_the_pdf(area):  # noqa: F811
    """Of somebody whose post exports: in the hour it is theirs to export, afterwards it is not."""
    area.worker = manager = make_user(Role.SENIOR_MANAGER, team=make_team(area.agency))
    access.break_glass(child_id=area.child.pk, by=manager, reason=REASON)
    others_record(area)
    sent = area.sent(**SAID)
    export = request_export(
        kind_key="referral", subject_id=sent.pk, purpose="court", by=manager, recipient_name="Court"
    )
    with when_the_hour_is_over():
        assert not can(manager, Capability.EXPORT, area.child)
        client = browser(manager)
        for address in (
            reverse("documents:request", args=["referral", sent.pk]),
            reverse("documents:status", args=[export.pk]),
            reverse("documents:download", args=[export.pk]),
        ):
            assert client.get(address).status_code == 404, address
        assert "Export this referral" not in text_of(client.get(page_of(sent, "show")))
        with pytest.raises(NotVisible):
            build(sent.pk, manager)
