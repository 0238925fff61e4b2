"""What a service may refuse, each with a sentence for the person in front of the screen.

Views and API turn them into pages and problem documents in one place: `common/views.py`, `common/api.py`.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class ServiceError(Exception):
    """Base of all refusals. `code` is stable and for machines, `message` is for people."""

    code = "refused"

    def __init__(self, message: Any, *, code: str = "", fields: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.fields = fields or {}

    def __str__(self) -> str:
        return str(self.message)


class Refused(ServiceError):
    """A rule forbids this. The message names the rule and the way out. HTTP 409."""


class NotVisible(ServiceError):
    """Out of the actor's scope: it answers as if it did not exist. HTTP 404."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("There is no such record, or it is not in your scope."))


class Denied(ServiceError):
    """In scope, but the actor's roles don't allow this action. HTTP 403."""

    code = "denied"

    def __init__(self, message: Any = None) -> None:
        super().__init__(
            message or _("Your role does not allow this. Ask your administrator for the right role.")
        )


class Stale(ServiceError):
    """Someone saved the record in between. `current` is the row as it is now. HTTP 409."""

    code = "stale"

    def __init__(self, current: Any) -> None:
        super().__init__(_("Someone else changed this record after you opened it. Compare both versions."))
        self.current = current


class Archived(ServiceError):
    """Archived and closed rows refuse edits. HTTP 409."""

    code = "archived"

    def __init__(self) -> None:
        super().__init__(_("This record is archived and can no longer be changed."))


Invalid = ValidationError
