"""A stored run read back for people: cells by name, in the unit it is shown in, with the reasons in words.

The page, the circular and the command line all read runs through here, so they can't differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from assessments.choices import MONEY, MeasureUnit, Nature, RankBy, Scale
from assessments.models import Measure, RankingLine, RankingRun, RankingTable
from rules.money import Rounding, to_display

# What a reader follows from a run.
RELATED = (
    "table__group__owner",
    "table__measure__numerator",
    "table__measure__denominator",
    "table__tie_measure",
    "publication",
)
CELLS = ("target", "done", "month", "completion", "points", "growth")
RANKS = ("rank", "rank_by_rate", "rank_by_amount")
MONEY_CELLS = ("target", "done", "month")


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as it is printed: a number in display units, or the reason why there is none."""

    value: Decimal | None
    reason: str = ""
    refs: tuple[str, ...] = ()
    published: Decimal | None = None
    difference: Decimal | None = None
    kind: str = ""  # how published and computed compare


@dataclass(frozen=True, slots=True)
class ShownLine:
    unit: str  # code
    name: str
    state: str
    ranked: bool
    in_total: bool
    cells: Mapping[str, Shown]
    ranks: Mapping[str, int | None]
    tied: bool
    decided_by: str | None
    implied: bool = False
    unit_id: int | None = None


