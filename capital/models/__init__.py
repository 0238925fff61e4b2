from .entries import Allocation, CapitalEntry, EntryFile, MonthlyReturn, ReportingDuty, Voucher
from .recognitions import Bulk, Override, Query, Recognition, RolledForward, Sample, Sampled
from .rounds import EvaluationRound, Inspection, InspectionPhoto, ScoreSheet, Team, TeamMember
from .rules import CountingRule, Excluded, FalseAlarm, RecognitionTerms
from .signals import SignalTerms

__all__ = [
    "Allocation",
    "Bulk",
    "CapitalEntry",
    "CountingRule",
    "EntryFile",
    "EvaluationRound",
    "Excluded",
    "FalseAlarm",
    "Inspection",
    "InspectionPhoto",
    "MonthlyReturn",
    "Override",
    "Query",
    "Recognition",
    "RecognitionTerms",
    "ReportingDuty",
    "RolledForward",
    "Sample",
    "Sampled",
    "ScoreSheet",
    "SignalTerms",
    "Team",
    "TeamMember",
    "Voucher",
]
