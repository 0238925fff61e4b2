"""Changes to measures and ranking tables."""

from __future__ import annotations

from typing import Any

from assessments.models import Measure, RankingTable
from common import services
from common.actors import Actor


def measure_create(*, actor: Actor, **values: Any) -> Measure:
    return services.create(Measure, actor=actor, values=values)


def measure_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Measure:
    return services.update(Measure, actor=actor, pk=pk, version=version, values=values)


def measure_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> Measure:
    return services.archive(Measure, actor=actor, pk=pk, version=version, reason=reason)


def rankingtable_create(*, actor: Actor, **values: Any) -> RankingTable:
    return services.create(RankingTable, actor=actor, values=values)


def rankingtable_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> RankingTable:
    return services.update(RankingTable, actor=actor, pk=pk, version=version, values=values)


def rankingtable_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> RankingTable:
    return services.archive(RankingTable, actor=actor, pk=pk, version=version, reason=reason)
