"""What kind of data each model field holds.

Every field of every model is *identifying* (points at a person), *sensitive* (says something
about a person) or *operational* (runs the system). Logs, e-mails and task payloads may carry
operational data only (``docs/security.md``); a field nobody classified fails the suite.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class DataClass(StrEnum):
    """The three classes, from most to least protected."""

    IDENTIFYING = "identifying"
    SENSITIVE = "sensitive"
    OPERATIONAL = "operational"


def classify(
    *, identifying: str = "", sensitive: str = "", operational: str = ""
) -> Mapping[str, DataClass]:
    """Map field names (separated by spaces) to their class; a field named twice is refused."""
    classes: dict[str, DataClass] = {}
    for data_class, names in (
        (DataClass.IDENTIFYING, identifying),
        (DataClass.SENSITIVE, sensitive),
        (DataClass.OPERATIONAL, operational),
    ):
        for name in names.split():
            if name in classes:
                raise ValueError(f"{name} is classified twice")
            classes[name] = data_class
    return MappingProxyType(classes)
