from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from common import clock
from common.filters import RowFilterSet
from leads import confidential
from leads.choices import ContactKind, Custody, DisputeState, Pipeline, Source, StageKind
from leads.forms.fields import WAN
from leads.models import Dispute, FollowUp, Lead, Stage
from leads.stages.ladders import SHARED
from ledger.choices import Zone
from organizations.models import Officer, Unit
from reference.choices import Sector

from .parts import SectionFilter

ENDING_DAYS = 10  # calendar days before the end of protection from which a lead is shown as ending
UNDER_WAY = Q(custody=Custody.HELD, stage__kind__in=(StageKind.OPEN, StageKind.HELD))
YES = (("yes", _("yes")),)
# Filters by what is kept from who may not know a confidential lead, and from who sees a lead only in the pool.
TELLING = ("section", "sector", "zone", "amount_from", "amount_to")
TELLING_IN_POOL = (
    "investor", "introducer", "offer", "tip_from", "officer", "source", "host", "next_from", "next_to", "registered_from",
    "registered_to", "overdue", "ending", "visited",
)  # fmt: skip
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def stage_choices() -> list[tuple[str, str]]:
    """The stages of leads by code."""
    rows = Stage.objects.unscoped(reason=SHARED).filter(pipeline=Pipeline.LEAD, archived_at=None)
    return [(row.code, row.label) for row in rows.order_by("sort", "code")]


def yes_filter(label: Any, method: str) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(choices=YES, empty_label=_("all"), label=label, method=method)


def day_filter(field: str, lookup: str, label: Any) -> django_filters.DateFilter:
    return django_filters.DateFilter(field_name=field, lookup_expr=lookup, label=label, widget=DAY)


class LeadFilterSet(RowFilterSet):
    """Without `custody` and `stage` the list shows what is under way: held by somebody, neither signed nor lost.

    What a person may not recognise (leads/confidential.py) is found by its code name only; what he sees only in the pool
    never by its investor. Narrowing by what a lead's page keeps back leaves such leads out.
    """

    search_fields = ("name", "pinyin", "number", "investor__name", "investor__pinyin", "next_step")
    more = (
        "custody", "unit", "officer", "source", "section", "sector", "zone", "host", "tip_from", "amount_from", "amount_to",
        "next_from", "next_to", "registered_from", "registered_to", "mine", "stale", "overdue", "ending", "visited",
        "disputed", "valid", "archived",
    )  # fmt: skip
    stage = django_filters.ChoiceFilter(
        choices=stage_choices, field_name="stage__code", empty_label=_("all"), label=_("Stage")
    )
    custody = django_filters.ChoiceFilter(
        choices=[*Custody.choices, ("all", _("all"))],
        empty_label=_("under way"),
        label=_("Custody"),
        method="in_custody",
    )
    unit = django_filters.ModelChoiceFilter(queryset=Unit.objects.none(), method="in_tree", label=_("Unit"))
    officer = django_filters.ModelChoiceFilter(queryset=Officer.objects.none(), label=_("Officer"))
    source = django_filters.ChoiceFilter(choices=Source.choices, empty_label=_("all"), label=_("Source"))
    section = SectionFilter()
    sector = django_filters.ChoiceFilter(choices=Sector.choices, empty_label=_("all"), label=_("Sector"))
    zone = django_filters.ChoiceFilter(
        choices=Zone.choices, field_name="investor__zone", empty_label=_("all"), label=_("Investor at home")
    )
    amount_from = django_filters.NumberFilter(
        field_name="amount", method="amount_at_least", label=_("Investment from, ten thousands")
    )
    amount_to = django_filters.NumberFilter(
        field_name="amount", method="amount_at_most", label=_("Investment to, ten thousands")
    )
    next_from = day_filter("next_on", "gte", _("Next step from"))
    next_to = day_filter("next_on", "lte", _("Next step to"))
    registered_from = day_filter("registered_at", "date__gte", _("Registered from"))
    registered_to = day_filter("registered_at", "date__lte", _("Registered to"))
    mine = yes_filter(_("Mine"), "own")
    stale = yes_filter(_("Stale"), "is_stale")
    overdue = yes_filter(_("Next step overdue"), "is_overdue")
    ending = yes_filter(_("Protection ends soon"), "is_ending")
    visited = yes_filter(_("Visit this month"), "visited_this_month")
    disputed = yes_filter(_("In dispute"), "is_disputed")
    valid = yes_filter(_("Found valuable"), "is_valid_lead")

    class Meta:
        model = Lead
        fields = ("q", "stage", "custody", "unit", "officer", "source", "host", "tip_from", "investor", "introducer", "offer")  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("investor", "introducer", "offer", "host", "tip_from"):  # by address and API only
            self.filters[name].extra["widget"] = forms.HiddenInput()

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        found = super().filter_queryset(queryset)
        given = self.form.cleaned_data
        reader = self.request.user
        if any(given.get(name) not in (None, "") for name in TELLING_IN_POOL):
            found = found.exclude(confidential.unnamed(reader))
        elif any(given.get(name) not in (None, "") for name in TELLING):
            found = found.exclude(confidential.hidden(reader))
        narrowed = any(given.get(name) for name in ("custody", "stage", "disputed", "archived"))
        return found if narrowed else found.filter(UNDER_WAY)

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        plain = super().search(queryset, name, value).values("pk")
        back = confidential.hidden(self.request.user)
        pooled = confidential.of_others_q(self.request.user) & ~back
        by_idea = Q(name__icontains=value.strip()) | Q(number__icontains=value.strip())
        return queryset.filter(
            (Q(pk__in=plain) & ~back & ~pooled)
            | (by_idea & pooled)
            | (Q(code_name__icontains=value.strip()) & back)
        )

    def in_custody(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset if value == "all" else queryset.filter(custody=value)

    def in_tree(self, queryset: QuerySet, name: str, value: Unit) -> QuerySet:
        return queryset.filter(unit__path__startswith=value.path)

    def amount_at_least(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        return queryset.filter(amount__gte=value * WAN)

    def amount_at_most(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        return queryset.filter(amount__lte=value * WAN)

    def own(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(mine_q(self.request.user))

    def is_stale(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(stale_on__isnull=False)

    def is_overdue(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(next_on__lt=clock.today())

    def is_ending(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(ending_q())

    def visited_this_month(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(visited_q())

    def is_disputed(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(disputed_q())

    def is_valid_lead(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(valid_on__isnull=False)


def mine_q(actor: Any) -> Q:
    return Q(officer__user_id=actor.pk)


def ending_q() -> Q:
    """Held leads whose protection ends within ENDING_DAYS calendar days."""
    return UNDER_WAY & Q(protected_until__range=(clock.today(), clock.today() + timedelta(days=ENDING_DAYS)))


def visited_q() -> Q:
    """The investor came here, or was visited, in this month."""
    first = clock.today().replace(day=1)
    talks = FollowUp._base_manager.filter(
        kind__in=(ContactKind.VISIT, ContactKind.RECEPTION), on__gte=first, archived_at=None
    )
    return UNDER_WAY & (Q(visited_on__gte=first) | Q(pk__in=talks.values("lead_id")))


def disputed_q() -> Q:
    open_ones = Dispute._base_manager.filter(
        state__in=(DisputeState.OPEN, DisputeState.HEARD), archived_at=None
    )
    return Q(pk__in=open_ones.values("lead_id"))
