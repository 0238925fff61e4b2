"""What the imports of the directory share: the course of a row from its cells to the written record and back.

A row finds its record or is a new one. Empty cells say nothing, so they never clear a field. The plan's first
step says what will be done, with what was there before, so that an undo can give it back; every further step
names a field that changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pghistory.models
from django import forms
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from rapidfuzz import fuzz

from common import services
from common.access import Action
from common.actors import Actor, may
from common.errors import Refused
from common.forms import ActorForm, offer, pick
from common.imports import Cell, Field, Plan
from common.models import ImportBatch, ImportRow
from organizations.choices import UnitKind
from organizations.models import Unit
from organizations.selectors import normal_name, units_by_name
from organizations.services import alias_add

from .cells import Row

Result = ImportRow.Result
Found = tuple[
    Any, dict[str, Any], Any
]  # the record or None, the values given, what tells the row from others


class DirectoryForm(ActorForm):
    kind = "directory"  # offers units for which the actor may import it

    unit = forms.ModelChoiceField(Unit._base_manager.none(), label=pgettext_lazy("import", "Units below"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.visible_to(self.actor).filter(archived_at=None).order_by("path")
        allowed = [
            u.pk for u in units.only("pk", "path") if may(self.actor, Action.IMPORT, self.kind, path=u.path)
        ]
        offer(self, "unit", units.filter(pk__in=allowed))
        self.fields["unit"].initial = allowed[0] if allowed else None
        pick(self, "unit", "unit_pick")

    def target(self) -> tuple[str, dict[str, Any]]:
        """Unit path of the import, and its parameters."""
        return self.cleaned_data["unit"].path, {}


class Reader:
    """Finds the record of each row of one batch, with names read once. A leaf class gives `found`."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.known = units_by_name(batch.scope_path)
        self.by_id = {unit.pk: unit for units in self.known.values() for unit in units}

    def found(self, row: Row) -> Found:
        raise NotImplementedError

    def unit(self, row: Row, key: str = "unit") -> Unit | None:
        """The unit that a cell names, by name, short name, other name or code; else a problem of the cell."""
        name = row.raw(key)
        if not name:
            row.problem(key, _("Write the unit's name."))
            return None
        if matched := self.by_id.get(self.batch.names.get(row.cells[key].value, 0)):
            return matched
        units = self.known.get(normal_name(name), [])
        if len(units) == 1:
            return units[0]
        if units:
            names = "、".join(f"{u.name} ({u.code})" for u in units)
            row.problem(key, _("“%(name)s” could be: %(units)s. Write the code.") % {"name": name, "units": names})  # fmt: skip
        else:
            row.problem(key, _("“%(name)s” is not a unit here. Match the name, or add the unit first.") % {"name": name})  # fmt: skip
        return None


