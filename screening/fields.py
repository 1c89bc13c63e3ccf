"""Column types of screens."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField


class PlainArray(ArrayField):
    """An array of plain numbers, given to the driver as it is.

    `ArrayField` asks each element's field to prepare it, which for the hundred presences of a
    screen takes longer than storing them (``bin/bench screen``).
    """

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return value

    def deconstruct(self) -> Any:
        """To migrations it is the array that the database has."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.contrib.postgres.fields.ArrayField", args, kwargs
