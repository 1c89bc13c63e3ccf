"""The handbook's mini case studies, told in our own words (O §2, §3)."""

import re

import pytest
from django.urls import reverse

from cse.people.models import Role
from tests.screening.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("O-SHR-11")
def test_eleven_situations_each_with_its_early_signs(signed_in):
    answer = signed_in(Role.PRACTITIONER).get(
        reverse("interface:guidance-page", args=["situations"])
    )
    told = re.search(r"<ol.*?</ol>", answer.content.decode(), re.S).group().split("<li>")[1:]
    assert len(told) == 11
    assert all("Early signs:" in each for each in told)
    for words in (
        *("A boy of 16 and an older woman", "A boy of 12", "a man they never met"),
        *("introduced by boys of their school", "brought here from abroad", "friend’s parent"),
    ):
        assert words in text_of(answer)
