"""Writing figures and targets: a later one supersedes, nothing is overwritten, an undo gives back."""

from __future__ import annotations

import dataclasses
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from assessments.choices import FigureState, Span
from assessments.models import ImportedFigure, Target
from common import clock
from common.errors import Refused
from common.models import ImportBatch, ImportRow
from organizations.models import Unit
from rules.money import to_display

BASE = "figures that an import replaces"


@dataclass(slots=True)
class Step:
    """One value of a row. `value` and `quantum` are in yuan, dollars or pieces; `part` is ytd, month or target."""

    field: str
    measure: int
    part: str
    state: str
    value: Decimal | None
    quantum: Decimal
    ref: str
    published: dict[str, Any] = dataclasses.field(default_factory=dict)
    remark: str = ""
    unit: int = 0
    before: str | None = None  # what stands there now, in the file's own unit, where it differs
    same: bool = False

    def document(self) -> dict[str, Any]:
        """JSON for the row's plan."""
        found = asdict(self)
        found["value"] = None if self.value is None else format(self.value, "f")
        found["quantum"] = format(self.quantum, "f")
        return found


def _current(batch: ImportBatch, unit_id: int, measure: int, part: str) -> Any:
    """The row that a step would supersede, or None."""
    year, month = batch.params["year"], batch.params["month"]
    if part == "target":
        return Target.objects.unscoped(reason=BASE).filter(
            unit_id=unit_id, post=None, officer=None, residual=False, measure_id=measure, year=year,
            kind=batch.params.get("target_kind", "firm"), holds_from=batch.params.get("holds_from", 1), superseded_at=None,
        ).first()  # fmt: skip
    span = Span.YEAR_TO_DATE if part == "ytd" else Span.MONTH
    return ImportedFigure.objects.unscoped(reason=BASE).filter(
        unit_id=unit_id, measure_id=measure, year=year, month=month, span=span, superseded_at=None
    ).first()  # fmt: skip


def plan_step(batch: ImportBatch, unit: Unit, step: Step) -> str:
    """Compare a step with what is there: "new", "changed" or "unchanged"; fills `before`."""
    step.unit = unit.pk
    now = _current(batch, unit.pk, step.measure, step.part)
    if now is None:
        return "new"
    state = getattr(now, "state", FigureState.FILED)
    same = now.value == step.value and state == step.state
    if step.part == "target":
        same = same and now.implied == bool(batch.params.get("implied"))
    else:
        same = same and now.published == step.published and now.remark == step.remark
    if same:
        step.same = True
        return "unchanged"
    if now.value is None:
        step.before = str(now.get_state_display())
    else:
        scale = batch.params.get("scales", {}).get(step.field) or batch.params["scale"]
        shown = to_display(now.value, scale) if now.measure.unit in {"yuan", "usd"} else now.value
        step.before = format(shown.normalize(), "f")
        if getattr(now, "implied", False):
            step.before = _("%(value)s (implied)") % {"value": step.before}
    return "changed"


def write_step(batch: ImportBatch, row: ImportRow, step: dict[str, Any]) -> None:
    """Write one planned value; what it replaces stays and points at it."""
    if step["same"]:
        return
    now = clock.now()
    old = _current(batch, step["unit"], step["measure"], step["part"])
    value = None if step["value"] is None else Decimal(step["value"])
    common = {
        "unit_id": step["unit"], "measure_id": step["measure"], "row": row, "batch": batch, "ref": step["ref"],
        "quantum": Decimal(step["quantum"]), "recorded_at": now, "year": batch.params["year"], "value": value,
    }  # fmt: skip
    if old is not None:
        old.superseded_at = now
        old.save(update_fields=["superseded_at"])
    if step["part"] == "target":
        new: Any = Target(
            **common,
            kind=batch.params.get("target_kind", "firm"),
            holds_from=batch.params.get("holds_from", 1),
            implied=bool(batch.params.get("implied")),
        )
    else:
        new = ImportedFigure(
            **common,
            month=batch.params["month"],
            span=Span.YEAR_TO_DATE if step["part"] == "ytd" else Span.MONTH,
            state=step["state"],
            published=step["published"],
            remark=step["remark"],
        )
    new.save(force_insert=True)
    if old is not None:
        old.superseded_by = new
        old.save(update_fields=["superseded_by"])


def _confirming(batch: ImportBatch) -> set[ImportBatch]:
    """Later imports that gave figures of this one again, unchanged: they wrote nothing and rest on it."""
    period = ("year", "month", "holds_from", "target_kind")
    own = {
        (step["unit"], step["measure"], step["part"])
        for plan in batch.rows.filter(fate=ImportRow.Fate.APPLIED).values_list("plan", flat=True)
        for step in plan
        if not step["same"]
    }
    later = ImportRow.objects.filter(
        batch__state=ImportBatch.State.CONFIRMED,
        batch__importer=batch.importer,
        batch__confirmed_at__gt=batch.confirmed_at,
        fate=ImportRow.Fate.APPLIED,
        **{f"batch__params__{key}": batch.params[key] for key in period if key in batch.params},
    ).exclude(batch=batch)
    return {
        row.batch
        for row in later.select_related("batch")
        if any(s["same"] and (s["unit"], s["measure"], s["part"]) in own for s in row.plan)
    }


def take_back(batch: ImportBatch) -> None:
    """Withdraw what a batch wrote and let hold again what it replaced. Refused when a later import stands on it."""
    now, written = clock.now(), []
    for model in (ImportedFigure, Target):
        rows = model.objects.unscoped(reason="undo of an import").filter(batch=batch)
        written += list(rows.select_related("superseded_by__batch"))
    after = [f.superseded_by for f in written if f.superseded_by]
    if any(one.batch_id is None and not one.withdrawn for one in after):
        raise Refused(
            _("Targets of this import were changed by hand afterwards. Withdraw those changes first."),
            code="later",
        )
    replaced = {one.batch for one in after if one.batch_id not in (None, batch.pk)}
    if replaced:
        words = _("Later imports replaced figures of this one: %(names)s. Undo them first.")
        raise Refused(words % {"names": _named(replaced)}, code="later")
    if resting := _confirming(batch):
        words = _("Later imports confirmed figures of this one: %(names)s. Undo them first.")
        raise Refused(words % {"names": _named(resting)}, code="later")
    for fact in sorted(written, key=lambda one: -one.pk):
        fact.superseded_at, fact.withdrawn = now, True
        fact.save(update_fields=["superseded_at", "withdrawn"])
        for old in type(fact).objects.unscoped(reason="undo of an import").filter(superseded_by=fact):
            old.superseded_at = old.superseded_by = None
            old.save(update_fields=["superseded_at", "superseded_by"])


def _named(batches: set[ImportBatch]) -> str:
    return "、".join(sorted(f"{b.filename} ({localtime(b.confirmed_at):%Y-%m-%d %H:%M})" for b in batches))
