"""The two partnerships as profiles: tool, names, texts. Contact points are placeholders (DEC-51).

Names, marking and texts are configuration (DEC-26, DEC-41): an administrator changes them on the
area's page. Which tool an area screens with, and its own lengths of clocks, are set with the
installation.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction

from cse.people.models import Authority, ContactPoint

_EMERGENCY = (
    "If a child is in danger now, call the police on 999. If a child is at risk of significant"
    " harm, do not wait for a form: telephone the front door, or the emergency duty team out of"
    " hours, and speak to your safeguarding lead."
)

AUTHORITIES: dict[str, dict[str, Any]] = {
    "oxfordshire": {
        "name": "Oxfordshire",
        "front_door_name": "Assessment team",
        "cse_team_name": "Kingfisher",
        "board_name": "Oxfordshire safeguarding partnership",
        "contact_points": [
            "Assessment team telephone",
            "Kingfisher telephone",
            "Kingfisher e-mail",
            "Emergency duty team telephone (out of hours)",
        ],
    },
    "wiltshire": {
        "name": "Wiltshire",
        "front_door_name": "MASH",
        "cse_team_name": "CSE and Missing Children Team",
        "board_name": "Wiltshire safeguarding partnership",
        "contact_points": [
            "MASH telephone",
            "MASH e-mail",
            "CSE and Missing Children Team e-mail (secure)",
            "CSE and Missing Children Team e-mail (internal)",
            "Emergency duty team telephone (out of hours)",
        ],
    },
}

#: Working days to a strategy discussion and a meeting; on for both profiles (DEC-59).
CLOCKS = {"strategy_discussion_days": 3, "cse_meeting_days": 5, "review_months": 3}

PLACEHOLDER = "To be set by your administrator"


@transaction.atomic
def load_authorities() -> list[Authority]:
    """Make the authorities that are missing; what an administrator changed is left alone."""
    return [_authority(key, profile) for key, profile in AUTHORITIES.items()]


def _authority(key: str, profile: dict[str, Any]) -> Authority:
    found = Authority.objects.filter(key=key).first()
    if found is not None:
        return found
    fields = {name: value for name, value in profile.items() if name != "contact_points"}
    authority = Authority(
        key=key,
        tool_key=key,
        marking=settings.MARKING,
        emergency_text=_EMERGENCY,
        clock_settings=CLOCKS,
        **fields,
    )
    authority.save()
    for position, label in enumerate(profile["contact_points"]):
        ContactPoint(authority=authority, label=label, value=PLACEHOLDER, position=position).save()
    return authority
