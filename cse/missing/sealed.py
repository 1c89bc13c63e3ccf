"""Who sees to the return interview of a sealed child: only people inside the seal.

The coordinating team is outside it unless somebody of it is named. The interview is owed all the
same (W §7), so those inside do the coordinator's part; nobody outside learns that it is owed.
"""

from __future__ import annotations

import uuid
from typing import Any

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.access.queries import seal_on, who_can_see


def is_sealed(child_id: uuid.UUID) -> bool:
    """Whether a seal stands on the child. One query."""
    return seal_on(child_id) is not None


def coordinators_inside(child_id: uuid.UUID) -> list[Any]:
    """Those who see the sealed child and coordinate; else the leads and managers who see it.

    Nobody where all of them have gone: then somebody is named first (cse.access.abandoned).
    Seven queries.
    """
    seeing = who_can_see(child_id)
    able = [each.user for each in seeing if Capability.ALLOCATE_INTERVIEW in each.acts]
    return able or [each.user for each in seeing if Capability.SEAL in each.acts]


def stands_in(user: Any, child_id: uuid.UUID) -> bool:
    """Whether this person does the coordinator's part for a sealed child, who is none by post."""
    acts = principals_of(user).acts
    if Capability.SEAL not in acts or Capability.ALLOCATE_INTERVIEW in acts:
        return False
    if not is_sealed(child_id):
        return False
    return user.pk in {each.pk for each in coordinators_inside(child_id)}
