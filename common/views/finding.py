"""The search box in the top bar: a dropdown while typing, a page of its own without a script."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from common import finding
from common.views.base import Page

IN_DROPDOWN, ON_PAGE = 5, 20


class Search(Page):
    title = _("Search")
    template_name = "common/search.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        text = request.GET.get("q", "")
        partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
        context = self.get_context_data(
            q=text,
            asked=bool(finding.plain(text)),
            found=finding.find(self.actor, text, IN_DROPDOWN if partial else ON_PAGE),
        )
        template = "common/_found.html" if partial else self.template_name
        return self.response_class(request=request, template=[template], context=context)
