"""What the program can compare by itself before a person decides about an entry: marks, never a decision
(docs/algorithms/recognition.md). The desk shows them beside the vouchers, the queue shows the worst of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from capital.choices import Basis, VoucherType
from capital.models import Allocation
from capital.services.deciding import Case
from common.templatetags.ip import amount as digits
from leads.models import Investor
from leads.tables.columns import wan_text
from leads.text import folded
from ledger import periods
from ledger.choices import PeriodState, Zone
from projects.models import ProjectInvestor
from rules.codes import credit_code_problem

GOOD, LOOK, BAD, OPEN = "done", "soon", "wrong", "todo"  # names of shapes
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Found:
    """One comparison: its shape, what was compared, what was found."""

    code: str
    state: str
    text: str
    note: str = ""


@dataclass(slots=True)
class Papers:
    """What the comparisons of many entries read besides the entries: their uses of vouchers, how much of each
    voucher is used at all, the investors of their projects."""

    uses: dict[int, list[Allocation]] = field(default_factory=dict)
    used: dict[int, Decimal] = field(default_factory=dict)
    investors: dict[int, list[ProjectInvestor]] = field(default_factory=dict)


def papers_of(cases: Iterable[Case]) -> Papers:
    """For many entries in three queries."""
    cases, found = list(cases), Papers()
    uses = Allocation._base_manager.filter(
        entry__in=[case.entry.pk for case in cases], archived_at=None, voucher__archived_at=None
    )
    for use in uses.select_related("voucher__stored").order_by("pk"):
        found.uses.setdefault(use.entry_id, []).append(use)
    vouchers = {use.voucher_id for some in found.uses.values() for use in some}
    sums = Allocation._base_manager.filter(voucher__in=vouchers, archived_at=None).values("voucher")
    found.used = dict(sums.annotate(total=Sum("amount")).values_list("voucher", "total"))
    investors = ProjectInvestor.objects.filter(
        project__in={case.entry.project_id for case in cases}, archived_at=None
    )
    for part in investors.select_related("investor"):
        found.investors.setdefault(part.project_id, []).append(part)
    return found


def checks(case: Case, papers: Papers) -> list[Found]:
    """All comparisons about an entry, in the order in which the desk shows them."""
    uses = papers.uses.get(case.entry.pk, [])
    return [
        _amount(case, uses),
        _payer(case, uses, papers.investors.get(case.entry.project_id, [])),
        _free(uses, papers.used),
        _enterprise(case, uses),
        _month(case),
        _asked_for(case),
    ]


def worst(found: Sequence[Found]) -> str:
    """The shape for the queue: something contradicts, something to look at, or nothing."""
    states = {one.state for one in found}
    return next((one for one in (BAD, LOOK) if one in states), "")


def tally(found: Sequence[Found]) -> Mapping[str, int]:
    return {state: sum(one.state == state for one in found) for state in (GOOD, LOOK, BAD)}


def _amount(case: Case, uses: Sequence[Allocation]) -> Found:
    entry, currency = case.entry, case.entry.currency_id
    proved = sum((use.amount for use in uses), ZERO)
    strange = sorted({str(use.voucher.currency_id) for use in uses} - {str(currency)})
    about = {
        "proved": digits(proved / 10_000),
        "amount": wan_text(entry.amount, currency),
        "currencies": "、".join(strange),
    }
    if not uses:
        return Found("amount", BAD, _("No voucher"), _("Nothing proves this entry."))
    if strange:
        note = _("The vouchers are in %(currencies)s, the entry is not. Compare by hand.") % about
        return Found("amount", LOOK, _("Another currency"), note)
    note = _("Vouchers %(proved)s, reported %(amount)s") % about
    if proved == entry.amount:
        return Found("amount", GOOD, _("The amounts agree"), note)
    return Found("amount", BAD if proved < entry.amount else LOOK, _("The amounts differ"), note)


def _payer(case: Case, uses: Sequence[Allocation], investors: Sequence[ProjectInvestor]) -> Found:
    """Money that arrived was paid by an investor; what was bought, by the enterprise or an investor."""
    entry = case.entry
    arrived = entry.basis == Basis.ARRIVED
    who = {folded(part.investor.name): part for part in investors}
    named = {folded(use.voucher.payer): use.voucher.payer for use in uses if use.voucher.payer}
    own = folded(entry.project.registered_name)
    if not named:
        return Found("payer", OPEN, _("Who paid isn't on record"), _("Read it from the voucher."))
    strangers = [text for key, text in named.items() if key not in who and (arrived or key != own)]
    if strangers:
        return Found(
            "payer",
            LOOK,
            _("The payer is none of the project's investors")
            if arrived
            else _("Neither the enterprise nor an investor paid"),
            "、".join(strangers),
        )
    parts = [who[key] for key in named if key in who]
    note = "；".join(_part(one) for one in parts) or "、".join(named.values())
    title = _("The payer is an investor of the project") if parts else _("The enterprise itself paid")
    return Found("payer", GOOD, title, note)


def _part(part: ProjectInvestor) -> str:
    investor: Investor = part.investor
    return _("%(name)s, part %(percent)s %%, at home %(zone)s") % {
        "name": investor.name,
        "percent": f"{part.percent.normalize():f}",
        "zone": Zone(investor.zone).label,
    }


def _free(uses: Sequence[Allocation], used: Mapping[int, Decimal]) -> Found:
    if not uses:
        return Found("free", OPEN, _("No voucher to look at"))
    notes = []
    elsewhere = ZERO
    for use in uses:
        voucher, other = use.voucher, used.get(use.voucher_id, ZERO) - use.amount
        elsewhere += other
        notes.append(
            _("used elsewhere %(other)s of %(amount)s, here %(here)s")
            % {
                "other": digits(other / 10_000),
                "amount": digits(voucher.amount / 10_000),
                "here": digits(use.amount / 10_000),
            }
        )
    if elsewhere:
        return Found("free", LOOK, _("A voucher proves something else too"), "；".join(notes))
    return Found("free", GOOD, _("The vouchers prove nothing else"), "；".join(notes))


def _enterprise(case: Case, uses: Sequence[Allocation]) -> Found:
    """The receiver is the registered enterprise, and its credit code is sound."""
    project = case.entry.project
    if not project.registered_name:
        return Found(
            "enterprise",
            OPEN,
            _("No enterprise is registered yet"),
            _("Name and credit code can't be compared."),
        )
    named = [use.voucher.payee for use in uses if use.voucher.payee]
    strangers = [text for text in named if folded(text) != folded(project.registered_name)]
    if case.entry.basis == Basis.ARRIVED and strangers:
        return Found(
            "enterprise",
            LOOK,
            _("Somebody else than the enterprise received it"),
            f"{'、'.join(strangers)} / {project.registered_name}",
        )
    if not project.registered_code:
        return Found("enterprise", OPEN, _("The credit code is missing"), project.registered_name)
    if credit_code_problem(project.registered_code) is not None:
        return Found(
            "enterprise",
            LOOK,
            _("The credit code is not a valid one"),
            f"{project.registered_name} {project.registered_code}",
        )
    title = _("Name and credit code agree") if named else _("The credit code is valid")
    return Found("enterprise", GOOD, title, f"{project.registered_name} {project.registered_code}")


def _month(case: Case) -> Found:
    entry, own = case.entry, periods.code_of(case.entry.occurred_on)
    about = {
        "date": entry.occurred_on.isoformat(),
        "month": periods.text(case.month),
        "own": periods.text(own),
    }
    if case.month != entry.period_id:
        title = _("Its return was that of an earlier month, which was closed")
        return Found("month", LOOK, title, _("Counts in %(month)s and keeps its date %(date)s") % about)
    if entry.period.state == PeriodState.CLOSED:
        title = _("%(month)s is closed") % about
        return Found("month", LOOK, title, _("A decision now counts in the first open month."))
    if own != entry.period_id:
        title = _("It happened in %(own)s, which was closed") % about
        return Found("month", LOOK, title, _("Counts in %(month)s and keeps its date %(date)s") % about)
    return Found("month", GOOD, _("Counts in %(month)s") % about, about["date"])


def _asked_for(case: Case) -> Found:
    asked = case.terms.asked_for(case.entry.kind)
    words = "、".join(str(VoucherType(one).label) for one in asked)
    if not asked:
        return Found("asked", OPEN, _("The terms ask for no type of voucher"), _("You may ask for one."))
    if case.vouchers & set(asked):
        return Found("asked", GOOD, _("A voucher that the terms ask for is there"), words)
    return Found("asked", BAD, _("A voucher that the terms ask for is missing"), words)


def papers_shown(case: Case, papers: Papers) -> list[Any]:
    """Vouchers of an entry in the order of the viewer: bank slips and reports first."""
    order = {kind: place for place, kind in enumerate(VoucherType.values)}
    uses = papers.uses.get(case.entry.pk, [])
    return sorted(uses, key=lambda use: (order.get(use.voucher.type, 99), use.pk))
