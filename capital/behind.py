"""What stands behind a counted figure: its projects, each with the amount or the reason why it doesn't count, and the
entries below it, as far as a reader may see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from capital.counting import Reading, entry_of, holders, level_of
from capital.models import CapitalEntry
from common.actors import Actor
from organizations.models import Unit
from projects import confidential
from projects.models import Project
from rules.counting import Counted, Movement, Path, Tax, Why
from rules.money import add

NOUGHT = Decimal(0)


@dataclass(frozen=True, slots=True)
class Row:
    """What an entry (or a half-year's tax) moved for the unit, before the rule looked at it."""

    entry: int | None  # None: tax, or an entry that the reader doesn't see
    number: str
    day: date
    amount: Decimal
    opening: bool = False


@dataclass(frozen=True, slots=True)
class Behind:
    """A project in a unit's figure. `project` None: projects that the reader doesn't see or may not know, taken
    together."""

    project: int | None
    name: str
    why: Why
    path: Path
    own: Decimal
    prior: Decimal
    rows: tuple[Row, ...]


def behind(
    reading: Reading,
    unit: Unit,
    through: int,
    *,
    actor: Actor,
    year: int = 0,
    projects: Collection[int] | None = None,
) -> list[Behind]:
    """The projects of a unit's figure, the largest first; what the actor doesn't see or may not know comes last as
    one line without names, so that the lines always add up to the figure. `projects`: only these."""
    inside, year = holders(reading, unit), year or reading.year
    moves = {one.key: _moves(one.movements, inside, year, through) for one in reading.projects}
    counted = [
        one
        for one in reading.count(level_of(unit), through, year)
        if moves[one.key] or inside & (one.parts.keys() | one.prior_parts.keys())
    ]
    if projects is not None:
        counted = [one for one in counted if one.key in projects]
    seen = {
        row.pk: row
        for row in Project.objects.visible_to(actor)
        .filter(pk__in=[one.key for one in counted])
        .exclude(confidential.hidden(actor))
    }
    entries = _entries([move for one in counted if one.key in seen for move in moves[one.key]], actor)
    found, rest = [], []
    for one in counted:
        project = seen.get(one.key)
        if project is None:
            rest.append(one)
            continue
        found.append(_line(one, one.key, project.name, inside, _rows(moves[one.key], inside, entries)))
    found.sort(key=lambda line: (-line.own, line.name, line.project or 0))
    return [*found, *_unseen(rest, inside)]


def why_text(why: Why) -> str:
    """Why a project or a line counts or not, in words."""
    return {
        Why.COUNTED: _("counts"),
        Why.NOTHING: _("nothing recognised in this year"),
        Why.EXCLUDED: _("on the list of exclusions"),
        Why.OTHER_SECTOR: _("its sector doesn't count"),
        Why.OTHER_INDUSTRY: _("its industry doesn't count"),
        Why.REAL_ESTATE: _("real estate: tax counts instead of assets"),
        Why.OTHER_KIND: _("this kind of capital doesn't count"),
        Why.OTHER_FUNDS: _("this source of funds doesn't count"),
        Why.OTHER_MODE: _("this mode of investment doesn't count"),
        Why.OTHER_ZONE: _("money from this zone doesn't count at this level"),
        Why.NOT_STARTED: _("the day from which its years run isn't known"),
        Why.OUTSIDE_WINDOW: _("outside the years in which it counts"),
        Why.NOT_KEPT: _("hasn't stayed long enough yet"),
        Why.BELOW_LINE: _("below the size line"),
    }[why]


def _moves(movements: Sequence[Movement], inside: Set[int], year: int, through: int) -> list[Movement]:
    return [
        move
        for move in movements
        if move.day.year == year and move.period <= through and inside & move.parts.keys()
    ]


def _mine(parts: Mapping[int, Decimal], inside: Set[int]) -> Decimal:
    return add(part for holder, part in parts.items() if holder in inside)


def _line(one: Counted, key: int | None, name: str, inside: Set[int], rows: Sequence[Row]) -> Behind:
    own, prior = _mine(one.parts, inside), _mine(one.prior_parts, inside)
    return Behind(key, name, one.why, one.path, own, prior, tuple(rows))


def _unseen(rest: Sequence[Counted], inside: Set[int]) -> list[Behind]:
    if not rest:
        return []
    own = add(_mine(one.parts, inside) for one in rest)
    prior = add(_mine(one.prior_parts, inside) for one in rest)
    name = _("%(n)s projects outside your scope") % {"n": len(rest)}
    return [Behind(None, name, Why.COUNTED, Path.ASSETS, own, prior, ())]


def _entries(moves: Sequence[Movement], actor: Actor) -> dict[int, CapitalEntry]:
    """The entries that the actor may see, by key, with what a line says of them."""
    ids = {entry for move in moves if (entry := entry_of(move.ref)) is not None}
    rows = CapitalEntry.objects.visible_to(actor).filter(pk__in=ids)
    return rows.only("number", "is_opening").in_bulk()


def _rows(moves: Sequence[Movement], inside: Set[int], entries: Mapping[int, CapitalEntry]) -> list[Row]:
    """By entry, what all its events together moved; zero when it was taken back or written anew elsewhere."""
    amounts: dict[tuple[int | None, date, bool], list[Decimal]] = defaultdict(list)
    for move in moves:
        key = entry_of(move.ref), move.day, isinstance(move, Tax)
        amounts[key] += [part for holder, part in move.parts.items() if holder in inside]
    found = []
    for (pk, day, tax), parts in sorted(amounts.items(), key=lambda item: (item[0][1], item[0][0] or 0)):
        entry = entries.get(pk or 0)
        number = _("net tax") if tax else entry.number if entry else ""
        opening = not tax and entry is not None and entry.is_opening
        if total := add(parts):
            found.append(Row(entry.pk if entry else None, number, day, total, opening))
    return found
