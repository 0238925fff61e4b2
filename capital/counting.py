"""What counts, read from the books: facts of projects gathered in a fixed number of queries, held against a rule
(docs/algorithms/counting.md, DOMAIN §3, §4, §11).

A `Reading` is everything that a rule asks about in one state and basis, by one clock. `figures` gives the sum of
units, `behind` the lines below a sum; both come from the same facts, so they can't differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from capital.choices import Level
from capital.models import CapitalEntry
from capital.rulebook import excluded, read_rule, rule_on, version_of
from ledger.choices import Kind, Role
from ledger.models import FINAL_ACCOUNT, Posting
from organizations.choices import UnitKind
from organizations.models import Unit
from rules import counting
from rules.counting import Counted, Movement, Project, Rule, Size, Tax
from rules.money import add

ALL = "what counts is reckoned from whole projects; people read figures and rows through their own scope"
KINDS = {Level.PRELIMINARY: Kind.CAPITAL_PRELIMINARY, Level.FINAL: Kind.CAPITAL_RECOGNISED}
LEVELS = {
    UnitKind.REGION: "city",
    UnitKind.CITY: "city",
    UnitKind.COUNTY: "county",
    UnitKind.PARK: "park",
    UnitKind.TOWN: "town",
}
KNOWN_NOW = 9999 * 100 + FINAL_ACCOUNT  # a period after every other: as known now
NOUGHT = Decimal(0)
COLUMNS = (
    "seq", "event", "subject_id", "kind", "unit_id", "base_qty", "qty", "currency", "occurred_on", "posted_in_id",
    "facet__sector", "facet__industry", "facet__zone", "facet__fund_source", "facet__mode", "facet__park_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is counted: by which rule ("": everything recognised), which basis, in which state. `currency`: "" in
    yuan, else only lines in it, summed in it. `role`: the dimension of attribution."""

    basis: str
    state: str = Level.FINAL
    rule_code: str = ""
    currency: str = ""
    role: str = Role.ASSESSED


@dataclass(frozen=True, slots=True)
class Clock:
    """Lines counted up to a period and written up to a seq."""

    through: int = KNOWN_NOW
    watermark: int | None = None

    def narrow(self, rows: Any) -> Any:
        rows = rows.filter(posted_in__lte=self.through)
        return rows if self.watermark is None else rows.filter(seq__lte=self.watermark)


@dataclass(frozen=True, slots=True)
class Reading:
    """Facts by one clock: lines up to `watermark` (a seq). `excluded`: project → first day on which it is out."""

    wanted: Wanted
    rule: Rule
    projects: tuple[Project, ...]
    watermark: int
    year: int
    excluded: Mapping[int, date] = field(default_factory=dict)
    sha256: str = ""

    def count(self, level: str, through: int, year: int = 0) -> tuple[Counted, ...]:
        """Each project's figure for units of a level, January of the year through a period."""
        return counting.count(self.rule, self.projects, year=year or self.year, through=through, level=level)


@dataclass(frozen=True, slots=True)
class Figure:
    """A unit's own figure of the year, prior-year adjustments apart, and how many projects count in it."""

    own: Decimal
    prior: Decimal
    projects: int
    lines: bool  # is there any line at all of the year, counted or not?


def read(
    wanted: Wanted,
    day: date,
    *,
    through: int = KNOWN_NOW,
    watermark: int | None = None,
    since_year: int = 0,
) -> Reading:
    """The facts that the rule in force on `day` asks about: counted up to the period `through` and written up to line
    `watermark` (None: all that is there).

    `since_year`: the first year that figures are wanted of (that of the day when 0); earlier lines come along
    where the rule needs them. A number of queries that doesn't depend on projects, units and lines: 1 for the
    postings, and for what the rule asks of a project, its kinds of entries, its list of exclusions 1 each.
    Raises NoRule.
    """
    rule, out, sha = _everything(wanted), dict[int, date](), ""
    if wanted.rule_code:
        row = rule_on(wanted.rule_code, day)
        rule, sha, out = read_rule(row), row.sha256, excluded(row.code)
    clock = Clock(through, watermark)
    return _read(wanted, rule, day.year, since_year or day.year, out, sha, clock)


