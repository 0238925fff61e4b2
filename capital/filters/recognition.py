from __future__ import annotations

from django.db.models import QuerySet

from capital.models import Recognition, RecognitionTerms, Sample
from common.filters import RowFilterSet


class RecognitionFilterSet(RowFilterSet):
    search_fields = ("entry__number", "reason", "decided_name")
    archived = None  # decisions are never archived

    class Meta:
        model = Recognition
        fields = ("q", "entry", "level", "verdict")

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        return super(RowFilterSet, self).filter_queryset(queryset)


class RecognitionTermsFilterSet(RowFilterSet):
    class Meta:
        model = RecognitionTerms
        fields = ("q", "own_unit", "average_rate")


class SampleFilterSet(RowFilterSet):
    search_fields = ("unit__name", "drawn_name")

    class Meta:
        model = Sample
        fields = ("q", "period", "level")
