from .given import given_create, given_withdraw
from .measures import (
    measure_archive,
    measure_create,
    measure_update,
    rankingtable_archive,
    rankingtable_create,
    rankingtable_update,
)
from .objections import objection_answer, objection_file, objection_withdraw
from .publications import open_until, override_set, schemerun_finish, schemerun_tell, step_of
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
from .targets import target_change, target_set, target_withdraw, targets_set

__all__ = [
    "given_create",
    "given_withdraw",
    "measure_archive",
    "measure_create",
    "measure_update",
    "rankingtable_archive",
    "rankingtable_create",
    "rankingtable_update",
    "objection_answer",
    "objection_file",
    "objection_withdraw",
    "open_until",
    "override_set",
    "run_compute",
    "run_publish",
    "runs_request",
    "problems_of",
    "scheme_archive",
    "scheme_bind",
    "scheme_create",
    "scheme_update",
    "schemerun_compute",
    "schemerun_finish",
    "schemerun_request",
    "schemerun_restate",
    "schemerun_store",
    "schemerun_tell",
    "schemeversion_archive",
    "schemeversion_change",
    "schemeversion_draft",
    "schemeversion_publish",
    "schemeversion_try",
    "schemeversion_validate",
    "target_change",
    "target_set",
    "target_withdraw",
    "targets_set",
    "step_of",
]
