"""What a monthly circular's tables say: frozen values between the ranking run and every rendering.

All figures are decided before they come here; renderings only show them. Amounts are in the block's unit
(万元 and the like), rates, progress and points in per cent and percentage points. DOMAIN: numbers and ranks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum


class Missing(StrEnum):
    """Why there is no number. None of these is a blank, and only NIL is a zero."""

    NOT_REPORTED = "not_reported"  # no return was filed
    NIL = "nil"  # a return was filed and says zero
    NOT_IN_TABLE = "not_in_table"  # the published table has no such entry
    NOT_APPLICABLE = "not_applicable"  # a dash, with its reason below the table


class Kind(StrEnum):
    """What a column shows; its default header is the word "column.<kind>"."""

    RANK = "rank"
    UNIT = "unit"
    TARGET = "target"
    DONE = "done"
    MONTH = "month"
    RATE = "rate"
    POINTS = "points"
    LAST_YEAR = "last_year"
    GROWTH = "growth"
    RANK_AMOUNT = "rank_amount"
    RANK_RATE = "rank_rate"
    AMOUNT = "amount"  # any other figure that may be added up
    OTHER = "other"  # any other figure that may not
    PUBLISHED = "published"
    DIFFERENCE = "difference"
    REMARK = "remark"


RANK_KINDS = frozenset({Kind.RANK, Kind.RANK_AMOUNT, Kind.RANK_RATE})
SUMMED_KINDS = frozenset({Kind.TARGET, Kind.DONE, Kind.MONTH, Kind.LAST_YEAR, Kind.AMOUNT})
# Operands of a column where it names none: the first column of these kinds.
OPERANDS: Mapping[Kind, tuple[tuple[Kind, ...], tuple[Kind, ...]]] = {
    Kind.RATE: ((Kind.DONE,), (Kind.TARGET,)),
    Kind.POINTS: ((Kind.DONE,), (Kind.TARGET,)),
    Kind.GROWTH: ((Kind.DONE,), (Kind.LAST_YEAR,)),
    Kind.DIFFERENCE: ((Kind.PUBLISHED,), (Kind.RATE, Kind.DONE)),
    Kind.RANK: ((Kind.RATE, Kind.DONE), ()),
    Kind.RANK_RATE: ((Kind.RATE,), ()),
    Kind.RANK_AMOUNT: ((Kind.DONE,), ()),
}


class LineKind(StrEnum):
    RANKED = "ranked"
    UNRANKED = "unranked"  # shown, never ranked
    SUM = "sum"  # the sum of lines, and only that
    REPORTED = "reported"  # a total that somebody reported; it need not be a sum


class Tie(StrEnum):
    COMPETITION = "competition"  # 1, 2, 2, 4
    BROKEN = "broken"  # a second key decides


class Basis(StrEnum):
    """Points to schedule from the exact rate and progress, or from both as printed."""

    EXACT = "exact"
    ROUNDED = "rounded"


class Rounding(StrEnum):
    HALF_UP = "half_up"
    TRUNCATE = "truncate"

    def apply(self, number: Decimal, digits: int) -> Decimal:
        mode = ROUND_HALF_UP if self is Rounding.HALF_UP else ROUND_DOWN
        return number.quantize(Decimal(1).scaleb(-digits), mode)


class Layout(StrEnum):
    ONE_SHEET = "one_sheet"  # blocks below each other
    SHEET_PER_BLOCK = "sheet_per_block"
    NAMED_SHEETS = "named_sheets"  # blocks that name the same sheet stand below each other on it


@dataclass(frozen=True, slots=True)
class Note:
    """A reason printed below the table; `key` is what figures and lines point at."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, or why there is none. `note` is the key of a Note, for a number too (an implied target)."""

    value: Decimal | None = None
    missing: Missing | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) == (self.missing is None):
            raise ValueError("a figure has either a value or a reason for having none")

    @property
    def amount(self) -> Decimal | None:
        """The number to calculate with: a nil return counts as zero, everything else missing as nothing."""
        return Decimal(0) if self.missing is Missing.NIL else self.value


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `label` overrides the default header; `unit` goes behind it in brackets where it isn't the
    block's own. `of` and `base` name the operands of a calculated column by key (see OPERANDS);
    a rank says by which column with `of`. `ascending`: less is better."""

    key: str
    kind: Kind
    label: str = ""
    digits: int = 2
    unit: str = ""
    of: str = ""
    base: str = ""
    basis: Basis = Basis.EXACT
    ascending: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row. `figures` by column key; `in_sum` says whether a SUM line of the block adds it (an "of which"
    line doesn't count twice). A SUM line may name the blocks it adds in `sum_of`; its own by default."""

    unit: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    kind: LineKind = LineKind.RANKED
    in_sum: bool = True
    sum_of: tuple[str, ...] = ()
    note: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A table: usually one competition group. `unit` such as 万元; `progress` is the schedule reached, in
    per cent (58.33 at the end of July when linear). `tie_text` says what breaks ties."""

    key: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    unit: str = ""
    progress: Decimal | None = None
    tie: Tie = Tie.COMPETITION
    tie_text: str = ""
    sheet: str = ""

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if len(set(keys)) != len(keys):
            raise ValueError(f"block {self.key!r}: two columns have one key")
        for column in self.columns:
            for key in (column.of, column.base):
                if key and key not in keys:
                    raise ValueError(f"block {self.key!r}: {column.key!r} refers to no column {key!r}")
        for line in self.lines:
            unknown = set(line.figures) - set(keys)
            if unknown:
                raise ValueError(f"block {self.key!r}, {line.unit!r}: no columns {sorted(unknown)}")

    def operands(self, column: Column) -> tuple[Column | None, Column | None]:
        """The columns that a calculated column is made from, None where the block shows no such column."""
        wanted = OPERANDS.get(column.kind, ((), ()))
        found = []
        for key, kinds in ((column.of, wanted[0]), (column.base, wanted[1])):
            hits = [c for c in self.columns if c.key == key]
            hits += [c for kind in kinds if not key for c in self.columns if c.kind is kind]
            found.append(hits[0] if hits else None)
        return found[0], found[1]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where one figure comes from: the cell of a file, who imported it and when (local time)."""

    block: str
    unit: str
    column: str
    value: Decimal | None
    file: str
    sheet: str
    cell: str
    imported_by: str
    imported_at: datetime
    text: str = ""  # what the cell said where it was no number


@dataclass(frozen=True, slots=True)
class CircularDocument:
    """The tables of one circular with all that a reader needs to trust them.

    `through` is the last month of the data where it isn't the circular's own; `state`, `schedule` and
    `definitions` are sentences; `target_versions` and `files` one line each.
    """

    title: str
    year: int
    month: int
    blocks: tuple[Block, ...]
    through: tuple[int, int] | None = None
    notes: tuple[Note, ...] = ()
    layout: Layout = Layout.ONE_SHEET
    rounding: Rounding = Rounding.HALF_UP
    state: str = ""
    schedule: str = ""
    definitions: tuple[tuple[str, str], ...] = ()
    target_versions: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    sources: tuple[SourceRow, ...] = ()

    def __post_init__(self) -> None:
        known = {note.key for note in self.notes}
        used = {line.note for block in self.blocks for line in block.lines}
        used |= {f.note for block in self.blocks for line in block.lines for f in line.figures.values()}
        if used - known - {""}:
            raise ValueError(f"notes without a text: {sorted(used - known - {''})}")
        keys = [block.key for block in self.blocks]
        if len(set(keys)) != len(keys):
            raise ValueError("two blocks have one key")
