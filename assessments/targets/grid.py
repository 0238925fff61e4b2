"""The grid of targets: a row for each holder, a column for each measure and kind, with quarters on demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assessments.above import from_above
from assessments.booked import last_day
from assessments.choices import QuartersIn, TargetKind
from assessments.models import Measure, RankingTable, Target
from assessments.targets.numbers import box, is_money, shown, typed, unit_label
from assessments.targets.places import Given, Holder, Place, in_force
from assessments.targets.reading import Held, targets
from common.access import Action
from common.actors import Actor, may
from organizations.models import CompetitionGroup, Officer, Post, Unit
from organizations.selectors import members_on
from rules.money import add
from rules.periods import Month

KIND = Target.Scope.kind
MOST = 500  # rows
QUARTERS = ("q1", "q2", "q3", "q4")
WHY = "targets of holders that the actor sees"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page shows: a group's units, or the units, posts or persons below a unit; `parent` carries the sum's own
    target. `kinds` of targets beside each other; `month`: targets as they hold then, and from which changes hold."""

    parent: Unit
    group: CompetitionGroup | None
    year: int
    month: int
    kinds: tuple[str, ...] = (TargetKind.FIRM,)
    holders: str = "unit"  # unit, post, officer
    quarters: bool = False
    measures: tuple[int, ...] = ()  # none: those that have targets or are ranked


@dataclass(frozen=True, slots=True)
class Column:
    """`key` names it in sums; `part` is "" for the year, or a quarter."""

    measure: Measure
    kind: str
    part: str

    @property
    def key(self) -> str:
        return "-".join(filter(None, (str(self.measure.pk), self.kind, self.part)))

    @property
    def kind_label(self) -> Any:
        return TargetKind(self.kind).label

    @property
    def label(self) -> str:
        return self.measure.name if not self.part else _("quarter %(n)s") % {"n": self.part[1]}

    @property
    def sub(self) -> str:
        return f"{self.kind_label} · {unit_label(self.measure)}"


@dataclass(slots=True)
class Cell:
    """One box. `text` as it is typed; `row`: the target that holds; `other`: the one that holds though it has none of its
    own, in words, and as a number for the sum (`counts`)."""

    name: str
    key: str
    column: Column
    text: str = ""
    row: Target | None = None
    other: str = ""
    counts: str = ""
    error: str = ""
    fixed: str = ""  # made of lines: read here, changed on its page


@dataclass(slots=True)
class Line:
    """`part`: "own" (the parent's), "row" (summed), "rest" (what holds for those without one)."""

    holder: Holder
    name: str
    label: str
    code: str
    part: str
    editable: bool
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Grid:
    asked: Asked
    columns: list[Column]
    lines: list[Line]
    seen: dict[Place, int]
    more: bool = False  # there are more rows than are shown


def read(actor: Actor, asked: Asked) -> Grid:
    """As many queries for 200 holders as for 2."""
    holders = _holders(actor, asked)
    measures = _measures(actor, asked)
    columns = [
        Column(measure, kind, part)
        for measure in measures
        for kind in asked.kinds
        for part in (("", *QUARTERS) if asked.quarters else ("",))
    ]
    places = [Place(one[0], m.pk, kind) for one in holders for m in measures for kind in asked.kinds]
    rows = in_force(places, asked.year, asked.month) if places else {}
    units = [row for holder, row, _part in holders if holder.sort == "unit"]
    others = targets(units, measures, asked.year, asked.month, asked.kinds) if units else {}
    lines = []
    for holder, row, part in holders[:MOST]:
        unit = row if isinstance(row, Unit) else getattr(row, "unit", None) or row.owner
        line = Line(
            holder,
            _name(holder, row),
            getattr(row, "label", "") if holder.sort == "unit" else "",
            getattr(row, "code", "") if holder.sort == "unit" else "",
            part,
            may(actor, Action.CHANGE, KIND, path=unit.path)
            and (holder.sort != "unit" or from_above(actor, Action.CHANGE, KIND, unit)),
        )
        for column in columns:
            place = Place(holder, column.measure.pk, column.kind)
            held = (
                others.get((holder.pk, column.measure.code, column.kind)) if holder.sort == "unit" else None
            )
            line.cells.append(_cell(place, column, rows.get(place), held))
        lines.append(line)
    return Grid(asked, columns, lines, {place: one.pk for place, one in rows.items()}, len(holders) > MOST)


