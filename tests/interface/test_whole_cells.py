"""A reference or a short date stays on one line: "C-" at the end of a line reads as nothing."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.access.people import make_case
from tests.signin.helpers import sign_in


@pytest.mark.django_db
def test_the_reference_of_a_child_does_not_break(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    case = make_case()
    sign_in(client, case.worker)
    whole = f'<span class="cse-table__value cse-table__value--whole">{case.child.reference}</span>'
    assert whole in client.get(reverse("worklist:home")).content.decode()
