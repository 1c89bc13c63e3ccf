"""Signing: a confirmation under one's own account, with a hash of what was signed (DEC-42)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from cse.people.models import Post, Team
from referrals.models import AdviceContact, Consultation, DecisionNotToRefer
from referrals.policies import Refused


def hash_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content as JSON with sorted keys: the same text gives the same hash."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


def content_of(record: DecisionNotToRefer | Consultation | AdviceContact) -> dict[str, Any]:
    """What is signed: everything the record says, and nothing of who has signed it."""
    left_out = {"status", "version", "saved_at", "token", "set_aside_reason"}
    fields = [each.attname for each in record._meta.concrete_fields]
    return {
        name: getattr(record, name)
        for name in fields
        if name not in left_out and not name.startswith("signed_")
    }


def signer(
    by: Any,
    record: DecisionNotToRefer | Consultation | AdviceContact,
    roles: Collection[str] = (),
) -> dict[str, Any]:
    """The fields of a signature now: in a post of the agency whose record it is.

    ``roles``: those in which this signature is given; none for any. Raises ``Refused`` for
    somebody who holds no such post today.
    """
    held = Post.objects.current(timezone.localdate()).filter(
        user=by, team__agency_id=record.agency_id
    )
    if roles:
        held = held.filter(role__in=roles)
    post = held.select_related("team__agency").order_by("-starts_on", "id").first()
    if post is None:
        raise Refused("You hold no current post in which you could sign this.")
    return {
        "signed_by": by,
        "signed_name": by.get_full_name(),
        "signed_post": _each_once(by.job_title, post.get_role_display()),
        "signed_agency": post.team.agency.name,
        "signed_at": timezone.now(),
        "signed_hash": hash_of(content_of(record)),
    }


def post_in(team: Team, by: Any) -> str:
    """The post in which somebody acts for a team now, and its agency, in words (DEC-42)."""
    post = Post.objects.current(timezone.localdate()).filter(user=by, team=team).first()
    return _each_once(by.job_title, post.get_role_display() if post else "", team.agency.name)


def _each_once(*words: str) -> str:
    """Whose job is called like their post is not called so twice."""
    return ", ".join({word.casefold(): word for word in words if word}.values())
