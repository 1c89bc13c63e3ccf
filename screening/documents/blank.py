"""The blank tool, to print and complete by hand with a child, parent or colleague (O-SCR-03)."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from django.conf import settings

from cse.access.capabilities import Capability
from cse.access.policies import NotVisible, check
from cse.access.principals import principals_of
from cse.documents.kinds import DocumentKind, Subject
from cse.people.models import Authority
from screening.documents.contacts import contact_rows
from screening.models import Tool, ToolChoice, ToolVersion
from screening.queries import current_version, tool_of


def find(subject_id: uuid.UUID, user: Any) -> Subject:
    """A version of a tool. Raises ``NotVisible`` for an unknown one."""
    check(user, Capability.EXPORT_BLANK)
    version = _version(subject_id)
    tool = tool_of(version.pk)
    authority = _authority(user, tool.key)
    return Subject(
        title=f"{tool.key.capitalize()}: blank {tool.title}",
        version=f"{tool.source.document}, {tool.source.section}; tool version {tool.version}",
        marking=authority.marking if authority else str(settings.MARKING),
        handling=authority.handling if authority else "",
    )


def build(subject_id: uuid.UUID, user: Any) -> dict[str, Any]:
    """What the blank form shows: the tool, and whom to ring in the tool's own area."""
    check(user, Capability.EXPORT_BLANK)
    tool = tool_of(_version(subject_id).pk)
    authority = _authority(user, tool.key)
    return {
        "tool": tool,
        "has_levels": tool.matrix is None,
        "emergency": authority.emergency_text if authority else "",
        "contacts": contact_rows(authority) if authority else (),
    }


def offered() -> tuple[tuple[uuid.UUID, str], ...]:
    """The version of each tool that is in use now."""
    found = []
    for tool in Tool.objects.order_by("name"):
        with suppress(ToolChoice.DoesNotExist):
            version = current_version(tool.key)
            title = f"{tool.key.capitalize()}: {tool.name}, version {version.number}"
            found.append((version.pk, title))
    return tuple(found)


def _version(subject_id: uuid.UUID) -> ToolVersion:
    found = (
        ToolVersion.objects.select_related("tool").defer("definition").filter(pk=subject_id).first()
    )
    if found is None:
        raise NotVisible
    return found


def _authority(user: Any, tool_key: str) -> Authority | None:
    """The area that uses the tool; the person's own where several do."""
    areas = list(Authority.objects.filter(tool_key=tool_key))
    own = principals_of(user).authority_id
    return next((each for each in areas if each.pk == own), areas[0] if areas else None)


KIND = DocumentKind(
    key="blank-tool",
    title="Blank screening tool",
    template="documents/pdf/blank_tool.html",
    capability=Capability.EXPORT_BLANK,
    find=find,
    build=build,
    offered=offered,
)
