"""Which process runs which test of a parallel run (`pytest -n 2 --dist loadgroup`).

xdist writes its own groups into the private name of a test, which pytest 9 no longer reads: every test would
be a group of its own, and what a module, the demo or the browser's site sets up would be made in each process.
"""

from xdist.scheduler import LoadScopeScheduling

SHARED = ("tests/browser", "tests/assessments/demo")  # one site, one demo for the whole folder
# Begun first, in this order: they last, and at the end nobody should wait for one of them.
LONG = ("tests/browser", "tests/embedded/test_runner.py", "tests/assessments/demo")


def group_of(nodeid: str) -> str:
    """What runs in one process: a module with its fixtures, or all of a folder that shares something large.

    >>> group_of("tests/rules/test_money.py::test_rounding_cases[half::up]")
    'tests/rules/test_money.py'
    """
    module = nodeid.partition("::")[0]
    folder = module.rpartition("/")[0]
    return folder if folder in SHARED else module


class Groups(LoadScopeScheduling):
    """Hands out whole groups: the long ones first, then those with the most tests."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)

    def _assign_work_unit(self, node) -> None:
        self.workqueue.move_to_end(min(self.workqueue, key=self._turn), last=False)
        super()._assign_work_unit(node)

    def _turn(self, group: str) -> tuple[int, int]:
        long = LONG.index(group) if group in LONG else len(LONG)
        return long, -len(self.workqueue[group])
