"""A list stands in the order of the places that it shows, and units of one name aren't mixed up."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from assessments import services
from assessments.schemes.editing.codes import code_of
from assessments.views.results.asking import SchemeCompare
from tests.support.clients import client_of

pytestmark = pytest.mark.django_db


def test_a_place_set_by_hand_moves_the_line(told, english):
    """Computed: 新材料 1, 装备制造 2. The committee puts the first on place 3."""
    services.schemerun_tell(actor=told.staff, pk=told.run.pk)
    services.override_set(
        actor=told.staff, run=told.run, unit=told.units["new-materials"], what="place", value=Decimal(3), reason="复核",
        signatory="委员会",
    )  # fmt: skip
    browser = client_of(told.staff)
    rows = browser.get(reverse("scheme_result", args=[told.run.pk])).context["rows"]
    assert [(row["name"], row["rank"]) for row in rows] == [("装备制造专班", 2), ("新材料专班", 3)]
    data = browser.get(reverse("scheme_result_export", args=[told.run.pk])).content
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    names = [row[1] for row in sheet.iter_rows(values_only=True)]
    names = [name for name in names if name in ("新材料专班", "装备制造专班", "食品专班")]
    assert names == ["装备制造专班", "新材料专班", "食品专班"]


def test_facts_of_two_runs_go_to_the_unit_not_to_its_name(told, english):
    """Between the runs the equipment team's new projects became 3 and the new materials' 4 of 0."""
    page = SchemeCompare()
    page.__dict__["scheme_run"] = told.run
    page.__dict__["request"] = type("Asked", (), {"GET": {}})()
    rows = [{"unit": code, "name": "同名专班"} for code in ("new-materials", "equipment")]
    page.add_facts(rows, told.before)
    first, second = (row["facts"] for row in rows)
    assert "新引进省外亿元项目 0 → 4" in first
    assert "新引进省外亿元项目 0 → 4" not in second
    assert second


def test_no_code_is_made_that_means_the_place_or_the_total():
    assert code_of("place", ()) == "place_2"
    assert code_of("total", ()) == "total_2"
