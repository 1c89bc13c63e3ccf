"""Missing episodes on the child's page: the pattern at a glance, and the latest."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.children.models import Child
from cse.children.panels import Panel
from cse.missing.queries import episodes_of, pattern_from

SHOWN = 3
"""Episodes in the panel; the list of all is one link away."""


def missing_panel(child: Child, user: Any) -> Panel | None:
    """The panel; None for somebody whose post does not include seeing episodes. One query."""
    acts = principals_of(user).acts
    if Capability.SEE_MISSING not in acts:
        return None
    episodes = [each for each in episodes_of(user, child.pk) if not each.is_set_aside]
    context = {
        "episodes": episodes[:SHOWN],
        "more": max(0, len(episodes) - SHOWN),
        "pattern": pattern_from(episodes, timezone.now()),
        "may_record": Capability.RECORD_MISSING in acts,
    }
    return Panel("Missing episodes", "missing/panel.html", context)
