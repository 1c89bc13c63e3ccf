"""The demonstration's accounts: shown on the sign-in page, entered without a password.

Exists only where ``CSE_DEMO`` is set; the route is not even there otherwise.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from cse.people.models import Post, Role, User

SECOND = " (second)"


@dataclass(frozen=True)
class DemoAccount:
    """One row of the table on the demonstration's sign-in page."""

    user_id: uuid.UUID
    name: str
    email: str
    role: str
    where: str


def demo_accounts() -> list[DemoAccount]:
    """One account for each role and authority, in the order of the roles; none outside the demo.

    The front door has a second one: some of its acts take two people.
    """
    if not settings.CSE_DEMO:
        return []
    posts = (
        Post.objects.current(timezone.localdate())
        .filter(user__is_active=True)
        .select_related("user", "team__agency__authority")
        .order_by("user__email")
    )
    order = {role: place for place, role in enumerate(Role.values)}
    of_role: dict[tuple[str, int], list[Post]] = defaultdict(list)
    for post in posts:
        of_role[(post.team.agency.authority.name, order[post.role])].append(post)
    return [
        DemoAccount(
            user_id=post.user_id,
            name=post.user.get_full_name(),
            email=post.user.email,
            role=f"{post.get_role_display()}{SECOND if at else ''}",
            where=f"{post.team.agency.name}, {post.team.agency.authority.name}",
        )
        for _, held in sorted(of_role.items())
        for at, post in enumerate(held[: 2 if held[0].role == Role.FRONT_DOOR else 1])
    ]


def demo_user(user_id: uuid.UUID) -> User | None:
    """The demo account with that id, if the page shows it."""
    if any(account.user_id == user_id for account in demo_accounts()):
        return User.objects.get(pk=user_id)
    return None
