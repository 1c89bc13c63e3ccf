"""What is wrong on a page of a referral names its field, as on every page."""

from __future__ import annotations

import pytest

from referrals.forms.making import MakingFactsForm, PartForm
from referrals.parts import PARTS, Kind, kind_of
from tests.interface.test_named_messages import told_alike
from tests.referrals.test_making_pages import page_of
from tests.screening.pages import controls

pytestmark = pytest.mark.django_db


def test_no_two_fields_of_a_part_are_told_the_same(oxfordshire):
    for part in PARTS:
        form = PartForm(part, child=oxfordshire.child)
        assert told_alike(form) == {}, part.key
    draft = oxfordshire.draft()
    assert told_alike(MakingFactsForm(referral=draft, areas=[])) == {}
    assert {kind_of(name) for part in PARTS for name in part.fields} >= {Kind.DAY, Kind.TEXT}


def test_before_the_birth_is_said_of_each_day_by_its_name(oxfordshire):
    client, draft = oxfordshire.client(), oxfordshire.draft()
    where = page_of(draft, "facts")
    days = {
        f"{name}-{part}": value
        for name in ("activity_from", "activity_to")
        for part, value in (("day", "1"), ("month", "1"), ("year", "1999"))
    }
    page = client.post(where, controls(client.get(where)) | days | {"activity": "yes"})
    for what in ("day it began", "day it ended"):
        assert f"The {what} must be after the child’s date of birth" in page.content.decode()
