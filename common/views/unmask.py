"""A page about somebody: personal data is masked, and showing it is a POST that is logged."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from common import services
from common.access import Action
from common.masking import masked
from common.scope import may_on
from common.views.base import action
from common.views.rows import DetailPage


class PersonPage(DetailPage):
    """A detail page with masked fields. `personal` names them; panels ask `shown(name)` for what to show."""

    personal: tuple[str, ...] = ("phone",)
    unmask_label: Any = _("Show telephone")
    unmasked = False

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        services.personal_shown(actor=self.actor, row=self.get_object())
        self.unmasked = True
        return self.get(request, *args, **kwargs)

    def shown(self, name: str) -> str:
        value = getattr(self.get_object(), name)
        return value if self.unmasked else masked(name, value)

    def actions(self) -> list[dict[str, Any]]:
        row, found = self.get_object(), super().actions()
        kept = any(getattr(row, name) for name in self.personal)
        if kept and not self.unmasked and may_on(self.actor, Action.UNMASK, row):
            found.insert(0, action(self.unmask_label, self.detail_url(), post=True))
        return found
