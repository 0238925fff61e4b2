from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from common import clock
from common.filters import RowFilterSet
from leads import confidential
from leads.models import Task

STATES = [("overdue", _("overdue")), ("done", _("done")), ("all", _("all"))]


class TaskFilterSet(RowFilterSet):
    """Without a state a list shows what is open."""

    search_fields = ("title", "lead__name", "lead__pinyin")
    whose = django_filters.ChoiceFilter(
        choices=[("me", _("mine"))], empty_label=_("everybody's"), method="by_whose", label=_("Whose")
    )
    state = django_filters.ChoiceFilter(
        choices=STATES, empty_label=_("open"), method="by_state", label=_("State")
    )
    due = django_filters.DateFromToRangeFilter(field_name="due_on", label=_("Due"))

    class Meta:
        model = Task
        fields = ("q", "whose", "state", "assignee", "due")

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """The name of what is confidential is found by who may know it only."""
        back = Q(lead__in=confidential.kept_rows(self.request.user))
        return super().search(queryset.exclude(back), name, value) | queryset.filter(
            back & (Q(title__icontains=value.strip()) | Q(lead__code_name__icontains=value.strip()))
        )

    def by_whose(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(assignee_id=self.request.user.pk)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.filter(done_on__isnull=True)

    def by_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == "all":
            return queryset
        if value == "done":
            return queryset.filter(done_on__isnull=False)
        queryset = queryset.filter(done_on__isnull=True)
        return queryset.filter(due_on__lt=clock.today()) if value == "overdue" else queryset
