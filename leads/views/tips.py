"""Departments without a target of their own: the tips they handed in, and how many proved valuable (DOMAIN §1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_tables2 import RequestConfig

from common import clock, exporting
from common.access import Action
from common.actors import may
from common.errors import Denied
from common.forms import ActorForm
from common.tables import NUMBER, RowTable
from common.views import Page
from ledger.choices import Kind, Role
from ledger.selectors import Cut, sums
from organizations.choices import UnitKind
from organizations.models import Unit

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Line:
    """Of one department in one year: tips handed in, tips found valuable, and their share in percent (None
    without a tip)."""

    pk: int
    unit: Unit
    handed_in: int
    valid: int

    @property
    def share(self) -> Decimal | None:
        if not self.handed_in:
            return None
        return (HUNDRED * self.valid / self.handed_in).quantize(Decimal("0.01"))


class TipTable(RowTable):
    unit = tables.Column(_("department"), linkify=("unit_detail", {"pk": tables.A("pk")}), orderable=False)
    handed_in = tables.Column(_("tips handed in"), attrs=NUMBER)
    valid = tables.Column(_("found valuable"), attrs=NUMBER)
    share = tables.Column(_("share found valuable, %"), attrs=NUMBER, orderable=False)

    class Meta(RowTable.Meta):
        sequence = ("unit", "handed_in", "valid", "share")
        order_by = ("-handed_in",)


class YearForm(ActorForm):
    year = forms.IntegerField(label=pgettext_lazy("calendar", "Year"), min_value=2000, max_value=2100)


def lines(actor: Any, year: int) -> list[Line]:
    """Every department in the actor's part of the tree, and what it has in the books of a year. Two queries."""
    trees = Q(pk__in=())
    for grant in actor.grants():
        if may(actor, Action.VIEW, "posting", path=grant.path):
            trees |= Q(path__startswith=grant.path)
    departments = list(
        Unit.objects.visible_to(actor)
        .filter(trees, kind=UnitKind.DEPARTMENT, archived_at=None)
        .order_by("pinyin", "pk")
    )
    cut = Cut(
        kinds=(Kind.LEAD_HANDED_IN, Kind.LEAD_VALID),
        role=Role.DEPARTMENT,
        occurred=(date(year, 1, 1), date(year, 12, 31)),
    )
    found = sums(cut, departments, actor=actor)
    return [
        Line(
            unit.pk,
            unit,
            int(found.get((unit.pk, Kind.LEAD_HANDED_IN), 0)),
            int(found.get((unit.pk, Kind.LEAD_VALID), 0)),
        )
        for unit in departments
    ]


class TipList(Page):
    """One table a year, from the books; `format` gives it as a file."""

    template_name = "leads/tips.html"
    kind = "lead"
    title = _("Tips of departments")
    sub = _("Departments without a target of their own are judged by the leads they hand in.")
    crumbs = ((_("Progress"), ""), (_("Leads"), "lead_list"))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = YearForm(request.GET if "year" in request.GET else None, actor=self.actor)
        year = form.cleaned_data["year"] if form.is_valid() else clock.today().year
        form.initial["year"] = year
        table = TipTable(lines(self.actor, year), request=request)
        RequestConfig(request, paginate=False).configure(table)
        if fmt := request.GET.get("format"):
            if not self.may(Action.EXPORT):
                raise Denied
            return exporting.respond(
                table, fmt, name="tips", kind=self.kind, actor=self.actor, query=request.GET.urlencode()
            )
        context = self.get_context_data(form=form, year=year, table=table, may_export=self.may(Action.EXPORT))
        return self.render_to_response(context)
