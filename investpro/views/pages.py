"""Pages that belong to no app: health, errors."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView


@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """200 when the database answers; for load balancers, without signing in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or from another window."""
    return render(request, "403_csrf.html", status=403)


class Favicon(RedirectView):
    """Pages that name no icon of their own (the API's) ask for this address."""

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        return static("icons/favicon.svg")
