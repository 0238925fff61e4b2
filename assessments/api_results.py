"""Results of schemes for programs: runs, lines, and a unit's explanation as a tree of sentences."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.explaining import Teller, documents, sources_of
from assessments.models import Objection, SchemeLine, SchemeRun, ScoreOverride
from assessments.schemeresults import ResultReader
from assessments.services import open_until, step_of
from common.actors import Actor
from common.api import ReadViewSet
from common.errors import NotVisible


class ScoreOverrideSerializer(serializers.ModelSerializer):
    """A published value that people set; `computed` stays beside it."""

    class Meta:
        model = ScoreOverride
        fields = ("unit", "what", "computed", "value", "reason", "signatory", "paper", "at", "actor_name")


class SchemeLineSerializer(serializers.ModelSerializer):
    """A unit's computed result. `marks` by code, a text or {"missing": reason}; `reason`: why there is no place."""

    marks = serializers.SerializerMethodField()

    class Meta:
        model = SchemeLine
        fields = (
            "unit", "unit_name", "group", "position", "place", "tied", "total", "reason", "grade", "points", "marks",
        )  # fmt: skip

    @extend_schema_field(serializers.DictField())
    def get_marks(self, line: SchemeLine) -> Any:
        return line.document["marks"]


class SchemeRunSerializer(serializers.ModelSerializer):
    """A run of a scheme. `step`: "", "preliminary" (until `objections_until`) or "final"; `overrides` tell which values people
    set."""

    scheme = serializers.CharField(source="version.scheme.code")
    version = serializers.IntegerField(source="version.number")
    step = serializers.SerializerMethodField()
    objections_until = serializers.SerializerMethodField()
    lines = SchemeLineSerializer(many=True)
    overrides = ScoreOverrideSerializer(many=True)

    class Meta:
        model = SchemeRun
        fields = (
            "id", "scheme", "version", "year", "month", "data_through", "number", "watermark", "input_hash", "result_hash",
            "restates", "reason", "computed_at", "step", "objections_until", "lines", "overrides",
        )  # fmt: skip

    def get_step(self, run: SchemeRun) -> str:
        return str(step_of(run))

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_objections_until(self, run: SchemeRun) -> Any:
        return open_until(run)


class SchemeRunFilterSet(django_filters.FilterSet):
    scheme = django_filters.CharFilter(field_name="version__scheme__code")

    class Meta:
        model = SchemeRun
        fields = ("scheme", "year", "month")


class ExplanationSerializer(serializers.Serializer):
    """A unit's total as sentences in the caller's language, and as the trace that they tell."""

    unit = serializers.CharField()
    place = serializers.IntegerField(allow_null=True)
    said = serializers.DictField()
    trace = serializers.DictField()


class SchemeRunViewSet(ReadViewSet):
    """Results of schemes: all runs to who runs the scheme, published ones to whom it assesses."""

    model = SchemeRun
    serializer_class = SchemeRunSerializer
    filterset_class = SchemeRunFilterSet
    ordering_fields = ("year", "month", "computed_at")

    def rows(self, queryset: Any) -> Any:
        rows = queryset.select_related("version__scheme").defer("facts")
        return rows.prefetch_related("lines", "publications", "overrides").distinct()

    @extend_schema(responses=ExplanationSerializer)
    @action(detail=True, url_path=r"units/(?P<unit>\d{1,18})")
    def unit(self, request: Request, pk: Any = None, unit: str = "") -> Response:
        """Why a unit has its total."""
        run = self.get_object()
        line = run.lines.filter(unit_id=int(unit)).select_related("unit").first()
        if line is None:
            raise NotVisible
        reader = ResultReader(run, line.group)
        traced = reader.result.line(line.unit.code)
        sources = sources_of(cast(Actor, request.user), run.pk, reader.scheme, reader.facts, line.unit)
        said = Teller(reader.scheme, reader.facts, sources).line(traced)
        answer = {
            "unit": line.unit.code,
            "place": line.place,
            "said": documents(said),
            "trace": traced.trace.to_document(),
        }
        return Response(ExplanationSerializer(answer).data)


class ObjectionSerializer(serializers.ModelSerializer):
    """An objection and its answer. `indicator` is empty where it is about the whole result."""

    class Meta:
        model = Objection
        fields = (
            "id", "version", "run", "unit", "indicator", "text", "state", "filed_at", "filed_name", "answer", "answered_at",
            "answered_name",
        )  # fmt: skip


class ObjectionFilterSet(django_filters.FilterSet):
    class Meta:
        model = Objection
        fields = ("run", "unit", "state")


class ObjectionViewSet(ReadViewSet):
    """Objections to results, as far as the caller may see them."""

    model = Objection
    serializer_class = ObjectionSerializer
    filterset_class = ObjectionFilterSet
    ordering_fields = ("filed_at",)
