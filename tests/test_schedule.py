"""Who runs what in a parallel run: `tests/support/schedule.py`."""

from collections import OrderedDict

import pytest

from investpro.embedded import state
from tests.support.schedule import LONG, SHARED, Groups, group_of


@pytest.mark.parametrize(
    ("test", "group"),
    [
        ("tests/rules/test_money.py::test_rounding_cases[half/up::2]", "tests/rules/test_money.py"),
        ("tests/organizations/test_views.py::TestOfficer::test_pages", "tests/organizations/test_views.py"),
        ("tests/browser/test_phone.py::test_every_page[clerk]", "tests/browser"),
        ("tests/assessments/demo/test_visibility.py::test_x", "tests/assessments/demo"),
        ("tests/assessments/test_job.py::test_x", "tests/assessments/test_job.py"),
    ],
)
def test_a_module_or_a_shared_folder_stays_together(test, group):
    assert group_of(test) == group


def test_the_long_groups_come_first_then_the_largest():
    waiting = Groups.__new__(Groups)  # its queue alone: the rest of it talks to processes
    waiting.workqueue = OrderedDict(
        {
            "tests/a.py": {"1": False},
            "tests/b.py": {"1": False, "2": False},
            **{g: {} for g in reversed(LONG)},
        }
    )
    assert sorted(waiting.workqueue, key=waiting._turn) == [*LONG, "tests/b.py", "tests/a.py"]


@pytest.mark.parametrize("place", sorted({*LONG, *SHARED}))
def test_what_is_named_is_there(place):
    assert (state.BASE_DIR / place).exists()
