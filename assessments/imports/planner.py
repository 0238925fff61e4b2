"""Plans the rows of a figures import: which unit, which values, what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from assessments.choices import MONEY, FigureState, Nature, Span
from assessments.imports.store import Step, plan_step
from assessments.models import ImportedFigure, Measure
from common.imports import Cell, Plan, Problem
from common.models import ImportBatch, ImportRow
from common.sheets import NIL, NOT_REPORTED, NumberError, parse_number
from organizations.models import Unit
from organizations.selectors import normal_name, units_by_name
from rules.money import UNITS

from .headers import PUBLISHED, VALUES


class Planner:
    """Plans the rows of one batch with names and measures read once."""

    def __init__(
        self, measures: Sequence[Measure], batch: ImportBatch, rows: Sequence[Mapping[str, Cell]]
    ) -> None:
        self.batch, self.params = batch, batch.params
        self.known = units_by_name(batch.scope_path)
        self.measures = {m.code: m for m in measures}
        self.times = Counter(unit.pk for unit in map(self._unit, rows) if isinstance(unit, Unit))
        self.written = self._written()

    @cached_property
    def by_id(self) -> dict[int, Unit]:
        rows = Unit.objects.unscoped(reason="names of an import's own scope").below(self.batch.scope_path)
        return {u.pk: u for u in rows}

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        return {u.code: u for u in self.by_id.values() if u.archived_at is None}

    def _written(self) -> dict[int, int]:
        """Unit id → row of this batch that is in already: a parked row can't be mended into a second one."""
        if self.batch.state != ImportBatch.State.CONFIRMED:
            return {}
        rows = self.batch.rows.filter(fate=ImportRow.Fate.APPLIED).values_list("number", "plan")
        return {step["unit"]: number for number, plan in rows for step in plan}

    def _unit(self, cells: Mapping[str, Cell]) -> Unit | str:
        """The unit, or the sentence that says why there is none. The code decides where the name can't."""
        name, code = (cells[key].value if key in cells else "" for key in ("unit", "code"))
        by_code = self.by_code.get(code)
        if not name:
            if by_code or not code:
                return by_code or _("The row has figures but no unit. Write the unit's name.")
            return _("“%(code)s” is no unit's code here. Write the unit's name.") % {"code": code}
        if found := self.by_id.get(self.batch.names.get(name, 0)):
            return found
        units = self.known.get(normal_name(name), [])
        if by_code and (not units or by_code in units):
            return by_code
        if not units:
            return _("“%(name)s” is not a unit here. Match the name, or add the unit first.") % {"name": name}
        if len(units) > 1:
            names = "、".join(f"{u.name} ({u.code})" for u in units)
            return _("“%(name)s” could be: %(units)s. Write the code.") % {"name": name, "units": names}
        if by_code:
            return _("The code %(code)s is %(other)s, the name is %(name)s. Correct one of them.") % {
                "code": code, "other": by_code.name, "name": units[0].name
            }  # fmt: skip
        return units[0]

    def plan(self, cells: Mapping[str, Cell]) -> Plan:
        plan, unit = Plan(ImportRow.Result.UNCHANGED), self._unit(cells)
        place = next((key for key in ("unit", "code") if key in cells and cells[key].value), "unit")
        ref = cells[place].ref if place in cells else ""
        if isinstance(unit, str):
            plan.problems.append(Problem(place, ref, unit))
        elif again := self._again(unit):
            plan.problems.append(Problem(place, ref, again))
        plan.problems += self._period_problems(cells)
        steps = [s for code, m in self.measures.items() for s in self._steps(code, m, cells, plan)]
        if plan.problems or isinstance(unit, str):
            return plan
        if not steps:
            plan.problems.append(
                Problem(
                    place,
                    ref,
                    _("The row has no figure. Write 零报告 for a nil return, 未报 where there is none."),
                )
            )
            return plan
        outcomes = [plan_step(self.batch, unit, step) for step in steps]
        plan.steps = [step.document() for step in steps]
        if "changed" in outcomes:
            plan.result = ImportRow.Result.CHANGED
        elif "new" in outcomes:
            plan.result = ImportRow.Result.NEW
        return plan

    def _again(self, unit: Unit) -> str:
        """Why a second row of a unit is refused: nobody can tell which of them is meant."""
        if self.times[unit.pk] > 1:
            return _("“%(name)s” stands in this file %(n)s times. Keep one row.") % {
                "name": unit.name,
                "n": self.times[unit.pk],
            }
        if unit.pk in self.written:
            return _("“%(name)s” is in already, from row %(n)s of this file.") % {
                "name": unit.name,
                "n": self.written[unit.pk],
            }
        return ""

    def _period_problems(self, cells: Mapping[str, Cell]) -> Iterable[Problem]:
        """A row that says another year or month than the import."""
        for key, suffix in (("year", "年"), ("month", "月")):
            cell = cells.get(key)
            if cell is None or not cell.value:
                continue
            own = self.params[key]
            try:
                number = parse_number(cell.value.removesuffix(suffix))
            except NumberError as problem:
                yield Problem(key, cell.ref, problem.message)
                continue
            if number == own:
                continue
            if key == "month" and number not in range(1, 13):
                yield Problem(
                    key,
                    cell.ref,
                    _("There is no month %(value)s. A month is 1 to 12.") % {"value": cell.value},
                )
            elif key == "month":
                yield Problem(
                    key,
                    cell.ref,
                    _(
                        "The row is for month %(value)s, this import for month %(own)s. Import it for its own month."
                    )
                    % {"value": cell.value, "own": own},
                )
            else:
                yield Problem(
                    key,
                    cell.ref,
                    _(
                        "The row is for the year %(value)s, this import for %(own)s. Import it for its own year."
                    )
                    % {"value": cell.value, "own": own},
                )

    def _steps(self, code: str, measure: Measure, cells: Mapping[str, Cell], plan: Plan) -> list[Step]:
        found, published = [], {}
        for part in PUBLISHED:
            key = f"{part}:{code}"
            if key in cells and (number := self._number(key, cells[key], plan)) not in (
                None,
                NIL,
                NOT_REPORTED,
            ):
                published[part] = {"value": str(number), "ref": cells[key].ref}
        for part in VALUES:
            key = f"{part}:{code}"
            if key not in cells:
                continue
            number = self._number(key, cells[key], plan)
            if number is None:
                continue
            step = self._step(part, key, measure, number, cells[key], plan)
            if step is not None:
                if part == "ytd":
                    step.published = published
                    step.remark = cells["remark"].value[:200] if "remark" in cells else ""
                found.append(step)
        return found

    def _step(
        self, part: str, key: str, measure: Measure, number: Any, cell: Cell, plan: Plan
    ) -> Step | None:
        if number is NOT_REPORTED:
            if part == "target":
                return None
            return Step(key, measure.pk, part, FigureState.NOT_REPORTED, None, Decimal(0), cell.ref)
        if number is NIL:
            return Step(key, measure.pk, part, FigureState.NIL, Decimal(0), Decimal(0), cell.ref)
        factor = (
            UNITS[self.params.get("scales", {}).get(key) or self.params["scale"]]
            if measure.unit in MONEY
            else Decimal(1)
        )
        exponent = number.as_tuple().exponent
        quantum = Decimal(1).scaleb(exponent if isinstance(exponent, int) and exponent < 0 else 0) * factor
        value = number * factor
        if value < 0 and (part == "target" or measure.unit not in MONEY):
            message = _("%(value)s is below zero. A target or a number of pieces can't be.") % {
                "value": cell.value
            }
            plan.problems.append(Problem(key, cell.ref, message))
            return None
        if abs(value) >= Decimal(10) ** 17:
            plan.problems.append(
                Problem(
                    key,
                    cell.ref,
                    _("%(value)s is too large. Check the unit of the column.") % {"value": cell.value},
                )
            )
            return None
        state = FigureState.NIL if value == 0 and part != "target" else FigureState.FILED
        return Step(key, measure.pk, part, state, value, quantum, cell.ref)

    def _number(self, key: str, cell: Cell, plan: Plan) -> Any:
        text = cell.value.rstrip("%％ ") if key.startswith(("rate:", "growth:")) else cell.value
        try:
            return parse_number(text)
        except NumberError as problem:
            plan.problems.append(Problem(key, cell.ref, problem.message))
            return None


def fallen(batch: ImportBatch) -> list[str]:
    """Names of units whose year-to-date figure would be below the month before's, in the order of the tree.

    Often a month's own amount was typed into the year's column. Reversals exist, so it warns and never refuses.
    """
    if batch.params["month"] == 1:
        return []
    planned = {
        (step["unit"], step["measure"]): Decimal(step["value"])
        for plan in batch.rows.exclude(result=ImportRow.Result.WRONG).values_list("plan", flat=True)
        for step in plan
        if step["part"] == "ytd" and step["value"] is not None
    }
    before = ImportedFigure.objects.unscoped(reason="the month before, of an import's own units").filter(
        unit_id__in={unit for unit, _measure in planned},
        measure_id__in={measure for _unit, measure in planned},
        measure__nature=Nature.FLOW,
        year=batch.params["year"],
        month=batch.params["month"] - 1,
        span=Span.YEAR_TO_DATE,
        superseded_at=None,
        value__isnull=False,
    )
    lower = {
        row.unit.name: None
        for row in before.select_related("unit").order_by("unit__path")
        if (row.unit_id, row.measure_id) in planned and planned[row.unit_id, row.measure_id] < row.value
    }
    return list(lower)
