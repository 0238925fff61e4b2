"""Reads about entries and vouchers that several pages share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Round

from capital.choices import Level
from capital.models import Allocation, CapitalEntry, Recognition

MONEY: Any = DecimalField(max_digits=40, decimal_places=2)


def in_yuan(amount: str, rate: str = "rate") -> Any:
    """An entry's amount, or a part of it, in yuan at the entry's own rate, to the cent half up as the books have it
    (`ledger.services.base`). To be added up: each one is rounded for itself."""
    return Round(F(amount) * F(rate), 2, output_field=MONEY)


def recognised(level: str) -> Any:
    """What is recognised of an entry at a level, in its currency; null when nobody decided."""
    rows = Recognition.objects.unscoped(reason="part of the entry's own row").filter(
        entry=OuterRef("pk"), level=level
    )
    sums = rows.order_by().values("entry").annotate(total=Sum("delta")).values("total")
    return Subquery(sums, output_field=MONEY)


def with_sums(queryset: QuerySet) -> QuerySet:
    """Entries with `preliminary_sum`, `final_sum` (null: not decided) and `proofs`, the number of vouchers."""
    proofs = (
        Allocation._base_manager.filter(entry=OuterRef("pk"), archived_at=None)
        .order_by()
        .values("entry")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return queryset.annotate(
        preliminary_sum=recognised(Level.PRELIMINARY),
        final_sum=recognised(Level.FINAL),
        proofs=Coalesce(Subquery(proofs), Value(0)),
    )


def with_used(queryset: QuerySet) -> QuerySet:
    """Vouchers with `used`: what of them is allocated, in their own currency."""
    rows = (
        Allocation._base_manager.filter(voucher=OuterRef("pk"), archived_at=None)
        .order_by()
        .values("voucher")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    return queryset.annotate(used=Coalesce(Subquery(rows, output_field=MONEY), Value(Decimal(0), MONEY)))


def sums_by_basis(entries: Any) -> list[dict[str, Any]]:
    """Totals of entries by basis and currency, each {basis, currency_id, total, n}: the bases are never added."""
    rows = CapitalEntry._base_manager.filter(pk__in=entries.order_by().values("pk"))
    found: Any = rows.order_by().values("basis", "currency_id").annotate(total=Sum("amount"), n=Count("pk"))
    return list(found.order_by("basis", "currency_id"))
