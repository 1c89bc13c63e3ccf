"""One row by its id, or the one 404: hidden and made-up ids take the same way."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from django.db import models

from cse.access.capabilities import Capability
from cse.access.policies import NotVisible
from cse.access.scope import visible
from cse.audit import events

M = TypeVar("M", bound=models.Model)


def get_visible_or_404(
    queryset: models.QuerySet[M], user: Any, capability: Capability, pk: uuid.UUID
) -> M:
    """The row with that id among those this person may see for this act.

    Raises ``NotVisible`` otherwise, and notes the refusal with the id that was asked for. One
    query either way, so that nothing tells a hidden row from one that does not exist.
    """
    # In no order: it is one row, and Django compares every column that is read with an order's.
    found = visible(queryset, user, capability).filter(pk=pk).order_by()
    row = next(iter(found[:1]), None)
    if row is None:
        model = queryset.model._meta.label_lower
        # Whose page it would have been, for "who has looked": the attempt is part of that story.
        child_id = pk if model == "children.child" else None
        asked = {"asked": str(pk), "kind": model}
        events.refused(str(capability), rule="scope", child_id=child_id, data=asked)
        raise NotVisible
    return row
