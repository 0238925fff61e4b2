"""Reading the books: sums, and the lines behind a sum (docs/algorithms/ledger.md, DOMAIN §3, §8, §11)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import DecimalField, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Round

from common import scope
from common.access import Action
from common.actors import Actor
from common.scope import visible_q
from ledger.models import Posting
from organizations.models import Unit
from rules.shares import Credit

FACETS = frozenset({"sector", "industry", "source", "zone", "fund_source", "mode", "park_id"})
WIDE = DecimalField(max_digits=40, decimal_places=8)


@dataclass(frozen=True, slots=True)
class Size:
    """A size line: only what belongs to subjects whose whole of `kind` reaches `at_least` yuan, or the line
    of its own currency (10 million US dollars beside 100 million yuan, DOMAIN §3). A share is never held
    against it (DOMAIN §11, "size line and split")."""

    kind: str
    at_least: Decimal
    own: Mapping[str, Decimal] = field(default_factory=dict)
    subject_type: str = "project"


@dataclass(frozen=True, slots=True)
class Cut:
    """Which lines a figure is made of.

    `role` is the one dimension that is read. `occurred` are the first and the last day, both included;
    `posted` the first and the last period (year × 100 + month); None is open. Without `posted` and `through`
    it is what is known now; `through` is the last line (seq) that a closing knew of. `facets`: field → values
    of which one must fit; an industry also takes in the finer ones below its code. `currency`: only lines in
    that currency, summed in it; "" sums everything in yuan.
    """

    kinds: tuple[str, ...]
    role: str
    occurred: tuple[date | None, date | None] = (None, None)
    posted: tuple[int | None, int | None] = (None, None)
    through: int | None = None
    facets: Mapping[str, Collection[Any]] = field(default_factory=dict)
    currency: str = ""
    size: Size | None = None

    def __post_init__(self) -> None:
        if unknown := set(self.facets) - FACETS:
            raise ValueError(f"no such dimension: {', '.join(sorted(unknown))}")


def lines(cut: Cut) -> QuerySet[Posting]:
    """The lines of a cut, of all units. For sums; people read `rows`."""
    found = _clock(Posting.objects.unscoped(reason="sums are narrowed to units that the actor may read"), cut)
    found = found.filter(kind__in=cut.kinds, role=cut.role)
    first, last = cut.occurred
    found = found.filter(occurred_on__gte=first) if first else found
    found = found.filter(occurred_on__lte=last) if last else found
    found = found.filter(currency=cut.currency) if cut.currency else found
    for name, values in cut.facets.items():
        fits = Q()
        for value in values:
            fits |= Q(**{f"facet__{name}__startswith" if name == "industry" else f"facet__{name}": value})
        found = found.filter(fits) if values else found.none()
    return found.filter(_large(cut, cut.size)) if cut.size else found


def rows(cut: Cut, unit: Unit, *, actor: Actor, below: bool = True) -> QuerySet[Posting]:
    """Exactly the lines that `sums` adds up for a unit, as far as the actor may see them."""
    near = Q(unit__path__startswith=unit.path) if below else Q(unit=unit)
    return lines(cut).filter(near, visible_q(Posting, actor, Action.VIEW))


# By share each line counts by itself, so the lines of a unit are added up before anything else.
SHARED = """
    own AS (
        SELECT unit_id, kind, sum(part) AS amount FROM line
        WHERE unit_id IN (SELECT unit_id FROM reach) GROUP BY unit_id, kind
    ),
    credited AS (SELECT r.id, o.kind, o.amount FROM own o JOIN reach r ON r.unit_id = o.unit_id)
"""
# Otherwise an event counts once for a unit, however many below it share in it.
WHOLES = """
    holder AS (
        SELECT event, kind, basis, unit_id, sum(share) AS share, max("full") AS whole
        FROM line GROUP BY event, kind, basis, unit_id
    ),
    ranked AS (
        SELECT *, CASE WHEN row_number() OVER (
            PARTITION BY event, kind, basis ORDER BY share DESC, unit_id
        ) = 1 THEN whole ELSE 0 END AS lead FROM holder
    ),
    credited AS (
        SELECT r.id, h.kind, {amount} AS amount FROM ranked h JOIN reach r ON r.unit_id = h.unit_id
        GROUP BY r.id, h.event, h.kind, h.basis
    )
