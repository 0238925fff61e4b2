"""Request id, private answers, change-log context, idle log-out."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common import changelog, clock, memo

Handler = Callable[[HttpRequest], HttpResponse]
SEEN = "last_seen"


class RequestIdMiddleware:
    """Gives each request an event number: in the log, in error pages, in the change log, in X-Request-Id."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = changelog.new_request_id()  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=request.request_id):  # type: ignore[attr-defined]
            response = self.get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response


class PrivateMiddleware:
    """No answer is kept by a proxy or by a shared machine's browser, unless it says so itself (static files do)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class MemoMiddleware:
    """What a page that changes nothing asks for twice is read once."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        with memo.block(only_reads=True):
            return self.get_response(request)


class ChangeLogMiddleware:
    """Writes of a request are logged under its user. API clients are set in `common/api.py`."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated or request.method in {"GET", "HEAD", "OPTIONS"}:
            return self.get_response(request)
        with changelog.acting(request.user, request_id=request.request_id):  # type: ignore[attr-defined]
            return self.get_response(request)


class IdleLogoutMiddleware:
    """Signs out who did nothing for IDLE_LOGOUT_SECONDS. Background polling does not count as doing."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and "HTTP_AUTHORIZATION" not in request.META:
            now, seen = int(clock.now().timestamp()), request.session.get(SEEN)
            if seen is not None and now - seen > settings.IDLE_LOGOUT_SECONDS:
                logout(request)
                if request.path.startswith("/api/"):
                    return self.get_response(request)  # answered as an anonymous call, in the API's format
                messages.info(request, _("You were signed out after a long pause. Sign in to go on."))
                return redirect_to_login(request.get_full_path())
            polling = request.headers.get("X-Polling") == "1"
            if not polling and (seen is None or now - seen > 60):
                request.session[SEEN] = now
        return self.get_response(request)
