from .base import AppendOnlyModel, RowModel, ScopedModel
from .exports import ExportLog
from .imports import ImportBatch, ImportFile, ImportMapping, ImportRow
from .jobs import Heartbeat, JobRun, JobSchedule, Rhythm

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
    "Rhythm",
    "RowModel",
    "ScopedModel",
]
