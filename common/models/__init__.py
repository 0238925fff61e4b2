from .base import AppendOnlyModel, RowModel, ScopedModel
from .drafts import Draft
from .exports import ExportLog
from .imports import ImportBatch, ImportFile, ImportMapping, ImportRow
from .jobs import Heartbeat, JobRun, JobSchedule
from .saved_views import SavedView

__all__ = [
    "AppendOnlyModel",
    "Draft",
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
