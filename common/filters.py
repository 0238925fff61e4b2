"""Base of our filter sets: the same one serves the list page, its export and the API."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from common.forms import pick, scope_choices
from common.pickers import picker_of


class RowFilterSet(django_filters.FilterSet):
    """`search_fields` are looked through by `q`; archived rows are hidden unless asked for."""

    search_fields: tuple[str, ...] = ()
    more: tuple[str, ...] = ()  # filters that stand in a menu, so that a long row stays short
    q = django_filters.CharFilter(
        method="search", label=_("Search"), widget=forms.TextInput(attrs={"type": "search"})
    )
    archived = django_filters.ChoiceFilter(
        choices=[("yes", _("archived"))], empty_label=_("current"), method="only_archived", label=_("Archive")
    )

    @property
    def form(self) -> Any:
        form = super().form
        if not getattr(form, "_scoped", False):
            form.actor = self.request.user
            scope_choices(form.fields, form.actor)
            for name, field in form.fields.items():
                if type(field.widget) is not forms.Select or not isinstance(field, forms.ModelChoiceField):
                    continue
                if field.queryset is not None and (url := picker_of(field.queryset.model)):
                    pick(form, name, url)
            form._scoped = True
        return form

    def shown(self) -> list[Any]:
        """The fields that stand in the row, and the hidden ones."""
        return [field for field in self.form if field.name not in self.more or field.is_hidden]

    def folded(self) -> list[Any]:
        """The fields in the menu."""
        return [field for field in self.form if field.name in self.more and not field.is_hidden]

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        found = Q()
        for word in value.split():
            one = Q()
            for field in self.search_fields:
                one |= Q(**{f"{field}__icontains": word})
            found &= one
        return queryset.filter(found)

    def only_archived(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(archived_at__isnull=False)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        queryset = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("archived"):
            queryset = queryset.filter(archived_at=None)
        return queryset
