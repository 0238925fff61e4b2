"""A process that works and dies at a commit: `python -m tests.capital.dying BOUNDARY job RUN`, or
`BOUNDARY import BATCH ACTOR`.

Boundary 2n: right before the n-th commit of this process; 2n + 1: right after it. It ends in order when there are
fewer commits.
"""

import os
import signal
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investpro.settings.test")
django.setup()

from django.db.backends.postgresql.base import DatabaseWrapper  # noqa: E402

from capital.services import samples  # noqa: E402
from common import imports, jobs  # noqa: E402
from organizations.models import User  # noqa: E402


def watch(boundary):
    """Count the commits of this process."""
    commit, seen = DatabaseWrapper._commit, [0]

    def dying(self):
        if seen[0] == boundary:
            os.kill(os.getpid(), signal.SIGKILL)
        commit(self)
        if seen[0] + 1 == boundary:
            os.kill(os.getpid(), signal.SIGKILL)
        seen[0] += 2

    DatabaseWrapper._commit = dying


if __name__ == "__main__":
    boundary, what, pk, *rest = sys.argv[1:]
    watch(int(boundary))
    samples.BATCH = 3  # several batches of few entries
    if what == "job":
        jobs.execute(int(pk))
    else:
        imports.confirm(actor=User._base_manager.get(pk=int(rest[0])), pk=int(pk))
