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
from .schemecompute import schemerun_compute, schemerun_request, schemerun_restate
from .schemeruns import schemerun_store
from .schemes import (
    problems_of,
    scheme_archive,
    scheme_bind,
    scheme_create,
    scheme_update,
    schemeversion_archive,
    schemeversion_change,
    schemeversion_draft,
    schemeversion_publish,
    schemeversion_validate,
)
from .schemetrials import schemeversion_try

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
    "problems_of",
    "scheme_archive",
    "scheme_bind",
    "scheme_create",
    "scheme_update",
    "schemerun_compute",
    "schemerun_request",
    "schemerun_restate",
    "schemerun_store",
    "schemeversion_archive",
    "schemeversion_change",
    "schemeversion_draft",
    "schemeversion_publish",
    "schemeversion_try",
    "schemeversion_validate",
]
