from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from common.api import ReadViewSet, RowSerializer
from ledger import subjects
from ledger.filters import PostingFilterSet
from ledger.models import Facet, Posting

KEPT = ("qty", "whole", "base_qty", "currency", "rate", "facet")


class FacetSerializer(serializers.ModelSerializer):
    class Meta:
        model = Facet
        fields = ("sector", "industry", "source", "zone", "fund_source", "mode", "park")


class PostingSerializer(RowSerializer):
    """`qty` and `whole` in the currency's own unit (pieces without one), `base_qty` in yuan. Of a subject that is
    confidential for the caller, these and `currency`, `rate`, `facet` are null."""

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
