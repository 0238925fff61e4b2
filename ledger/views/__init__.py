from .periods import PeriodDetail, PeriodList, RestatementReport
from .postings import PostingDetail, PostingList
from .steps import PeriodClose, PeriodCutOff, PeriodReopen, ReopeningRefuse, ReopeningSign
from .terms import (
    ClosingTermsArchive,
    ClosingTermsCreate,
    ClosingTermsDetail,
    ClosingTermsList,
    ClosingTermsUpdate,
)

__all__ = [
    "ClosingTermsArchive",
    "ClosingTermsCreate",
    "ClosingTermsDetail",
    "ClosingTermsList",
    "ClosingTermsUpdate",
    "PeriodClose",
    "PeriodCutOff",
    "PeriodDetail",
    "PeriodList",
    "PeriodReopen",
    "PostingDetail",
    "PostingList",
    "ReopeningRefuse",
    "ReopeningSign",
    "RestatementReport",
]
