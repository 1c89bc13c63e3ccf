"""By when a meeting that the rules make mandatory is to be held, in an area's own working days.

Kept with a referral when it is sent: neither a day that is added to the calendar later nor another
setting moves what was said then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from cse.clocks.queries import calendar_for
from cse.people.models import Authority
from cse.workdays import OutsideCalendar, due_on
from referrals.routing import Obligation, Route
from referrals.routing.engine import TARGETS

KEY: Final = "held_by"
"""Where a sent referral's routing keeps them."""
SETTING: Final = "strategy_discussion_days"


def days_for(area: Authority) -> int:
    """Working days to a strategy discussion in this area; 0 where it has none.

    The number is Oxfordshire's own. Wiltshire's handbook sets none: it may switch it off (DEC-59).
    """
    usual = next(days for route, days, _ in TARGETS if route is Route.STRATEGY_DISCUSSION)
    own = area.clock_settings.get(SETTING, usual)
    if type(own) is int and own > 0:
        return own
    return 0 if area.key == "wiltshire" else usual


def source_for(area: Authority) -> str:
    """Where that number stands, for the page (DEC-59)."""
    if area.key == "oxfordshire":
        return "O §11.2"
    return "O §11.2; this area’s handbook sets no number of days"


def held_by(routing: Mapping[str, Any], area: Authority, day: dt.date) -> dict[str, Any]:
    """Each mandatory meeting's outer target, counted from ``day``. One query where there is one."""
    name = Route.STRATEGY_DISCUSSION.value
    days = days_for(area)
    if routing["obligations"].get(name) != Obligation.MANDATORY or not days:
        return {}
    try:
        due = due_on(day, days, calendar_for(area))
    except OutsideCalendar:
        return {}
    return {name: {"due_on": due.isoformat(), "working_days": days}}
