from .base import AppendOnlyModel, RowModel, ScopedModel
from .exports import ExportLog
from .files import StoredFile
from .imports import ImportBatch, ImportFile, ImportMapping, ImportRow
from .jobs import Heartbeat, JobRun, JobSchedule
from .serials import Serial

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
    "ScopedModel",
    "Serial",
    "StoredFile",
]
