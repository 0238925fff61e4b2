from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from common.filters import RowFilterSet
from leads.choices import Pipeline, StageKind
from leads.models import Stage


class StageFilterSet(RowFilterSet):
    search_fields = ("name", "name_en", "code")
    pipeline = django_filters.ChoiceFilter(
        choices=Pipeline.choices, empty_label=_("all"), label=_("Pipeline")
    )
    kind = django_filters.ChoiceFilter(choices=StageKind.choices, empty_label=_("all"), label=_("Kind"))

    class Meta:
        model = Stage
        fields = ("pipeline", "kind")
