"""Pages of accounts and roles: the system and the security administrator's desks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.access import Action
from common.masking import mask_phone
from common.scope import may_on
from common.views import ArchivePage, CreatePage, Crumbs, DetailPage, ListPage, UpdatePage, action, write
from organizations import services as org
from organizations.choices import Role
from organizations.filters import RoleGrantFilterSet, UserFilterSet
from organizations.forms import RoleForm, UserCreateForm, UserForm
from organizations.models import ApiToken, RoleGrant, User
from organizations.tables import ApiTokenTable, RoleGrantTable, UserTable

ADMIN = (_("Administration"), "")


class UserNouns:
    model = User
    kind = "user"
    url_prefix = "user"
    crumbs: Crumbs = (ADMIN, (_("Accounts"), "user_list"))


class UserList(UserNouns, ListPage):
    title = _("Accounts")
    table_class = UserTable
    filterset_class = UserFilterSet
    create_label = _("New account")
    crumbs: Crumbs = (ADMIN,)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("unit")


class UserDetail(UserNouns, DetailPage):
    """A client's token is shown once, on the answer to the POST that issued it."""

    token = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = self.get_object()
        done, token = write(request, lambda: org.token_issue(actor=self.actor, user=user))
        if done:
            self.token = token
        return self.get(request, *args, **kwargs)

    def actions(self) -> list[dict[str, Any]]:
        user, found = self.get_object(), super().actions()
        is_client = any(g.role == Role.SERVICE_CLIENT for g in user.grants())
        if is_client and may_on(self.actor, Action.CHANGE, user):
            found.insert(
                0, action(_("Issue a token"), reverse("user_detail", args=[user.pk]), icon="key", post=True)
            )
        return found

    def panels(self) -> list[dict[str, Any]]:
        user = self.get_object()
        found = [
            {
                "title": _("Facts"),
                "rows": [
                    (_("user name"), user.username),
                    (pgettext_lazy("person", "name"), user.name),
                    (_("unit"), user.unit),
                    (_("telephone"), mask_phone(user.phone)),
                    (_("active"), _("yes") if user.is_active and not user.archived_at else _("no")),
                    (_("last sign-in"), user.last_login),
                ],
            }
        ]
        if self.token:
            found.insert(
                0, {"title": _("Token, shown only now: keep it safe"), "rows": [(_("token"), self.token)]}
            )
        return found

    def related(self) -> list[dict[str, Any]]:
        rows = (
            RoleGrant.objects.visible_to(self.actor)
            .filter(user=self.get_object())
            .select_related("user", "unit")
        )
        found = [
            {
                "title": _("Roles"),
                "table": RoleGrantTable(rows, chosen=("role", "unit", "valid_from", "valid_to")),
            }
        ]
        tokens = ApiToken.objects.visible_to(self.actor).filter(user=self.get_object(), archived_at=None)
        if tokens.exists():
            chosen = ("name", "hint", "expires_at", "last_used_at")
            found.append({"title": _("API tokens"), "table": ApiTokenTable(tokens, chosen=chosen)})
        return found


class UserCreate(UserNouns, CreatePage):
    title = _("New account")
    form_class = UserCreateForm
    service = staticmethod(org.user_create)


class UserUpdate(UserNouns, UpdatePage):
    form_class = UserForm
    service = staticmethod(org.user_update)


class UserArchive(UserNouns, ArchivePage):
    service = staticmethod(org.user_archive)


class RoleNouns:
    model = RoleGrant
    kind = "role_grant"
    url_prefix = "role"
    crumbs: Crumbs = (ADMIN, (_("Roles"), "role_list"))


class RoleList(RoleNouns, ListPage):
    title = _("Roles")
    sub = _("Who may do what, where and until when")
    table_class = RoleGrantTable
    filterset_class = RoleGrantFilterSet
    create_label = _("Give a role")
    crumbs: Crumbs = (ADMIN,)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("user", "unit")


class RoleDetail(RoleNouns, DetailPage):
    def actions(self) -> list[dict[str, Any]]:
        grant = self.get_object()
        if grant.archived_at or not may_on(self.actor, Action.ARCHIVE, grant):
            return []
        return [action(_("End the role"), reverse("role_end", args=[grant.pk]), primary=True)]

    def panels(self) -> list[dict[str, Any]]:
        grant = self.get_object()
        return [
            {
                "title": _("Facts"),
                "rows": [
                    (_("account"), grant.user),
                    (_("role"), grant.get_role_display()),
                    (_("at unit"), grant.unit),
                    (_("valid from"), grant.valid_from),
                    (_("valid to"), grant.valid_to),
                ],
            }
        ]


class RoleCreate(RoleNouns, CreatePage):
    title = _("Give a role")
    form_class = RoleForm
    service = staticmethod(org.role_grant)


class RoleEnd(RoleNouns, ArchivePage):
    title = _("End the role")
    submit_label = _("End the role")
    saved = _("The role has ended.")
    service = staticmethod(org.role_end)
