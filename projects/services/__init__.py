from .attribution import ENDABLE, KeptCredit, Share, attribution_end, attribution_set
from .changing import agreement_add, investors_set, plan_set, project_archive, project_update
from .moves import project_move
from .promises import (
    commitment_add,
    commitment_keep,
    commitment_update,
    half_year_set,
    obligation_add,
    obligation_check,
    obligation_update,
    parcel_add,
    parcel_update,
)
from .signing import default_shares, project_open, project_sign

__all__ = [
    "ENDABLE",
    "KeptCredit",
    "Share",
    "agreement_add",
    "attribution_end",
    "attribution_set",
    "commitment_add",
    "commitment_keep",
    "commitment_update",
    "default_shares",
    "half_year_set",
    "investors_set",
    "obligation_add",
    "obligation_check",
    "obligation_update",
    "parcel_add",
    "parcel_update",
    "plan_set",
    "project_archive",
    "project_move",
    "project_open",
    "project_sign",
    "project_update",
]
