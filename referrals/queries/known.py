"""What is already known about a child, for whoever decides on a referral: within their scope."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.children.models import Child, LegalStatus, LevelEvent, TeamMember
from cse.children.queries.levels import levels_of
from cse.children.queries.overview import is_in_team, statuses_of, team_of
from referrals.models import Referral
from referrals.queries.linked import Linked, linked_with
from referrals.queries.seen import referrals_of
from screening.models import Screen
from screening.naming import days_of
from screening.queries import screens_of

MOST: Final = 10
"""Rows of each kind; the rest is on the child's own pages."""


@dataclass(frozen=True)
class Known:
    """Each newest first; empty where there is nothing, or nothing that this person may see.

    ``screen_days`` is what each completed screen is called.
    """

    levels: tuple[LevelEvent, ...] = ()
    screens: tuple[Screen, ...] = ()
    screen_days: Mapping[uuid.UUID, str] = field(default_factory=dict)
    statuses: tuple[LegalStatus, ...] = ()
    team: tuple[TeamMember, ...] = ()
    referrals: tuple[Referral, ...] = ()
    linked: tuple[Linked, ...] = ()


def known_about(user: Any, child: Child, beside: Referral) -> Known:
    """What else is recorded of the child of a referral. The child must be visible already.

    Ten queries at most, whatever there is. Who sees no children, as the police's intelligence
    officers, is shown other referrals sent to them and nothing else.
    """
    acts = principals_of(user).acts
    others = referrals_of(user, child.pk).exclude(pk=beside.pk)[:MOST]
    if Capability.SEE_CHILD not in acts:
        return Known(referrals=tuple(others))
    today = timezone.localdate()
    screens = tuple(screens_of(user, child.pk)[:MOST]) if Capability.SEE_SCREEN in acts else ()
    return Known(
        levels=tuple(levels_of(child)[:MOST]),
        screens=screens,
        screen_days=days_of(screens),
        statuses=tuple(statuses_of(child)[:MOST]),
        team=tuple(member for member in team_of(child) if is_in_team(member, today)),
        referrals=tuple(others),
        linked=linked_with(user, child),
    )