def reread(
    wanted: Wanted, version: str, *, year: int, through: int, watermark: int, excluded: Mapping[int, date]
) -> Reading:
    """The facts of a reading again, as it knew them: by a version of its rule ("code/number"; "all": none), its
    last line and its list of exclusions. Raises NoRule when that version is gone."""
    row = version_of(version) if wanted.rule_code else None
    rule = read_rule(row) if row else _everything(wanted)
    return _read(wanted, rule, year, year, excluded, row.sha256 if row else "", Clock(through, watermark))


def try_out(wanted: Wanted, rule: Rule, year: int, out: Mapping[int, date]) -> Reading:
    """What a rule that isn't published yet would read of a year, as known now: for its worked example."""
    return _read(wanted, rule, year, year, out, "", Clock())


def _everything(wanted: Wanted) -> Rule:
    return Rule(state=wanted.state, basis=wanted.basis, version="all")


def _read(
    wanted: Wanted,
    rule: Rule,
    year: int,
    first: int,
    out: Mapping[int, date],
    sha: str,
    clock: Clock,
) -> Reading:
    lines = _lines(wanted, rule, first, clock)
    projects, last = _projects(wanted, rule, lines, out, clock)
    mark = last if clock.watermark is None else clock.watermark
    return Reading(wanted, rule, projects, mark, year, out, sha)


def figures(reading: Reading, units: Iterable[Unit], through: int, *, year: int = 0) -> dict[int, Figure]:
    """{unit id: its figure}, with the units below it. Every unit asked for has an entry."""
    units, found = list(units), {}
    paths = _paths(reading)
    moved = {
        holder
        for one in reading.projects
        for move in one.movements
        if move.period <= through and move.day.year == (year or reading.year)
        for holder in move.parts
    }
    for level in sorted({level_of(unit) for unit in units}):
        counted = reading.count(level, through, year)
        for unit in units:
            if level_of(unit) == level:
                found[unit.pk] = _figure(counted, _below(unit, paths), moved)
    return found


def level_of(unit: Unit) -> str:
    return LEVELS.get(UnitKind(unit.kind), "other")


def holders(reading: Reading, unit: Unit) -> set[int]:
    """The units of the reading that count in this one: itself and those below it."""
    return _below(unit, _paths(reading))


def _figure(counted: Sequence[Counted], holders: set[int], moved: set[int]) -> Figure:
    own, prior, projects = list[Decimal](), list[Decimal](), 0
    for one in counted:
        mine = [part for holder, part in one.parts.items() if holder in holders]
        own += mine
        prior += [part for holder, part in one.prior_parts.items() if holder in holders]
        projects += bool(mine)
    return Figure(add(own), add(prior), projects, bool(holders & moved))


def _paths(reading: Reading) -> dict[int, str]:
    ids = {unit for one in reading.projects for move in one.movements for unit in move.parts}
    rows = Unit.objects.unscoped(reason=ALL).filter(pk__in=ids)
    return dict(rows.values_list("pk", "path"))


def _below(unit: Unit, paths: Mapping[int, str]) -> set[int]:
    return {pk for pk, path in paths.items() if path.startswith(unit.path)}


def _lines(wanted: Wanted, rule: Rule, year: int, clock: Clock) -> list[dict[str, Any]]:
    """Lines of capital, and of tax where the rule counts it, in the order of writing."""
    capital = Q(kind=KINDS[Level(wanted.state)], basis=wanted.basis)
    if rule.real_estate is not None and not wanted.currency:
        capital |= Q(kind=Kind.TAX_NET)
    rows = clock.narrow(Posting.objects.unscoped(reason=ALL))
    rows = rows.filter(capital, role=wanted.role, subject_type="project")
    if wanted.currency:
        rows = rows.filter(currency=wanted.currency)
    if rule.threshold is None and rule.kept_days is None:
        # Earlier years only matter where something of them was counted after they were settled.
        late = Q(posted_in__gt=(year - 1) * 100 + FINAL_ACCOUNT)
        rows = rows.filter(Q(occurred_on__gte=date(year, 1, 1)) | late)
    return list(rows.order_by("seq").values(*COLUMNS))


