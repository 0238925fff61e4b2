"""A joint venture's recognised capital divided among its investors by equity (rules/parts.py; DOMAIN §11 "parts by source"):
each source counts with its own part, or several would count all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from capital.choices import Basis
from common.templatetags.ip import amount
from ledger.asked import said
from ledger.choices import Kind, Role, Zone
from ledger.clocks import published_q
from ledger.models import Closing, Posting
from projects.models import ProjectInvestor
from projects.posting import TYPE
from projects.sections import NUM, Reading, num, row, section
from rules.money import Rounding, to_display
from rules.parts import by_equity, check_parts

WHOLE = "a project's capital is divided as a whole, for whoever may read the project"
NOUGHT = Decimal(0)


@dataclass(frozen=True, slots=True)
class Share:
    """An investor's part of a sum in yuan."""

    name: str
    zone: str
    percent: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Divided:
    """A sum in yuan by equity. `flag`: the words for a page when several sources hold it, "" when nothing is to be
    divided: what the parts would be of the whole if each source counted it in full."""

    whole: Decimal
    shares: tuple[Share, ...]
    flag: str


def divide(whole: Decimal, investors: Sequence[ProjectInvestor]) -> Divided:
    """A recognised sum (yuan) among the investors of a project (each with `investor` joined), adding up exactly. Raises
    ValueError when they hold more than 100 per cent."""
    got = by_equity(whole, {str(one.pk): one.percent for one in investors})
    shares = tuple(
        Share(
            one.investor.name, str(Zone(one.investor.zone).label), one.percent.normalize(), got[str(one.pk)]
        )
        for one in investors
    )
    careless = check_parts(whole, {str(one.pk): whole for one in investors})
    if len(shares) < 2 or not careless.flagged or careless.percent is None:  # noqa: PLR2004  (one holds all of it)
        return Divided(whole, shares, "")
    said = _(
        "Joint venture, divided by equity. Counted in full for each of its %(n)s sources, the parts would be "
        "%(percent)s %% of the whole (rule: parts by source)."
    )
    about = {"n": len(shares), "percent": f"{Rounding(2).apply(careless.percent).normalize():f}"}
    return Divided(whole, shares, said % about)


def of_project(
    project: int, kind: str = Kind.CAPITAL_RECOGNISED, closing: Closing | None = None
) -> dict[str, Divided]:
    """{basis: the recognised sum of a project in all years, divided}, as the closing published it or as known now. Empty
    unless several investors hold the project. Two queries at most."""
    investors = list(
        ProjectInvestor.objects.filter(project=project, archived_at=None).select_related("investor")
    )
    if len(investors) < 2:  # noqa: PLR2004  (nothing to divide)
        return {}
    return {basis: divide(total, investors) for basis, total in sums_of(project, kind, closing).items()}


def sums_of(project: int, kind: str, closing: Closing | None = None) -> dict[str, Decimal]:
    """{basis: yuan} of a project in the books, as published or as known now; the two bases are never added. One query."""
    rows = Posting.objects.unscoped(reason=WHOLE).filter(
        subject_type=TYPE, subject_id=project, kind=kind, role=Role.ASSESSED
    )
    if closing is not None:
        rows = rows.filter(published_q(closing))
    sums = rows.order_by().values("basis").annotate(total=Sum("base_qty"))
    found = dict(sums.values_list("basis", "total"))
    return {basis: found.get(basis, NOUGHT) for basis in Basis.values}


def drawn(reading: Reading) -> dict[str, Any] | None:
    """Section of a project's page; None for a project of one investor."""
    found = of_project(reading.project.pk, closing=reading.closing)
    if not found:
        return None
    both = zip(found[Basis.ARRIVED].shares, found[Basis.FORMED].shares, strict=True)
    rows = [
        row(
            {"text": arrived.name, "sub": arrived.zone},
            num(f"{arrived.percent:f} %"),
            num(_wan(arrived.amount)),
            num(_wan(formed.amount)),
        )
        for arrived, formed in both
    ]
    whole = [num(_wan(found[basis].whole)) for basis in (Basis.ARRIVED, Basis.FORMED)]
    rows.append(row(_("recognised in all"), "", *whole, css="sum"))
    flag = next((one.flag for one in found.values() if one.flag), "")
    text = flag or _("Nothing was recognised yet; it will be divided by equity.")
    heads = [(_("investor"), ""), (_("equity"), NUM), (_("arrived"), NUM), (_("formed"), NUM)]
    title = _("Joint venture: recognised capital by equity, ten thousand yuan")
    return section(title, heads, rows, note=said(reading.closing), code="venture") | {
        "text": text,
        "flagged": bool(flag),
    }


def _wan(value: Decimal) -> str:
    return str(amount(to_display(value, "wan")))
