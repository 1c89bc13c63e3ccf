"""The room's models: the child and what changes over time, and links between two children."""

from cse.children.models.child import (
    CODES_SQL,
    BirthDateKnown,
    Child,
    CseLevel,
    Direction,
    LegalStatus,
    LegalStatusKind,
    LevelEvent,
    Sex,
    TeamMember,
    new_reference,
    phonetic_codes,
)
from cse.children.models.link import ChildLink, LinkKind, Stage

__all__ = [
    "CODES_SQL",
    "BirthDateKnown",
    "Child",
    "ChildLink",
    "CseLevel",
    "Direction",
    "LegalStatus",
    "LegalStatusKind",
    "LevelEvent",
    "LinkKind",
    "Sex",
    "Stage",
    "TeamMember",
    "new_reference",
    "phonetic_codes",
]
