"""Base of our filter sets: the same one serves the list page, its export and the API."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from common.forms import scope_choices


class RowFilterSet(django_filters.FilterSet):
    """`search_fields` are looked through by `q`; archived rows are hidden unless asked for."""

    search_fields: tuple[str, ...] = ()
    q = django_filters.CharFilter(method="search", label=_("Search"))
    archived = django_filters.BooleanFilter(field_name="archived_at", lookup_expr="isnull", exclude=True, label=_("Archived"))

    @property
    def form(self) -> Any:
        form = super().form
        if not getattr(form, "_scoped", False):
            scope_choices(form.fields, self.request.user)
            form._scoped = True
        return form

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        found = Q()
        for word in value.split():
            one = Q()
            for field in self.search_fields:
                one |= Q(**{f"{field}__icontains": word})
            found &= one
        return queryset.filter(found)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        queryset = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("archived") is None:
            queryset = queryset.filter(archived_at=None)
        return queryset
