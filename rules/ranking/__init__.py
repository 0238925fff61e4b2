"""Rates, competition ranking, the month's table and the comparison with published figures (DOMAIN §4, §8)."""

from rules.ranking.comparison import (
    Comparison,
    ComparisonKind,
    Interval,
    compare,
    completion_interval,
    points_interval,
)
from rules.ranking.order import NOT_RANKED, Key, LineInput, Ranked, RankRule, ReturnState, rank
from rules.ranking.rates import completion, growth, points_to_schedule
from rules.ranking.table import Cell, GroupTotal, RankCell, Table, TableLine, TableRule, build_table

__all__ = [
    "NOT_RANKED",
    "Cell",
    "Comparison",
    "ComparisonKind",
    "GroupTotal",
    "Interval",
    "Key",
    "LineInput",
    "RankCell",
    "RankRule",
    "Ranked",
    "ReturnState",
    "Table",
    "TableLine",
    "TableRule",
    "build_table",
    "compare",
    "completion",
    "completion_interval",
    "growth",
    "points_interval",
    "points_to_schedule",
    "rank",
]
