from __future__ import annotations

from capital.models import RecognitionTerms, Sample
from common.filters import RowFilterSet


class RecognitionTermsFilterSet(RowFilterSet):
    class Meta:
        model = RecognitionTerms
        fields = ("q", "own_unit", "average_rate")


class SampleFilterSet(RowFilterSet):
    search_fields = ("unit__name", "drawn_name")

    class Meta:
        model = Sample
        fields = ("q", "period", "level")
