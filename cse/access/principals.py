"""Whom a signed-in person stands for today: themselves and the teams they hold posts in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.roles import ROLE_ACTS
from cse.audit.context import acting
from cse.people.models import Role


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
    posts: dict[uuid.UUID, list[_Post]] = {}
    for post in _posts_of(ids):
        posts.setdefault(post.user_id, []).append(post)
    return {person.pk: _stand_for(person, posts.get(person.pk, [])) for person in people}


def _resolve(user: Any) -> Principals:
    return _stand_for(user, list(_posts_of([user.pk])) if user.is_active else [])


#: The posts that count today, the latest first. By hand because every page and every act asks it:
#: the ORM takes longer to write the statement than the database to answer it.
_POSTS = """
SELECT p.user_id, p.id, p.role, t.group_id, g.id, g.name, g.type, a.id, a.marking, a.handling
  FROM people_post p
  JOIN people_team t ON t.id = p.team_id
  JOIN people_agency g ON g.id = t.agency_id
  JOIN people_authority a ON a.id = g.authority_id
 WHERE p.user_id = ANY(%(users)s::uuid[])
   AND p.starts_on <= %(today)s AND (p.ends_on IS NULL OR p.ends_on >= %(today)s)
   AND g.starts_on <= %(today)s AND (g.ends_on IS NULL OR g.ends_on >= %(today)s)
   AND (%(factors)s IS NULL OR EXISTS (
         SELECT FROM mfa_authenticator m
          WHERE m.user_id = p.user_id AND m.type = ANY(%(factors)s)))
 ORDER BY p.starts_on DESC, p.id
"""
#: Kinds of ``allauth.mfa.models.Authenticator``: recovery codes are none by themselves.
_FACTORS = ("totp", "webauthn")


class _Post(NamedTuple):
    """A post that counts today, with what of its team, agency and area principals are made of."""

    user_id: uuid.UUID
    id: uuid.UUID
    role: str
    group_id: int
    agency_id: uuid.UUID
    agency_name: str
    agency_type: str
    authority_id: uuid.UUID
    marking: str
    handling: str


def _posts_of(user_ids: list[uuid.UUID]) -> Iterator[_Post]:
    """The posts that these people may use today. One query.

    None without the second factor, where the installation asks for one.
    """
    parameters: dict[str, Any] = {
        "users": user_ids,
        "today": timezone.localdate(),
        "factors": list(_FACTORS) if settings.SECOND_FACTOR_REQUIRED else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_POSTS, parameters)
        yield from map(_Post._make, cursor.fetchall())


def _stand_for(user: Any, posts: Sequence[_Post]) -> Principals:
    if not (user.is_active and posts):
        return Principals(user_id=user.pk)
    first = posts[0]
    roles = frozenset(Role(post.role) for post in posts)
    return Principals(
        user_id=user.pk,
        groups=tuple(sorted({post.group_id for post in posts})),
        roles=roles,
        acts=frozenset().union(*(ROLE_ACTS[role] for role in roles)),
        post_id=first.id,
        post_title=f"{Role(first.role).label}, {first.agency_name}",
        agency_id=first.agency_id,
        agency_ids=frozenset(post.agency_id for post in posts),
        agency_types=frozenset(post.agency_type for post in posts),
        authority_id=first.authority_id,
        marking=first.marking,
        handling=first.handling,
    )
