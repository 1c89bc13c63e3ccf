"""`can()`, `visible()`, `has_perm` and the page of who can see: one decision, four ways to ask."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.extra.django import TestCase

from cse.access.capabilities import CHILD_ACTS, Capability
from cse.access.models import Basis
from cse.access.policies import can
from cse.access.principals import principals_of
from cse.access.queries import who_can_see, why
from cse.access.scope import visible
from cse.audit.context import Acting, act_as
from cse.children.models import Child
from tests.access.worlds import build, oracle, worlds


@pytest.mark.requirement("D-SHR-01")
class TestDecision(TestCase):
    """Random worlds, against an oracle that never asks the database."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(world=worlds)
    def test_four_ways_to_ask_and_the_oracle_say_the_same(self, world):
        built = build(world)
        for who, user in enumerate(built.people):
            seen = set(visible(Child.objects.all(), user, Capability.SEE_CHILD))
            for which, child in enumerate(built.children):
                expected = oracle(world, who, which)
                assert can(user, Capability.SEE_CHILD, child) is expected
                assert (child in seen) is expected
                assert user.has_perm("children.view_child", child) is expected
                assert bool(why(user, child.pk)) is expected
                asked = oracle(world, who, which, narrow=Basis.CONTRIBUTOR)
                assert can(user, Capability.CONTRIBUTE, child) is asked
                refers = oracle(world, who, which, narrow=Basis.REFERRER)
                assert can(user, Capability.OWN_REFERRAL, child) is refers
                signed = oracle(world, who, which, narrow=Basis.SIGNED)
                assert can(user, Capability.READ_SIGNED, child) is signed
        for which, child in enumerate(built.children):
            listed = {person.user.pk for person in who_can_see(child.pk)}
            assert listed == {
                user.pk for who, user in enumerate(built.people) if oracle(world, who, which)
            }

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(world=worlds)
    def test_every_act_on_a_child_needs_both_scope_and_role(self, world):
        built = build(world)
        with act_as(Acting(in_request=True)):  # posts are asked for once, as in a request
            self._every_act(built)

    def _every_act(self, built):
        for user in built.people:
            acts = principals_of(user).acts
            for capability in sorted(CHILD_ACTS):
                seen = set(visible(Child.objects.all(), user, capability))
                for child in built.children:
                    said = can(user, capability, child)
                    assert said is (child in seen)
                    assert not (said and capability not in acts)
