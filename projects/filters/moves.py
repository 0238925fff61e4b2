from __future__ import annotations

from django.db.models import Q, QuerySet

from leads.filters.moves import BoardFilterSet
from organizations.models import Unit
from projects import confidential
from projects.models import Project


class ProjectBoardFilterSet(BoardFilterSet):
    """Projects that are brought or hosted by the unit. Confidential ones are found by their code name."""

    search_fields = ("name", "pinyin", "number", "registered_name")

    class Meta:
        model = Project
        fields = ("unit", "overdue", "stale")

    def in_tree(self, queryset: QuerySet, name: str, value: Unit) -> QuerySet:
        return queryset.filter(Q(unit__path__startswith=value.path) | Q(host__path__startswith=value.path))

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        plain = super().search(queryset, name, value).values("pk")
        back = confidential.hidden(self.request.user)
        return queryset.filter((Q(pk__in=plain) & ~back) | (Q(code_name__icontains=value.strip()) & back))
