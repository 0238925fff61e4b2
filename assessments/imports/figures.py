"""Import of targets and monthly figures: the fields of a sheet, the plan of a row, writing and taking back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz import fuzz

from assessments.forms import TemplateForm
from assessments.imports.forms import FiguresForm
from assessments.imports.store import take_back, write_step
from assessments.imports.template import template_for
from assessments.models import Measure
from assessments.selectors import group_for
from common import imports
from common.access import Action
from common.actors import Actor
from common.imports import Cell, Field, Plan
from common.models import ImportBatch, ImportRow
from organizations.models import Unit
from organizations.selectors import normal_name, units_by_name
from organizations.services import alias_add
from rules.periods import Month

from .headers import IMPLIED, LABELS, WORDS, scale_of

# Words in senders' headers. They are language, not rules: a word that is missing is matched by hand once.
from .planner import Planner, fallen


class FiguresImporter:
    code = "figures"
    kind = "figure"
    label = gettext_lazy("Targets and monthly figures")
    title = gettext_lazy("Import figures")
    about_label = gettext_lazy("Period")
    personal = False
    form_class = FiguresForm
    template_form = TemplateForm

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

    def template(self, actor: Actor, **given: Any) -> bytes:
        return template_for(**{**given, "measures": list(given["measures"])})

    def warnings(self, batch: ImportBatch) -> list[str]:
        found = []
        if batch.params.get("implied"):
            found.append(
                _(
                    "The targets of this file are implied: derived from published amounts and rates, and marked so."
                )
            )
        if names := fallen(batch):
            words = _(
                "Below the year to date of the month before: %(units)s. "
                "A month's own amount belongs in the column of the month."
            )
            found.append(words % {"units": "、".join(names)})
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
        planner = Planner(self.measures(batch), batch, rows)
        return [planner.plan(cells) for cells in rows]

    def write(self, batch: ImportBatch, row: ImportRow, actor: Actor) -> None:
        for step in row.plan:
            write_step(batch, row, step)

    def undo(self, batch: ImportBatch, actor: Actor) -> None:
        take_back(batch)


def register() -> None:
    """Called once, when the app is ready."""
    imports.register(FiguresImporter(), first=True)
