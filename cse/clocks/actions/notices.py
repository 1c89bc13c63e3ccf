"""What a person does with what they were told."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.policies import NotVisible
from cse.clocks.queries import unseen


@transaction.atomic
def put_away(*, clock_id: uuid.UUID, by: Any) -> int:
    """Put away one's own notices about a clock; how many. The work itself is not touched.

    Raises ``NotVisible`` where there are none: another's are as if they did not exist.
    """
    notices = list(unseen(by).filter(clock_id=clock_id).select_for_update(of=("self",)))
    if not notices:
        raise NotVisible
    for notice in notices:
        notice.seen_at = timezone.now()
        notice.save()
    return len(notices)
