"""Reading the books: sums, and the lines behind a sum (docs/algorithms/ledger.md, DOMAIN §3, §8, §11)."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Round

from common import scope
from common.access import Action
from common.actors import Actor
from common.scope import visible_q
from ledger import subjects
from ledger.models import Posting
from organizations.models import Unit
from rules.shares import Credit

FACETS = frozenset({"sector", "industry", "source", "zone", "fund_source", "mode", "park_id"})
WIDE = DecimalField(max_digits=40, decimal_places=8)
K = TypeVar("K", bound=Hashable)


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
    basis: str = ""

    def __post_init__(self) -> None:
        if unknown := set(self.facets) - FACETS:
            raise ValueError(f"no such dimension: {', '.join(sorted(unknown))}")
        measured = (*self.kinds, self.size.kind) if self.size else self.kinds
        if not self.basis and any(_has_bases(kind) for kind in measured):
            raise ValueError(
                "capital that arrived and assets that were formed are never added: name the basis"
            )
        if len({_has_bases(kind) for kind in self.kinds}) > 1:
            raise ValueError("capital is never added to anything else")


def _has_bases(kind: str) -> bool:
    return str(kind).startswith("capital.")


def lines(cut: Cut) -> QuerySet[Posting]:
    """The lines of a cut, of all units. For sums; people read `rows`."""
    return _every().filter(*(fits for _what, fits in _conditions(cut)))


def rows(cut: Cut, unit: Unit, *, actor: Actor, below: bool = True) -> QuerySet[Posting]:
    """Exactly the lines that `sums` adds up for a unit, as far as the actor may see them."""
    near = Q(unit__path__startswith=unit.path) if below else Q(unit=unit)
    return lines(cut).filter(near, visible_q(Posting, actor, Action.VIEW))


# By share each line counts by itself, so the lines of a unit are added up before anything else. Few units are
# found by the index; when everything is asked for, looking each line up would only cost.
FEW = 50
NARROW = "WHERE unit_id IN (SELECT unit_id FROM reach)"
SHARED = """
    own AS (
        SELECT unit_id, kind, sum(part) AS amount FROM line {narrow} GROUP BY unit_id, kind
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

# An event's lines of one kind and dimension share one whole.
EVENT = "event, role, kind, basis"


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
    units = None if units is None else list(units)
    try:
        inner, inner_params = _columns(lines(cut), cut).query.sql_with_params()
        targets, target_params = _targets(units, actor).query.sql_with_params()
    except EmptyResultSet:  # Django knows without asking that nothing can fit
        return {}
    amount = "max(whole)" if credit is Credit.WHOLE else "sum(lead)"
    narrow = _narrow(units)
    statement = f"""
        WITH target (id, path) AS ({targets}),
        reach AS ({_reach(below and units is not None)}),
        line AS ({inner}),
        {SHARED.format(narrow=narrow) if credit is Credit.SHARE else WHOLES.format(amount=amount)}
        SELECT id, kind, sum(amount) FROM credited GROUP BY id, kind
    """  # noqa: S608  (the parts are compiled by the ORM, values travel as parameters)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*target_params, *inner_params])
        return {(unit, kind): total for unit, kind, total in cursor.fetchall()}


def sums_many(
    cuts: Mapping[K, Cut],
    units: Iterable[Unit] | None = None,
    *,
    actor: Actor,
    below: bool = True,
    credit: Credit = Credit.SHARE,
    told: bool = False,
) -> dict[tuple[int, K], Decimal]:
    """{(unit id, key): sum} of several cuts in one query and one pass over the books: other windows, kinds,
    dimensions, clocks, looks, sizes or currencies beside each other. The kinds of one cut are added together.

    Units, credit and rights are those of `sums`, and so is each figure; a unit has no entry for a cut in
    which it has no line. `told`: only what the actor may know (`ledger.subjects.hidden_q`), for pages on which a
    sum over one subject would tell it; without, a figure is the same for everybody. It relies on what `post` keeps: the lines of an event differ in holder, share and
    seq only, so one order of the shares serves all cuts that know the same lines.
    """
    keys = [key for key, cut in cuts.items() if cut.kinds and all(cut.facets.values())]
    if not keys:
        return {}
    chosen = [cuts[key] for key in keys]
    units = None if units is None else list(units)
    try:
        found = _flagged(chosen)
        if told and not actor.is_system:
            found = found.exclude(subjects.hidden_q(actor))
        inner, inner_params = found.query.sql_with_params()
        targets, target_params = _targets(units, actor).query.sql_with_params()
    except EmptyResultSet:
        return {}
    statement = f"""
        WITH target (id, path) AS ({targets}),
        reach AS ({_reach(below and units is not None)}),
        line AS ({inner}),
        {_shared(chosen, _narrow(units)) if credit is Credit.SHARE else _wholes(chosen, credit)}
        SELECT id, {_each(chosen, "sum(amount_{n})")} FROM credited GROUP BY id
    """  # noqa: S608  (the parts are compiled by the ORM or numbers, values travel as parameters)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*target_params, *inner_params])
        return {
            (unit, key): total
            for unit, *totals in cursor.fetchall()
            for key, total in zip(keys, totals, strict=True)
            if total is not None
        }


def whole_in_yuan() -> Any:
    """A line's whole in yuan, as `services.base` rounds it; a number of things as it is."""
    return Coalesce(Round(F("whole") * F("rate"), 2, output_field=WIDE), F("whole"))


def _shared(cuts: list[Cut], narrow: str) -> str:
    """`SHARED`, with a column for each cut."""
    added = _each(cuts, "sum({part}) FILTER (WHERE in_{n}) AS amount_{n}")
    return f"""
        own AS (
            SELECT unit_id, {added} FROM line {narrow} GROUP BY unit_id
        ),
        credited AS (
            SELECT r.id, {_each(cuts, "o.amount_{n}")} FROM own o JOIN reach r ON r.unit_id = o.unit_id
        )
    """  # noqa: S608


def _wholes(cuts: list[Cut], credit: Credit) -> str:
    """`WHOLES`, with a column for each cut and an order of the shares for each set of lines known."""
    wholes = _each(cuts, "max({full}) FILTER (WHERE in_{n}) AS whole_{n}")
    if credit is Credit.WHOLE:
        amounts, shares, orders = _each(cuts, "max(whole_{n}) AS amount_{n}"), "", ""
    else:
        marks = {cut.through: number for number, cut in enumerate(cuts)}
        known = {
            number: "" if mark is None else f"FILTER (WHERE seq <= {mark:d})"
            for mark, number in marks.items()
        }
        shares = "".join(f", sum(share) {which} AS share_{n}" for n, which in known.items())
        orders = "".join(
            f", row_number() OVER (PARTITION BY {EVENT} ORDER BY share_{n} DESC NULLS LAST, unit_id) AS place_{n}"
            for n in known
        )
        amounts = ", ".join(
            f"sum(CASE WHEN place_{marks[cut.through]} = 1 THEN whole_{n} WHEN whole_{n} IS NOT NULL THEN 0 END)"
            f" AS amount_{n}"
            for n, cut in enumerate(cuts)
        )
    return f"""
        holder AS (SELECT {EVENT}, unit_id, {wholes}{shares} FROM line GROUP BY {EVENT}, unit_id),
        ranked AS (SELECT *{orders} FROM holder),
        credited AS (
            SELECT r.id, {amounts} FROM ranked h JOIN reach r ON r.unit_id = h.unit_id GROUP BY r.id, {EVENT}
        )
    """  # noqa: S608


def _each(cuts: list[Cut], pattern: str) -> str:
    """The pattern once for each cut: {n} its number, {part} and {full} the columns that its currency asks for."""
    return ", ".join(
        pattern.format(
            n=n,
            **({"part": "qty", "full": "whole"} if cut.currency else {"part": "base_qty", "full": "yuan"}),
        )
        for n, cut in enumerate(cuts)
    )


def _flagged(cuts: list[Cut]) -> QuerySet[Posting]:
    """Lines that may belong to a cut, each with a mark `in_<number>` for the cuts to which it belongs. What all
    cuts ask for is asked once."""
    each = [_conditions(cut) for cut in cuts]
    shared = [pair for pair in each[0] if all(pair[0] in [what for what, _fits in other] for other in each)]
    asked = [what for what, _fits in shared]
    firsts = [cut.occurred[0] or date.min for cut in cuts]
    lasts = [cut.occurred[1] or date.max for cut in cuts]
    found = _every().filter(
        *(fits for _what, fits in shared),
        kind__in={kind for cut in cuts for kind in cut.kinds},
        role__in={cut.role for cut in cuts},
    )
    found = found.filter(occurred_on__range=(min(firsts), max(lasts)))
    marks = {}
    for number, conditions in enumerate(each):
        own = [fits for what, fits in conditions if what not in asked]
        marks[f"in_{number}"] = ExpressionWrapper(Q(*own) if own else Value(True), BooleanField())
    columns = ("seq", "event", "kind", "basis", "role", "unit_id", "share", "qty", "base_qty", "whole")
    return found.order_by().annotate(yuan=whole_in_yuan(), **marks).values(*columns, "yuan", *marks)


def _targets(units: Iterable[Unit] | None, actor: Actor) -> Any:
    """Key and path of the units that are summed: those asked for whose postings the actor may read."""
    chosen = Unit.objects.unscoped(reason="narrowed to units whose postings the actor may read")
    chosen = chosen.filter(visible_q(_Readable, actor, Action.VIEW))
    if units is not None:
        chosen = chosen.filter(pk__in=[unit.pk for unit in units])
    return chosen.order_by().values("pk", "path")


def _narrow(units: Collection[Unit] | None) -> str:
    return NARROW if units is not None and len(units) <= FEW else ""


def _reach(below: bool) -> str:
    """Which units' lines count for which target."""
    if not below:
        return "SELECT t.id, t.id AS unit_id FROM target t"
    # A unit is below every path that its own begins with: at most as many as the tree is deep, and joined by
    # equality. Comparing each unit with each target by LIKE takes longer than the books themselves.
    return """
        SELECT t.id, u.id AS unit_id FROM org_unit u
        CROSS JOIN LATERAL generate_series(1, length(u.path)) AS k JOIN target t ON t.path = left(u.path, k)
        WHERE substr(u.path, k, 1) = '.'
    """


def _every() -> Any:
    return Posting.objects.unscoped(reason="sums are narrowed to units that the actor may read")


def _conditions(cut: Cut) -> list[tuple[Any, Q]]:
    """What a line of the cut must fulfil, each with a word that says it: equal words, equal conditions."""
    found: list[tuple[Any, Q]] = [
        (("kinds", cut.kinds), Q(kind__in=cut.kinds)),
        (("role", cut.role), Q(role=cut.role)),
    ]
    found += [((name, value), Q(**{name: value})) for name, value in _clock(cut).items()]
    first, last = cut.occurred
    found += [(("from", first), Q(occurred_on__gte=first))] if first else []
    found += [(("to", last), Q(occurred_on__lte=last))] if last else []
    found += [(("basis", cut.basis), Q(basis=cut.basis))] if cut.basis and _has_bases(cut.kinds[0]) else []
    found += [(("currency", cut.currency), Q(currency=cut.currency))] if cut.currency else []
    for name, values in cut.facets.items():
        fits = Q()
        for value in values:
            fits |= Q(**{f"facet__{name}__startswith" if name == "industry" else f"facet__{name}": value})
        found.append(((name, list(values)), fits if values else Q(pk__in=[])))
    if cut.size:
        found.append((("size", cut.size, cut.role, last, cut.posted[1], cut.through), _large(cut, cut.size)))
    return found


def _columns(found: QuerySet[Posting], cut: Cut) -> Any:
    """The columns that `sums` reads, in yuan or in the cut's currency."""
    part, full = ("qty", F("whole")) if cut.currency else ("base_qty", whole_in_yuan())
    columns = found.order_by().annotate(part=F(part), full=full)
    return columns.values("event", "kind", "basis", "unit_id", "share", "part", "full")


def _clock(cut: Cut) -> dict[str, Any]:
    """Which lines the cut's clock knows."""
    first, last = cut.posted
    limits = {"posted_in__gte": first or None, "posted_in__lte": last or None, "seq__lte": cut.through}
    return {name: value for name, value in limits.items() if value is not None}


def _large(cut: Cut, size: Size) -> Q:
    """Lines of subjects that reach the size line by the last day of the cut, by its clock."""
    every = Posting.objects.unscoped(reason="the size is that of the whole")
    same = every.filter(**_clock(replace(cut, posted=(None, cut.posted[1]))))
    same = same.filter(kind=size.kind, role=cut.role, subject_type=size.subject_type)
    same = same.filter(basis=cut.basis) if _has_bases(size.kind) else same
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
