"""The operation that the folded first migration of a room consists of.

Django makes the classes of all models anew for each table a migration creates that points at
others, and nearly all of ours point at each other through people and children: migrating a new
database made 22,000 classes. Here they are made once for a room.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateTogether(Operation):
    """Create the tables of several models at once.

    They may point at each other: PostgreSQL's foreign keys are added when all tables are there.
    """

    serialization_expand_args = ["models"]

    def __init__(self, models: Sequence[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add every model, and let the classes be made when somebody asks for them."""
        state.__dict__.pop("apps", None)
        for each in self.models:
            each.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create the tables."""
        for each in self.models:
            each.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the tables, the last first."""
        for each in reversed(self.models):
            each.database_backwards(app_label, schema_editor, from_state, to_state)

    def references_model(self, name: str, app_label: str) -> bool:
        """Whether one of the models is, or points at, that one."""
        return any(each.references_model(name, app_label) for each in self.models)

    def describe(self) -> str:
        """What ``migrate --plan`` says."""
        return f"Create {len(self.models)} models together"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As Django's writer wants it."""
        return (type(self).__name__, [], {"models": list(self.models)})