class RunReader:
    """One run. `lines` stand in the order of the printed list."""

    def __init__(self, run: RankingRun, lines: list[RankingLine]) -> None:
        self.run, self.rows = run, lines
        self.table: RankingTable = run.table
        self.measure = self.table.measure
        self.document: dict[str, Any] = run.document["table"]

    @property
    def is_money(self) -> bool:
        return self.measure.unit in MONEY

    @property
    def scale(self) -> str:
        return self.table.scale if self.is_money else Scale.ONE

    @property
    def unit_label(self) -> str:
        """What the table's amounts are shown in."""
        return self.unit_of(self.measure)

    def unit_of(self, measure: Measure) -> str:
        """万元, 个, 批次, %."""
        scale = Scale(self.table.scale)
        if measure.unit == MeasureUnit.USD:
            return {
                Scale.ONE: _("US dollars"),
                Scale.WAN: _("10 thousand US dollars"),
                Scale.YI: _("100 million US dollars"),
            }[scale]
        if measure.unit == MeasureUnit.YUAN:
            return {Scale.ONE: _("yuan"), Scale.WAN: _("10 thousand yuan"), Scale.YI: _("100 million yuan")}[
                scale
            ]
        return {MeasureUnit.COUNT: _("pieces"), MeasureUnit.TRIPS: _("trips"), MeasureUnit.PERCENT: "%"}[
            MeasureUnit(measure.unit)
        ]

    @property
    def has_targets(self) -> bool:
        return any(line.cells["target"].value is not None for line in self.lines)

    @property
    def progress(self) -> Decimal | None:
        """Percent of the year due, unrounded; None for measures without a schedule."""
        raw = self.run.document.get("progress")
        return None if raw is None else Decimal(raw)

    @cached_property
    def inputs(self) -> dict[str, dict[str, Any]]:
        return {line["unit"]: line for line in self.run.inputs["lines"]}

    def value_digits(self) -> int:
        return self.table.value_digits if self.is_money or self.measure.nature == Nature.RATIO else 0

    def digits(self, name: str) -> int:
        """Digits a column is printed with."""
        if name in {"completion", "points", "growth"}:
            return {
                "completion": self.table.rate_digits,
                "points": self.table.points_digits,
                "growth": self.table.growth_digits,
            }[name]
        return self.value_digits()

    def display(self, name: str, amount: Decimal) -> Decimal:
        """A stored number in the unit and with the digits of its column."""
        if name in MONEY_CELLS:
            shown = to_display(amount, self.scale) if self.is_money else amount
            return Rounding(self.value_digits()).apply(shown)
        return amount

    @cached_property
    def lines(self) -> list[ShownLine]:
        return [self._line(row) for row in self.rows]

    def _line(self, row: RankingLine) -> ShownLine:
        document = row.document
        cells = self._cells(document["cells"], document.get("comparisons", {}))
        places = dict(zip(RANKS, document["ranks"], strict=True))
        sent = self.inputs[document["unit"]]
        return ShownLine(
            unit=document["unit"],
            name=row.unit_name,
            state=document["return_state"],
            ranked=document["ranked"],
            in_total=document["in_total"],
            cells=cells,
            ranks={name: place["position"] for name, place in places.items()},
            tied=places["rank"]["tied"],
            decided_by=places["rank"]["decided_by"],
            implied=bool(sent.get("implied")),
            unit_id=row.unit_id,
        )

    def _cells(self, documents: list[dict[str, Any]], comparisons: Mapping[str, Any]) -> dict[str, Shown]:
        found = {}
        for name, trace in zip(CELLS, documents, strict=True):
            refs = tuple(r for o in trace["operands"] if o.get("ref") for r in o["ref"].split(","))
            compared = (
                comparisons.get(name)
                or (comparisons.get("completion") if name == "done" and self._is_ratio else None)
                or {}
            )
            if name == "completion" and self._is_ratio:
                compared = {}
            value = None if trace["rounded"] is None else self.display(name, Decimal(trace["rounded"]))
            found[name] = Shown(
                value=value,
                reason=trace["reason"] or "",
                refs=refs,
                published=None if compared.get("published") is None else Decimal(compared["published"]),
                difference=None if compared.get("difference") is None else Decimal(compared["difference"]),
                kind=compared.get("kind", ""),
            )
        return found

    def fact(self, line: ShownLine, key: str, measure: Measure) -> Shown:
        """A further fact of a line, from the run's inputs, in display units of its measure."""
        sent = self.inputs[line.unit]["facts"].get(key)
        if sent is None:
            return Shown(None, "not_in_table")
        refs = tuple((sent["ref"] or "").split(",")) if sent["ref"] else ()
        if "amount" not in sent:
            return Shown(None, sent["reason"], refs)
        return Shown(self.scaled(measure, Decimal(sent["amount"])), refs=refs)

    def further(self) -> list[tuple[str, Measure]]:
        """Facts that only some tables show: the parts of a ratio, the tie-breaking measure."""
        found = []
        if self._is_ratio and self.measure.numerator and self.measure.denominator:
            found += [("numerator", self.measure.numerator), ("denominator", self.measure.denominator)]
        if self.table.tie_measure is not None:
            found.append(("tie", self.table.tie_measure))
        return found

    @property
    def lacks_targets(self) -> bool:
        """A measure that could have targets, and none was set: its completion rate is "—: no target"."""
        return not self._is_ratio and not self.has_targets

    def scaled(self, measure: Measure, amount: Decimal) -> Decimal:
        """An amount of any measure in the table's display unit, with its digits."""
        shown = to_display(amount, self.table.scale) if measure.unit in MONEY else amount
        return Rounding(self.digits_of(measure)).apply(shown)

    def digits_of(self, measure: Measure) -> int:
        return self.table.value_digits if measure.unit in MONEY or measure.unit == MeasureUnit.PERCENT else 0

    @property
    def _is_ratio(self) -> bool:
        return self.measure.nature == Nature.RATIO

    @property
    def total(self) -> dict[str, Shown]:
        """The sum of the lines that count in it."""
        return self._cells(self.document["total"]["cells"], {})

    @property
    def reported(self) -> dict[str, Shown] | None:
        """The total that was handed in as a figure of its own."""
        found = self.document["reported"]
        return None if found is None else self._cells(found["cells"], {})

    def by_rate(self) -> bool:
        return self.table.rank_by == RankBy.RATE


def read(run: RankingRun) -> RunReader:
    """A run with its lines, in two queries."""
    return RunReader(run, list(run.lines.order_by("position")))


def reason_text(reason: str, state: str = "") -> str:
    """A missing figure's reason in words, for notes below a table."""
    return {
        "not_reported": _("not reported"),
        "not_in_table": _("the published table has no such entry"),
        "not_applicable": _("not applicable"),
        "no_target": _("no target"),
        "no_base": _("no figure for the same period last year"),
        "break_in_definition": _("the definition changed, so the years can't be compared"),
        "zero_base": _("the base is zero"),
        "zero_target": _("the target is zero"),
        "no_land": _("no land on record"),
        "zero_land": _("the land is zero"),
        "no_cohort": _("nothing to take a share of"),
        "not_ranked": _("shown, not ranked"),
    }.get(reason, reason)
