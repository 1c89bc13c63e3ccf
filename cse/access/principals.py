"""Whom a signed-in person stands for today: themselves and the teams they hold posts in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
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
    """

    user_id: uuid.UUID
    groups: tuple[int, ...] = ()
    roles: frozenset[Role] = frozenset()
    acts: frozenset[Capability] = frozenset()
    post_id: uuid.UUID | None = None
    post_title: str = ""
    agency_id: uuid.UUID | None = None
    agency_ids: frozenset[uuid.UUID] = frozenset()
    authority_id: uuid.UUID | None = None


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
    """Whom each of these people stands for today; three queries, however many they are."""
    ids = list(user_ids)
    people = list(get_user_model().objects.filter(pk__in=ids))
    posts: dict[uuid.UUID, list[Post]] = {}
    for post in _posts_of(ids):
        posts.setdefault(post.user_id, []).append(post)
    with_factor = _with_second_factor(ids)
    return {
        person.pk: _stand_for(person, posts.get(person.pk, []), person.pk in with_factor)
        for person in people
    }


def _resolve(user: Any) -> Principals:
    if not user.is_active:
        return Principals(user_id=user.pk)
    posts = list(_posts_of([user.pk]))
    return _stand_for(user, posts, bool(posts) and user.pk in _with_second_factor([user.pk]))


def _posts_of(user_ids: list[uuid.UUID]) -> QuerySet[Post]:
    return (
        Post.objects.filter(user_id__in=user_ids)
        .select_related("team", "team__agency")
        .order_by("-starts_on", "id")
    )


def _stand_for(user: Any, all_posts: list[Post], has_second_factor: bool) -> Principals:
    today = timezone.localdate()
    posts = [p for p in all_posts if _covers(p, today) and _covers(p.team.agency, today)]
    if not (user.is_active and posts and has_second_factor):
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
        authority_id=first.team.agency.authority_id,
    )


def _covers(dated: Any, day: Any) -> bool:
    return dated.starts_on <= day and (dated.ends_on is None or dated.ends_on >= day)


def _with_second_factor(user_ids: list[uuid.UUID]) -> set[uuid.UUID]:
    """Who of them has a second factor; everybody where the installation asks for none."""
    if not settings.SECOND_FACTOR_REQUIRED:
        return set(user_ids)
    from allauth.mfa.models import Authenticator

    found = Authenticator.objects.filter(
        user_id__in=user_ids, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    )
    return set(found.values_list("user_id", flat=True))
