"""What the books say of chosen entries, by one of the two clocks (docs/algorithms/closing.md; DOMAIN §3)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import CharField, F, Func, Q, Sum, Value
from django.db.models.functions import Cast, Coalesce

from capital.choices import Basis
from capital.models import CapitalEntry
from ledger.asked import Clock
from ledger.choices import Kind, Role
from ledger.clocks import known_now
from ledger.selectors import Cut, lines
from projects.posting import TYPE

SHOWN = (Kind.CAPITAL_REPORTED, Kind.CAPITAL_RECOGNISED)
ENTRY = Func(F("event"), Value(":"), Value(2), function="split_part", output_field=CharField())


def lines_of(entries: Any, kinds: Iterable[str], clock: dict[str, Any]) -> Any:
    """Lines about entries, whatever wrote them (an entry, a decision, shares that changed), each with `entry`, its key as
    text. In the dimension of assessed units, where the shares of an entry add up to its whole. `clock`: fields of a
    Cut. The caller has seen that the actor may know the entries. To be added up by basis, never across."""
    cuts = (lines(Cut(tuple(kinds), Role.ASSESSED, basis=basis, **clock)) for basis in Basis.values)
    rows = entries.order_by()
    return (
        reduce(or_, cuts)
        .filter(subject_type=TYPE, subject_id__in=rows.values("project"), event__startswith="capital:")
        .annotate(entry=ENTRY)
        .filter(entry__in=rows.annotate(key=Cast("pk", CharField())).values("key"))
        .order_by()
    )


def sums_by_basis(entries: Any, clock: Clock) -> dict[tuple[str, str], dict[str, Decimal]]:
    """{(basis, currency): {kind: sum in the currency}} of entries, in one query."""
    rows = CapitalEntry._base_manager.filter(pk__in=entries.order_by().values("pk"))
    found: dict[tuple[str, str], dict[str, Decimal]] = {}
    sums = lines_of(rows, SHOWN, clock.fields).values_list("basis", "currency", "kind")
    for basis, currency, kind, total in sums.annotate(total=Sum("qty")).order_by("basis", "currency"):
        found.setdefault((basis, currency), {})[kind] = total
    return found


def by_entry(entries: Any, clock: Clock | None) -> dict[int, tuple[Decimal, Decimal]]:
    """{key of an entry: (reported as known now, reported by the clock)} in the entry's currency, in one query."""
    asked = clock.q if clock else Q()
    sums = lines_of(entries, (Kind.CAPITAL_REPORTED,), known_now()).values_list("entry")
    rows = sums.annotate(now=Sum("qty"), then=Coalesce(Sum("qty", filter=asked), Value(Decimal(0))))
    return {int(entry): (now, then) for entry, now, then in rows}
