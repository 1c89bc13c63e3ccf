"""What somebody sees of their own account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from cse.audit.models import AuditEvent
from cse.people.models import Post

RECENT = 8
SHOWN = (
    "signed in",
    "sign in",
    "locked out",
    "second factor",
    "change of account asked for",
    "address changed",
    "second factor removed",
)


@dataclass(frozen=True)
class AccountFacts:
    """A person's own account: current posts, second factors, the last sign-ins and failures."""

    posts: list[Post]
    factors: list[str]
    recent: list[AuditEvent]


def account_facts(user: Any) -> AccountFacts:
    """In three queries, whatever there is."""
    from allauth.mfa.models import Authenticator

    today = timezone.localdate()
    posts = Post.objects.filter(user_id=user.pk).current(today).select_related("team__agency")
    factors = Authenticator.objects.filter(user_id=user.pk).order_by("type", "created_at")
    recent = AuditEvent.objects.filter(
        object_kind="people.user", object_id=str(user.pk), act__in=SHOWN
    ).order_by("-at")
    return AccountFacts(
        posts=list(posts),
        factors=[str(factor.type) for factor in factors],
        recent=list(recent[:RECENT]),
    )
