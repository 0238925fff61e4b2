"""What is worth a warning while an entry or a voucher is typed; none of it is refused (UX: warn early, block late)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from capital.choices import Basis, EntryState
from capital.models import CapitalEntry, Voucher
from capital.services.vouchers import EVERYWHERE, key_of, where_is
from common.actors import Actor
from leads.tables.columns import wan_text
from ledger import periods
from ledger.choices import PeriodState
from ledger.models import Period
from projects.models import Project, ProjectMove

REPORTS = "sums of one project, whichever unit reports"
REGISTERED = "registered"


def about_entry(
    project: Project,
    *,
    amount: Decimal | None,
    currency: str,
    basis: str,
    kind: str,
    occurred_on: date | None,
    pk: int | None = None,
) -> list[str]:
    """Above the contract, before the registration, entered before, a month that no longer takes it. `amount` in
    the currency's own unit; the caller has seen that the project may be read."""
    found = []
    others = CapitalEntry.objects.unscoped(reason=REPORTS).filter(project=project, archived_at=None)
    others = others.exclude(pk=pk).exclude(state=EntryState.WITHDRAWN)
    if amount and basis and currency == project.currency_id and project.contract_amount:
        before = others.filter(basis=basis, currency=currency).aggregate(total=Sum("amount"))["total"] or 0
        if before + amount > project.contract_amount:
            words = _(
                "With this, %(total)s are entered as %(basis)s, more than the contract amount of %(contract)s."
            )
            found.append(
                words
                % {
                    "total": wan_text(before + amount, currency),
                    "basis": Basis(basis).label,
                    "contract": wan_text(project.contract_amount, currency),
                }
            )
    if occurred_on:
        found += _about_day(project, occurred_on)
    if amount and occurred_on and kind:
        same = others.filter(amount=amount, occurred_on=occurred_on, kind=kind, currency=currency).first()
        if same:
            found.append(_("Entry %(number)s has the same kind, day and amount.") % {"number": same.number})
    return found


def _about_day(project: Project, day: date) -> list[str]:
    found = []
    registered = (
        ProjectMove.objects.filter(project=project, to_stage__code=REGISTERED).order_by("-on").first()
    )
    if registered and day < registered.on:
        found.append(
            _("The enterprise was registered on %(date)s, after this day.")
            % {"date": registered.on.isoformat()}
        )
    elif registered is None and project.stage.code == "signed":
        found.append(_("The project isn't registered yet."))
    month = Period.objects.filter(code=periods.code_of(day)).exclude(state=PeriodState.OPEN).first()
    if month:
        found.append(
            _("%(month)s is %(state)s: this is counted in the open month and keeps its own date.")
            % {"month": month, "state": month.get_state_display()}
        )
    return found


def about_slip(actor: Actor, number: str, *, pk: int | None = None) -> list[str]:
    """Vouchers with the same number, in whatever unit; each told as far as the actor may know it."""
    key = key_of(number)[:60]
    if not key:
        return []
    rows = Voucher.objects.unscoped(reason=EVERYWHERE).filter(number_key=key, archived_at=None)
    return [
        _("A voucher with this number is recorded already: %(where)s.") % {"where": where_is(actor, one)}
        for one in rows.exclude(pk=pk).select_related("unit")[:3]
    ]
