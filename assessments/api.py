from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from assessments.filters import (
    GivenFigureFilterSet,
    ImportedFigureFilterSet,
    MeasureFilterSet,
    RankingRunFilterSet,
)
from assessments.models import GivenFigure, ImportedFigure, Measure, RankingLine, RankingRun
from common.api import ReadViewSet, RowSerializer


class MeasureSerializer(RowSerializer):
    rule_code = serializers.CharField(read_only=True)  # a slug, or empty

    class Meta:
        model = Measure
        fields = (
            "id", "version", "code", "name", "definition", "defined_since", "unit", "nature", "direction", "numerator", "denominator",
            "source", "base", "filters", "credit", "of_measure", "rule_code", "basis", "level", "role", "words", "sort", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class MeasureViewSet(ReadViewSet):
    """What is counted."""

    model = Measure
    serializer_class = MeasureSerializer
    filterset_class = MeasureFilterSet
    list_page = "measure_list"
    ordering_fields = ("sort", "code")


class SourceSerializer(serializers.Serializer):
    """Where a figure comes from."""

    file = serializers.CharField(source="batch.filename")
    sheet = serializers.CharField(source="batch.sheet")
    cell = serializers.CharField(source="ref")
    imported_by = serializers.CharField(source="batch.actor_name")
    recorded_at = serializers.DateTimeField()


class FigureSerializer(RowSerializer):
    """`value` is in yuan, US dollars or pieces; null unless the return is filed or nil."""

    source = SourceSerializer(source="*", read_only=True)  # type: ignore[assignment]

    class Meta:
        model = ImportedFigure
        fields = (
            "id", "unit", "measure", "year", "month", "span", "state", "value", "published", "remark", "source",
            "superseded_at", "superseded_by", "withdrawn",
        )  # fmt: skip
        read_only_fields = fields


class FigureViewSet(ReadViewSet):
    """Imported figures in the caller's scope; current ones unless `history=yes`."""

    model = ImportedFigure
    serializer_class = FigureSerializer
    filterset_class = ImportedFigureFilterSet
    list_page = "figure_list"
    ordering_fields = ("year", "month", "recorded_at")

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("batch")


class GivenSerializer(RowSerializer):
    """`value` is in the measure's own unit: yuan, US dollars, pieces, marks."""

    giver_class = serializers.CharField(read_only=True)  # a slug, or empty

    class Meta:
        model = GivenFigure
        fields = (
            "id", "unit", "measure", "year", "month", "span", "value", "giver", "giver_class", "file_name", "remark",
            "entered_name", "recorded_at", "superseded_at", "superseded_by", "withdrawn",
        )  # fmt: skip
        read_only_fields = fields


class GivenViewSet(ReadViewSet):
    """Figures that people entered with evidence, in the caller's scope; current ones unless `history=yes`."""

    model = GivenFigure
    serializer_class = GivenSerializer
    filterset_class = GivenFigureFilterSet
    list_page = "given_list"
    ordering_fields = ("year", "month", "recorded_at")


class LineSerializer(serializers.ModelSerializer):
    """A unit's line. Amounts in yuan, dollars or pieces; rates in per cent; points in percentage points.

    `explanation` holds the trace of every cell and the comparison with what was published.
    """

    explanation = serializers.SerializerMethodField()

    class Meta:
        model = RankingLine
        fields = (
            "unit",
            "unit_name",
            "rank",
            "state",
            "target",
            "done",
            "completion",
            "points",
            "growth",
            "explanation",
        )

    @extend_schema_field(serializers.JSONField())
    def get_explanation(self, line: RankingLine) -> Any:
        return line.document


class RankingRunSerializer(serializers.ModelSerializer):
    table = serializers.CharField(source="table.code")
    group = serializers.CharField(source="table.group.code")
    measure = serializers.CharField(source="table.measure.code")
    published_at = serializers.DateTimeField(source="publication.at", allow_null=True, default=None)
    lines = LineSerializer(many=True)

    class Meta:
        model = RankingRun
        fields = (
            "id", "table", "group", "measure", "year", "month", "data_through", "number", "input_hash", "computed_at",
            "published_at", "lines",
        )  # fmt: skip


class RankingRunViewSet(ReadViewSet):
    """Rankings: all runs to who runs the group, published ones to its members."""

    model = RankingRun
    serializer_class = RankingRunSerializer
    filterset_class = RankingRunFilterSet
    ordering_fields = ("year", "month", "computed_at")

    def rows(self, queryset: Any) -> Any:
        rows = queryset.select_related("table__group", "table__measure", "publication")
        return rows.prefetch_related("lines").distinct()