"""


def sums(
    cut: Cut,
    units: Iterable[Unit] | None = None,
    *,
    actor: Actor,
    below: bool = True,
    credit: Credit = Credit.SHARE,
) -> dict[tuple[int, str], Decimal]:
    """{(unit id, kind): sum} in one query; a unit without a line has no entry, which is not zero.

    A unit's sum takes in the units below it, where a whole shared among them counts once; `below=False`
    takes only its own lines. `units` None: every unit that has lines itself. `credit`: by share, the whole
    for each that has a share, or the whole for the unit with the largest share (0 for the others). Units
    whose postings the actor may not read are left out.
    """
    chosen = Unit.objects.unscoped(reason="narrowed to units whose postings the actor may read")
    chosen = chosen.filter(visible_q(_Readable, actor, Action.VIEW))
    if units is not None:
        chosen = chosen.filter(pk__in=[unit.pk for unit in units])
    try:
        inner, inner_params = _columns(lines(cut), cut).query.sql_with_params()
        targets, target_params = chosen.order_by().values("pk", "path").query.sql_with_params()
    except EmptyResultSet:  # Django knows without asking that nothing can fit
        return {}
    meets = "u.path LIKE t.path || '%%'" if below and units is not None else "u.id = t.id"
    amount = "max(whole)" if credit is Credit.WHOLE else "sum(lead)"
    statement = f"""
        WITH target (id, path) AS ({targets}),
        reach AS (SELECT t.id, u.id AS unit_id FROM target t JOIN org_unit u ON {meets}),
        line AS ({inner}),
        {SHARED if credit is Credit.SHARE else WHOLES.format(amount=amount)}
        SELECT id, kind, sum(amount) FROM credited GROUP BY id, kind
    """  # noqa: S608  (the parts are compiled by the ORM, values travel as parameters)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*target_params, *inner_params])
        return {(unit, kind): total for unit, kind, total in cursor.fetchall()}


def whole_in_yuan() -> Any:
    """A line's whole in yuan, as `services.base` rounds it; a number of things as it is."""
    return Coalesce(Round(F("whole") * F("rate"), 2, output_field=WIDE), F("whole"))


def _columns(found: QuerySet[Posting], cut: Cut) -> Any:
    """The columns that `sums` reads, in yuan or in the cut's currency."""
    part, full = ("qty", F("whole")) if cut.currency else ("base_qty", whole_in_yuan())
    columns = found.order_by().annotate(part=F(part), full=full)
    return columns.values("event", "kind", "basis", "unit_id", "share", "part", "full")


def _clock(found: Any, cut: Cut) -> Any:
    """As known by the cut's clock."""
    first, last = cut.posted
    found = found.filter(posted_in__gte=first) if first else found
    found = found.filter(posted_in__lte=last) if last else found
    return found.filter(seq__lte=cut.through) if cut.through is not None else found


def _large(cut: Cut, size: Size) -> Q:
    """Lines of subjects that reach the size line by the last day of the cut, by its clock."""
    every = Posting.objects.unscoped(reason="the size is that of the whole")
    same = _clock(every, replace(cut, posted=(None, cut.posted[1])))
    same = same.filter(kind=size.kind, role=cut.role, subject_type=size.subject_type)
    if cut.occurred[1]:
        same = same.filter(occurred_on__lte=cut.occurred[1])
    reached = Q(total__gte=size.at_least)
    totals = {"total": Sum("base_qty")}
    for currency, at_least in size.own.items():
        totals[f"own_{currency}"] = Sum("qty", filter=Q(currency=currency))
        reached |= Q(**{f"own_{currency}__gte": at_least})
    large = same.order_by().values("subject_id").annotate(**totals).filter(reached).values("subject_id")
    return Q(subject_type=size.subject_type, subject_id__in=large)


class _Readable:
    """Units, as the gate sees the postings that they have."""

    class Scope(scope.Scope):
        kind = "posting"
        path = "path"
