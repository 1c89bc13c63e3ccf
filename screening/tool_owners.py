"""Whose a tool is: the areas' that screen with it. They change it, and nobody else does (DEC-25).

A tool that no area uses (a new one that is being prepared) is open to all who manage tools.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.policies import check
from cse.access.roles import ROLE_ACTS
from cse.people.models import Authority, Post
from screening.policies import Refused

MANAGERS = [role for role, acts in ROLE_ACTS.items() if Capability.MANAGE_TOOLS in acts]


@dataclass(frozen=True)
class Owners:
    """The areas that screen with a tool, by name, and whether this person manages tools in one."""

    areas: tuple[str, ...] = ()
    mine: bool = False

    @property
    def may_change(self) -> bool:
        return self.mine or not self.areas

    @property
    def who(self) -> str:
        """Who changes the tool, in words."""
        return f"The administrators and the board of {' and '.join(self.areas)}"


def owners_of(keys: Iterable[str], user: Any) -> dict[str, Owners]:
    """The owners of each of these tools. One query, however many there are."""
    wanted = list(keys)
    posts = Post.objects.current(timezone.localdate()).filter(user_id=user.pk, role__in=MANAGERS)
    own = Exists(posts.filter(team__agency__authority_id=OuterRef("pk")))
    areas = Authority.objects.filter(tool_key__in=wanted).annotate(own=own).order_by("name")
    found = {key: Owners() for key in wanted}
    for area in areas:
        before = found[area.tool_key]
        found[area.tool_key] = Owners((*before.areas, area.name), before.mine or area.own)
    return found


def check_can_change(user: Any, key: str) -> None:
    """Raise unless this person may change the tool of this key: `Refused` for another area's."""
    check(user, Capability.MANAGE_TOOLS)
    owners = owners_of([key], user)[key]
    if not owners.may_change:
        raise Refused(f"{owners.who} change this tool. Ask them.")
