"""Pages about oneself: the password."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.views.rows import FormPage
from organizations import services as org
from organizations.forms import OwnPasswordForm
from organizations.models import User
from organizations.passwords import expired


class OwnPassword(FormPage):
    title = _("Change password")
    form_class = OwnPasswordForm
    sub = _("Your personal API tokens end with the old password.")
    saved = _("Your password is changed. Your personal API tokens have ended.")

    @property
    def account(self) -> User:
        return cast(User, self.request.user)

    def run(self, form: Any) -> Any:
        user = self.account
        org.password_set(actor=user, user=user, password=form.cleaned_data["new"])
        user.refresh_from_db()
        update_session_auth_hash(self.request, user)
        return user

    def done_url(self, result: Any) -> str:
        return reverse("home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if expired(self.account):
            kwargs.setdefault("sub", _("Set a password of your own before you go on."))
        else:
            kwargs.setdefault("cancel_url", reverse("home"))
        return super().get_context_data(**kwargs)


class PasswordExpiryMiddleware:
    """An expired or first password leads to one page only: the one that sets a new one."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and expired(request.user):
            free = {reverse("own_password"), reverse("logout"), reverse("set_language")}
            if request.path.startswith("/api/"):  # a session; tokens are read later and don't expire this way
                body = {
                    "code": "password_expired",
                    "message": gettext("Set a password of your own before you go on."),
                }
                return JsonResponse({**body, "fields": {}, "request_id": request.request_id}, status=403)  # type: ignore[attr-defined]
            if request.path not in free and not request.path.startswith("/static/"):
                return redirect("own_password")
        return self.get_response(request)
