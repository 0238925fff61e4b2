"""Pages and API of assessments, by the inherited suites."""

import pytest

from assessments.choices import Direction, RankBy, TieBreak
from assessments.models import ImportedFigure, Measure, RankingTable, Target
from common import clock
from organizations.choices import Role
from tests.support.api import ReadSuite
from tests.support.factories import GroupFactory, UnitFactory
from tests.support.ui import DetailSuite, RowSuite
from tests.support.world import MeasureFactory, RankingTableFactory, batch

pytestmark = pytest.mark.django_db


class MeasureNouns:
    model, factory = Measure, MeasureFactory
    outsider = None  # belongs to no unit

    def place(self, tree):
        return {}

    elsewhere = place


class TestMeasure(MeasureNouns, RowSuite):
    prefix = "measure"
    filters, misses = ("unit=yuan", "nature=flow"), ("unit=count", "nature=ratio")

    def form(self, tree):
        return {
            "name": "标记甲",
            "code": "new",
            "unit": "yuan",
            "nature": "flow",
            "direction": Direction.MORE,
            "sort": "1",
        }


class TestMeasureApi(MeasureNouns, ReadSuite):
    base = "measures"


class TestRankingTable(RowSuite):
    model, factory, prefix = RankingTable, RankingTableFactory, "rankingtable"

    def place(self, tree):
        return {"group": GroupFactory(owner=tree.county)}

    def elsewhere(self, tree):
        return {"group": GroupFactory(owner=tree.other_county)}

    def form(self, tree):
        values = {
            "rank_by": RankBy.RATE,
            "tie_break": TieBreak.NONE,
            "target_kind": "firm",
            "schedule": "linear",
            "scale": "wan",
        }
        digits = {f"{name}_digits": "2" for name in ("value", "rate", "points", "growth")}
        rounding = {"rate_rounding": "half_up", "points_rounding": "half_up"}
        nouns = {
            "group": self.place(tree)["group"].pk,
            "measure": MeasureFactory().pk,
            "name": "标记甲",
            "code": "new",
        }
        return {**values, **digits, **rounding, **nouns, "sort": "1"}


class SourcedNouns:
    """Figures and targets come in by import only; a row is found by its unit's name."""

    reader = Role.OFFICER
    sort = column = "unit"
    history = False
    month = {}

    def place(self, tree):
        measure = MeasureFactory()
        return {"parent": tree.county, "measure": measure, "batch": batch(tree.county, measure, "confirmed")}

    def elsewhere(self, tree):
        return {**self.place(tree), "parent": tree.other_county}

    def make(self, where, text=None):
        unit = UnitFactory(parent=where["parent"], **({"name": text} if text else {}))
        source = {
            "batch": where["batch"],
            "row": where["batch"].rows.get(),
            "ref": "B2",
            "recorded_at": clock.now(),
        }
        return self.model._base_manager.create(
            unit=unit, measure=where["measure"], year=2026, value=90_500_000, **source, **self.month
        )


class SourcedPages(SourcedNouns, DetailSuite):
    """Their pages."""

    # The unit directory is open to everybody inside, so a unit's name in a choice list is no leak.
    def test_rows_of_other_units_stay_out(self, tree):
        row, client = self.row(tree), self.as_outsider(tree)
        for query in ("", "q=标记", "history=true", f"unit={row.unit_id}"):
            assert row.pk not in self.pks(client, query)


class TestFigure(SourcedPages):
    model, prefix, month = ImportedFigure, "figure", {"month": 6, "span": "ytd"}
    filters, misses = ("year=2026&month=6",), ("year=2026&month=7", "year=2025")


class TestTarget(SourcedPages):
    model, prefix = Target, "target"
    filters, misses = ("year=2026",), ("year=2025",)


class TestFigureApi(SourcedNouns, ReadSuite):
    model, base, ordering, month = ImportedFigure, "figures", "year", {"month": 6, "span": "ytd"}


class TestTargetApi(SourcedNouns, ReadSuite):
    model, base, ordering = Target, "targets", "year"
