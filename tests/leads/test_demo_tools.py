"""What the demo is told with: its days, the order of its stories, its papers and codes."""

from datetime import UTC, date, datetime

import pytest

from common import clock
from common.file_types import media_type
from leads.demo.cast import credit_code, phone
from leads.demo.days import Diary, tell, weekday
from leads.demo.papers import STAMP, pdf
from rules.codes import credit_code_problem


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 20), date(2026, 11, 20)),  # a Friday
        (date(2026, 11, 21), date(2026, 11, 20)),
        (date(2026, 11, 22), date(2026, 11, 20)),
        (date(2026, 11, 23), date(2026, 11, 23)),
    ],
)
def test_a_weekend_moves_to_its_friday(day, expected):
    assert weekday(day) == expected


def test_stories_are_told_in_the_order_of_time_each_under_its_clock():
    """Two stories interleave; a step may add another one to its own story."""
    first, second, told = Diary(), Diary(), []

    def at(hour):
        return datetime(2026, 3, 2, hour, tzinfo=UTC)

    def say(word):
        return lambda: told.append((word, clock.now().hour))

    first.on(at(3), say("c"))
    first.on(at(1), say("a"))
    second.on(at(2), lambda: (say("b")(), second.on(at(4), say("d"))))
    assert tell([first.story(), second.story()]) == 4
    assert told == [("a", 1), ("b", 2), ("c", 3), ("d", 4)]


def test_a_paper_is_a_pdf_whose_table_points_at_its_objects():
    data = pdf(("营业执照", "示例"))
    assert media_type(data) == "application/pdf"
    assert "营业执照".encode("utf-16-be").hex().encode() in data
    start = int(data.split(b"startxref\n")[1].split(b"\n")[0])
    places = [int(line[:10]) for line in data[start:].split(b"\n") if line.endswith(b" n ")]
    assert [data[place:].startswith(b"%d 0 obj" % n) for n, place in enumerate(places, 1)] == [True] * 7
    assert STAMP.encode("utf-16-be").hex().encode() not in data  # it comes with the paper that is stored


def test_codes_are_right_and_of_nobody():
    assert [credit_code_problem(credit_code(n)) for n in (1, 77, 210)] == [None] * 3
    assert credit_code(1)[2:8] == "990000"  # no region has this code
    assert phone(7) == "10000000007"
