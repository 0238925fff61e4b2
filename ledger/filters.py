from __future__ import annotations

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from common.filters import RowFilterSet
from ledger import clocks, subjects
from ledger.choices import Cause, Kind, Role
from ledger.models import Closing, ClosingTerms, Period, Posting
from organizations.models import Unit
from reference.choices import Sector

TELLING = ("sector", "currency")
DAY = forms.DateInput(attrs={"type": "date"})


class PostingFilterSet(RowFilterSet):
    search_fields = ("unit__name", "unit__short_name", "unit__pinyin", "event", "actor_name")
    archived = None  # lines are never archived
    kind = django_filters.ChoiceFilter(choices=Kind.choices, empty_label=_("all"), label=_("What"))
    role = django_filters.ChoiceFilter(choices=Role.choices, empty_label=_("all"), label=_("Dimension"))
    unit = django_filters.ModelChoiceFilter(
        queryset=Unit._base_manager.none(), empty_label=_("all"), label=_("Unit")
    )
    below = django_filters.ModelChoiceFilter(
        queryset=Unit._base_manager.none(),
        empty_label=_("all"),
        label=_("Unit and those below"),
        method="only_below",
    )
    occurred_from = django_filters.DateFilter(
        field_name="occurred_on", lookup_expr="gte", label=_("Happened from"), widget=DAY
    )
    occurred_to = django_filters.DateFilter(
        field_name="occurred_on", lookup_expr="lte", label=_("Happened until"), widget=DAY
    )
    posted_in = django_filters.ModelChoiceFilter(
        queryset=Period.objects.order_by("-code"), empty_label=_("all"), label=_("Counted in")
    )
    cause = django_filters.ChoiceFilter(choices=Cause.choices, empty_label=_("all"), label=_("Cause"))
    sector = django_filters.ChoiceFilter(
        field_name="facet__sector", choices=Sector.choices, empty_label=_("all"), label=_("Sector")
    )
    published = django_filters.ModelChoiceFilter(
        queryset=Closing._base_manager.none(),
        empty_label=_("as known now"),
        label=_("As published"),
        method="only_published",
        widget=forms.HiddenInput,  # the switch above the lines sets it
    )
    subject_type = django_filters.CharFilter(label=_("About: type"))
    subject_id = django_filters.NumberFilter(label=_("About: number of the row"))

    class Meta:
        model = Posting
        fields = ("q", "kind", "role", "unit", "posted_in", "cause", "currency")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in ("unit", "below"):
            self.filters[name].queryset = Unit.objects.visible_to(self.request.user)
        self.filters["published"].queryset = Closing.objects.visible_to(self.request.user).select_related(
            "period"
        )

    @extend_schema_field(int)
    def only_published(self, queryset, name, value):
        """Lines that a closing knew of."""
        return queryset.filter(clocks.published_q(value))

    @extend_schema_field(int)
    def only_below(self, queryset, name, value):
        return queryset.filter(unit__path__startswith=value.path)

    def search(self, queryset, name, value):
        """Who entered a line is no way to find what is kept back."""
        words = value.strip()
        open_ = (
            Q(event__icontains=words) | Q(unit__name__icontains=words) | Q(unit__short_name__icontains=words)
        )
        found = super().search(queryset, name, value).values("pk")
        return queryset.filter(Q(pk__in=found) & (open_ | ~subjects.hidden_q(self.request.user)))

    def filter_queryset(self, queryset):
        """Whose amounts and looks a reader may not know is not found by them either."""
        found = django_filters.FilterSet.filter_queryset(self, queryset)
        if any(self.form.cleaned_data.get(name) for name in TELLING):
            found = found.exclude(subjects.hidden_q(self.request.user))
        return found


class ClosingFilterSet(RowFilterSet):
    """For the API: closings are found by their period."""

    archived = None
    q = None

    class Meta:
        model = Closing
        fields = ("period",)

    def filter_queryset(self, queryset):
        return django_filters.FilterSet.filter_queryset(self, queryset)


class ClosingTermsFilterSet(RowFilterSet):
    q = None

    class Meta:
        model = ClosingTerms
        fields = ()


class PeriodFilterSet(django_filters.FilterSet):
    class Meta:
        model = Period
        fields = ("year", "state")
