from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import ReadViewSet, RowSerializer
from ledger import closings, subjects
from ledger.filters import ClosingFilterSet, PeriodFilterSet, PostingFilterSet
from ledger.models import Closing, Facet, Period, Posting

KEPT = ("holder", "actor_name", "qty", "whole", "base_qty", "currency", "rate", "facet")


class FacetSerializer(serializers.ModelSerializer):
    class Meta:
        model = Facet
        fields = ("sector", "industry", "source", "zone", "fund_source", "mode", "park")


class PostingSerializer(RowSerializer):
    """`qty` and `whole` in the currency's own unit (pieces without one), `base_qty` in yuan. Of a subject that is
    confidential for the caller, these and `holder`, `actor_name`, `currency`, `rate`, `facet` are null."""

    id = serializers.IntegerField(source="seq")
    facet = FacetSerializer()

    class Meta:
        model = Posting
        fields = (
            "id", "event", "line", "subject_type", "subject_id", "source_type", "source_id", "kind", "basis", "role",
            "unit", "holder", "share", "qty", "whole", "currency", "rate", "base_qty", "occurred_on", "posted_in",
            "posted_at", "cause", "reverses", "actor_name", "facet",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Any) -> Any:
        found = super().to_representation(instance)
        if (instance.subject_type, instance.subject_id) in self._hidden(instance):
            found |= dict.fromkeys(KEPT)
        return found

    def _hidden(self, instance: Any) -> set[tuple[str, int]]:
        """Of all rows of the answer, found at once."""
        if not hasattr(self, "_found"):
            rows: Any = self.parent.instance if self.parent is not None else [instance]
            about = ((row.subject_type, row.subject_id) for row in rows)
            self._found = subjects.hidden(self.context["request"].user, about)
        return self._found


@extend_schema_view(retrieve=extend_schema(parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH)]))
class PostingViewSet(ReadViewSet):
    """The lines of the books in the caller's scope. They are never changed: a correction takes a line back
    (`reverses`) and writes a new one."""

    model = Posting
    serializer_class = PostingSerializer
    filterset_class = PostingFilterSet
    list_page = "posting_list"
    ordering_fields = ("seq", "occurred_on", "posted_in")

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("facet")


class PeriodSerializer(serializers.ModelSerializer):
    """`code` is year × 100 + month; month 13 is the year's final account."""

    class Meta:
        model = Period
        fields = ("code", "year", "number", "state")
        read_only_fields = fields


class ClosingSerializer(RowSerializer):
    """What a closing knew: the lines counted up to its period with a number up to `watermark`. `hash` is over
    `prev_hash` and its lines."""

    class Meta:
        model = Closing
        fields = (
            "id", "period", "revision", "watermark", "lines", "prev_hash", "hash", "at", "actor_name", "remarks",
        )  # fmt: skip
        read_only_fields = fields


class ClosingViewSet(ReadViewSet):
    """Every closing of every period, the latest first: each follows the next one in the chain of hashes."""

    model = Closing
    serializer_class = ClosingSerializer
    filterset_class = ClosingFilterSet
    ordering_fields = ("id", "period")


class PeriodViewSet(ReadViewSet):
    """Months and final accounts of the books, and the steps that the bureau takes with them."""

    model = Closing  # whose kind they share: a period belongs to no unit
    queryset = Period.objects.order_by("code")
    serializer_class = PeriodSerializer
    filterset_class = PeriodFilterSet
    ordering_fields = ("code",)
    http_method_names = ["get", "post", "head", "options"]

    def get_queryset(self) -> Any:
        return Period.objects.order_by("code")

    @extend_schema(request=None, responses=PeriodSerializer)
    @action(detail=True, methods=["post"], url_path="cut-off")
    def cut_off(self, request: Request, pk: str) -> Response:
        """Take no more reports into the period. 409 `not_open`, `not_over`."""
        actor: Any = request.user
        return Response(
            PeriodSerializer(closings.period_cut_off(actor=actor, code=self.get_object().code)).data
        )

    @extend_schema(request=None, responses=ClosingSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Close the period; the answer is its closing. 409 `not_cut_off`, `earlier_open`, `check_blocks`."""
        actor: Any = request.user
        closing = closings.period_close(actor=actor, code=self.get_object().code)
        return Response(ClosingSerializer(closing, context=self.get_serializer_context()).data)
