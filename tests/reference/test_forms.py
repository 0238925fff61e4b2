from __future__ import annotations

from datetime import date

import pytest

from reference.forms import CalendarYearCreateForm

pytestmark = pytest.mark.django_db


def filled(clerk, days):
    return CalendarYearCreateForm({"year": "2026", "source": "国办通知", "days": days}, actor=clerk)


def test_lines_of_the_notice_become_days(clerk):
    form = filled(clerk, "2026-10-01 2026-10-03 国庆节\n\n2026-10-10 + 国庆节\n")
    assert form.is_valid(), form.errors
    assert [(d["date"].day, d["kind"], d["name"]) for d in form.values()["days"]] == [
        (1, "off", "国庆节"),
        (2, "off", "国庆节"),
        (3, "off", "国庆节"),
        (10, "working", "国庆节"),
    ]


def test_no_lines_are_no_days(clerk):
    form = filled(clerk, "")
    assert form.is_valid()
    assert form.values() == {"year": 2026, "source": "国办通知", "days": []}


@pytest.mark.parametrize(
    "line",
    [
        "国庆节",
        "2026-10-01 国庆节",
        "2026-13-01 2026-13-02 国庆节",
        "2026-10-07 2026-10-01 国庆节",
        "2027-10-01 2027-10-07 国庆节",
        "2026-01-01 2026-12-31 国庆节",
        "2026-10-01 2026-10-03 国庆节\n2026-10-03 2026-10-04 中秋节",
    ],
)
def test_a_wrong_line_is_named(clerk, line):
    form = filled(clerk, line)
    assert not form.is_valid()
    assert str(len(line.splitlines())) in " ".join(form.errors["days"])


def test_dates_are_dates(clerk):
    form = filled(clerk, "2026-10-01 2026-10-01 国庆节")
    assert form.is_valid()
    assert form.values()["days"][0]["date"] == date(2026, 10, 1)
