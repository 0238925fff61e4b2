from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.filters import RowFilterSet
from leads import confidential
from leads.choices import CheckResult, DisputeState, Ruling, TransferState
from leads.models import Dispute, FirstContact, Gate, Lead, LeadTransfer, ProtectionTerms, Screening
from ledger.choices import Zone
from organizations.models import Unit
from reference.choices import Sector


class PoolFilterSet(RowFilterSet):
    """Finds by what the list shows: a confidential idea by its code name only, nobody by his investor."""

    search_fields = ("name", "pinyin", "number")
    sector = django_filters.ChoiceFilter(choices=Sector.choices, empty_label=_("all"), label=_("Sector"))
    zone = django_filters.ChoiceFilter(
        choices=Zone.choices, field_name="investor__zone", empty_label=_("all"), label=_("Investor at home")
    )
    unit = django_filters.ModelChoiceFilter(queryset=Unit._base_manager.none(), label=_("Last unit"))
    since = django_filters.DateFromToRangeFilter(
        field_name="pooled_on",
        label=_("In the pool since"),
        widget=django_filters.widgets.RangeWidget(attrs={"type": "date"}),
    )

    class Meta:
        model = Lead
        fields = ("q", "sector", "zone", "unit", "since")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].queryset = Unit.objects.visible_to(self.request.user)

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        hidden = confidential.hidden(self.request.user)
        open_ones = super().search(queryset.exclude(hidden), name, value)
        return open_ones | queryset.filter(hidden & Q(code_name__icontains=value.strip()))


class TransferFilterSet(RowFilterSet):
    search_fields = ("lead__name", "lead__number", "from_unit__name", "to_unit__name", "reason")
    state = django_filters.ChoiceFilter(
        choices=TransferState.choices, empty_label=_("all"), label=_("Answer")
    )

    class Meta:
        model = LeadTransfer
        fields = ("q", "state", "from_unit", "to_unit")

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """The name of what is confidential is found by who may know it only."""
        hidden = Lead.objects.unscoped(reason="rows of the transfers in scope").filter(
            confidential.hidden(self.request.user)
        )
        return super().search(queryset.exclude(lead__in=hidden), name, value)


class DisputeFilterSet(RowFilterSet):
    search_fields = ("number", "investor_name", "claimant__name", "respondent__name")
    state = django_filters.ChoiceFilter(
        choices=DisputeState.choices, empty_label=_("all"), label=pgettext_lazy("state", "Progress")
    )
    ruling = django_filters.ChoiceFilter(choices=Ruling.choices, empty_label=_("all"), label=_("Ruling"))

    class Meta:
        model = Dispute
        fields = ("q", "state", "ruling", "claimant", "respondent")


class TermsFilterSet(RowFilterSet):
    search_fields = ("source",)

    class Meta:
        model = ProtectionTerms
        fields = ("q",)


class GateFilterSet(RowFilterSet):
    search_fields = ("name", "name_en", "code", "source")

    class Meta:
        model = Gate
        fields = ("q", "unit")


class CertificateFilterSet(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))

    class Meta:
        model = FirstContact
        fields = ("q", "lead", "unit")

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value) | Q(investor_name__icontains=value) | Q(lead_name__icontains=value)
        )


class ScreeningFilterSet(RowFilterSet):
    search_fields = ("lead__name", "lead__number")
    outcome = django_filters.ChoiceFilter(choices=CheckResult.choices, label=_("Outcome"))

    class Meta:
        model = Screening
        fields = ("q", "lead", "gate", "outcome")
