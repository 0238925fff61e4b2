"""Changes to accounts, roles, passwords and API tokens."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from knox.models import AuthToken

from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Denied, Refused
from organizations.choices import ADMINISTRATORS, Role, excludes
from organizations.models import RoleGrant, Unit, User
from organizations.services.tokens import end_all


@transaction.atomic
def user_create(*, actor: Actor, password: str, **values: Any) -> User:
    """An account. Its first password must be replaced at the first sign-in. Raises ValidationError."""
    user = User(**values)
    validate_password(password, user)
    user.set_password(password)
    return services.create(
        User, actor=actor, values={**values, "password": user.password, "must_change_password": True}
    )


def user_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> User:
    return services.update(User, actor=actor, pk=pk, version=version, values=values)


@transaction.atomic
def user_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> User:
    """Close an account: it can't sign in, its tokens end, its history stays."""
    AuthToken.objects.filter(user_id=pk).delete()
    row = services.archive(User, actor=actor, pk=pk, version=version, reason=reason)
    end_all(row, actor=actor, reason=_("the account was closed"))
    return row


@transaction.atomic
def password_set(*, actor: Actor, user: User, password: str, must_change: bool = False) -> None:
    """Set a password after checking the rules. A user sets his own; the system administrator anybody's. The
    account's personal tokens end with the old password."""
    if actor.pk != user.pk:
        services.authorize(actor, Action.CHANGE, user)
        # Whoever sets a password could sign in with it: administrators, who exclude each other, set their own.
        if not actor.is_system and any(g.role in ADMINISTRATORS for g in user.grants()):
            raise Denied(_("An administrator sets his own password. Nobody else can."))
    validate_password(password, user)
    row = User._base_manager.select_for_update().get(pk=user.pk)
    row.set_password(password)
    row.password_set_at, row.must_change_password = clock.now(), must_change
    row.version += 1
    with changelog.acting(actor, reason=_("password set")):
        row.save()
    own = actor.pk == user.pk
    end_all(
        row, actor=actor, reason=_("the password was changed") if own else _("somebody else set the password")
    )


@transaction.atomic
def role_grant(
    *,
    actor: Actor,
    user: User,
    role: str,
    unit: Unit,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> RoleGrant:
    """Give a role. Raises Refused when a role held at the same time excludes it; nobody grants himself one."""
    if actor.pk is not None and actor.pk == user.pk:
        raise Denied(_("Nobody gives himself a role. Ask the other administrator."))
    valid_from = valid_from or clock.today()
    User._base_manager.select_for_update().get(pk=user.pk)  # one grant at a time for one account
    held = RoleGrant._base_manager.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from), user=user, archived_at=None
    )
    if valid_to:
        held = held.filter(valid_from__lte=valid_to)
    for other in held:
        if excludes(role, other.role):
            raise Refused(
                _("“%(new)s” and “%(held)s” may not be held by one person. End the other role first.")
                % {"new": Role(role).label, "held": other.get_role_display()},
                code="exclusive_roles",
            )
    values = {"user": user, "role": role, "unit": unit, "valid_from": valid_from, "valid_to": valid_to}
    return services.create(RoleGrant, actor=actor, values=values)


def role_end(*, actor: Actor, pk: int, version: int | None, reason: str) -> RoleGrant:
    """End a role at once: yesterday was its last day. One given today is archived instead."""
    grant = services.get_visible(RoleGrant, pk, actor)
    yesterday = clock.today() - timedelta(days=1)
    if grant.valid_from > yesterday:
        return services.archive(RoleGrant, actor=actor, pk=pk, version=version, reason=reason)
    return services.update(
        RoleGrant, actor=actor, pk=pk, version=version, values={"valid_to": yesterday}, reason=reason
    )


@transaction.atomic
def token_issue(*, actor: Actor, user: User, days: int | None = 365) -> str:
    """A token for an API client; only its hash is kept, so it is shown once. Refused for people's accounts."""
    services.authorize_change(actor, user)
    if not any(g.role == Role.SERVICE_CLIENT for g in user.grants()):
        raise Refused(
            _("Tokens are for service-centre clients. Give the account that role first."), code="not_a_client"
        )
    with changelog.acting(actor, reason=_("token issued")):
        _row, token = AuthToken.objects.create(user=user, expiry=timedelta(days=days) if days else None)
    return str(token)


@transaction.atomic
def token_revoke(*, actor: Actor, user: User) -> int:
    """End all tokens of a client. Returns how many there were."""
    services.authorize(actor, Action.CHANGE, user)
    count, _rows = AuthToken.objects.filter(user=user).delete()
    return count
