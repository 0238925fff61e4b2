from .base import AppendOnlyModel, RowModel, ScopedModel
from .exports import ExportLog
from .imports import ImportBatch, ImportFile, ImportMapping, ImportRow
from .jobs import Heartbeat, JobRun, JobSchedule
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
]
