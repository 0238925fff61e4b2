"""Import of targets and monthly figures: the fields of a sheet, the plan of a row, writing and taking back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz import fuzz

from assessments.choices import MONEY, FigureState
from assessments.imports.forms import FiguresForm
from assessments.imports.headers import IMPLIED, LABELS, PUBLISHED, VALUES, WORDS, scale_of
from assessments.imports.store import Step, plan_step, take_back, write_step
from assessments.models import Measure
from assessments.selectors import group_for
from common import imports
from common.access import Action
from common.actors import Actor
from common.imports import Cell, Field, Plan, Problem
from common.models import ImportBatch, ImportRow
from common.sheets import NIL, NOT_REPORTED, NumberError, parse_number
from organizations.models import Unit
from organizations.selectors import normal_name, units_by_name
from organizations.services import alias_add
from rules.money import UNITS
from rules.periods import Month


class FiguresImporter:
    code = "figures"
    label = gettext_lazy("Targets and monthly figures")
    form_class = FiguresForm

    def about(self, batch: ImportBatch) -> str:
        """The period in a line."""
        return f"{batch.params['year']}-{batch.params['month']:02d}"

    def templates(self, request: Any) -> list[dict[str, Any]]:
        return [
            {
                "label": _("Template for targets and monthly figures"),
                "url": reverse("figure_template"),
                "note": _("with your units filled in; choose group and month there"),
            }
        ]

    def warnings(self, batch: ImportBatch) -> list[str]:
        found = []
        if batch.params.get("implied"):
            found.append(
                _(
                    "The targets of this file are implied: derived from published amounts and rates, and marked so."
                )
            )
        return found

    def next_steps(self, batch: ImportBatch) -> list[dict[str, Any]]:
        if batch.state != ImportBatch.State.CONFIRMED:
            return []
        chosen = {"period": self.about(batch)}
        if group := group_for(self._units(batch), batch.params["measures"], Month.parse(self.about(batch))):
            chosen["group"] = group.code
        return [
            {
                "label": _("To the ranking"),
                "url": f"{reverse('ranking')}?{urlencode(chosen)}",
                "icon": "ranking",
                "primary": True,
            }
        ]

    def _units(self, batch: ImportBatch) -> set[int]:
        rows = batch.rows.filter(fate=ImportRow.Fate.APPLIED).values_list("plan", flat=True)
        return {step["unit"] for plan in rows for step in plan}

    def measures(self, batch: ImportBatch) -> list[Measure]:
        """The sheet's measures, in the order chosen at the upload."""
        rows = {
            m.code: m
            for m in Measure.objects.unscoped(reason="an import's measures").filter(
                code__in=batch.params["measures"]
            )
        }
        return [rows[code] for code in batch.params["measures"] if code in rows]

    def fields(self, batch: ImportBatch) -> list[Field]:
        """The unit by name or by code, year and month for checking, the measures' columns, a remark."""
        by_code = "code" in batch.columns.values()
        found = [
            Field("unit", _("unit"), required=not by_code, words=WORDS["unit"]),
            Field("code", _("unit code"), words=WORDS["code"]),
            Field("year", _("year"), words=WORDS["year"]),
            Field("month", _("month"), words=WORDS["period"]),
        ]
        for number, measure in enumerate(self.measures(batch)):
            names = (measure.name, *measure.words.split(), f"{measure.name} {measure.code}")
            for part, label in LABELS.items():
                words = [f"{name}{word}" for name in names for word in WORDS[part]]
                if part == "ytd":
                    words += names
                if number == 0:
                    words += WORDS[part]
                found.append(Field(f"{part}:{measure.code}", f"{measure.name} · {label}", words=tuple(words)))
        found.append(Field("remark", _("remark"), words=WORDS["remark"]))
        return found

    def matched(self, batch: ImportBatch, titles: Mapping[str, str]) -> None:
        """Take from the headers what only they say: the unit of money, and that targets are implied."""
        batch.params["scales"] = {key: scale_of(title) for key, title in titles.items() if scale_of(title)}
        said = batch.params.setdefault("implied_by_form", bool(batch.params.get("implied")))
        named = any(key.startswith("target:") and IMPLIED.search(title) for key, title in titles.items())
        batch.params["implied"] = said or named

    # ------------------------------------------------------------ names

    def unknown_names(self, batch: ImportBatch, rows: Iterable[Mapping[str, Cell]]) -> list[str]:
        known = units_by_name(batch.scope_path)
        codes = {unit.code for units in known.values() for unit in units}
        found: dict[str, None] = {}
        for cells in rows:
            name = cells["unit"].value if "unit" in cells else ""
            by_code = "code" in cells and cells["code"].value in codes
            if name and not by_code and normal_name(name) not in known and name not in batch.names:
                found[name] = None
        return list(found)

    def name_choices(self, batch: ImportBatch, actor: Actor) -> list[tuple[int, str]]:
        units = (
            Unit.objects.visible_to(actor).below(batch.scope_path).filter(archived_at=None).order_by("path")
        )
        return [(u.pk, u.name) for u in units]

    def guess_name(self, name: str, choices: Sequence[tuple[int, str]]) -> int | None:
        """The one unit whose name is close enough to be offered first; the clerk decides."""
        scored = sorted(((fuzz.partial_ratio(name, label), pk) for pk, label in choices), reverse=True)
        if scored and scored[0][0] >= 80 and (len(scored) == 1 or scored[1][0] < scored[0][0]):
            return scored[0][1]
        return None

    def remember_name(self, batch: ImportBatch, name: str, unit_id: int, actor: Actor) -> None:
        unit = (
            Unit.objects.allowed_to(actor, Action.CHANGE).below(batch.scope_path).filter(pk=unit_id).first()
        )
        if unit is not None:
            alias_add(actor=actor, unit=unit, name=name)

    # ------------------------------------------------------------ planning

    def plan(self, batch: ImportBatch, rows: Sequence[Mapping[str, Cell]]) -> list[Plan]:
        planner = Planner(self, batch, rows)
        return [planner.plan(cells) for cells in rows]

    def write(self, batch: ImportBatch, row: ImportRow, actor: Actor) -> None:
        for step in row.plan:
            write_step(batch, row, step)

    def undo(self, batch: ImportBatch, actor: Actor) -> None:
        take_back(batch)


class Planner:
    """Plans the rows of one batch with names and measures read once."""

    def __init__(
        self, importer: FiguresImporter, batch: ImportBatch, rows: Sequence[Mapping[str, Cell]]
    ) -> None:
        self.batch, self.params = batch, batch.params
        self.known = units_by_name(batch.scope_path)
        self.measures = {m.code: m for m in importer.measures(batch)}
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


def register() -> None:
    """Called once, when the app is ready."""
    imports.register(FiguresImporter())
