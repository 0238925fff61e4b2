from .given import given_create, given_withdraw
from .measures import (
    measure_archive,
    measure_create,
    measure_update,
    rankingtable_archive,
    rankingtable_create,
    rankingtable_update,
)
from .rankings import run_compute, run_publish, runs_request

__all__ = [
    "given_create",
    "given_withdraw",
    "measure_archive",
    "measure_create",
    "measure_update",
    "rankingtable_archive",
    "rankingtable_create",
    "rankingtable_update",
    "run_compute",
    "run_publish",
    "runs_request",
]