def _projects(
    wanted: Wanted,
    rule: Rule,
    lines: Sequence[Mapping[str, Any]],
    out: Mapping[int, date],
    clock: Clock,
) -> tuple[tuple[Project, ...], int]:
    """The projects, and the last line (seq) that says something about them."""
    kinds = _entry_kinds(lines) if rule.kinds else {}
    facts, mark = _facts(rule, {line["subject_id"] for line in lines}, wanted.role, clock)
    movements: dict[int, list[Movement]] = defaultdict(list)
    last: dict[int, Mapping[str, Any]] = {}
    for group in _events(lines):
        head = group[0]
        movements[head["subject_id"]].append(_movement(wanted, group, kinds))
        last[head["subject_id"]] = head
    projects = tuple(
        Project(
            key=key,
            movements=tuple(some),
            sector=last[key]["facet__sector"],
            place="park" if last[key]["facet__park_id"] else "elsewhere",
            excluded=out.get(key),
            **facts.get(key, {}),
        )
        for key, some in sorted(movements.items())
    )
    return projects, max([mark, *(line["seq"] for line in lines)])


def _events(lines: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """The lines of each event and kind: one whole, divided among units."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for line in lines:
        found[line["event"], line["kind"]].append(line)
    return list(found.values())


def _movement(wanted: Wanted, group: list[Mapping[str, Any]], kinds: Mapping[int, str]) -> Movement:
    head, parts = group[0], dict[int, Decimal]()
    amount = "qty" if wanted.currency else "base_qty"
    for line in group:
        parts[line["unit_id"]] = add([parts.get(line["unit_id"], NOUGHT), line[amount]])
    kind = Tax if head["kind"] == Kind.TAX_NET else Movement
    return kind(
        ref=head["event"],
        day=head["occurred_on"],
        period=head["posted_in_id"],
        whole=add(parts.values()),
        parts=parts,
        kind=kinds.get(entry_of(head["event"]) or 0, ""),
        zone=head["facet__zone"],
        fund_source=head["facet__fund_source"],
        mode=head["facet__mode"],
        sector=head["facet__sector"],
        industry=head["facet__industry"],
        currency=head["currency"],
        own=add(line["qty"] for line in group),
        yuan=add(line["base_qty"] for line in group),
    )


def entry_of(event: str) -> int | None:
    """The entry that an event is about: "capital:7:r2#3-" → 7; None for tax and everything else."""
    first, _colon, rest = event.partition(":")
    number = rest.partition(":")[0]
    return int(number) if first == "capital" and number.isdigit() else None


def _entry_kinds(lines: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    ids = {entry for line in lines if (entry := entry_of(line["event"])) is not None}
    rows = CapitalEntry.objects.unscoped(reason=ALL).filter(pk__in=ids)
    return dict(rows.values_list("pk", "kind"))


def _facts(rule: Rule, projects: set[int], role: str, clock: Clock) -> tuple[dict[int, dict[str, Any]], int]:
    """Contract amounts and first days, from the books too, so that they can be read again by the same clock."""
    by_contract = rule.threshold is not None and rule.threshold.of == "contract"
    kinds = [Kind.CONTRACT] if by_contract else []
    if rule.window is not None:
        kinds.append(Kind.SIGNED if rule.window.since == "signed" else Kind.STARTED)
    if not kinds:
        return {}, 0
    rows = clock.narrow(Posting.objects.unscoped(reason=ALL)).filter(
        kind__in=kinds, role=role, subject_type="project", subject_id__in=projects
    )
    amounts: dict[int, list[Any]] = defaultdict(list)
    days: dict[tuple[int, str, date], Decimal] = defaultdict(Decimal)
    last = 0
    for line in rows.values("seq", "subject_id", "kind", "base_qty", "qty", "currency", "occurred_on"):
        last = max(last, line["seq"])
        if line["kind"] == Kind.CONTRACT:
            amounts[line["subject_id"]].append(line)
        else:
            days[line["subject_id"], line["kind"], line["occurred_on"]] += line["base_qty"]
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for project, some in amounts.items():
        own: dict[str, Decimal] = {}
        for line in some:
            own[line["currency"]] = add([own.get(line["currency"], NOUGHT), line["qty"]])
        found[project]["contract"] = Size(add(line["base_qty"] for line in some), own)
    for (project, kind, day), number in sorted(days.items(), reverse=True):
        if number > 0:  # taken back and written anew leave one; the earliest day stands
            found[project]["signed" if kind == Kind.SIGNED else "started"] = day
    return found, last
