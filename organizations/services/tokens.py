"""Personal API tokens: made by the person himself, revoked by him or the system administrator."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from common import changelog, clock, services
from common.actors import Actor
from common.errors import Denied, Refused
from organizations.choices import Role
from organizations.models import ApiToken, User
from organizations.tokens import HINT, new

MOST = 10  # live ones of one account
LONGEST = 365  # days


@transaction.atomic
def own_token_create(*, actor: Actor, name: str, days: int) -> tuple[ApiToken, str]:
    """A token of the actor himself, for at most a year; the text is given once and kept nowhere. Whoever calls has asked
    for the password. Raises Denied, ValidationError, Refused (days, too_many)."""
    if actor.pk is None:
        raise Denied
    user = User._base_manager.select_for_update().get(pk=actor.pk)
    if any(grant.role == Role.SERVICE_CLIENT for grant in user.grants()):
        raise Denied(_("Programs use the token that the administrator issued."))
    if not 0 < days <= LONGEST:
        raise Refused(_("A token holds for one day at least and a year at most."), code="days")
    live = ApiToken._base_manager.filter(user=user, archived_at=None, expires_at__gt=clock.now())
    if live.count() >= MOST:
        raise Refused(
            _("You have %(n)s tokens. Revoke one that you no longer need.") % {"n": MOST}, code="too_many"
        )
    token, digest = new()
    values = {
        "user": user,
        "name": name.strip(),
        "hint": token[:HINT],
        "digest": digest,
        "expires_at": clock.now() + timedelta(days=days),
    }
    row = services.create(ApiToken, actor=actor, values=values, reason=_("token issued"))
    return row, token


def own_token_revoke(*, actor: Actor, pk: int, version: int | None, reason: str) -> ApiToken:
    """It opens nothing from now on. Raises as `common.services.archive`."""
    return services.archive(ApiToken, actor=actor, pk=pk, version=version, reason=reason)


def end_all(user: User, *, actor: Actor, reason: str) -> None:
    """The account is closed, or its password was set. The caller has authorised."""
    with changelog.acting(actor, reason=reason):
        ApiToken._base_manager.filter(user=user, archived_at=None).update(archived_at=clock.now())
