from .figures import ImportedFigure, Measure, Target
from .given import GivenFigure
from .rankings import RankingLine, RankingRun, RankingTable, RunPublication

__all__ = [
    "GivenFigure",
    "ImportedFigure",
    "Measure",
    "RankingLine",
    "RankingRun",
    "RankingTable",
    "RunPublication",
    "Target",
]
