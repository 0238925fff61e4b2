from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital.choices import Basis, EntryState
from capital.models import CapitalEntry
from common.filters import RowFilterSet
from projects import confidential
from projects.models import Project


class OpeningFilterSet(RowFilterSet):
    """What a person may not recognise is found by its code name only."""

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

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet[Any]:
        hidden = Project.objects.unscoped(reason="rows of the balances in scope").filter(
            confidential.hidden(self.request.user)
        )
        open_ones = super().search(queryset.exclude(project__in=hidden), name, value)
        return open_ones | queryset.filter(project__in=hidden.filter(code_name__icontains=value.strip()))