def _name(holder: Holder, row: Any) -> str:
    if holder.sort == "group":
        return _("Others of %(name)s") % {"name": row.name}
    if holder.sort == "rest":
        return _("All others of %(name)s") % {"name": row.label}
    return str(row)


def _cell(place: Place, column: Column, row: Target | None, held: Held | None) -> Cell:
    cell = Cell(place.name + (f"-{column.part}" if column.part else ""), column.key, column, row=row)
    money = is_money(column.measure)
    if row is not None and row.composed is not None:
        cell.fixed = shown(column.measure, row.value) if not column.part else "–"
        cell.counts = box(row.value, money=money) if not column.part else ""
    elif row is not None and not column.part:
        cell.text = box(row.value, money=money)
    elif row is not None and row.quarters is not None:
        share = row.quarters[QUARTERS.index(column.part)]
        percent = row.quarters_in == QuartersIn.PERCENT
        cell.text = f"{box(share, money=False)}%" if percent else box(share, money=money)
    elif row is None and held is not None and not column.part:
        cell.counts = box(held.value, money=money)
        cell.other = shown(column.measure, held.value) + (f" · {held.whose}" if held.whose else "")
    return cell


def _holders(actor: Actor, asked: Asked) -> list[tuple[Holder, Any, str]]:
    """(holder, its row, part of the page) in the order of the page."""
    if asked.holders != "unit":
        model: Any = Post if asked.holders == "post" else Officer
        rows = model.objects.visible_to(actor).filter(
            unit__path__startswith=asked.parent.path, archived_at=None
        )
        rows = rows.select_related("unit").order_by("unit__path", "pk")[: MOST + 1]
        return [(Holder(asked.holders, row.pk), row, "row") for row in rows]
    own: list[tuple[Holder, Any, str]] = [(Holder("unit", asked.parent.pk), asked.parent, "own")]
    rest: list[tuple[Holder, Any, str]] = [(Holder("rest", asked.parent.pk), asked.parent, "rest")]
    if asked.group is not None:
        day = last_day(Month(asked.year, asked.month))
        units = [one.unit for one in members_on(asked.group, day) if one.unit_id != asked.parent.pk]
        rest.insert(0, (Holder("group", asked.group.pk), asked.group, "rest"))
    else:
        units = list(
            Unit.objects.visible_to(actor)
            .filter(parent=asked.parent, archived_at=None)
            .order_by("sort", "pinyin", "code")[: MOST + 1]
        )
    seen = set(
        Unit.objects.visible_to(actor).filter(pk__in=[one.pk for one in units]).values_list("pk", flat=True)
    )
    rows = [(Holder("unit", one.pk), one, "row") for one in units if one.pk in seen and _shown(actor, one)]
    return [
        *(one for one in own if _shown(actor, asked.parent)),
        *rows,
        *(one for one in rest if _shown(actor, asked.parent)),
    ]


def _shown(actor: Actor, unit: Unit) -> bool:
    """Everybody sees the directory of units; whose target one sees is another question."""
    return may(actor, Action.VIEW, KIND, path=unit.path)


def _measures(actor: Actor, asked: Asked) -> list[Measure]:
    rows = Measure.objects.visible_to(actor).filter(archived_at=None).order_by("sort", "code")
    if asked.measures:
        return list(rows.filter(pk__in=asked.measures))
    used = set(
        Target.objects.visible_to(actor)
        .filter(year=asked.year, superseded_at=None, unit__path__startswith=asked.parent.path)
        .values_list("measure", flat=True)
        .distinct()
    )
    if asked.group is not None:
        tables = RankingTable.objects.unscoped(reason=WHY).filter(group=asked.group, archived_at=None)
        used |= set(tables.exclude(measure__nature="ratio").values_list("measure", flat=True))
    every = list(rows)
    return [one for one in every if one.pk in used] or every[:3]


