"""Whom a signed-in person stands for today: themselves and the teams they hold posts in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Value
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.roles import ROLE_ACTS
from cse.audit.context import acting
from cse.people.models import Post, Role


@dataclass(frozen=True)
class Principals:
    """A person's identity for access, true for one request.

    ``groups`` are the team groups their current posts lie in; without a current post there are
    none and ``acts`` is empty, so that nothing is visible (first "no": account, agency, post).
    ``marking`` and ``handling`` are those of their area, which their pages carry (DEC-26).
    """

    user_id: uuid.UUID
    groups: tuple[int, ...] = ()
    roles: frozenset[Role] = frozenset()
    acts: frozenset[Capability] = frozenset()
    post_id: uuid.UUID | None = None
    post_title: str = ""
    agency_id: uuid.UUID | None = None
    agency_ids: frozenset[uuid.UUID] = frozenset()
    agency_types: frozenset[str] = frozenset()
    authority_id: uuid.UUID | None = None
    marking: str = ""
    handling: str = ""


def principals_of(user: Any) -> Principals:
    """Resolve a user once a request; outside a request, each time."""
    if not user.is_authenticated:
        return Principals(user_id=uuid.UUID(int=0))
    cache = acting().cache
    key = f"principals:{user.pk}"
    if not acting().in_request:
        return _resolve(user)
    if key not in cache:
        cache[key] = _resolve(user)
    return cache[key]  # type: ignore[no-any-return]


def principals_of_people(user_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Principals]:
    """Whom each of these people stands for today; two queries, however many they are."""
    ids = list(user_ids)
    people = list(get_user_model().objects.filter(pk__in=ids))
    posts: dict[uuid.UUID, list[Any]] = {}
    for post in _posts_of(ids):
        posts.setdefault(post.user_id, []).append(post)
    return {person.pk: _stand_for(person, posts.get(person.pk, [])) for person in people}


def _resolve(user: Any) -> Principals:
    return _stand_for(user, _posts_of([user.pk])) if user.is_active else Principals(user.pk)


def _posts_of(user_ids: list[uuid.UUID]) -> Iterable[Any]:
    """Every post of these people, each saying in ``has_factor`` whether its holder may use it.

    One query: it is part of every page, so the second factor is asked along with the posts.
    """
    return (
        Post.objects.filter(user_id__in=user_ids)
        .annotate(has_factor=_has_second_factor())
        .select_related("team", "team__agency", "team__agency__authority")
        .order_by("-starts_on", "id")
    )


def _has_second_factor() -> Any:
    """Whether the holder has a second factor; true where the installation asks for none."""
    if not settings.SECOND_FACTOR_REQUIRED:
        return Value(True)
    from allauth.mfa.models import Authenticator

    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return Exists(Authenticator.objects.filter(user_id=OuterRef("user_id"), type__in=kinds))


def _stand_for(user: Any, all_posts: Iterable[Any]) -> Principals:
    today = timezone.localdate()
    posts = [
        post
        for post in all_posts
        if post.has_factor and _covers(post, today) and _covers(post.team.agency, today)
    ]
    if not (user.is_active and posts):
        return Principals(user_id=user.pk)
    first = posts[0]
    roles = frozenset(Role(post.role) for post in posts)
    return Principals(
        user_id=user.pk,
        groups=tuple(sorted({post.team.group_id for post in posts})),
        roles=roles,
        acts=frozenset().union(*(ROLE_ACTS[role] for role in roles)),
        post_id=first.pk,
        post_title=f"{first.get_role_display()}, {first.team.agency.name}",
        agency_id=first.team.agency_id,
        agency_ids=frozenset(post.team.agency_id for post in posts),
        agency_types=frozenset(post.team.agency.type for post in posts),
        authority_id=first.team.agency.authority_id,
        marking=first.team.agency.authority.marking,
        handling=first.team.agency.authority.handling,
    )


def _covers(dated: Any, day: Any) -> bool:
    return dated.starts_on <= day and (dated.ends_on is None or dated.ends_on >= day)
