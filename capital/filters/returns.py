from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital.choices import ReturnState
from capital.filters.shared import InTree
from capital.models import MonthlyReturn, ReportingDuty
from capital.returns import MISSING
from common.filters import RowFilterSet
from leads.filters.leads import yes_filter
from organizations.models import Unit


class ReturnFilterSet(InTree, RowFilterSet):
    """Duties of a month by what was filed; the page narrows to the month itself."""

    search_fields = ("unit__name", "unit__short_name", "unit__pinyin")
    unit = django_filters.ModelChoiceFilter(queryset=Unit.objects.none(), method="in_tree", label=_("Unit"))
    filed = django_filters.ChoiceFilter(
        choices=[*ReturnState.choices, (MISSING, pgettext_lazy("return", "missing"))],
        empty_label=_("all"),
        method="as_filed",
        label=_("Return"),
    )
    late = yes_filter(pgettext_lazy("return", "Late"), "came_late")
    drafts = yes_filter(_("With drafts"), "has_drafts")

    class Meta:
        model = ReportingDuty
        fields = ("q", "unit")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.filters.pop("archived", None)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset

    def as_filed(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(return_state="" if value == MISSING else value)

    def came_late(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(late=True)

    def has_drafts(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(drafts__gt=0)


class DutyFilterSet(InTree, RowFilterSet):
    search_fields = ("unit__name", "unit__short_name", "unit__pinyin")
    unit = django_filters.ModelChoiceFilter(queryset=Unit.objects.none(), method="in_tree", label=_("Unit"))
    running = yes_filter(_("Still running"), "goes_on")

    class Meta:
        model = ReportingDuty
        fields = ("q", "unit")

    def goes_on(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(until=None)


class MonthlyReturnFilterSet(InTree, RowFilterSet):
    """For programs: the returns that were filed."""

    search_fields = ("unit__name", "preparer", "checker", "responsible")
    unit = django_filters.ModelChoiceFilter(queryset=Unit.objects.none(), method="in_tree", label=_("Unit"))
    state = django_filters.ChoiceFilter(choices=ReturnState.choices, label=_("Return"))

    class Meta:
        model = MonthlyReturn
        fields = ("q", "period", "state", "late")
