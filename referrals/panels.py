"""What the room puts on a child's page, and beside a completed screen."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.children.models import Child
from cse.children.panels import Panel, Tab, register_panel, register_tab
from referrals import queries
from referrals.arising import arises_from
from referrals.panel_beside import beside_panel
from referrals.queries.notes import notes_without_referral
from screening.models import Screen
from screening.ways_on import WayOn, register_way_on

SHOWN = 4
"""Referrals in the panel; the list of all is one link away."""


def register() -> None:
    """Offer the tab and the panel; once, when the room starts."""
    register_tab(Tab("Referrals", "referrals:child", Capability.SEE_REFERRAL, position=25))
    register_panel("referrals", referrals_panel, position=20)
    register_way_on("referrals", referral_way_on)
    register_panel("beside referrals", beside_panel, position=30)


def referrals_panel(child: Child, user: Any) -> Panel | None:
    """The child's referrals that this person may see; None for a post without the act."""
    acts = principals_of(user).acts
    if Capability.SEE_REFERRAL not in acts:
        return None
    found = list(queries.referrals_of(user, child.pk)[:SHOWN])
    context = {
        "referrals": found,
        "arises_from": arises_from,
        "may_refer": Capability.REFER in acts,
        "notes": list(notes_without_referral(user, child.pk)[:SHOWN]),
    }
    return Panel("Referrals", "referrals/making/panel.html", context)


def referral_way_on(screen: Screen, user: Any) -> WayOn | None:
    """A referral with this screen attached, for those who may refer."""
    if Capability.REFER not in principals_of(user).acts:
        return None
    return WayOn(
        "Make a referral with this screen",
        reverse("referrals:start-from-screen", args=[screen.pk]),
    )
