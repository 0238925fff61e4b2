"""One pass over the books for everything that is sought, and the lines behind one of it (docs/algorithms/measures.md).

The sums of each unit's own lines come from one statement with a FILTER clause for each figure; they are added up the
tree of units here, by path. Figures that don't count by share need a second statement, in which an event counts once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from assessments.choices import Credit
from assessments.measures.keys import Asked
from assessments.measures.seeking import Conditions, Plan, Sought
from ledger.models import Posting
from organizations.models import Unit
from rules.money import add, multiply

WHY = "figures of the books are the same for everybody; pages show lines through their own scope"
NOUGHT = Decimal(0)
EVENT = "p.event, p.kind, p.basis, p.role"


@dataclass(slots=True)
class Sums:
    """What counts for each unit asked for, with those below it. `reported`: which of them have any line of that kind in
    the window, where something is due; `mark` is the last line (seq) that was read."""

    amounts: dict[Sought, dict[int, Decimal]] = field(default_factory=dict)
    reported: dict[Sought, set[int]] = field(default_factory=dict)
    mark: int = 0


def sums(soughts: Iterable[Sought], units: Iterable[Unit], asked: Asked) -> Sums:
    """Three queries at most, however many are asked for: the tree, the pass, and a second pass for what doesn't count
    by share."""
    soughts, units = list(dict.fromkeys(soughts)), list(units)
    found = Sums()
    if not soughts or not units:
        return found
    tree = Tree.of(units)
    shared = [one for one in soughts if one.credit == Credit.SHARE]
    told = [one for one in soughts if one.definition.returns]
    if shared or told:
        _own(found, shared, told, tree, asked)
    if wholes := [one for one in soughts if one.credit != Credit.SHARE]:
        _wholes(found, wholes, tree, asked)
    return found


def _times(amount: Decimal, sought: Sought) -> Decimal:
    factor = sought.filters.factor
    return amount if factor is None else multiply(amount, factor)


def _column(found: Sums, sought: Sought, tree: Tree, amounts: Iterable[tuple[int, Decimal | None]]) -> None:
    """One figure of all units; those without a line are at nothing."""
    column = dict.fromkeys(tree.targets, NOUGHT)
    column.update((unit, _times(amount, sought)) for unit, amount in amounts if amount)
    found.amounts[sought] = column


@dataclass(frozen=True, slots=True)
class Tree:
    """Which units count in which of those asked for. `above`: unit → the ones asked for in which it counts."""

    targets: tuple[int, ...]
    above: Mapping[int, tuple[int, ...]]
    narrow: bool

    @classmethod
    def of(cls, units: Sequence[Unit]) -> Tree:
        by_path: dict[str, list[int]] = defaultdict(list)
        for unit in units:
            by_path[unit.path].append(unit.pk)
        every = list(Unit.objects.unscoped(reason=WHY).values_list("pk", "path"))
        above = {}
        for pk, path in every:
            steps = [at + 1 for at, letter in enumerate(path) if letter == "."]
            if reached := tuple(target for at in steps for target in by_path.get(path[:at], ())):
                above[pk] = reached
        return cls(tuple(unit.pk for unit in units), above, len(above) * 4 < len(every))

    def below(self, target: int) -> list[int]:
        return [pk for pk, above in self.above.items() if target in above]

    def pairs(self) -> tuple[list[int], list[int]]:
        """Each unit asked for with each unit that counts in it."""
        pairs = [(target, pk) for pk, above in self.above.items() for target in above]
        return [target for target, _pk in pairs], [pk for _target, pk in pairs]


def _own(found: Sums, shared: Sequence[Sought], told: Sequence[Sought], tree: Tree, asked: Asked) -> None:
    """By share: each unit's own lines are added up first, then those below each unit asked for."""
    plan = Plan(asked)
    columns, params = [], list[Any]()
    for one in shared:
        sql, values = plan.condition(one)
        columns.append(f"sum({plan.amount(one)}) FILTER (WHERE {sql})")
        params += values
    places: dict[str, int] = {}  # equal questions share a column
    at: dict[Sought, int] = {}
    for one in told:
        sql, values = plan.any_line(one)
        place = places.setdefault(f"{sql} {values}", len(columns))
        if place == len(columns):
            columns.append(f"count(*) FILTER (WHERE {sql})")
            params += values
        at[one] = place
    where = _where([*shared, *told], tree, plan)
    head, before = tables(plan)
    named = ", ".join(f"{column} AS k{n}" for n, column in enumerate(columns))
    added = ", ".join(f"sum(k{n})" for n in range(len(columns)))
    statement = f"""
        {head or "WITH"}{"," if head else ""}
        own AS (
            SELECT p.unit_id, max(p.seq) AS seq, {named} FROM led_posting p {joins(plan)}
            WHERE {where.sql} GROUP BY p.unit_id
        ),
        reach AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS r (target, unit_id))
        SELECT r.target, max(seq), {added} FROM own JOIN reach r USING (unit_id) GROUP BY r.target
    """  # noqa: S608  (written here; values travel as parameters)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*before, *params, *where.params, *tree.pairs()])
        rows = cursor.fetchall()
    found.mark = max([found.mark, *(row[1] for row in rows)])
    for n, one in enumerate(shared):
        _column(found, one, tree, ((row[0], row[n + 2]) for row in rows))
    for one, place in at.items():
        found.reported[one] = {row[0] for row in rows if row[place + 2]}


