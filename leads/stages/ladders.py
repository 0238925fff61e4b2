"""The bureau's rows of a pipeline as the ladder that the rules understand. Two queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from common import memo
from common.errors import Refused
from leads.models.stages import Stage, StageReason
from organizations.choices import Role
from rules import stages as rules

SHARED = "stages are the same for everybody"
REOPENERS = frozenset({Role.BUREAU_STAFF.value})


class NoStages(Refused):
    """Nobody has loaded the stages yet."""

    def __init__(self) -> None:
        super().__init__(
            _("There are no stages yet. An administrator runs: manage.py pipeline load"), code="no_stages"
        )


@dataclass(frozen=True, slots=True)
class Ladder:
    """`rows` by code, `reasons` by the code of the stage and then by their own, `rules` for the verdict."""

    pipeline: str
    rows: Mapping[str, Stage]
    reasons: Mapping[str, Mapping[str, StageReason]]
    rules: rules.Ladder

    def row(self, code: str) -> Stage:
        """Raises Refused for a code that is no stage here."""
        if code not in self.rows:
            raise Refused(_("There is no stage “%(code)s”.") % {"code": code}, code="unknown_stage")
        return self.rows[code]

    def label(self, code: str) -> str:
        """The stage's name in the language of the page; the code itself for an unknown one."""
        return self.rows[code].label if code in self.rows else code

    @property
    def main(self) -> tuple[Stage, ...]:
        """The rows of the main line in order."""
        return tuple(self.rows[step.code] for step in self.rules.main)

    @property
    def first(self) -> Stage:
        return self.main[0]


def ladder(pipeline: str) -> Ladder:
    """The ladder as it stands now. Raises NoStages when there is none."""
    return memo.settled(("ladder", str(pipeline)), lambda: _read(pipeline))


def _read(pipeline: str) -> Ladder:
    rows = {
        row.code: row
        for row in Stage.objects.unscoped(reason=SHARED)
        .filter(pipeline=pipeline, archived_at=None)
        .order_by("sort", "code")
    }
    if not rows:
        raise NoStages
    by_pk = {row.pk: row for row in rows.values()}
    reasons: dict[str, dict[str, StageReason]] = defaultdict(dict)
    for reason in (
        StageReason.objects.unscoped(reason=SHARED)
        .filter(stage__in=list(by_pk), archived_at=None)
        .order_by("sort", "code")
    ):
        reasons[by_pk[reason.stage_id].code][reason.code] = reason
    steps = tuple(rule_of(row) for row in rows.values())
    return Ladder(pipeline, rows, dict(reasons), rules.Ladder(steps, REOPENERS))


def rule_of(row: Stage) -> rules.Stage:
    """One row as the rules see it. Where no mover is named, everybody who may change the record moves it."""
    return rules.Stage(
        code=row.code,
        order=row.sort,
        kind=rules.Kind(row.kind),
        facts=tuple(row.facts),
        evidence=tuple(row.evidence),
        movers=frozenset(row.movers or Role.values),
        due_days=row.due_days,
        stale_days=row.stale_days,
    )
