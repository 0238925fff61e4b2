from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import clock
from common.filters import RowFilterSet
from leads.choices import Pipeline, StageKind
from leads.filters.leads import day_filter, yes_filter
from leads.filters.parts import SectionFilter
from leads.forms.fields import WAN
from leads.models import Stage
from leads.stages.ladders import SHARED
from ledger.choices import Mode, Zone
from organizations.models import Unit, User
from projects import confidential
from projects.models import Project
from reference.choices import Sector

TELLING = ("section", "sector", "zone", "mode", "leader", "amount_from", "amount_to")


def stage_choices() -> list[tuple[str, str]]:
    """The stages of projects by code."""
    rows = Stage.objects.unscoped(reason=SHARED).filter(pipeline=Pipeline.PROJECT, archived_at=None)
    return [(row.code, row.label) for row in rows.order_by("sort", "code")]


class ProjectFilterSet(RowFilterSet):
    """Everything but what was archived. What a person may not recognise (projects/confidential.py) is found by
    its code name only."""

    search_fields = ("name", "pinyin", "number", "national_code", "registered_name", "registered_code")
    more = (
        "host", "section", "sector", "zone", "mode", "leader", "amount_from", "amount_to", "signed_from", "signed_to",
        "due_to", "overdue", "stale", "suspended", "mine", "opening", "archived",
    )  # fmt: skip
    stage = django_filters.ChoiceFilter(
        choices=stage_choices, field_name="stage__code", empty_label=_("all"), label=_("Stage")
    )
    unit = django_filters.ModelChoiceFilter(queryset=Unit.objects.none(), method="in_tree", label=_("Unit"))
    host = django_filters.ModelChoiceFilter(
        queryset=Unit.objects.none(), method="in_place", label=_("Landing place")
    )
    section = SectionFilter()
    sector = django_filters.ChoiceFilter(choices=Sector.choices, empty_label=_("all"), label=_("Sector"))
    zone = django_filters.ChoiceFilter(
        choices=Zone.choices,
        field_name="lead__investor__zone",
        empty_label=_("all"),
        label=_("Investor at home"),
    )
    mode = django_filters.ChoiceFilter(
        choices=Mode.choices, empty_label=_("all"), label=pgettext_lazy("project", "mode")
    )
    leader = django_filters.ModelChoiceFilter(
        queryset=User.objects.none(), empty_label=_("all"), label=_("Liaison leader")
    )
    amount_from = django_filters.NumberFilter(
        method="amount_at_least", label=_("Contract amount from, ten thousands")
    )
    amount_to = django_filters.NumberFilter(
        method="amount_at_most", label=_("Contract amount to, ten thousands")
    )
    signed_from = day_filter("signed_on", "gte", _("Signed from"))
    signed_to = day_filter("signed_on", "lte", _("Signed to"))
    due_to = day_filter("due_on", "lte", _("Due until"))
    overdue = yes_filter(_("Overdue"), "is_overdue")
    stale = yes_filter(_("Stale"), "is_stale")
    suspended = yes_filter(_("Suspended"), "is_suspended")
    mine = yes_filter(_("Mine"), "own")
    opening = yes_filter(_("Taken over while running"), "was_running")

    class Meta:
        model = Project
        fields = ("q", "stage", "unit", "host", "lead")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["lead"].extra["widget"] = forms.HiddenInput()

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Who may not know an amount or an industry doesn't find it by narrowing."""
        found = super().filter_queryset(queryset)
        if any(self.form.cleaned_data.get(name) not in (None, "") for name in TELLING):
            found = found.exclude(confidential.hidden(self.request.user))
        return found

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        plain = super().search(queryset, name, value).values("pk")
        back = confidential.hidden(self.request.user)
        return queryset.filter((Q(pk__in=plain) & ~back) | (Q(code_name__icontains=value.strip()) & back))

    def in_tree(self, queryset: QuerySet, name: str, value: Unit) -> QuerySet:
        """Brought by the unit or one below it."""
        return queryset.filter(unit__path__startswith=value.path)

    def in_place(self, queryset: QuerySet, name: str, value: Unit) -> QuerySet:
        return queryset.filter(host__path__startswith=value.path)

    def amount_at_least(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        return queryset.filter(contract_amount__gte=value * WAN)

    def amount_at_most(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        return queryset.filter(contract_amount__lte=value * WAN)

    def is_overdue(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(overdue_q())

    def is_stale(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(stale_on__isnull=False)

    def is_suspended(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(stage__kind=StageKind.HELD)

    def own(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(mine_q(self.request.user))

    def was_running(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(is_opening=True)


def overdue_q() -> Q:
    """The last day of the stage has passed."""
    return Q(due_on__lt=clock.today())


def mine_q(actor: Any) -> Q:
    """Led by the actor, or his as an officer: of the lead, or with a share now."""
    shares = Project._base_manager.filter(
        attributions__superseded_by=None, attributions__shares__officer__user_id=actor.pk
    )
    return Q(leader_id=actor.pk) | Q(lead__officer__user_id=actor.pk) | Q(pk__in=shares.values("pk"))
