from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital.choices import Basis, EntryKind, EntryState
from capital.filters.shared import ByAmount, InTree
from capital.models import Allocation, CapitalEntry
from capital.readable import hidden_entries
from common.filters import RowFilterSet
from leads.filters.leads import day_filter, yes_filter
from ledger.choices import FundSource, Mode, Zone
from organizations.models import Unit
from projects import confidential

TELLING = ("zone", "fund_source", "mode", "funder", "amount_from", "amount_to", "currency", "kind", "basis")
WAITING = (EntryState.REPORTED, EntryState.QUERIED)


def unproved() -> Q:
    """Entries that no voucher proves; an opening balance needs none."""
    proofs = Allocation._base_manager.filter(entry=OuterRef("pk"), archived_at=None)
    return ~Exists(proofs) & Q(is_opening=False) & ~Q(state=EntryState.WITHDRAWN)


class CapitalEntryFilterSet(InTree, ByAmount, RowFilterSet):
    """What a person may not recognise (projects/confidential.py) is found by number and code name only."""

    search_fields = ("number", "project__name", "project__pinyin", "project__number", "note", "funder__name")
    more = (
        "basis", "unit", "zone", "fund_source", "mode", "amount_from", "amount_to", "occurred_from", "occurred_to",
        "currency", "unproved", "mine", "is_opening", "archived",
    )  # fmt: skip
    state = django_filters.ChoiceFilter(choices=EntryState.choices, empty_label=_("all"), label=_("State"))
    kind = django_filters.ChoiceFilter(
        choices=EntryKind.choices, empty_label=_("all"), label=pgettext_lazy("capital", "Kind")
    )
    basis = django_filters.ChoiceFilter(choices=Basis.choices, empty_label=_("all"), label=_("Basis"))
    period = django_filters.NumberFilter(
        field_name="period", label=_("Month"), widget=forms.TextInput(attrs={"placeholder": "202611"})
    )
    unit = django_filters.ModelChoiceFilter(queryset=Unit.objects.none(), method="in_tree", label=_("Unit"))
    zone = django_filters.ChoiceFilter(choices=Zone.choices, empty_label=_("all"), label=_("Zone"))
    fund_source = django_filters.ChoiceFilter(
        choices=FundSource.choices, empty_label=_("all"), label=_("Source of funds")
    )
    mode = django_filters.ChoiceFilter(
        choices=Mode.choices, empty_label=_("all"), label=pgettext_lazy("project", "mode")
    )
    currency = django_filters.CharFilter(method="in_currency", label=_("Currency"))
    amount_from = django_filters.NumberFilter(method="at_least", label=_("Amount from, ten thousands"))
    amount_to = django_filters.NumberFilter(method="at_most", label=_("Amount to, ten thousands"))
    occurred_from = day_filter("occurred_on", "gte", _("Date from"))
    occurred_to = day_filter("occurred_on", "lte", _("Date to"))
    unproved = yes_filter(_("Without a voucher"), "no_voucher")
    mine = yes_filter(_("Entered by me"), "own")
    waiting = yes_filter(_("Waiting for recognition"), "waits")
    is_opening = yes_filter(_("Opening balances"), "opening")

    class Meta:
        model = CapitalEntry
        fields = ("q", "state", "kind", "period", "project", "funder")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("project", "funder", "waiting"):
            self.filters[name].extra["widget"] = forms.HiddenInput()

    @property
    def form(self) -> Any:
        """What a person may not recognise is no project to filter by: its name would stand in the chip."""
        first = not hasattr(self, "_form")
        form = super().form
        if first:
            rows = form.fields["project"].queryset
            form.fields["project"].queryset = rows.exclude(confidential.hidden(self.request.user))
        return form

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Who may not know a fact doesn't find it by narrowing."""
        found = super().filter_queryset(queryset)
        if any(self.form.cleaned_data.get(name) not in (None, "") for name in TELLING):
            found = found.exclude(hidden_entries(self.request.user))
        return found

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        plain = super().search(queryset, name, value).values("pk")
        back = hidden_entries(self.request.user)
        told = Q(number__icontains=value.strip()) | Q(project__code_name__icontains=value.strip())
        return queryset.filter((Q(pk__in=plain) & ~back) | (told & back))

    def no_voucher(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(unproved())

    def own(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(entered_by=self.request.user.pk)

    def waits(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(state__in=WAITING)

    def opening(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(is_opening=True)
