from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital.choices import Basis, EntryState
from capital.filters.shared import ByCodeName
from capital.models import CapitalEntry
from capital.readable import hidden_entries
from common.filters import RowFilterSet


class OpeningFilterSet(ByCodeName, RowFilterSet):
    search_fields = ("number", "project__name", "project__pinyin", "project__number")
    basis = django_filters.ChoiceFilter(choices=Basis.choices, empty_label=_("all"), label=_("Basis"))
    state = django_filters.ChoiceFilter(
        choices=[(EntryState.DRAFT, _("to be confirmed")), (EntryState.FINAL, _("confirmed"))],
        empty_label=_("all"),
        label=pgettext_lazy("state", "Progress"),
    )

    class Meta:
        model = CapitalEntry
        fields = ("q", "unit", "basis", "state")

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Who may not know the basis doesn't find it by narrowing."""
        found = super().filter_queryset(queryset)
        return found.exclude(hidden_entries(self.request.user)) if self.form.cleaned_data["basis"] else found