def given_in(grid: Grid, sent: Mapping[str, str]) -> tuple[dict[Place, Given | None], dict[str, str]]:
    """What was typed into the boxes of the grid, and what is wrong with the others: {name of the box: why}."""
    found: dict[Place, Given | None] = {}
    wrong: dict[str, str] = {}
    for line in grid.lines:
        for cells in _by_place(line.cells):
            whole = cells[0]
            if not line.editable or whole.fixed or not any(cell.name in sent for cell in cells):
                continue
            place = Place(line.holder, whole.column.measure.pk, whole.column.kind)
            try:
                found[place] = _given(cells, sent, wrong)
            except ValidationError as problem:
                wrong[whole.name] = " ".join(problem.messages)
    return {place: given for place, given in found.items() if place.name not in wrong}, wrong


def _by_place(cells: Sequence[Cell]) -> Iterable[list[Cell]]:
    """The boxes of a target: the year, and its quarters where they are shown."""
    found: list[list[Cell]] = []
    for cell in cells:
        if not cell.column.part:
            found.append([])
        found[-1].append(cell)
    return found


def _given(cells: list[Cell], sent: Mapping[str, str], wrong: dict[str, str]) -> Given | None:
    money = is_money(cells[0].column.measure)
    value = typed(sent.get(cells[0].name, cells[0].text), money=money)
    if len(cells) == 1:
        row = cells[0].row
        if value is None:
            return None
        return Given(value, row.quarters if row else None, row.quarters_in if row else "")
    texts = [sent.get(cell.name, cell.text).strip() for cell in cells[1:]]
    if not any(texts):
        return Given(value) if value is not None else None
    percent = [text.endswith(("%", "％")) for text in texts if text]
    if len(percent) < 4 or len(set(percent)) > 1:
        raise ValidationError(_("Write all four quarters: as amounts, or each with a per cent sign."))
    quarters = []
    for cell, text in zip(cells[1:], texts, strict=True):
        try:
            quarters.append(typed(text.rstrip("%％ "), money=money and not percent[0]))
        except ValidationError as problem:
            wrong[cell.name] = wrong[cells[0].name] = " ".join(problem.messages)
    kept = tuple(one for one in quarters if one is not None)
    return Given(value, kept, QuartersIn.PERCENT if percent[0] else QuartersIn.AMOUNT)


def typed_again(grid: Grid, sent: Mapping[str, str], wrong: Mapping[str, str]) -> None:
    """Put back what was typed, and say beside a box what is wrong with it."""
    for line in grid.lines:
        for cell in line.cells:
            if line.editable and not cell.fixed and cell.name in sent:
                cell.text = sent[cell.name].strip()
            cell.error = wrong.get(cell.name, "")


def sums(grid: Grid) -> list[dict[str, Any]]:
    """Below each column the sum of its rows, and the parent's own beside it; they need not be equal. In the units that are
    typed; amounts by quarter are summed where they are amounts."""
    found = []
    for number, column in enumerate(grid.columns):
        rows = [line.cells[number] for line in grid.lines if line.part == "row"]
        own = next((line.cells[number] for line in grid.lines if line.part == "own"), None)
        total = add(_number(cell) for cell in rows)
        counted = sum(1 for cell in rows if cell.text or cell.counts)
        about: dict[str, Any] = {"key": column.key, "sum": total, "rows": counted}
        if own is not None and (own.text or own.counts):
            about |= {"own": _number(own), "difference": total - _number(own)}
        found.append(about)
    return found


def _number(cell: Cell) -> Decimal:
    try:
        found = typed(cell.text or cell.counts, money=False)
    except ValidationError:
        return Decimal(0)
    return found or Decimal(0)
