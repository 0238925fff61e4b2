"""What the month grid of a unit shows: its running projects with drafts, last month and the year so far."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from capital.booked import by_entry
from capital.choices import Basis, EntryKind, EntryState
from capital.models import CapitalEntry
from capital.services.entries import basis_of
from capital.services.grid import KINDS, Place, name_of, running
from common.actors import Actor
from common.grids import plain
from leads.forms.fields import WanField
from ledger.asked import Clock
from organizations.models import Unit
from projects.models import Project
from reference.models import HOME_CURRENCY

OWN = "entries of a unit that the actor may enter for"
TYPED = WanField()
NOUGHT = Decimal(0)
BOX = re.compile(r"c-(?P<project>\d{1,18})-(?P<kind>[a-z_]+)")


@dataclass(slots=True)
class Cell:
    """One box: `text` as it is typed (ten thousands), what was reported this month as known now; last month and
    this year by the clock that was asked for."""

    name: str
    kind: str
    text: str = ""
    reported: Decimal = Decimal(0)
    last: Decimal = Decimal(0)
    year: Decimal = Decimal(0)
    several: Decimal | None = None  # more drafts than a box can show: their sum
    error: str = ""


@dataclass(slots=True)
class Line:
    project: Project
    cells: list[Cell] = field(default_factory=list)

    @property
    def foreign(self) -> str:
        """The currency when it isn't the yuan."""
        return "" if self.project.currency_id == HOME_CURRENCY else str(self.project.currency_id)


@dataclass(frozen=True, slots=True)
class Column:
    kind: str
    label: Any
    basis: str
    basis_label: Any


@dataclass(frozen=True, slots=True)
class Grid:
    lines: list[Line]
    seen: dict[int, int]  # key and version of the drafts shown


def columns() -> list[Column]:
    return [
        Column(kind, EntryKind(kind).label, basis_of(kind), Basis(basis_of(kind)).label) for kind in KINDS
    ]


def month_before(period: int) -> int:
    """The month before, also across the year."""
    return period - 1 if period % 100 > 1 else (period // 100 - 1) * 100 + 12


def month_published(period: int, clock: Clock) -> bool:
    """Does the asked closing speak of the grid's own month? Else the month is as known now: it is still being typed."""
    return clock.closing is not None and clock.closing.period_id >= period


def read(actor: Actor, unit: Unit, period: int, clock: Clock | None = None) -> Grid:
    """Four queries, however many projects. Figures are those of the books, by the clock, as known now without; sums are in
    the project's own currency, entries in another one stand in the list only."""
    projects = list(running(actor, unit).select_related("stage"))
    entries = CapitalEntry.objects.unscoped(reason=OWN).filter(
        unit=unit,
        project__in=[one.pk for one in projects],
        archived_at=None,
        kind__in=KINDS,
        is_opening=False,
    )
    drafts = _drafts(entries, period)
    sums = _sums(entries, period, clock)
    published = clock is not None and month_published(period, clock)
    seen: dict[int, int] = {}
    lines = []
    for project in projects:
        line = Line(project)
        for kind in KINDS:
            place = (project.pk, kind)
            cell = Cell(name_of(place), kind)
            own = [one for one in drafts.get(place, ()) if one.currency_id == project.currency_id]
            seen.update((one.pk, one.version) for one in drafts.get(place, ()))
            if len(drafts.get(place, ())) > 1 or len(own) != len(drafts.get(place, ())):
                cell.several = sum((one.amount for one in own), Decimal(0))
            elif own:
                cell.text = str(TYPED.prepare_value(own[0].amount))
            for month, (known, amount) in sums.get((*place, str(project.currency_id)), {}).items():
                cell.reported += (amount if published else known) if month == period else 0
                cell.last += amount if month == month_before(period) else 0
                cell.year += amount if month // 100 == period // 100 and month <= period else 0
            line.cells.append(cell)
        lines.append(line)
    return Grid(lines, seen)


def _drafts(entries: Any, period: int) -> dict[Place, list[CapitalEntry]]:
    found: dict[Place, list[CapitalEntry]] = {}
    for one in entries.filter(period=period, state=EntryState.DRAFT, is_opening=False).order_by("pk"):
        found.setdefault((one.project_id, one.kind), []).append(one)
    return found


def _sums(
    entries: Any, period: int, clock: Clock | None
) -> dict[tuple[int, str, str], dict[int, tuple[Decimal, Decimal]]]:
    """What was reported by project, kind, currency and month, this year and last month: (as known now, by the clock)."""
    since = min(period // 100 * 100 + 1, month_before(period))
    rows = entries.filter(period__gte=since, period__lte=period).exclude(state=EntryState.DRAFT)
    booked = by_entry(rows, clock)
    found: dict[tuple[int, str, str], dict[int, tuple[Decimal, Decimal]]] = {}
    for pk, project, kind, currency, month in rows.values_list("pk", "project", "kind", "currency", "period"):
        months = found.setdefault((project, kind, currency), {})
        now, then = booked.get(pk, (NOUGHT, NOUGHT))
        before = months.get(month, (NOUGHT, NOUGHT))
        months[month] = before[0] + now, before[1] + then
    return found


def cells_of(sent: Mapping[str, str]) -> tuple[dict[Place, Decimal | None], dict[str, str]]:
    """What was typed, in the currencies' own units, and what is wrong with the other boxes: {name: why}."""
    found: dict[Place, Decimal | None] = {}
    wrong: dict[str, str] = {}
    for name, text in sent.items():
        box = BOX.fullmatch(name)
        if not box or box["kind"] not in KINDS:
            continue
        try:
            found[int(box["project"]), box["kind"]] = TYPED.clean(plain(text))
        except ValidationError as problem:
            wrong[name] = " ".join(problem.messages)
    return found, wrong


def typed_again(grid: Grid, sent: Mapping[str, str], wrong: Mapping[str, str]) -> None:
    """Put back what was typed, and say beside a box what is wrong with it."""
    for line in grid.lines:
        for cell in line.cells:
            if cell.several is None and cell.name in sent:
                cell.text = sent[cell.name].strip()
            cell.error = wrong.get(cell.name, "")


def totals(grid: Grid) -> list[dict[str, Any]]:
    """Sums of the yuan rows below each column: this month (drafts and reported), last month, the year so far."""
    found = []
    for number, column in enumerate(columns()):
        cells: Sequence[Cell] = [line.cells[number] for line in grid.lines if not line.foreign]
        typed = sum((_number(cell.text) + (cell.several or 0) for cell in cells), Decimal(0))
        found.append(
            {
                "kind": column.kind,
                "month": typed + sum((cell.reported for cell in cells), Decimal(0)),
                "last": sum((cell.last for cell in cells), Decimal(0)),
                "year": sum((cell.year for cell in cells), Decimal(0)),
            }
        )
    return found


def _number(text: str) -> Decimal:
    try:
        return TYPED.clean(plain(text)) or Decimal(0)
    except ValidationError:
        return Decimal(0)
