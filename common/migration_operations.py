"""Operations of our first migrations."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import CreateModel


class CreateTriggers(Operation):
    """Install every trigger that this app's models carry in their state.

    A first migration writes fields, constraints and triggers into `CreateModel` and ends with this: one
    operation for each of them would make Django rebuild its models hundreds of times (a minute of work).
    """

    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing: the triggers stand in the models' options already."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for (label, _name), model in sorted(to_state.models.items()):
            if label == app_label:
                for trigger in model.options.get("triggers", ()):
                    schema_editor.execute(trigger.install_sql, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Nothing: triggers go with their tables."""

    def describe(self) -> str:
        return "Create the triggers of all models"


class CreateModels(Operation):
    """Create many tables at once: `operations` are `CreateModel`s, each after those it points at.

    One by one, each of them makes Django build its historical models anew, with all their neighbours: 50 s of
    work for our tables. Here the state learns of all of them first and is built once.
    """

    reversible = True
    serialization_expand_args = ["operations"]

    def __init__(self, operations: list[CreateModel]) -> None:
        self.operations = operations

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, [], {"operations": self.operations}

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # else each model that is added would be built at once
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "Create " + ", ".join(operation.name for operation in self.operations)
