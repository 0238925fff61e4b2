"""What happens on the ground: land, per-mu figures, half-years, promises kept and owed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.templatetags.ip import amount, glyph
from leads.tables.columns import wan
from projects.choices import Finding, ObligationKind
from projects.forms.parts import IN_WAN
from projects.models import Obligation
from projects.selectors import per_mu
from rules.facts import Missing, MissingReason

from . import NUM, Reading, day, num, row, section

SOON_DAYS = 30  # calendar days before its day from which a promise is marked
YEARS = 5
NO_LAND = (MissingReason.NO_LAND, MissingReason.ZERO_LAND)


def parcels(reading: Reading) -> dict[str, Any]:
    rows, area, fee = [], Decimal(0), Decimal(0)
    for one in reading.project.parcels.filter(archived_at=None).select_related("contract"):
        area, fee = area + one.area_mu, fee + (one.grant_fee or 0)
        number: dict[str, Any] = {"text": one.number}
        if one.contract:
            number |= {"sub": one.contract.name}
        rows.append(
            row(
                number,
                num(amount(one.area_mu)),
                num(amount(one.plot_ratio)),
                num(wan(one.grant_fee)),
                day(one.granted_on),
                day(one.fee_paid_on),
                reading.acts((_("Change"), "project_parcel_update", one.pk)),
            )
        )
    if len(rows) > 1:
        rows.append(row(_("Together"), num(amount(area)), "", num(wan(fee)), "", "", "", css="sum"))
    heads = [
        (_("parcel number"), ""),
        (_("area in mu"), NUM),
        (_("plot ratio"), NUM),
        (_("land-grant fee, ten thousands"), NUM),
        (_("granted on"), ""),
        (_("fee paid on"), ""),
        ("", ""),
    ]
    return section(_("Land parcels"), heads, rows, add=reading.add("project_parcel_add", _("Parcel")))


def half_years(reading: Reading) -> dict[str, Any]:
    rows = [
        row(
            f"{one.year} {one.get_half_display()}",
            num(wan(one.tax_paid)),
            num(wan(one.tax_refunded)),
            num(wan(one.output)),
            one.source,
        )
        for one in reading.project.half_years.filter(archived_at=None)
    ]
    heads = [
        (_("half-year"), ""),
        (_("tax paid, ten thousands"), NUM),
        (_("tax refunded, ten thousands"), NUM),
        (_("output value, ten thousands"), NUM),
        (_("source"), ""),
    ]
    return section(
        _("Tax and output by half-year"), heads, rows, add=reading.add("project_half_year", _("Half-year"))
    )


def figures_per_mu(reading: Reading) -> dict[str, Any]:
    """Of the last years that have a half-year, in ten thousand yuan per mu; a part of a year is no year."""
    years = sorted(
        set(reading.project.half_years.filter(archived_at=None).values_list("year", flat=True)), reverse=True
    )
    rows = []
    for year in years[:YEARS] or [reading.today.year]:
        found = per_mu(reading.project, year)
        rows.append(
            row(
                str(year),
                *(num(_cell(found[key])) for key in ("investment_per_mu", "tax_per_mu", "output_per_mu")),
            )
        )
    heads = [
        (pgettext("calendar", "Year"), ""),
        (_("investment per mu, ten thousands"), NUM),
        (_("tax per mu, ten thousands"), NUM),
        (_("output per mu, ten thousands"), NUM),
    ]
    return section(_("Per mu"), heads, rows)


def _cell(cell: Any) -> Any:
    if isinstance(cell.fact, Missing):
        return _("no land") if cell.fact.reason in NO_LAND else _("not reported")
    return amount(cell.fact.amount)


def _state(reading: Reading, due: Any, done: bool) -> str:
    if done:
        return "done"
    if due is None:
        return "todo"
    if due < reading.today:
        return "overdue"
    return "soon" if (due - reading.today).days <= SOON_DAYS else "todo"


def commitments(reading: Reading) -> dict[str, Any]:
    rows = []
    for one in reading.project.commitments.filter(archived_at=None).select_related("responsible"):
        kept = one.kept_on is not None
        law = "，".join(
            filter(
                None,
                (one.legal_basis, one.review_number, f"{one.review_on:%Y-%m-%d}" if one.review_on else ""),
            )
        )
        state = _("kept %(date)s") % {"date": one.kept_on.isoformat()} if kept and one.kept_on else ""
        ways = [] if kept else [
            (_("Kept"), "project_commitment_keep", one.pk),
            (_("Change"), "project_commitment_update", one.pk),
        ]  # fmt: skip
        rows.append(
            row(
                {"glyph": glyph(_state(reading, one.due_on, kept)), "text": one.text, "sub": law},
                one.responsible.label if one.responsible else "",
                day(one.due_on),
                {"text": state, "sub": one.outcome},
                reading.acts(*ways),
            )
        )
    heads = [
        (_("what was promised"), ""),
        (_("responsible"), ""),
        (pgettext("promise", "due"), ""),
        (_("state"), ""),
        ("", ""),
    ]
    return section(
        _("Commitments to the investor"),
        heads,
        rows,
        add=reading.add("project_commitment_add", _("Commitment")),
    )


def target_text(kind: str, target: Any) -> str:
    """A value as people read it: money in ten thousand yuan, people as they are counted."""
    if target is None:
        return ""
    if kind in IN_WAN:
        return _("%(amount)s ten thousand yuan") % {"amount": amount(target / Decimal(10_000))}
    return amount(target, 0 if kind == ObligationKind.JOBS else 2)


def obligations(reading: Reading) -> dict[str, Any]:
    rows = []
    for one in reading.project.obligations.filter(archived_at=None):
        open_ = one.finding == Finding.OPEN
        found: dict[str, Any] = {"text": one.get_finding_display(), "sub": _found(one)}
        ways = [(_("Check"), "project_obligation_check", one.pk)]
        if open_:
            ways.append((_("Change"), "project_obligation_update", one.pk))
        missed = one.finding == Finding.MISSED
        rows.append(
            row(
                {
                    "glyph": glyph("wrong" if missed else _state(reading, one.due_on, not open_)),
                    "text": one.get_kind_display(),
                    "sub": one.text,
                },
                num(target_text(one.kind, one.target)),
                day(one.due_on),
                num(target_text(one.kind, one.actual)),
                found,
                reading.acts(*ways),
            )
        )
    heads = [
        (_("obligation"), ""),
        (_("to reach"), NUM),
        (pgettext("promise", "due"), ""),
        (_("reached"), NUM),
        (_("finding"), ""),
        ("", ""),
    ]
    return section(
        _("Obligations of the investor"),
        heads,
        rows,
        add=reading.add("project_obligation_add", _("Obligation")),
    )


def _found(one: Obligation) -> str:
    about = (f"{one.checked_on:%Y-%m-%d}" if one.checked_on else "", one.checked_by, one.remark)
    return " · ".join(filter(None, about))
