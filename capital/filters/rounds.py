from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital import rounds
from capital.choices import InspectionState, RoundKind, RoundState
from capital.filters.shared import ByCodeName
from capital.models import EvaluationRound, Inspection, ScoreSheet, Team
from common import words
from common.filters import RowFilterSet
from leads.filters.leads import yes_filter
from organizations.models import Unit


class RoundFilterSet(RowFilterSet):
    search_fields = ("name", "unit__name", "approval_number")
    kind = django_filters.ChoiceFilter(choices=RoundKind.choices, empty_label=_("all"), label=_("Kind"))
    state = django_filters.ChoiceFilter(
        choices=RoundState.choices, empty_label=_("all"), label=pgettext_lazy("state", "Progress")
    )

    class Meta:
        model = EvaluationRound
        fields = ("q", "kind", "state", "unit")


class TeamField(django_filters.fields.ModelChoiceField):
    """Every round has a first team: the round is named with it."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}{words.comma()}{obj.round.period}"


class TeamFilter(django_filters.ModelChoiceFilter):
    field_class = TeamField


class InspectionFilterSet(ByCodeName, RowFilterSet):
    """What a person may not recognise is found by its code name only."""

    search_fields = ("project__name", "project__pinyin", "project__number")
    more = ("unit", "archived")
    round = django_filters.ModelChoiceFilter(queryset=EvaluationRound.objects.none(), label=_("Round"))
    team = TeamFilter(queryset=Team._base_manager.none(), label=_("Team"))
    unit = django_filters.ModelChoiceFilter(
        queryset=Unit.objects.none(), field_name="project__unit", label=_("Unit")
    )
    state = django_filters.ChoiceFilter(
        choices=InspectionState.choices, empty_label=_("all"), label=pgettext_lazy("state", "Progress")
    )
    mine = yes_filter(_("Mine"), "only_mine")

    class Meta:
        model = Inspection
        fields = ("q", "round", "team", "state", "mine", "unit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = EvaluationRound.objects.visible_to(self.request.user)
        self.filters["team"].queryset = Team._base_manager.filter(
            round__in=seen.values("pk"), archived_at=None
        ).select_related("round__period")

    def only_mine(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(rounds.mine(self.request.user))


class SheetFilterSet(RowFilterSet):
    search_fields = ("name", "code")

    class Meta:
        model = ScoreSheet
        fields = ("q",)
