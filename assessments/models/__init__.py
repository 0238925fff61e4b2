from .figures import ImportedFigure, Measure
from .given import GivenFigure
from .rankings import RankingLine, RankingRun, RankingTable, RunPublication
from .schemes import (
    Objection,
    Scheme,
    SchemeGroup,
    SchemeLine,
    SchemePublication,
    SchemeRun,
    SchemeTrial,
    SchemeVersion,
    ScoreOverride,
)
from .targets import Target

__all__ = [
    "GivenFigure",
    "ImportedFigure",
    "Measure",
    "Objection",
    "RankingLine",
    "RankingRun",
    "RankingTable",
    "RunPublication",
    "Scheme",
    "SchemeGroup",
    "SchemeLine",
    "SchemePublication",
    "SchemeRun",
    "SchemeTrial",
    "SchemeVersion",
    "ScoreOverride",
    "Target",
]
