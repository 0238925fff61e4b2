from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.filters import RowFilterSet
from leads.choices import IntroducerKind, OfferState
from leads.models import Contact, Introducer, Investor, OfferedProject
from ledger.choices import Zone

from .parts import SectionFilter


class InvestorFilterSet(RowFilterSet):
    search_fields = ("name", "short_name", "pinyin", "credit_code")
    zone = django_filters.ChoiceFilter(choices=Zone.choices, empty_label=_("all"), label=_("At home"))
    section = SectionFilter()

    class Meta:
        model = Investor
        fields = ("q", "unit", "zone", "section")


class ContactFilterSet(RowFilterSet):
    search_fields = ("name", "title")

    class Meta:
        model = Contact
        fields = ("q", "investor")


class IntroducerFilterSet(RowFilterSet):
    search_fields = ("name", "pinyin", "employer", "credit_code")
    kind = django_filters.ChoiceFilter(choices=IntroducerKind.choices, empty_label=_("all"), label=_("Kind"))

    class Meta:
        model = Introducer
        fields = ("q", "unit", "kind", "outside")


class OfferFilterSet(RowFilterSet):
    search_fields = ("name", "pinyin", "summary")
    state = django_filters.ChoiceFilter(
        choices=OfferState.choices, empty_label=_("all"), label=pgettext_lazy("state", "Progress")
    )
    section = SectionFilter()
    amount_from = django_filters.NumberFilter(
        field_name="amount", lookup_expr="gte", label=_("Planned investment from")
    )

    class Meta:
        model = OfferedProject
        fields = ("q", "unit", "state", "section", "park")
