from .figures import ImportedFigure, Measure, Target
from .rankings import RankingLine, RankingRun, RankingTable, RunPublication

__all__ = [
    "ImportedFigure",
    "Measure",
    "RankingLine",
    "RankingRun",
    "RankingTable",
    "RunPublication",
    "Target",
]
