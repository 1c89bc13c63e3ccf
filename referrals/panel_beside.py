"""The child's page: decisions not to refer, advice and early help, and where they begin."""

from __future__ import annotations

from typing import Any

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.children.models import Child
from cse.children.panels import Panel
from referrals.queries.beside import (
    advice_visible_to,
    decisions_of,
    early_help_visible_to,
    standing_of,
)

MOST = 5
"""Rows of each kind on the overview."""


def beside_panel(child: Child, user: Any) -> Panel | None:
    """What was decided and offered beside a referral; nothing for a post that does neither."""
    acts = principals_of(user).acts
    if Capability.SEE_REFERRAL not in acts:
        return None
    context = {
        "child": child,
        "decisions": [(each, standing_of(each)) for each in decisions_of(user, child.pk)[:MOST]],
        "advice": advice_visible_to(user).filter(child=child)[:MOST],
        "help": early_help_visible_to(user).filter(child=child).prefetch_related(None)[:MOST],
        "may_refer": Capability.REFER in acts,
        "may_help": Capability.EARLY_HELP in acts,
    }
    return Panel("Decisions and early help", "referrals/records/panel.html", context)
