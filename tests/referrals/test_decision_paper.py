"""The PDF of a decision not to refer: its signatures, its hash, and that it no longer stands."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from cse.access.policies import NotVisible
from cse.documents.kinds import kind_of
from cse.documents.render import document_html, write_pdf
from referrals.actions import deciding_not as deciding
from tests.documents.reading import opened, squeezed, texts
from tests.documents.samples import about
from tests.referrals import beside
from tests.referrals.test_deciding_not import area, raise_level, signed  # noqa: F401
from tests.screening.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.paper]


def paper(decision, user):
    kind = kind_of("decision-not-to-refer")
    context = kind.build(decision.pk, user)
    title = kind.find(decision.pk, user).title
    return write_pdf(document_html(kind.template, {"about": about(title), **context}))


@pytest.mark.requirement("W-REF-28", "W-REF-29", "DEC-42")
def test_it_shows_who_signed_when_and_the_hash(area):  # noqa: F811
    decision = signed(area, reasons="<b>Both</b> in the same year.")
    deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=True)
    whole = "".join(texts(opened(paper(decision, area.lead))))
    signature = decision.signatures.first()
    for words in (
        signature.signed_hash,
        area.worker.get_full_name(),
        area.lead.get_full_name(),
        area.agency.name,
        "<b>Both</b> in the same year.",
        "Everybody who has to has signed",
        area.child.name,
    ):
        assert squeezed(words) in whole, words


@pytest.mark.requirement("W-REF-16")
def test_page_and_paper_show_what_the_record_said_of_disability(area):  # noqa: F811
    area.child.disability = "Hearing loss"
    area.child.save()
    client, draft = area.client(), beside.decision(area)
    page = text_of(client.get(reverse("referrals:decision", args=[draft.pk])))
    assert "Disability, on record Hearing loss" in page
    decision = signed(area)
    area.child.disability = "Something else"
    area.child.save()
    page = text_of(client.get(reverse("referrals:decision", args=[decision.pk])))
    assert "Disability, on record Hearing loss" in page
    whole = "".join(texts(opened(paper(decision, area.lead))))
    assert squeezed("Disability, on record Hearing loss") in whole


@pytest.mark.requirement("DEC-13")
def test_it_says_that_it_no_longer_stands(area):  # noqa: F811
    decision = signed(area)
    raise_level(area)
    kind = kind_of("decision-not-to-refer")
    assert "R4" in kind.superseded(decision.pk)
    assert area.child.given_name not in kind.superseded(decision.pk)
    assert squeezed("no longer stands") in "".join(texts(opened(paper(decision, area.lead))))


def test_only_a_signed_decision_one_sees_is_exported(area):  # noqa: F811
    kind = kind_of("decision-not-to-refer")
    draft, decision = beside.decision(area), signed(area)
    for subject, user in (
        (draft.pk, area.lead),
        (decision.pk, area.stranger),
        (decision.pk, area.worker),  # a practitioner exports nothing
        (uuid.uuid4(), area.lead),
    ):
        with pytest.raises(NotVisible):
            kind.find(subject, user)
        with pytest.raises(NotVisible):
            kind.build(subject, user)
