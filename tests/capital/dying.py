"""A process that does some work and dies at a commit."""

import os
import signal
import traceback
import warnings

from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

CHANGES = ("INSERT", "UPDATE", "DELETE")


def dies(boundary, work):
    """Do `work` in a process of its own that kills itself: with boundary 2n right before its n-th commit, with
    2n + 1 right after it. True when it died so, False when it had fewer commits and came to its end.

    A fork, with connections of its own: starting Python for each of twenty deaths would cost a minute.
    """
    connections.close_all()  # a connection is nobody's in two processes
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of the test runner don't matter here
        pid = os.fork()
    if pid == 0:
        try:
            _watch(boundary)
            work()
            connections.close_all()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    _pid, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the work failed; its trace stands above"
    return False


def _watch(boundary):
    """Count the commits: of transactions, and of single statements that change something outside of one."""
    commit, seen = DatabaseWrapper._commit, [0]

    def around(work):
        if seen[0] == boundary:
            os.kill(os.getpid(), signal.SIGKILL)
        result = work()
        if seen[0] + 1 == boundary:
            os.kill(os.getpid(), signal.SIGKILL)
        seen[0] += 2
        return result

    def single(execute, sql, params, many, context):
        if context["connection"].in_atomic_block or not sql.lstrip().startswith(CHANGES):
            return execute(sql, params, many, context)
        return around(lambda: execute(sql, params, many, context))

    DatabaseWrapper._commit = lambda self: around(lambda: commit(self)) if self.connection else None
    connections["default"].execute_wrappers.append(single)
