"""What we promised, what the investor owes, land, and what it yields (DOMAIN §6)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import clock
from common.actors import Actor
from common.errors import Refused
from projects.choices import Finding
from projects.models import Commitment, HalfYear, LandParcel, Obligation
from projects.posting import post_tax
from projects.services.rows import added, changed, locked, part


@transaction.atomic
def commitment_add(*, actor: Actor, project: int, **values: Any) -> Commitment:
    """A promise of ours: `text`, `incentive` (then with legal_basis, review_number and review_on), responsible
    unit, due_on. Raises NotVisible, Denied, Archived, ValidationError."""
    return added(Commitment, actor, locked(actor, project, None), **values)


@transaction.atomic
def commitment_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Commitment:
    """Raises as `commitment_add`, Stale, and Refused for one that was kept."""
    row = part(Commitment, actor, pk, version)
    if row.kept_on:
        raise Refused(_("This commitment was kept; it is no longer changed."), code="kept")
    return changed(row, actor, **values)


@transaction.atomic
def commitment_keep(*, actor: Actor, pk: int, version: int | None, kept_on: date, outcome: str) -> Commitment:
    """It was kept on a day, and how. Raises as `commitment_update`."""
    row = part(Commitment, actor, pk, version)
    if row.kept_on:
        raise Refused(_("This commitment was kept; it is no longer changed."), code="kept")
    _past(kept_on, "kept_on")
    return changed(row, actor, kept_on=kept_on, outcome=outcome)


@transaction.atomic
def obligation_add(*, actor: Actor, project: int, **values: Any) -> Obligation:
    """What the investor owes: `kind`, `target` (yuan, yuan per mu, pieces; none for a date), `due_on`, `text`.
    Raises NotVisible, Denied, Archived, ValidationError."""
    return added(Obligation, actor, locked(actor, project, None), **values)


@transaction.atomic
def obligation_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Obligation:
    """Raises as `obligation_add`, Stale, and Refused for one with a finding."""
    row = part(Obligation, actor, pk, version)
    if row.finding != Finding.OPEN:
        raise Refused(_("This obligation has a finding already. Open it again first."), code="found")
    return changed(row, actor, **values)


@transaction.atomic
def obligation_check(
    *,
    actor: Actor,
    pk: int,
    version: int | None,
    finding: str,
    actual: Decimal | None = None,
    remark: str = "",
    on: date | None = None,
) -> Obligation:
    """What was found on a day (today): met, missed or waived, with what was reached; "open" takes it back.
    Missed and waived, and taking back, need a remark.

    Raises NotVisible, Denied, Archived, Stale, Refused, ValidationError.
    """
    row = part(Obligation, actor, pk, version)
    day = on or clock.today()
    _past(day, "on")
    if finding != Finding.MET and not remark.strip():
        raise Refused(_("Write down why."), code="remark_needed", fields={"remark": [_("Write down why.")]})
    again = finding == Finding.OPEN
    return changed(
        row,
        actor,
        finding=finding,
        actual=None if again else actual,
        checked_on=None if again else day,
        checked_by="" if again else actor.actor_name,
        remark=remark.strip(),
    )


@transaction.atomic
def parcel_add(*, actor: Actor, project: int, **values: Any) -> LandParcel:
    """Land granted: number, area_mu, plot_ratio, grant_fee (yuan), granted_on, fee_paid_on, contract (a file).
    Raises NotVisible, Denied, Archived, ValidationError."""
    return added(LandParcel, actor, locked(actor, project, None), **values)


@transaction.atomic
def parcel_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> LandParcel:
    """Raises as `parcel_add`, Stale."""
    return changed(part(LandParcel, actor, pk, version), actor, **values)


@transaction.atomic
def half_year_set(
    *,
    actor: Actor,
    project: int,
    year: int,
    half: str,
    tax_paid: Decimal,
    output: Decimal,
    tax_refunded: Decimal = Decimal(0),
    source: str = "",
    version: int | None = None,
) -> HalfYear:
    """Tax and output of a half-year in yuan, entered or corrected (then `version` is that of the half-year). The
    books take up the net tax.

    Raises NotVisible, Denied, Archived, Stale, ValidationError, Refused (a half-year to come).
    """
    row = locked(actor, project, None)
    if date(year, 1 if half == "1" else 7, 1) > clock.today():
        raise Refused(_("This half-year is still to come."), code="wrong_date", fields={"year": [""]})
    values = {"tax_paid": tax_paid, "tax_refunded": tax_refunded, "output": output, "source": source}
    there = HalfYear.objects.filter(project=row, year=year, half=half).first()
    if there is None:
        found = added(HalfYear, actor, row, year=year, half=half, **values)
    else:
        found = changed(part(HalfYear, actor, there.pk, version), actor, **values)
    found.project = row
    post_tax(actor=actor, half=found)
    return found


def _past(day: date, field: str) -> None:
    if day > clock.today():
        sentence = _("This day is still to come.")
        raise Refused(sentence, code="wrong_date", fields={field: [sentence]})
