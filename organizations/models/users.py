"""Accounts and the roles they hold."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import clock, scope
from common.actors import Grant
from common.changelog import track
from common.models import ScopedModel
from common.scope import ScopedQuerySet
from organizations.choices import Role

from .units import Unit


class UserManager(BaseUserManager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str) -> User:
        """Signing in looks an account up before there is anybody whose scope could count."""
        return self.unscoped(reason="sign-in").get(username=username)


@track("org_user_event", exclude=("password", "last_login"))
class User(AbstractBaseUser, ScopedModel):
    """An account of a person or of an API client. It may do nothing but what its roles say."""

    username = models.CharField(
        _("user name"),
        max_length=60,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This user name is taken.")},
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="users", verbose_name=_("unit"))
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    password_set_at = models.DateTimeField(_("password set"), null=True, editable=False)
    must_change_password = models.BooleanField(_("must set a new password"), default=False)

    objects = UserManager()  # type: ignore[misc]
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    is_staff = is_superuser = False

    class Scope(scope.Scope):
        kind = "user"
        path = "unit__path"
        owner = "pk"

    class Meta:
        db_table = "org_user"
        ordering = ("username",)
        verbose_name = _("account")

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def actor_name(self) -> str:
        return self.name or self.username

    @property
    def is_system(self) -> bool:
        return False

    @cached_property
    def _grants(self) -> tuple[Grant, ...]:
        if not self.is_active:
            return ()
        today = clock.today()
        rows = (
            RoleGrant._base_manager.filter(
                Q(valid_to__isnull=True) | Q(valid_to__gte=today),
                user=self,
                valid_from__lte=today,
                archived_at=None,
            )
            .order_by("id")
            .values_list("role", "unit_id", "unit__path")
        )
        return tuple(Grant(role, unit_id, path) for role, unit_id, path in rows)

    def grants(self) -> tuple[Grant, ...]:
        """Roles in force today, read once for each object."""
        return self._grants


@track("org_role_event")
class RoleGrant(ScopedModel):
    """A role held at a unit, for a time. It reaches the unit and everything below it."""

    user = models.ForeignKey(User, models.PROTECT, related_name="role_grants", verbose_name=_("account"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="role_grants", verbose_name=_("at unit"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Scope(scope.Scope):
        kind = "role_grant"
        path = "unit__path"
        owner = "user_id"

    class Meta:
        db_table = "org_role"
        ordering = ("user_id", "role")
        verbose_name = _("role")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="org_role_dates_ck",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "unit"],
                condition=Q(valid_to__isnull=True, archived_at__isnull=True),
                name="org_role_once_uq",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"
