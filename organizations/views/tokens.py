"""Pages of personal API tokens: one's own, and for the system administrator those of his accounts."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import authenticate
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.access import Action
from common.errors import Refused
from common.scope import may_on
from common.views import ArchivePage, CreatePage, Crumbs, DetailPage, ListPage, action
from organizations import services as org
from organizations.filters import ApiTokenFilterSet
from organizations.forms import ApiTokenForm
from organizations.models import ApiToken, User
from organizations.tables import ApiTokenTable


class TokenNouns:
    model: Any = ApiToken
    kind = "api_token"
    url_prefix = "apitoken"
    crumbs: Crumbs = ((_("API tokens"), "apitoken_list"),)


class TokenList(TokenNouns, ListPage):
    title = _("API tokens")
    sub = _("With a token your own script or sheet works with your rights, without your password")
    table_class = ApiTokenTable
    filterset_class = ApiTokenFilterSet
    create_label = _("New token")
    crumbs: Crumbs = ()
    empty = (
        _("No token yet."),
        _("Create one for each script, so that you can revoke each by itself."),
    )

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("user__unit")


class TokenDetail(TokenNouns, DetailPage):
    def actions(self) -> list[dict[str, Any]]:
        row = self.get_object()
        if row.archived_at or not may_on(self.actor, Action.ARCHIVE, row):
            return []
        return [action(_("Revoke"), reverse("apitoken_archive", args=[row.pk]), primary=True)]

    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        facts = [
            (_("account"), f"{row.user} ({row.user.username})"),
            (pgettext_lazy("token", "name"), row.name),
            (_("begins with"), row.hint),
            (_("created"), row.created_at),
            (_("valid until"), row.expires_at),
            (_("last used"), row.last_used_at or _("never")),
            (_("revoked"), row.archived_at or _("no")),
        ]
        return [{"title": _("Facts"), "rows": facts}]


class TokenCreate(TokenNouns, CreatePage):
    """The token stands on the answer to the POST that made it, and nowhere else."""

    title = _("New token")
    form_class = ApiTokenForm
    submit_label = _("Create the token")

    def run(self, form: Any) -> tuple[ApiToken, str]:
        """Wrong passwords count like those at the sign-in, and lock the account as there. Raises Refused."""
        given = form.cleaned_data
        user = cast(User, self.request.user)
        known = authenticate(self.request, username=user.username, password=given["password"])
        if known is None or known.pk != user.pk:
            raise Refused(_("This is not your present password."), code="password", fields={"password": [""]})
        return org.own_token_create(actor=self.actor, name=given["name"], days=int(given["days"]))

    def done(self, result: tuple[ApiToken, str]) -> HttpResponseBase:
        row, token = result
        context = self.get_context_data(
            form=None, row=row, token=token, title=_now("Your new token"), sub=row.name
        )
        response = self.response_class(
            request=self.request, template="organizations/token_shown.html", context=context, using=None
        )
        response["Cache-Control"] = "no-store"
        return response


class TokenRevoke(TokenNouns, ArchivePage):
    title = _("Revoke the token")
    submit_label = _("Revoke")
    saved = _("The token is revoked. Whatever uses it gets no further.")
    service = staticmethod(org.own_token_revoke)
