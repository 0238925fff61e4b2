from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from assessments.choices import FigureSource, FigureState, MeasureUnit, Nature, TargetKind
from assessments.models import GivenFigure, ImportedFigure, Measure, RankingRun, RankingTable, Target
from common.filters import RowFilterSet
from organizations.models import CompetitionGroup, Unit


class MeasureFilterSet(RowFilterSet):
    search_fields = ("name", "code", "words")
    unit = django_filters.ChoiceFilter(
        choices=MeasureUnit.choices, empty_label=_("all"), label=_("Counts in")
    )
    nature = django_filters.ChoiceFilter(choices=Nature.choices, empty_label=_("all"), label=_("Nature"))

    source = django_filters.ChoiceFilter(
        choices=FigureSource.choices, empty_label=_("all"), label=_("Figures from")
    )

    class Meta:
        model = Measure
        fields = ("q", "unit", "nature", "source")


class CurrentFilterSet(RowFilterSet):
    """Figures and targets: current ones, unless the history is asked for."""

    search_fields: tuple[str, ...] = ("unit__name", "unit__short_name", "unit__pinyin", "measure__name")
    measure = django_filters.ModelChoiceFilter(
        queryset=Measure._base_manager.none(), empty_label=_("all"), label=_("Measure")
    )
    unit = django_filters.ModelChoiceFilter(
        queryset=Unit._base_manager.none(), empty_label=_("all"), label=_("Unit")
    )
    year = django_filters.NumberFilter(label=_("Year"))
    history = django_filters.ChoiceFilter(
        choices=[("yes", _("superseded"))],
        empty_label=_("in force"),
        method="only_superseded",
        label=_("Version"),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        user = self.request.user
        self.filters["measure"].queryset = Measure.objects.visible_to(user)
        self.filters["unit"].queryset = Unit.objects.visible_to(user)

    def only_superseded(self, queryset, name, value):
        return queryset.filter(superseded_at__isnull=False)

    def filter_queryset(self, queryset):
        queryset = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("history"):
            queryset = queryset.filter(superseded_at=None)
        return queryset


class ImportedFigureFilterSet(CurrentFilterSet):
    month = django_filters.NumberFilter(label=_("Month"))
    state = django_filters.ChoiceFilter(choices=FigureState.choices, empty_label=_("all"), label=_("Return"))

    class Meta:
        model = ImportedFigure
        fields = ("q", "measure", "unit", "year", "month", "state")


class GivenFigureFilterSet(CurrentFilterSet):
    search_fields = (*CurrentFilterSet.search_fields, "giver")
    month = django_filters.NumberFilter(label=_("Month"))
    giver_class = django_filters.CharFilter(label=_("Kind of giver"))

    class Meta:
        model = GivenFigure
        fields = ("q", "measure", "unit", "year", "month", "giver_class")


class TargetFilterSet(CurrentFilterSet):
    kind = django_filters.ChoiceFilter(choices=TargetKind.choices, empty_label=_("all"), label=_("Kind"))

    class Meta:
        model = Target
        fields = ("q", "measure", "unit", "year", "kind", "residual", "implied")


class RankingTableFilterSet(RowFilterSet):
    search_fields = ("name", "code", "group__name", "measure__name")
    group = django_filters.ModelChoiceFilter(
        queryset=CompetitionGroup._base_manager.none(), empty_label=_("all"), label=_("Group")
    )

    class Meta:
        model = RankingTable
        fields = ("q", "group")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.filters["group"].queryset = CompetitionGroup.objects.visible_to(self.request.user)


class RankingRunFilterSet(django_filters.FilterSet):
    table = django_filters.CharFilter(field_name="table__code", label=_("Table"))
    group = django_filters.CharFilter(field_name="table__group__code", label=_("Group"))
    published = django_filters.BooleanFilter(
        field_name="publication", lookup_expr="isnull", exclude=True, label=_("Published")
    )

    class Meta:
        model = RankingRun
        fields = ("table", "group", "year", "month", "published")
