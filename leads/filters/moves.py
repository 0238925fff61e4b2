from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common import clock
from common.filters import RowFilterSet
from organizations.models import Unit

YES = (("yes", _("yes")),)


class BoardFilterSet(RowFilterSet):
    """What a board narrows by."""

    unit = django_filters.ModelChoiceFilter(queryset=Unit.objects.none(), method="in_tree", label=_("Unit"))
    overdue = django_filters.ChoiceFilter(
        choices=YES, empty_label=_("all"), label=_("Overdue"), method="only_overdue"
    )
    stale = django_filters.ChoiceFilter(
        choices=YES, empty_label=_("all"), label=_("No sign of life"), method="only_stale"
    )

    def in_tree(self, queryset: QuerySet, name: str, value: Unit) -> QuerySet:
        return queryset.filter(unit__path__startswith=value.path)

    def only_overdue(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(due_on__lt=clock.today())

    def only_stale(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(stale_on__isnull=False)
