"""Signing in: accounts are read here without a scope, because nobody is signed in yet."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from organizations.models import User


class Backend(ModelBackend):
    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.unscoped(reason="session").select_related("unit").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and user.archived_at is None
