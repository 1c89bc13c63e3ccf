"""The frame of every page about a child: identity bar and the pages beside it.

Rooms above use it too: ``render(request, "…", {**frame(child, user, "screening:child"), …})``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.access.queries import marks_of
from cse.children.models import BirthDateKnown, Child, LegalStatus, LevelEvent
from cse.children.panels import Tab, register_tab, tabs_for
from cse.children.policies import OLDEST
from cse.children.queries.levels import Standing, standing, standing_of
from cse.children.queries.overview import status_on, statuses_of
from cse.interface.identity import Identity, NavItem
from cse.interface.words import age_words

for _tab in (
    Tab("Overview", "children:child", Capability.SEE_CHILD, 10),
    Tab("Timeline", "children:timeline", Capability.SEE_TIMELINE, 30),
    Tab("Levels", "children:levels", Capability.SEE_CHILD, 40),
    Tab("Legal status", "children:statuses", Capability.SEE_CHILD, 50),
    Tab("Linked children", "children:links", Capability.SEE_CHILD, 55),
    Tab("Team", "children:team", Capability.SEE_CHILD, 60),
    Tab("Changes", "children:changes", Capability.SEE_CHILD, 70),
    # Pages of the access room, which is below this one and cannot ask for them itself.
    Tab("Who can see this", "access:who", Capability.SEE_ACCESS, 80),
    Tab("Who has looked", "access:looks", Capability.SEE_LOOKS, 90),
):
    register_tab(_tab)


def frame(
    child: Child,
    user: Any,
    current: str = "",
    levels: Sequence[LevelEvent] | None = None,
    statuses: Sequence[LegalStatus] | None = None,
) -> dict[str, Any]:
    """What ``layouts/child.html`` needs; ``current`` is the url name of the page. Three queries.

    ``levels`` and ``statuses`` are the child's, newest first, where the page has read them already:
    each is a query less. The child must already be visible to the user, or what the page is about:
    who sees no more of the child than that gets the outline alone.
    """
    acts = principals_of(user).acts
    marks = marks_of(child.pk, user)
    if not marks.sees_record:
        outline: dict[str, Any] = {
            "identity": outline_of(child),
            "open_until": None,
            "child_nav": [],
        }
        return {"child": child, **outline}
    return {
        "child": child,
        "identity": identity_of(child, levels, statuses, sealed=marks.sealed),
        "open_until": marks.open_until,
        "child_nav": [
            NavItem(tab.label, href, current=tab.url_name == current)
            for tab in tabs_for(user)
            if (href := tab.address(child.pk))
        ],
        "may_edit": Capability.EDIT_CHILD in acts,
        "may_record_status": Capability.RECORD_LEGAL_STATUS in acts,
    }


def outline_of(child: Child) -> Identity:
    """Who the page is about, for somebody who sees one thing of the child and not the record."""
    return Identity(child.name, age_in_words(child), child.reference, is_outline=True)


def identity_of(
    child: Child,
    levels: Sequence[LevelEvent] | None = None,
    statuses: Sequence[LegalStatus] | None = None,
    *,
    sealed: bool,
) -> Identity:
    """Who the page is about, with what nobody should overlook."""
    today = timezone.localdate()
    now = standing(child) if levels is None else standing_of(levels)
    status = status_on(list(statuses_of(child) if statuses is None else statuses), today)
    return Identity(
        name=child.name,
        age=age_in_words(child),
        reference=child.reference,
        level=now.current.get_level_display() if now.current else "",
        peak=now.peak.get_level_display() if now.peak and now.has_been_higher else "",
        legal_status=status.get_kind_display() if status else "",
        warnings=tuple(_warnings(child, now, sealed=sealed)),
        href=reverse("children:child", args=[child.pk]),
    )


def age_in_words(child: Child) -> str:
    """The age today in words; says "about" where the date of birth is not exact."""
    age = child.age_at(timezone.localdate())
    words = age_words(age)
    return words if age is None or child.age_is_certain else f"about {words}"


def _warnings(child: Child, now: Standing, *, sealed: bool) -> list[str]:
    age = child.age_at(timezone.localdate())
    said = {
        "Sealed: only named people see this child": sealed,
        "Date of birth is approximate": child.birth_date_known == BirthDateKnown.APPROXIMATE,
        "Date of birth is not known": child.birth_date_known == BirthDateKnown.UNKNOWN,
        "Now 18 or over: plan the move to adult services": age is not None and age > OLDEST,
        "A lower level waits for a second person": bool(now.waiting),
    }
    return [words for words, holds in said.items() if holds]
