"""Operations of our first migrations."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation


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
