"""Whom to ring, as a document prints it: the authority's contact points (DEC-51)."""

from __future__ import annotations

from cse.people.models import Authority, ContactPoint


def contact_rows(authority: Authority) -> tuple[tuple[str, str], ...]:
    """Label and number or address of each; one that is not set yet says so."""
    points = ContactPoint.objects.filter(authority=authority).order_by("position", "label")
    return tuple((point.label, _value(point)) for point in points)


def _value(point: ContactPoint) -> str:
    return "Not set yet: ask the safeguarding lead" if point.is_placeholder else point.value
