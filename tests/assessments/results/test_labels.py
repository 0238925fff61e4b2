"""Labels of result pages: which months a figure is of, and days as they are here."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from assessments.presenting.results import _done_label
from assessments.views.results.base import ResultPage
from rules import scheme as rules
from tests.support.scheme_towns import TOWNS


@pytest.mark.parametrize(
    ("period", "month", "window", "label"),
    [
        ("quarter", 9, "period", "Completed, months 7–9"),
        ("quarter", 9, "month", "Completed, month 9"),
        ("quarter", 9, "year_to_date", "Completed, months 1–9"),
        ("quarter", 9, "", "Completed, months 1–9"),
        ("quarter", 9, "cumulative", "Completed, all up to month 9"),
        ("month", 9, "period", "Completed, month 9"),
        ("half", 6, "period", "Completed, months 1–6"),
        ("year", 13, "period", "Completed, months 1–12"),
    ],
)
def test_the_shown_figure_names_its_months(english, period, month, window, label):
    capital = {**TOWNS["inputs"]["capital"], "window": window}
    scheme, problems = rules.read(
        {**TOWNS, "period": period, "inputs": {**TOWNS["inputs"], "capital": capital}}
    )
    assert scheme, problems
    reader = SimpleNamespace(
        scheme=scheme,
        leading=("capital", None),
        run=SimpleNamespace(year=2026, month=month),
        facts=SimpleNamespace(month=f"2026-{min(month, 12):02d}", data_through=None),
    )
    assert _done_label(reader) == label


@pytest.mark.django_db
def test_a_result_of_the_evening_names_the_day_here(told, english):
    """19 November, 17:00 UTC is the 20th in China."""
    told.run.computed_at = datetime(2026, 11, 19, 17, tzinfo=UTC)
    page = ResultPage()
    page.__dict__["scheme_run"] = told.run
    assert page.told() == "draft, computed 2026-11-20"
