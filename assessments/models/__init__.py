from .figures import ImportedFigure, Measure, Target
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