class DirectoryImporter:
    """Base of the importers. A leaf class gives the nouns, `columns`, `reader`, `create` and `change`."""

    code = ""
    kind = "directory"  # a leaf class that writes something else names that, also in its form
    label: Any = ""
    title: Any = ""
    about_label = pgettext_lazy("import", "Units below")
    personal = False  # the file names telephone numbers: only who imports may look into it
    form_class = DirectoryForm
    template_form = None
    model: type[models.Model]
    list_url = ""
    columns: tuple[tuple[str, Any, bool, tuple[str, ...]], ...] = ()  # key, label, required, header words
    numbers: tuple[str, ...] = ()  # columns that hold numbers: how the preview aligns them
    reader: type[Reader]
    row_class: type[Row] = Row

    def create(self, actor: Actor, values: dict[str, Any]) -> Any:
        raise NotImplementedError

    def change(self, actor: Actor, pk: int, values: dict[str, Any]) -> Any:
        raise NotImplementedError

    def choices(self, key: str) -> list[str]:
        """The words that a column takes, for the template; none: anything."""
        if key == "kind":
            return [str(kind.label) for kind in UnitKind]
        return [_("yes"), _("no")] if key in ("ranked", "in_total") else []

    def shown(self, field: str, value: Any) -> str:
        """What stands there now, in the preview."""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return "" if value is None else str(value)

    # ------------------------------------------------------------ pages

    def about(self, batch: ImportBatch) -> str:
        unit = Unit.objects.unscoped(reason="the name of an import's own scope").filter(path=batch.scope_path)
        return str(unit.first() or "")

    def templates(self, request: Any) -> list[dict[str, Any]]:
        return [
            {
                "label": _("Template: %(what)s") % {"what": self.label},
                "url": reverse("directory_template", args=[self.code]),
                "note": _("empty cells leave what is there as it is"),
            }
        ]

    def template(self, actor: Actor, **given: Any) -> bytes:
        """The Excel template, with the names of the units that the actor may change."""
        from .template import build_template  # it draws an importer, so it comes after this module

        units = Unit.objects.allowed_to(actor, Action.CHANGE).filter(archived_at=None).order_by("path")
        return build_template(self, list(units))

    def warnings(self, batch: ImportBatch) -> list[str]:
        return []

    def next_steps(self, batch: ImportBatch) -> list[dict[str, Any]]:
        if batch.state != ImportBatch.State.CONFIRMED:
            return []
        return [{"label": self.label, "url": reverse(self.list_url), "icon": "", "primary": True}]

    def fields(self, batch: ImportBatch) -> list[Field]:
        return [
            Field(key, str(label), required=required, words=words, text=key not in self.numbers)
            for key, label, required, words in self.columns
        ]

    def matched(self, batch: ImportBatch, titles: Mapping[str, str]) -> None:
        """The headers say nothing but which column is which."""

    # ------------------------------------------------------------ names of units

    def unknown_names(self, batch: ImportBatch, rows: Iterable[Mapping[str, Cell]]) -> list[str]:
        known = units_by_name(batch.scope_path)
        names = (cells["unit"].value for cells in rows if "unit" in cells)
        return list(
            dict.fromkeys(n for n in names if n and normal_name(n) not in known and n not in batch.names)
        )

    def name_choices(self, batch: ImportBatch, actor: Actor) -> list[tuple[int, str]]:
        units = Unit.objects.visible_to(actor).below(batch.scope_path).filter(archived_at=None)
        return [(u.pk, u.name) for u in units.order_by("path")]

    def guess_name(self, name: str, choices: Sequence[tuple[int, str]]) -> int | None:
        """The one unit whose name is close enough to be offered first; the clerk decides."""
        scored = sorted(((fuzz.partial_ratio(name, label), pk) for pk, label in choices), reverse=True)
        clear = scored and scored[0][0] >= 80 and (len(scored) == 1 or scored[1][0] < scored[0][0])
        return scored[0][1] if clear else None

    def remember_name(self, batch: ImportBatch, name: str, unit_id: int, actor: Actor) -> None:
        units = Unit.objects.allowed_to(actor, Action.CHANGE).below(batch.scope_path)
        if unit := units.filter(pk=unit_id).first():
            alias_add(actor=actor, unit=unit, name=name)

    # ------------------------------------------------------------ plan, write, undo

    def plan(self, batch: ImportBatch, rows: Sequence[Mapping[str, Cell]]) -> list[Plan]:
        reader, seen, plans = self.reader(batch), set(), []
        for cells in rows:
            plan = Plan(Result.UNCHANGED)
            row = self.row_class(cells, plan, self.model)
            record, values, identity = reader.found(row)
            if not plan.problems and identity in seen:
                row.problem(self.columns[0][0], _("This stands in the file twice. Keep one row."))
            seen.add(identity)
            if not plan.problems:
                self._steps(plan, record, {k: v for k, v in values.items() if v is not None})
            plans.append(plan)
        return plans

    def _steps(self, plan: Plan, record: Any, values: dict[str, Any]) -> None:
        if record is None:
            plan.result, plan.steps = Result.NEW, [{"do": "create", "values": _plain(values)}]
            return
        was = {key: self.present(record, key) for key in values}
        changed = {key: value for key, value in values.items() if value != was[key]}
        if not changed:
            plan.steps = [{"do": "nothing", "pk": record.pk}]
            return
        plan.result = Result.CHANGED
        plan.steps = [
            {"do": "change", "pk": record.pk, "values": _plain(changed), "was": _plain({k: was[k] for k in changed})},
            *({"field": key, "before": self.shown(key, was[key]) or _("(empty)")} for key in changed),
        ]  # fmt: skip

    def present(self, record: Any, key: str) -> Any:
        """The value of a field as `Reader.found` gives it."""
        return getattr(record, key)

    def write(self, batch: ImportBatch, row: ImportRow, actor: Actor) -> None:
        step = row.plan[0]
        if step["do"] == "nothing":
            return
        if step["do"] == "create":
            record = self.create(actor, step["values"])
        else:
            record = self.change(actor, step["pk"], step["values"])
        row.plan = [{**step, "pk": record.pk, "version": record.version}, *row.plan[1:]]
        row.save(update_fields=["plan"])

    def undo(self, batch: ImportBatch, actor: Actor) -> None:
        rows = batch.rows.filter(fate=ImportRow.Fate.APPLIED).order_by("-number")
        steps = [row.plan[0] for row in rows if row.plan[0]["do"] != "nothing"]
        self._refuse_confirmed(batch, [step["pk"] for step in steps if step["do"] == "create"])
        for step in steps:
            record: Any = (
                self.model._base_manager.select_for_update(of=("self",)).filter(pk=step["pk"]).first()
            )
            if record is None or record.version != step["version"]:
                raise Refused(
                    _("“%(name)s” was changed after this import. Change it by hand.")
                    % {"name": record or step["pk"]},
                    code="later",
                )
            if step["do"] == "create":
                self._remove(actor, record, step)
            else:
                self.change(actor, record.pk, step["was"])

    def _refuse_confirmed(self, batch: ImportBatch, created: list[int]) -> None:
        later = ImportRow.objects.filter(
            batch__importer=batch.importer,
            batch__state=ImportBatch.State.CONFIRMED,
            batch__confirmed_at__gt=batch.confirmed_at,
            fate=ImportRow.Fate.APPLIED,
            plan__0__pk__in=created,
        )
        if row := later.select_related("batch").first():
            raise Refused(
                _("A later import rests on this one: %(name)s. Undo it first.")
                % {"name": row.batch.filename},
                code="later",
            )

    def _remove(self, actor: Actor, record: Any, step: Mapping[str, Any]) -> None:
        """Take a record back that the import made, unless something stands on it by now."""
        services.authorize(actor, Action.CHANGE, self.owner_of(record))
        for relation in record._meta.related_objects:
            if issubclass(relation.related_model, pghistory.models.Event):
                continue  # the change log stays
            if relation.related_model._base_manager.filter(**{relation.field.name: record}).exists():
                raise Refused(
                    _("“%(name)s” is in use by now (%(what)s). Archive it instead.")
                    % {"name": record, "what": relation.related_model._meta.verbose_name},
                    code="used",
                )
        record.delete()

    def owner_of(self, record: Any) -> Any:
        """The row whose right to change decides."""
        return record


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON: days as text."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}


def to_days(values: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Days back from JSON."""
    return {
        k: date.fromisoformat(v) if k in keys and v and isinstance(v, str) else v for k, v in values.items()
    }


UNIT_WORDS = ("单位", "单位名称", "所在单位", "所属单位", "责任单位", "unit")
SORT = ("sort", gettext_lazy("order"), False, ("排序", "序号", "顺序", "order"))
