from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.choices import MONEY, QuartersIn
from assessments.models import GivenFigure, ImportedFigure, Measure, RankingTable, Target
from assessments.targets.numbers import box, is_money
from common.tables import NUMBER, RowTable
from rules.money import to_display


class MeasureTable(RowTable):
    name = tables.Column(_("name"), linkify=("measure_detail", {"pk": tables.A("pk")}))

    class Meta(RowTable.Meta):
        model = Measure
        fields = (
            "name",
            "code",
            "unit",
            "nature",
            "direction",
            "defined_since",
            "numerator",
            "denominator",
            "source",
            "base",
            "of_measure",
            "credit",
            "rule_code",
            "basis",
            "level",
            "role",
            "words",
            "sort",
            "updated_at",
        )
        optional = (
            "defined_since",
            "numerator",
            "denominator",
            "source",
            "base",
            "of_measure",
            "credit",
            "rule_code",
            "basis",
            "level",
            "role",
            "words",
            "sort",
            "updated_at",
        )


class ValueTable(RowTable):
    """Money in 万元 with two digits, pieces whole; exports carry the same numbers."""

    def amount(self, record: Any) -> Decimal | None:
        if record.value is None:
            return None
        if record.measure.unit in MONEY:
            return to_display(record.value, "wan").quantize(Decimal("0.01"))
        return (
            record.value.quantize(Decimal(1))
            if record.value == record.value.to_integral_value()
            else record.value.normalize()
        )

    def render_value(self, record: Any) -> str:
        number = self.amount(record)
        return "—" if number is None else f"{number:,}".replace("-", "−")

    def value_value(self, record: Any) -> Decimal | None:
        return self.amount(record)

    def render_counts(self, record: Any) -> str:
        return str(
            _("10 thousand yuan") if record.measure.unit == "yuan" else record.measure.get_unit_display()
        )

    def value_counts(self, record: Any) -> str:
        return self.render_counts(record)


class ImportedFigureTable(ValueTable):
    unit = tables.Column(
        _("unit"), linkify=("figure_detail", {"pk": tables.A("pk")}), order_by=("unit__pinyin",)
    )
    measure = tables.Column(_("measure"), order_by=("measure__sort",))
    period = tables.Column(_("period"), empty_values=(), order_by=("year", "month"))
    value = tables.Column(_("value"), attrs=NUMBER, empty_values=())
    counts = tables.Column(_("in"), empty_values=(), orderable=False)
    source = tables.Column(_("file"), accessor="batch__filename", order_by=("batch__filename",))

    class Meta(RowTable.Meta):
        model = ImportedFigure
        fields = (
            "unit",
            "measure",
            "period",
            "span",
            "state",
            "value",
            "counts",
            "source",
            "ref",
            "remark",
            "recorded_at",
            "superseded_at",
        )
        sequence = fields
        optional = ("span", "remark", "recorded_at", "superseded_at")

    def render_period(self, record: ImportedFigure) -> str:
        return f"{record.year}-{record.month:02d}"

    def value_period(self, record: ImportedFigure) -> str:
        return self.render_period(record)


class TargetTable(ValueTable):
    unit = tables.Column(
        _("unit"), linkify=("target_detail", {"pk": tables.A("pk")}), order_by=("unit__pinyin",)
    )
    holder = tables.Column(
        _("holder"),
        linkify=("target_detail", {"pk": tables.A("pk")}),
        empty_values=(),
        orderable=False,
    )
    measure = tables.Column(_("measure"), order_by=("measure__sort",))
    value = tables.Column(_("target"), attrs=NUMBER)
    counts = tables.Column(_("in"), empty_values=(), orderable=False)
    source = tables.Column(_("file"), accessor="batch__filename", order_by=("batch__filename",))
    quarters = tables.Column(
        pgettext_lazy("target", "split by quarter"), empty_values=(), orderable=False, accessor="pk"
    )

    class Meta(RowTable.Meta):
        model = Target
        fields = (
            "unit",
            "holder",
            "measure",
            "year",
            "holds_from",
            "kind",
            "value",
            "counts",
            "quarters",
            "implied",
            "source",
            "ref",
            "entered_name",
            "reason",
            "document_no",
            "recorded_at",
            "superseded_at",
        )
        sequence = fields
        optional = (
            "holder",
            "quarters",
            "entered_name",
            "reason",
            "document_no",
            "recorded_at",
            "superseded_at",
        )

    def render_quarters(self, record: Target) -> str:
        if record.quarters is None:
            return "—"
        money = is_money(record.measure) and record.quarters_in == QuartersIn.AMOUNT
        sign = "%" if record.quarters_in == QuartersIn.PERCENT else ""
        return " / ".join(f"{box(one, money=money)}{sign}" for one in record.quarters)

    def value_quarters(self, record: Target) -> str:
        return "" if record.quarters is None else self.render_quarters(record)


class GivenFigureTable(ValueTable):
    unit = tables.Column(
        _("unit"), linkify=("given_detail", {"pk": tables.A("pk")}), order_by=("unit__pinyin",)
    )
    measure = tables.Column(_("measure"), order_by=("measure__sort",))
    period = tables.Column(_("period"), empty_values=(), order_by=("year", "month"))
    value = tables.Column(_("value"), attrs=NUMBER)
    counts = tables.Column(_("in"), empty_values=(), orderable=False)

    class Meta(RowTable.Meta):
        model = GivenFigure
        fields = (
            "unit",
            "measure",
            "period",
            "span",
            "value",
            "counts",
            "giver",
            "giver_class",
            "file_name",
            "remark",
            "entered_name",
            "recorded_at",
            "superseded_at",
        )
        sequence = fields
        optional = ("span", "giver_class", "remark", "entered_name", "recorded_at", "superseded_at")

    def render_period(self, record: GivenFigure) -> str:
        return f"{record.year}-{record.month:02d}"

    def value_period(self, record: GivenFigure) -> str:
        return self.render_period(record)


class RankingTableTable(RowTable):
    name = tables.Column(_("name"), linkify=("rankingtable_detail", {"pk": tables.A("pk")}))

    class Meta(RowTable.Meta):
        model = RankingTable
        fields = (
            "name",
            "group",
            "measure",
            "rank_by",
            "tie_break",
            "schedule",
            "scale",
            "rate_digits",
            "sort",
            "updated_at",
        )
        optional = ("scale", "rate_digits", "sort", "updated_at")
