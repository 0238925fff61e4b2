from .base import AppendOnlyModel, RowModel, ScopedModel
from .drafts import Draft
from .exports import ExportLog
from .files import StoredFile
from .imports import ImportBatch, ImportFile, ImportMapping, ImportRow
from .jobs import Heartbeat, JobRun, JobSchedule, Rhythm
from .saved_views import SavedView
from .serials import Serial

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
    "Rhythm",
    "RowModel",
    "SavedView",
    "ScopedModel",
    "Serial",
    "StoredFile",
]
