"""The pages of an import: file → columns and names → preview → result. `common/imports/` is the course."""

from .batch import ImportDetail, ImportFileDownload, ImportMarked, ImportUndo
from .matching import ImportMapping, ImportMend
from .start import ImportList

__all__ = [
    "ImportDetail",
    "ImportFileDownload",
    "ImportList",
    "ImportMapping",
    "ImportMarked",
    "ImportMend",
    "ImportUndo",
]
