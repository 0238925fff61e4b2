"""Results of schemes: ranking, explanation, what-if, comparison, publication, objections."""

from .asking import SchemeCompare, SchemeWhatIf
from .explanation import SchemeExplanation
from .objections import ObjectionAnswer, ObjectionCreate, ObjectionDetail, ObjectionWithdraw
from .publishing import OverrideCreate, SchemeFinish, SchemeTell
from .ranking import SchemeResult, SchemeResultExport, SchemeResults

__all__ = [
    "ObjectionAnswer",
    "ObjectionCreate",
    "ObjectionDetail",
    "ObjectionWithdraw",
    "OverrideCreate",
    "SchemeCompare",
    "SchemeExplanation",
    "SchemeFinish",
    "SchemeResult",
    "SchemeResultExport",
    "SchemeResults",
    "SchemeTell",
    "SchemeWhatIf",
]
