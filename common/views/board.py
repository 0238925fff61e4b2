"""Rows as cards in columns, one column a stage."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q, Sum, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from common.access import Action
from common.scope import may_on
from common.views.base import Page
from common.views.rows import active_filters, switch


class BoardPage(Page):
    """A leaf names `model`, `kind`, `filterset_class`, `url_prefix`, `stage_field` and writes `stages()` and
    `card(row)`. Moving opens `<url_prefix>_move` of the row with `?to=<code>`: a FormPage with `panel` and
    `stays`, which asks for what the target stage needs and shows its refusal. The board itself moves nothing:
    a dragged card goes back unless the move was made. Two queries, however many cards.
    """

    template_name = "common/board.html"
    partial_name = "common/_board.html"
    model: Any = None
    filterset_class: Any = None
    url_prefix = ""
    stage_field = "stage"
    sum_field = ""  # an amount in yuan; its sum stands in the column's head in 10,000 yuan
    # Where amounts have a currency: its column, and the code of the yuan. Others are counted, not added.
    currency_field = ""
    home_currency = ""
    order: tuple[str, ...] = ("-pk",)
    limit = 20  # cards in a column; the rest is behind "all"
    switch: tuple[tuple[Any, str], ...] = ()  # (label, url name) of the same rows as table, as board

    def stages(self) -> list[tuple[Any, Any]]:
        """(code, label) of the columns, in order. Rows of other stages are left out."""
        raise NotImplementedError

    def card(self, row: Any) -> dict[str, Any]:
        """{title, url, sub, lines: [text], badge, badge_css}; all but title may be missing."""
        raise NotImplementedError

    def moves(self, row: Any) -> list[tuple[Any, Any]]:
        """(code, label) of the stages that the card's menu offers; the move page has the last word."""
        if not may_on(self.actor, Action.CHANGE, row):
            return []
        return [stage for stage in self.columns if stage[0] != getattr(row, self.stage_field)]

    def move_url(self, row: Any) -> str:
        return reverse(f"{self.url_prefix}_move", args=[row.pk])

    def all_url(self, code: Any) -> str:
        """The list with the whole column; by default the table's filter on the stage's own name."""
        query = self.request.GET.copy()
        query.pop("column", None)
        query[self.stage_field] = str(code)
        return f"{reverse(f'{self.url_prefix}_list')}?{query.urlencode()}"

    def rows(self, queryset: Any) -> Any:
        """Add what the cards join."""
        return queryset

    def summed(self) -> Q:
        """Whose amounts this person may learn; the others stay out of the sums."""
        return Q()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        visible = self.model.objects.visible_to(self.actor)
        self.filterset = self.filterset_class(request.GET, queryset=visible, request=request)
        found = self.filterset.qs if self.filterset.is_valid() else visible.none()
        self.columns = self.stages()
        context = self.get_context_data(
            board=self.board(found.filter(**{f"{self.stage_field}__in": [code for code, _ in self.columns]})),
            filter=self.filterset,
            active_filters=active_filters(self.filterset, request),
            switch=switch(self),
        )
        partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
        return self.response_class(
            request=request, template=[self.partial_name if partial else self.template_name], context=context
        )

    def board(self, found: Any) -> list[dict[str, Any]]:
        """[{code, label, count, total (Decimal yuan or None), others (amounts in other currencies), cards, all_url,
        shown (on phones), url}]"""
        figures: dict[str, Any] = {"n": Count("pk")}
        if self.sum_field:
            told = self.summed()
            home = Q(**{self.currency_field: self.home_currency}) if self.currency_field else Q()
            figures["total"] = Sum(self.sum_field, filter=told & home)
            if self.currency_field:
                given = Q(**{f"{self.sum_field}__isnull": False})
                figures["others"] = Count("pk", filter=told & given & ~home)
        sums = {
            row[self.stage_field]: row
            for row in found.order_by().values(self.stage_field).annotate(**figures)
        }
        place = Window(RowNumber(), partition_by=[F(self.stage_field)], order_by=self.order)
        cards: dict[Any, list[dict[str, Any]]] = {}
        for row in self.rows(found).annotate(place=place).filter(place__lte=self.limit).order_by(*self.order):
            cards.setdefault(getattr(row, self.stage_field), []).append(self.drawn(row))
        asked, query = self.request.GET.get("column"), self.request.GET.copy()
        shown = asked if asked in {str(code) for code, _ in self.columns} else str(self.columns[0][0])
        found_columns = []
        for code, label in self.columns:
            query["column"] = str(code)
            here = sums.get(code, {})
            found_columns.append(
                {
                    "code": code,
                    "label": label,
                    "count": here.get("n", 0),
                    "total": here.get("total"),
                    "others": here.get("others", 0),
                    "cards": cards.get(code, []),
                    "all_url": self.all_url(code),
                    "shown": str(code) == shown,
                    "url": f"?{query.urlencode()}",
                }
            )
        return found_columns

    def drawn(self, row: Any) -> dict[str, Any]:
        moves = [
            {"code": code, "label": label, "url": f"{self.move_url(row)}?to={code}"}
            for code, label in self.moves(row)
        ]
        return {**self.card(row), "pk": row.pk, "moves": moves}
