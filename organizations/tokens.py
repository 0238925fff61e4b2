"""How a program says who it is: by the token of a service-centre client, or by a person's own token.

Both come in the same header, `Authorization: Token …`; a person's begins with `ipp_`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication as ClientTokens
from knox.crypto import create_token_string, hash_token
from rest_framework.exceptions import AuthenticationFailed

from common import clock
from organizations.choices import Role
from organizations.models import ApiToken, User
from organizations.passwords import expired

PREFIX = "ipp_"
HINT = 10
NOTED_EVERY = timedelta(minutes=5)  # a write for each call would be one too many


def new() -> tuple[str, str]:
    """A token and its digest. 256 bits from the system, so a plain hash is enough."""
    token = PREFIX + create_token_string()
    return token, hash_token(token)


class TokenAuthentication(ClientTokens):
    """Raises AuthenticationFailed (401) for a token that is unknown, expired or revoked, or whose account is closed."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, Any]:
        text = token.decode("utf-8", "replace")
        if not text.startswith(PREFIX):
            return super().authenticate_credentials(token)
        row = ApiToken._base_manager.select_related("user__unit").filter(digest=hash_token(text)).first()
        if row is None:
            raise AuthenticationFailed(_("Invalid token."))
        if not row.is_live:
            raise AuthenticationFailed(
                _("This token has expired or was revoked. Create another one under “API tokens”.")
            )
        user = row.user
        if not user.is_active or user.archived_at is not None:
            raise AuthenticationFailed(_("This account is closed."))
        if expired(user):
            raise AuthenticationFailed(_("Your password has expired. Sign in and set a new one, then go on."))
        if any(grant.role == Role.SERVICE_CLIENT for grant in user.grants()):
            raise AuthenticationFailed(_("Programs use the token that the administrator issued."))
        self.note(row)
        return user, row

    def note(self, row: ApiToken) -> None:
        """When it was used last, to within a few minutes."""
        now = clock.now()
        if row.last_used_at is None or now - row.last_used_at >= NOTED_EVERY:
            ApiToken._base_manager.filter(pk=row.pk).update(last_used_at=now)


class TokenScheme(KnoxTokenScheme):
    """The API document says the same of both."""

    target_class = "organizations.tokens.TokenAuthentication"
