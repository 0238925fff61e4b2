"""What a picker finds: the options below its box."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from common.actors import Actor
from common.pickers import Option
from common.views.base import Page


class PickerPage(Page):
    """GET `?q=<text>` answers with at most `limit` options. A leaf writes `search`, which keeps to the
    actor's scope; `label` names a row that was chosen before."""

    template_name = "common/_picker_options.html"
    limit = 12

    @classmethod
    def search(cls, actor: Actor, text: str) -> list[Option]:
        raise NotImplementedError

    @classmethod
    def label(cls, row: Any) -> str:
        return str(row)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        text = request.GET.get("q", "").strip()[:100]
        context = {
            "text": text,
            "options": self.search(self.actor, text) if text else [],
            "allow_new": request.GET.get("new") == "1",
        }
        return self.render_to_response(context)


class RowPicker(PickerPage):
    """The usual search: every word in one of `search_fields` (a pinyin column finds initials), current rows only."""

    model: Any = None
    search_fields: tuple[str, ...] = ("name", "pinyin")
    order: tuple[str, ...] = ("pinyin", "pk")

    @classmethod
    def rows(cls, queryset: Any) -> Any:
        """Narrow, and add what label and hint join."""
        return queryset

    @classmethod
    def hint(cls, row: Any) -> str:
        return ""

    @classmethod
    def search(cls, actor: Actor, text: str) -> list[Option]:
        rows = cls.rows(cls.model.objects.visible_to(actor)).filter(archived_at=None)
        for word in text.split():
            fits = Q()
            for field in cls.search_fields:
                fits |= Q(**{f"{field}__icontains": word})
            rows = rows.filter(fits)
        return [
            Option(row.pk, cls.label(row), cls.hint(row)) for row in rows.order_by(*cls.order)[: cls.limit]
        ]
