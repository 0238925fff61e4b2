from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital.choices import VoucherType
from capital.filters.shared import ByAmount, InTree
from capital.models import Voucher
from capital.readable import hidden_vouchers
from capital.selectors import with_used
from common.filters import RowFilterSet
from leads.filters.leads import day_filter, yes_filter
from organizations.models import Unit


class VoucherFilterSet(InTree, ByAmount, RowFilterSet):
    """Vouchers of a confidential project are found by nobody outside it, whatever is asked for."""

    search_fields = ("number", "issuer", "payer", "payee", "note")
    more = ("unit", "amount_from", "amount_to", "dated_from", "dated_to", "currency", "no_file", "archived")
    type = django_filters.ChoiceFilter(
        choices=VoucherType.choices, empty_label=_("all"), label=pgettext_lazy("voucher", "Type")
    )
    unit = django_filters.ModelChoiceFilter(queryset=Unit.objects.none(), method="in_tree", label=_("Unit"))
    currency = django_filters.CharFilter(method="in_currency", label=_("Currency"))
    amount_from = django_filters.NumberFilter(method="at_least", label=_("Amount from, ten thousands"))
    amount_to = django_filters.NumberFilter(method="at_most", label=_("Amount to, ten thousands"))
    dated_from = day_filter("dated", "gte", _("Date from"))
    dated_to = day_filter("dated", "lte", _("Date to"))
    no_file = yes_filter(_("Without a file"), "without_file")
    left = yes_filter(_("Not used up"), "not_used_up")

    class Meta:
        model = Voucher
        fields = ("q", "type")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["left"].extra["widget"] = forms.HiddenInput()

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        found = super().filter_queryset(queryset)
        narrowed = [
            value for name, value in self.form.cleaned_data.items() if name not in ("archived", "unit")
        ]
        if any(value not in (None, "") for value in narrowed):
            found = found.exclude(hidden_vouchers(self.request.user))
        return found

    def without_file(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(stored=None)

    def not_used_up(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        rows = queryset if "used" in queryset.query.annotations else with_used(queryset)
        return rows.filter(used__lt=F("amount"))
