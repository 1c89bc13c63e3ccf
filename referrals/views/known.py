"""What other rooms know of the child, as their own panels, to be read beside a referral."""

from dataclasses import replace

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.missing.panels import missing_panel
from referrals.panel_beside import beside_panel
from screening.assessments.panel import assessments_panel

NO_ACTS = dict.fromkeys(("may_record", "may_refer", "may_help"), False)
"""Whoever reads a referral decides first: other work begins on the child's own page."""


def panels_beside(child, user):
    """Assessments, missing episodes, decisions and early help; each asks its own rights."""
    if Capability.SEE_CHILD not in principals_of(user).acts:
        return []
    made = (make(child, user) for make in (assessments_panel, missing_panel, beside_panel))
    return [
        replace(panel, context={**panel.context, **_without(panel.context)})
        for panel in made
        if panel is not None
    ]


def _without(context):
    return {key: value for key, value in NO_ACTS.items() if key in context}
