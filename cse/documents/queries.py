"""What the pages of the export register ask the database."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.policies import NotVisible
from cse.access.principals import principals_of
from cse.access.scope import visible
from cse.audit.models import AuditEvent, Decision
from cse.children.models import Child
from cse.documents.limits import RENDER_SECONDS
from cse.documents.models import Export, State
from cse.people.models import Role

VERIFY = "verify a document"
PAGE = 25


def waiting_exports() -> list[uuid.UUID]:
    """Documents nobody is making: a minute old, or taken by somebody who is lost; oldest first."""
    now = timezone.now()
    unseen = now - dt.timedelta(seconds=30)
    lost = now - dt.timedelta(seconds=RENDER_SECONDS + 60)
    rows = Export.objects.filter(
        Q(state=State.QUEUED, requested_at__lt=unseen) | Q(state=State.RUNNING, started_at__lt=lost)
    )
    return list(rows.order_by("requested_at").values_list("pk", flat=True))


def own_export(export_id: uuid.UUID, user: Any) -> Export:
    """An export the person asked for. Raises ``NotVisible``."""
    found = Export.objects.filter(pk=export_id, exported_by=user).first()
    if found is None:
        raise NotVisible
    return found


def own_exports(user: Any) -> list[Export]:
    """The latest exports the person asked for, as far as they still see the child."""
    children = visible(Child.objects.all(), user, Capability.EXPORT)
    rows = Export.objects.filter(Q(child__in=children) | Q(child__isnull=True), exported_by=user)
    return list(rows.select_related("child").order_by("-requested_at", "-pk")[:PAGE])


def export_with_code(code: str) -> Export | None:
    """The export of a code as the register writes it."""
    return (
        Export.objects.select_related("child", "post__team__agency").filter(code=code).first()
        if code
        else None
    )


def wrong_codes_lately(user: Any) -> int:
    """How many codes that are not in the register the person tried in a quarter of an hour.

    Counted in the event log and not in the cache: it holds when the cache is away.
    """
    since = timezone.now() - dt.timedelta(minutes=15)
    return AuditEvent.objects.filter(
        actor_id=user.pk, act=VERIFY, decision=Decision.REFUSED, at__gte=since
    ).count()


def sees_names(user: Any) -> bool:
    """Whether the register shows children's names to this person: leads yes, the auditor no."""
    return Capability.SEE_CHILD in principals_of(user).acts


def register_for(user: Any) -> QuerySet[Export]:
    """The exports this person may see in the register, newest first.

    Leads: those about children in their scope, and blank tools of their own agencies. The
    auditor: all of them, without names.
    """
    rows = Export.objects.select_related("exported_by", "post__team__agency")
    principals = principals_of(user)
    if Capability.SEE_EXPORTS not in principals.acts:
        return rows.none()
    if Role.AUDITOR in principals.roles and not sees_names(user):
        return rows
    children = visible(Child.objects.all(), user, Capability.SEE_CHILD)
    return rows.select_related("child").filter(
        Q(child__in=children)
        | Q(child__isnull=True, post__team__agency_id__in=principals.agency_ids)
    )


def page_before(
    rows: QuerySet[Export], at: dt.datetime | None, last: uuid.UUID | None
) -> tuple[list[Export], bool]:
    """One page of the register that is older than a row, and whether there are older ones."""
    if at is not None and last is not None:
        rows = rows.filter(Q(requested_at__lt=at) | Q(requested_at=at, pk__lt=last))
    found = list(rows.order_by("-requested_at", "-pk")[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE
