"""Rows that several tests start from, made once."""

from contextlib import contextmanager

from django.db import transaction


@contextmanager
def kept_for_several_tests(blocker, make):
    """What `make` wrote stays while this is open: each test's own changes are rolled back, at the end these too."""
    with blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        made = make()
    yield made
    with blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)
