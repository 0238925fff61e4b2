from .base import AppendOnlyModel, RowModel, ScopedModel
from .exports import ExportLog
from .files import StoredFile
from .imports import ImportBatch, ImportFile, ImportMapping, ImportRow
from .jobs import Heartbeat, JobRun, JobSchedule
from .serials import Serial
from .saved_views import SavedView

__all__ = [
    "AppendOnlyModel",
    "ExportLog",
    "Heartbeat",
    "ImportBatch",
    "ImportFile",
    "ImportMapping",
    "ImportRow",
    "JobRun",
    "JobSchedule",
    "RowModel",
    "SavedView",
    "ScopedModel",
    "Serial",
    "StoredFile",
]
