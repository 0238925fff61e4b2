"""Password rules of GB/T 22239 level 3 that Django does not bring: kinds of characters, expiry."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common import clock


class CharacterClassesValidator:
    """At least three of: small letters, capitals, digits, other signs."""

    needed = 3

    def validate(self, password: str, user: Any = None) -> None:
        classes = (
            any(c.islower() for c in password),
            any(c.isupper() for c in password),
            any(c.isdigit() for c in password),
            any(not c.isalnum() for c in password),
        )
        if sum(classes) < self.needed:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self) -> str:
        return _("Use at least three of: small letters, capitals, digits, other signs.")


def expired(user: Any) -> bool:
    """Must the account set a new password before anything else?"""
    if user.must_change_password:
        return True
    since = user.password_set_at
    return since is not None and clock.now() - since > timedelta(days=settings.PASSWORD_MAX_AGE_DAYS)
