"""Pages of measures, ranking tables, targets and figures."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments import services
from assessments.booked import is_booked
from assessments.choices import FigureSource
from assessments.filters import (
    ImportedFigureFilterSet,
    MeasureFilterSet,
    RankingTableFilterSet,
)
from assessments.forms import MeasureForm, RankingTableForm, TemplateForm
from assessments.imports.headers import LABELS
from assessments.imports.template import template_for
from assessments.measures.forms import CountedMeasureForm
from assessments.measures.reach import reach_rows
from assessments.measures.words import definition_words
from assessments.models import ImportedFigure, Measure, RankingTable
from assessments.tables import ImportedFigureTable, MeasureTable, RankingTableTable
from common.access import Action
from common.actors import may
from common.exporting import XLSX
from common.scope import may_on
from common.views import ArchivePage, CreatePage, Crumbs, DetailPage, ListPage, Page, UpdatePage, action

ASSESSMENT = (_("Assessment"), "")
ADMIN = (_("Administration"), "")


class MeasureNouns:
    model = Measure
    kind = "measure"
    url_prefix = "measure"
    crumbs: Crumbs = (ADMIN, (_("Measures"), "measure_list"))


class MeasureList(MeasureNouns, ListPage):
    title = _("Measures")
    sub = _("What is counted, and in what")
    table_class = MeasureTable
    filterset_class = MeasureFilterSet
    create_label = _("New measure")
    crumbs: Crumbs = (ADMIN,)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("numerator", "denominator", "of_measure")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.may(Action.CREATE):
            label = _("New measure from the books")
            kwargs["actions"] = [action(label, reverse("measure_bases"), icon="plus")]
        return super().get_context_data(**kwargs)


class MeasureDetail(MeasureNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        measure = self.get_object()
        rows = [
            (_("code"), measure.code),
            (_("definition"), measure.definition),
            (_("present definition since year"), measure.defined_since),
            (_("counts in"), measure.get_unit_display()),
            (_("nature"), measure.get_nature_display()),
            (_("direction"), measure.get_direction_display()),
            (_("header words"), measure.words),
        ]
        if measure.numerator:
            rows.append((_("worked out as"), f"{measure.numerator} ÷ {measure.denominator}"))
        rows.append((_("figures from"), measure.get_source_display()))
        if measure.source == FigureSource.COUNTED:
            return [
                {"title": _("Facts"), "rows": rows},
                {"title": _("What counts"), "rows": definition_words(measure)},
                {"title": _("How far the data reach"), "rows": reach_rows()},
            ]
        if is_booked(measure):
            rows += [
                (_("counting rule"), measure.rule_code or _("everything that was recognised")),
                (_("basis"), measure.get_basis_display()),
                (_("state counted"), measure.get_level_display()),
                (_("dimension of attribution"), measure.get_role_display()),
            ]
        return [{"title": _("Facts"), "rows": rows}]

    def actions(self) -> list[dict[str, Any]]:
        measure = self.get_object()
        found = super().actions()
        unit = getattr(self.actor, "unit", None)
        if (
            measure.source == FigureSource.COUNTED
            and unit
            and may(self.actor, Action.VIEW, "posting", path=unit.path)
        ):
            url = reverse("measure_rows", args=[measure.pk, unit.pk])
            found.insert(0, action(_("The lines behind it"), url, icon="view"))
        return found


class MeasureCreate(MeasureNouns, CreatePage):
    title = _("New measure")
    form_class = MeasureForm
    service = staticmethod(services.measure_create)


class MeasureUpdate(MeasureNouns, UpdatePage):
    service = staticmethod(services.measure_update)

    @property
    def form_class(self) -> Any:
        counted = self.get_object().source == FigureSource.COUNTED
        return CountedMeasureForm if counted else MeasureForm


class MeasureArchive(MeasureNouns, ArchivePage):
    service = staticmethod(services.measure_archive)


class RankingTableNouns:
    model = RankingTable
    kind = "ranking_table"
    url_prefix = "rankingtable"
    crumbs: Crumbs = (ASSESSMENT, (_("Ranking tables"), "rankingtable_list"))


class RankingTableList(RankingTableNouns, ListPage):
    title = _("Ranking tables")
    sub = _("Which group is ranked by what, with which tie-breaker and rounding")
    table_class = RankingTableTable
    filterset_class = RankingTableFilterSet
    create_label = _("New ranking table")
    crumbs: Crumbs = (ASSESSMENT,)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("group", "measure")


class RankingTableDetail(RankingTableNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        table = self.get_object()
        tie = f"{table.get_tie_break_display()} {table.tie_measure or ''}"
        schedule = table.get_schedule_display()
        if table.quarters:
            schedule = f"{schedule}: {' / '.join(str(q) for q in table.quarters)} %"
        return [
            {
                "title": _("What is ranked"),
                "rows": [
                    (_("group"), table.group),
                    (_("measure"), table.measure),
                    (_("rank by"), table.get_rank_by_display()),
                    (_("tie-breaker"), tie),
                    (_("target"), table.get_target_kind_display()),
                    (_("schedule"), schedule),
                    (_("unit that carries the reported total"), table.reported_total),
                ],
            },
            {
                "title": _("How it is printed"),
                "rows": [
                    (_("shown in"), table.get_scale_display()),
                    (_("digits of amounts"), table.value_digits),
                    (_("rates"), _rounding(table.rate_digits, table.get_rate_rounding_display())),
                    (_("points"), _rounding(table.points_digits, table.get_points_rounding_display())),
                    (_("points from the printed rate"), _("yes") if table.points_from_rounded else _("no")),
                    (_("compare values as printed"), _("yes") if table.rank_as_printed else _("no")),
                ],
            },
        ]

    def actions(self) -> list[dict[str, Any]]:
        table = self.get_object()
        url = f"{reverse('ranking')}?group={table.group.code}&table={table.code}"
        return [action(_("See the ranking"), url, icon="ranking"), *super().actions()]


def _rounding(digits: int, mode: str) -> str:
    return f"{digits} · {mode}"


class RankingTableCreate(RankingTableNouns, CreatePage):
    title = _("New ranking table")
    form_class = RankingTableForm
    service = staticmethod(services.rankingtable_create)


class RankingTableUpdate(RankingTableNouns, UpdatePage):
    form_class = RankingTableForm
    service = staticmethod(services.rankingtable_update)


class RankingTableArchive(RankingTableNouns, ArchivePage):
    service = staticmethod(services.rankingtable_archive)


class SourcedList(ListPage):
    crumbs: Crumbs = (ASSESSMENT,)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("unit", "measure", "batch")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.may(Action.IMPORT, "figure"):
            kwargs["import_url"] = reverse("import_list")
        return super().get_context_data(**kwargs)


class SourcedDetail(DetailPage):
    """Where a figure comes from, what it replaced and what replaced it."""

    table_class: Any = None
    columns: tuple[str, ...] = ("unit", "value", "counts", "source", "ref", "recorded_at", "superseded_at")

    def same(self, rows: Any, fact: Any) -> Any:
        """Rows that are other versions of this fact."""
        raise NotImplementedError

    def actions(self) -> list[dict[str, Any]]:
        fact = self.get_object()
        if fact.batch is None or not may_on(self.actor, Action.VIEW, fact.batch):
            return []
        return [
            action(_("The import"), reverse("import_detail", args=[fact.batch_id])),
            action(_("Original file"), reverse("import_file", args=[fact.batch_id]), icon="download"),
        ]

    def source(self) -> dict[str, Any]:
        fact = self.get_object()
        batch = fact.batch
        rows = [
            (_("file"), batch.filename),
            (_("sheet"), batch.sheet),
            (_("cell"), fact.ref),
            (_("as it was sent"), self.sent(fact)),
            (_("imported by"), batch.actor_name),
            (_("recorded"), fact.recorded_at),
        ]
        if fact.withdrawn:
            rows.append((_("taken back"), f"{batch.undone_by}: {batch.undo_reason}"))
        elif fact.superseded_by_id:
            rows.append((_("superseded"), fact.superseded_at))
        return {"title": _("Where it comes from"), "rows": rows}

    def sent(self, fact: Any) -> str:
        cell: dict[str, str] = next((c for c in fact.row.cells.values() if c["ref"] == fact.ref), {})
        if "sent" in cell and cell["sent"] != cell["value"]:
            return _("%(sent)s, mended to %(value)s") % cell
        return cell.get("value", "")

    def related(self) -> list[dict[str, Any]]:
        fact = self.get_object()
        same = (
            type(fact)
            .objects.visible_to(self.actor)
            .filter(unit=fact.unit, measure=fact.measure, year=fact.year)
        )
        same = (
            self.same(same, fact)
            .exclude(pk=fact.pk)
            .select_related("unit", "measure", "batch")
            .order_by("-id")
        )
        if not same:
            return []
        table = self.table_class(same, chosen=self.columns)
        return [{"title": _("Other versions of this figure"), "table": table}]


class FigureNouns:
    model = ImportedFigure
    kind = "figure"
    url_prefix = "figure"
    table_class = ImportedFigureTable
    crumbs: Crumbs = (ASSESSMENT, (_("Figures"), "figure_list"))


class FigureList(FigureNouns, SourcedList):
    title = _("Figures")
    sub = _("Imported figures, each with the cell it came from")
    filterset_class = ImportedFigureFilterSet
    empty = (_("No figures yet."), _("Import a sheet: its figures stand here with file, sheet and cell."))
    crumbs: Crumbs = (ASSESSMENT,)


class FigureDetail(FigureNouns, SourcedDetail):
    def same(self, rows: Any, fact: ImportedFigure) -> Any:
        return rows.filter(month=fact.month, span=fact.span)

    def panels(self) -> list[dict[str, Any]]:
        fact = self.get_object()
        table = ImportedFigureTable([])
        amount = table.render_value(fact) + " " + table.render_counts(fact)
        rows: list[tuple[Any, Any]] = [
            (_("unit"), fact.unit),
            (_("measure"), fact.measure),
            (_("period"), f"{fact.year}-{fact.month:02d}"),
            (_("span"), fact.get_span_display()),
            (_("return"), fact.get_state_display()),
            (_("value"), amount),
        ]
        rows += [(LABELS[k], f"{v['value']} ({v['ref']})") for k, v in fact.published.items()]
        if fact.remark:
            rows.append((_("remark"), fact.remark))
        return [{"title": _("Figure"), "rows": rows}, self.source()]


class FigureTemplate(Page):
    """The Excel template with the group's units filled in: choose first, then download."""

    kind = "figure"
    needs = Action.IMPORT
    template_name = "common/form.html"
    title = _("Template for targets and monthly figures")
    sub = _("An Excel file with your units filled in")
    crumbs: Crumbs = ((_("Imports"), "import_list"),)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render_to_response(self.get_context_data(form=TemplateForm(actor=self.actor)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = TemplateForm(request.POST, actor=self.actor)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        given = form.cleaned_data
        data = template_for(
            group=given["group"],
            measures=list(given["measures"]),
            year=given["year"],
            month=given["month"],
            scale=given["scale"],
        )
        response = HttpResponse(data, content_type=XLSX)
        name = f"{given['group'].code}-{given['year']}-{given['month']:02d}.xlsx"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            submit_label=_("Download"), cancel_url=reverse("import_list"), **kwargs
        )
