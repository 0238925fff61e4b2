"""Base of our tables: one object serves the page, the HTMX partial and the export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

NUMBER = {"td": {"class": "ip-num"}, "th": {"class": "ip-num"}}


class RowTable(tables.Table):
    """Column choice: `columns` in the address names what is shown; `Meta.optional` starts hidden.

    `selectable` puts a box before each row; the chosen keys go as `pk` into the form "bulk"
    (`ListPage.bulk`, templates/common/_bulk.html). An export knows nothing of the boxes.
    """

    class Meta:
        attrs = {"class": "table stick cards list"}
        empty_text = _("Nothing here yet.")
        order_by: tuple[str, ...] = ()

    def __init__(
        self, *args: Any, chosen: Iterable[str] = (), selectable: bool = False, **kwargs: Any
    ) -> None:
        self.selectable = selectable
        every = list(type(self).base_columns)
        wanted = [name for name in chosen if name in every]
        optional = set(getattr(type(self).Meta, "optional", ()))
        shown = wanted or [name for name in every if name not in optional]
        super().__init__(*args, exclude=[name for name in every if name not in shown], **kwargs)
        self.choices = [
            (name, self._label(name, column), name in shown)
            for name, column in type(self).base_columns.items()
        ]

    def _label(self, name: str, column: tables.Column) -> Any:
        """What the column's head says, also while the column isn't shown."""
        if column.verbose_name is not None:
            return column.verbose_name
        model = type(self)._meta.model
        has = model is not None and name in {field.name for field in model._meta.get_fields()}
        return getattr(model._meta.get_field(name), "verbose_name", name) if has else name

    def row_name(self, record: Any) -> str:
        """How the box before a row calls it."""
        return str(record)

    def export_rows(self) -> Iterator[list[Any]]:
        """Header first, then plain values of the columns on screen, in the order on screen."""
        yield from self.as_values(exclude_columns=("actions",))
