"""What was agreed: agreements, investors, payment plan, and whose the project is."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.access import Action
from common.scope import may_on
from leads.models import Introducer
from leads.tables.columns import wan, wan_text
from ledger.choices import Role
from projects.choices import AgreementKind
from projects.forms.parts import of_hundred
from projects.models import AttributionVersion
from projects.selectors import plan_of

from . import NUM, Reading, day, num, row, section


def agreements(reading: Reading) -> dict[str, Any]:
    project, currency = reading.project, str(reading.project.currency_id)
    rows = []
    for one in project.agreements.filter(archived_at=None).select_related("file"):
        paper: dict[str, Any] = {"text": ""}
        if one.file:
            paper = {"text": one.file.name, "url": reverse("attachment_file", args=[one.file_id])}
        main = one.kind == AgreementKind.MAIN
        rows.append(
            row(
                {"text": one.number, "sub": one.note},
                one.get_kind_display(),
                day(one.signed_on),
                num(wan(one.amount, currency) if main or one.amount < 0 else f"+{wan(one.amount, currency)}"),
                paper,
            )
        )
    if len(rows) > 1:
        rows.append(
            row(_("Contract amount"), "", "", num(wan(project.contract_amount, currency)), "", css="sum")
        )
    heads = [
        (_("number"), ""),
        (pgettext("agreement", "kind"), ""),
        (_("signed on"), ""),
        (_("amount, ten thousands"), NUM),
        (_("file"), ""),
    ]
    return section(
        _("Agreements"), heads, rows, add=reading.add("project_agreement_add", _("Supplementary agreement"))
    )


def investors(reading: Reading) -> dict[str, Any]:
    rows = []
    for one in reading.project.investors.filter(archived_at=None).select_related("investor__unit"):
        name: dict[str, Any] = {"text": one.investor.name}
        if may_on(reading.actor, Action.VIEW, one.investor):
            name["url"] = reverse("investor_detail", args=[one.investor_id])
        rows.append(row(name, one.investor.get_zone_display(), num(f"{one.percent.normalize():f} %")))
    return section(
        _("Investors"),
        [(_("investor"), ""), (_("at home"), ""), (_("part"), NUM)],
        rows,
        add=reading.add("project_investors", _("Change")),
    )


def plan(reading: Reading) -> dict[str, Any]:
    project = reading.project
    currency = str(project.currency_id)
    months = plan_of(project)
    rows = [
        row(f"{one.month:%Y-%m}", num(wan(one.amount, currency)), num(wan(one.so_far, currency)))
        for one in months
    ]
    planned = months[-1].so_far if months else 0
    note = ""
    if months:
        note = _("%(planned)s of %(whole)s planned") % {
            "planned": wan_text(planned, currency),
            "whole": wan_text(project.contract_amount, currency),
        }
    return section(
        _("Payment plan"),
        [
            (pgettext("calendar", "month"), ""),
            (_("amount, ten thousands"), NUM),
            (_("together, ten thousands"), NUM),
        ],
        rows,
        note=note,
        add=reading.add("project_plan", _("Change")),
    )


def attribution(reading: Reading) -> dict[str, Any]:
    """Every dimension with what holds and what held before; superseded versions stay in the change of their
    successor's reason."""
    versions = (
        AttributionVersion.objects.filter(project=reading.project)
        .select_related("superseded_by")
        .prefetch_related("shares__unit", "shares__officer", "shares__leader")
        .order_by("valid", "id")
    )
    now: dict[str, list[AttributionVersion]] = defaultdict(list)
    before: dict[str, list[AttributionVersion]] = defaultdict(list)
    introducers: set[int] = set()
    for one in versions:
        (now if one.superseded_by_id is None else before)[one.role].append(one)
        introducers |= {share.introducer_id for share in one.shares.all() if share.introducer_id}
    names = dict(
        Introducer.objects.visible_to(reading.actor).filter(pk__in=introducers).values_list("pk", "name")
    )
    rows = []
    for role in Role:
        for number, one in enumerate(reversed(now[role])):
            change: Any = ""
            if number == 0 and role != Role.REFERRER and reading.assigns:
                url = reverse("project_attribution", args=[reading.project.pk])
                change = {"acts": [{"label": _("Change"), "url": f"{url}?role={role}"}]}
            rows.append(
                row(
                    role.label if number == 0 else "",
                    {"text": _shared(one, names), "sub": one.reason},
                    _span(one),
                    change,
                )
            )
        rows += [
            row("", {"text": _shared(one, names), "sub": one.reason}, _span(one), _("replaced"), css="quiet")
            for one in reversed(before[role])
            if one.superseded_by_id != one.pk
        ]
    heads = [(_("dimension"), ""), (_("whose"), ""), (_("holds"), ""), ("", "")]
    return section(_("Attribution"), heads, rows)


def _span(version: AttributionVersion) -> str:
    begin, end = version.valid.lower, version.valid.upper
    if end is None:
        return _("from %(date)s") % {"date": begin.isoformat()}
    return _("%(begin)s until before %(end)s") % {"begin": begin.isoformat(), "end": end.isoformat()}


def _shared(version: AttributionVersion, names: dict[int, str]) -> str:
    found = []
    for share in version.shares.all():
        if share.introducer_id:
            who = names.get(share.introducer_id, _("introducer"))
        else:
            person = share.officer or share.leader
            who = f"{person}（{share.unit.label}）" if person else share.unit.label
        found.append(f"{who} {of_hundred(share.share):f} %")
    return "，".join(found) or _("nobody")