def _wholes(found: Sums, wholes: Sequence[Sought], tree: Tree, asked: Asked) -> None:
    """The whole of an event for every unit that shares in it, or for the one with the largest share: once for a unit,
    however many below it share in it."""
    plan = Plan(asked)
    columns, params = [], list[Any]()
    for n, one in enumerate(wholes):
        sql, values = plan.condition(one)
        columns.append(f"max({plan.amount(one, whole=True)}) FILTER (WHERE {sql}) AS w{n}")
        params += values
    where = _where(wholes, tree, plan, everybody=True)  # the largest share may lie elsewhere
    once = ", ".join(f"max(w{n}) AS m{n}" for n in range(len(wholes)))
    firsts = ", ".join(f"max(w{n}) FILTER (WHERE place = 1) AS l{n}" for n in range(len(wholes)))
    lead = [f"sum({'l' if one.credit == Credit.LEAD else 'm'}{n})" for n, one in enumerate(wholes)]
    head, before = tables(plan)
    statement = f"""
        {head or "WITH"}{"," if head else ""}
        holder AS (
            SELECT {EVENT}, p.unit_id, sum(p.share) AS share, max(p.seq) AS seq, {", ".join(columns)}
            FROM led_posting p {joins(plan)} WHERE {where.sql} GROUP BY {EVENT}, p.unit_id
        ),
        placed AS (
            SELECT *, row_number() OVER (PARTITION BY event, kind, basis, role ORDER BY share DESC, unit_id) AS place
            FROM holder
        ),
        reach AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS r (target, unit_id)),
        credited AS (
            SELECT r.target, max(seq) AS seq, {once}, {firsts} FROM placed JOIN reach r USING (unit_id)
            GROUP BY r.target, event, kind, basis, role
        )
        SELECT target, max(seq), {", ".join(lead)} FROM credited GROUP BY target
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [*before, *params, *where.params, *tree.pairs()])
        rows = cursor.fetchall()
    found.mark = max([found.mark, *(row[1] for row in rows)])
    for n, one in enumerate(wholes):
        _column(found, one, tree, ((row[0], row[n + 2]) for row in rows))


def _where(soughts: Sequence[Sought], tree: Tree, plan: Plan, *, everybody: bool = False) -> Conditions:
    """What all that is sought has in common."""
    found = Conditions()
    found.add("p.kind = ANY(%s)", sorted({str(kind) for one in soughts for kind in one.definition.kinds}))
    found.add("p.role = ANY(%s)", sorted({str(one.role) for one in soughts}))
    spans = [plan.span_of(one) for one in soughts]
    firsts = [None if one.filters.cohort else time.since for one, time in zip(soughts, spans, strict=True)]
    if all(firsts):
        found.add("p.occurred_on >= %s", min(first for first in firsts if first))
    found.add("p.posted_in_id <= %s", max(time.posted[1] for time in spans))
    known(found, plan.asked)
    if tree.narrow and not everybody:
        found.add("p.unit_id = ANY(%s)", list(tree.above))
    return found


def known(found: Conditions, asked: Asked, column: str = "p.seq") -> None:
    if asked.watermark is not None:
        found.add(f"{column} <= %s", asked.watermark)


def joins(plan: Plan) -> str:
    found = ""
    if plan.facets.known:
        found += " JOIN facet f ON f.id = p.facet_id"
    if plan.subjects.known:
        found += (
            " LEFT JOIN subject s ON s.subject_id = p.subject_id AND s.role = p.role"
            " AND s.subject_type = p.subject_type"
        )
    if plan.areas:
        found += " LEFT JOIN area a ON a.project_id = p.subject_id AND p.subject_type = 'project'"
    return found


def tables(plan: Plan) -> tuple[str, list[Any]]:
    """What is told of looks, of whole projects and of their land: "WITH …", and its parameters. Nothing is materialised:
    that would keep the pass to one process. OFFSET 0 keeps the marks of a look from being worked out for each line."""
    parts, params = [], list[Any]()
    if plan.facets.known:
        parts.append(
            f"facet AS (SELECT id {plan.facets.columns()} FROM led_facet OFFSET 0)"  # noqa: S608
        )
        params += plan.facets.params
    if plan.subjects.known:
        sql, values = _days(plan)
        parts += [
            sql,
            f"""subject AS (
                SELECT role, subject_type, subject_id {plan.subjects.columns()} FROM day GROUP BY 1, 2, 3
            )""",  # noqa: S608
        ]
        params += [*values, *plan.subjects.params]
    if plan.areas:
        columns = []
        for end, n in plan.areas.items():
            granted = "" if end is None else "FILTER (WHERE granted_on IS NULL OR granted_on <= %s)"
            columns.append(f"sum(area_mu) {granted} AS a{n}")
            params += [] if end is None else [end]
        parts.append(
            f"area AS (SELECT project_id, {', '.join(columns)} FROM prj_parcel"  # noqa: S608
            " WHERE archived_at IS NULL GROUP BY project_id)"
        )
    return (f"WITH {', '.join(parts)}" if parts else ""), params


def _days(plan: Plan) -> tuple[str, list[Any]]:
    """What happened to each project by day, as known by the end of each window: a thing taken back leaves nothing."""
    columns, values = [], list[Any]()
    for (last, until), n in plan.limits.items():
        rule, limits = "p.posted_in_id <= %s", [last]
        if until is not None:
            rule, limits = f"{rule} AND p.occurred_on <= %s", [*limits, until]  # type: ignore[list-item]
        columns += [
            f"sum(p.base_qty) FILTER (WHERE {rule}) AS b{n}",
            f"sum(p.qty) FILTER (WHERE {rule} AND p.currency = 'USD') AS d{n}",
        ]
        values += [*limits, *limits]
    where = Conditions()
    where.add("p.kind = ANY(%s)", sorted(plan.kinds))
    where.add("p.role = ANY(%s)", sorted(plan.roles))
    known(where, plan.asked)
    shape = "p.kind, p.occurred_on, min(p.posted_in_id) AS posted"
    group = "p.kind, p.occurred_on"
    sql = f"""
        SELECT p.role, p.subject_type, p.subject_id, {shape}, {", ".join(columns)} FROM led_posting p
        WHERE {where.sql} GROUP BY p.role, p.subject_type, p.subject_id, {group}
    """  # noqa: S608
    params = [*values, *where.params]
    if plan.leads:  # what became of a lead is what became of its project
        sql += f"""
            UNION ALL SELECT p.role, 'lead', j.lead_id, {shape}, {", ".join(columns)} FROM led_posting p
            JOIN prj_project j ON j.id = p.subject_id AND p.subject_type = 'project'
            WHERE {where.sql} GROUP BY p.role, j.lead_id, {group}
        """  # noqa: S608
        params += params
    return f"day AS ({sql})", params


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines behind a figure of one unit: `posts` are all that it sums; `counts` says how much each counts."""

    sought: Sought
    unit: Unit
    asked: Asked
    below: tuple[int, ...]

    @classmethod
    def of(cls, sought: Sought, unit: Unit, asked: Asked) -> Lines:
        return cls(sought, unit, asked, tuple(Tree.of([unit]).below(unit.pk)))

    def posts(self) -> Any:
        """Unscoped: pages narrow them to what their reader may see."""
        sql, params = self._chosen("p.seq")
        return Posting.objects.unscoped(reason=WHY).filter(seq__in=RawSQL(sql, params))  # noqa: S611

    def counts(self, seqs: Collection[int] | None = None) -> dict[int, Decimal]:
        """{line: how much it counts for the unit}, of these lines or all. They add up to the figure."""
        one, plan = self.sought, Plan(self.asked)
        if one.credit == Credit.SHARE:
            sql, params = self._chosen(f"p.seq, {plan.amount(one)} AS counted", plan)
        else:
            sql, params = self._whole(plan)
        if seqs is not None:
            sql = f"SELECT * FROM ({sql}) x WHERE x.seq = ANY(%s)"  # noqa: S608
            params = [*params, list(seqs)]
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return {seq: _times(amount, one) for seq, amount in cursor.fetchall()}

    def total(self) -> Decimal:
        return add(self.counts().values())

    def _chosen(self, columns: str, plan: Plan | None = None) -> tuple[str, list[Any]]:
        plan = plan or Plan(self.asked)
        sql, params = plan.condition(self.sought)
        where = Conditions(sql, params)
        known(where, self.asked)
        where.add("p.unit_id = ANY(%s)", list(self.below))
        head, before = tables(plan)
        statement = f"{head} SELECT {columns} FROM led_posting p {joins(plan)} WHERE {where.sql}"  # noqa: S608
        return statement, [*before, *where.params]

    def _whole(self, plan: Plan) -> tuple[str, list[Any]]:
        """An event's whole stands at one of its lines, at the others nothing."""
        sql, params = plan.condition(self.sought)
        amount = plan.amount(self.sought, whole=True)
        where = Conditions(sql, params)
        known(where, self.asked)
        head, before = tables(plan)
        counts = "place = 1 AND unit_id = first_unit" if self.sought.credit == Credit.LEAD else "place = 1"
        statement = f"""
            {head or "WITH"}{"," if head else ""}
            holder AS (
                SELECT {EVENT}, p.unit_id, p.seq, {amount} AS whole,
                    sum(p.share) OVER (PARTITION BY {EVENT}, p.unit_id) AS share
                FROM led_posting p {joins(plan)} WHERE {where.sql}
            ),
            led AS (
                SELECT *, first_value(unit_id) OVER (
                    PARTITION BY event, kind, basis, role ORDER BY share DESC, unit_id
                ) AS first_unit FROM holder
            ),
            placed AS (
                SELECT *, row_number() OVER (
                    PARTITION BY event, kind, basis, role ORDER BY unit_id <> first_unit, seq
                ) AS place FROM led WHERE unit_id = ANY(%s)
            )
            SELECT seq, CASE WHEN {counts} THEN whole ELSE 0 END AS counted FROM placed
        """  # noqa: S608
        return statement, [*before, *where.params, list(self.below)]
