"""Home: what waits for this person, and what changed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.views import Page


class Home(Page):
    template_name = "home.html"
    title = _("Home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tasks=[], recent=[], figures=[], **kwargs)
