"""The demonstration has a decision that waits for its lead, and a plan of early help."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from cse.children.models import Child
from cse.children.queries.links import links_of
from cse.people.models import Authority
from cse.service.demo_beside import KIT, LIOR, MORGAN
from cse.service.demo_people import load_people
from cse.service.demo_records import JULES, NOOR, load_records
from cse.service.reference import load_reference
from referrals.models import DecisionNotToRefer
from referrals.queries.beside import consultations_of, early_help_visible_to, standing_of
from referrals.ways_out import Standing

pytestmark = pytest.mark.django_db


def test_it_is_there_for_those_who_look(settings):
    settings.SECOND_FACTOR_REQUIRED = False
    settings.CSE_DEMO = True
    with transaction.atomic():
        load_reference()
        accounts = load_people({each.key: each for each in Authority.objects.all()})
        load_records(accounts)
    decision = DecisionNotToRefer.objects.get()
    assert standing_of(decision) is Standing.WAITING
    assert early_help_visible_to(accounts[KIT]).count() == 1
    assert consultations_of(accounts[MORGAN]).count() == 1
    isla = Child.objects.get(given_name="Isla")
    seen = {email: links_of(accounts[email], isla).count() for email in (MORGAN, NOOR, JULES)}
    assert seen == {MORGAN: 2, NOOR: 2, JULES: 0}  # Jules sees Isla, and neither of the two
    lead = Client()
    with transaction.atomic():
        lead.force_login(
            accounts[LIOR], backend="allauth.account.auth_backends.AuthenticationBackend"
        )
    assert "Sign a decision not to refer" in lead.get("/").content.decode()
    here = reverse("referrals:decision", args=[decision.pk])
    assert "I agree, and sign" in lead.get(here).content.decode()
