"""The parts of a record's page, drawn from plain data."""

from datetime import UTC, date, datetime

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from common.templatetags.parts import moment, stage_dots


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def draw(name, **context):
    return " ".join(render_to_string(f"parts/{name}.html", context).split())


@pytest.mark.parametrize(("index", "total", "filled"), [(3, 6, 3), (0, 4, 0), (9, 4, 4), (-1, 2, 0)])
def test_stage_dots(index, total, filled):
    drawn = stage_dots(index, total)
    assert drawn.count("<i") == total
    assert drawn.count('class="d"') == filled
    assert 'aria-hidden="true"' in drawn


def test_stopped_marks_the_last_reached():
    assert stage_dots(2, 3, stopped=True).endswith('<i class="d"></i><i class="x"></i><i></i></span>')
    assert 'class="x"' not in stage_dots(0, 3, stopped=True)


def test_moments_in_the_bureaus_time_zone():
    assert moment(datetime(2026, 11, 21, 0, 30, tzinfo=UTC)) == "2026-11-21 08:30"  # UTC+8
    assert moment(date(2026, 11, 21)) == "2026-11-21"
    assert moment(None) == ""


def test_stage_bar_says_state_in_words_too():
    stages = [
        {"label": "Signed", "state": "done", "date": date(2026, 1, 16), "note": "on time"},
        {"label": "Started", "state": "now", "date": date(2026, 6, 18), "note": "12 days late", "late": True},
        {"label": "Completed", "state": "todo", "due": date(2027, 3, 31)},
    ]
    drawn = draw("stages", stages=stages)
    assert drawn.count('aria-current="step"') == 1
    assert 'Signed<span class="visually-hidden"> done</span>' in drawn
    assert "due 2027-03-31" in drawn
    assert '<span class="note ip-bad"> <svg' in drawn


def test_need_list():
    rows = [
        {"state": "overdue", "label": "Power <2>", "who": "Du", "due": date(2026, 11, 20), "due_note": "2 days late",
         "late": True, "url": "/x/", "panel": True},
        {"state": "done", "label": "Frame"},
    ]  # fmt: skip
    drawn = draw("need", need={"title": "1 missing", "rows": rows})
    assert "Power &lt;2&gt;" in drawn
    assert '<b class="ip-bad">2 days late</b><br><span class="ip-mute">2026-11-20</span>' in drawn
    assert 'hx-get="/x/" hx-target="#panel"' in drawn
    assert "Nothing is missing" in draw("need", need={"title": "x", "rows": []})


def test_timeline_of_mixed_kinds():
    entries = [{"when": date(2026, 11, 6), "icon": "phone", "kind": "Call", "who": "Lin", "text": "<b>", "css": "key", "note": "a\nb"}]  # fmt: skip
    drawn = draw("timeline", entries=entries)
    assert '<li class="key"><time datetime="2026-11-06' in drawn
    assert '<span class="visually-hidden">Call: </span>' in drawn
    assert "&lt;b&gt;" in drawn
    assert "a<br>b" in drawn
    assert "Nothing happened yet" in draw("timeline", entries=[])


def test_facts_people_hints_pills():
    assert "<dt>Land</dt><dd>—</dd>" in draw("facts", facts=[("Land", None)])
    assert "<dd>0</dd>" in draw("facts", facts=[("Jobs", 0)])  # zero is not missing
    people = draw("people", people=[{"name": "林某", "role": "60%", "contact_url": "/c/"}])
    assert 'aria-label="Contact 林某"' in people
    assert '<span class="ip-av" aria-hidden="true">林</span>' in people
    hints = {
        "title": "1 possible duplicate.",
        "rows": [{"pieces": [("青屿", True), ("公司", False)], "note": "n"}],
    }
    assert '<div id="dup" class="ip-dup" role="status" data-quiet>' in draw(
        "hints", hints=hints, hints_id="dup"
    )
    assert "<mark>青屿</mark>公司" in draw("hints", hints=hints)
    assert "ip-dup" not in draw("hints", hints=None, hints_id="dup")
    pills = draw(
        "pills", pills=[{"label": "A", "url": "?a", "active": True, "count": 0}], pills_label="Kinds"
    )
    assert '<a href="?a" aria-current="true">A <span class="n">0</span></a>' in pills
