"""Where a record stands, what it has, what it lacks: the one place that asks the rules (DOMAIN §2).

Browser, API, import, creation and the board all come through `verdict_for`, so they can't differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from common import memo
from common.access import Action, decide
from common.actors import Actor, relation
from common.scope import path_of, relations_of
from leads import facts
from leads.choices import Evidence
from leads.models import Attachment
from organizations.choices import Role
from rules import stages as rules

from .ladders import Ladder, ladder
from .tracks import Track, track_of


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is asked for and not there. `fields` are those of a form that supply it."""

    kind: str  # "fact" or "evidence"
    code: str
    label: str
    stage: str
    stage_label: str
    fields: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "code": self.code,
            "label": self.label,
            "stage": self.stage,
            "stage_label": self.stage_label,
            "fields": list(self.fields),
        }


def roles_on(row: Any, actor: Actor) -> frozenset[str]:
    """The roles by which the actor may change this record; all of them for the system."""
    if actor.is_system:
        return frozenset(Role.values)
    path, extra, kind = path_of(row), relations_of(row, actor), row.Scope.kind
    return frozenset(
        grant.role
        for grant in actor.grants()
        if any(decide(grant.role, r, Action.CHANGE, kind) for r in {relation(grant, path), *extra})
    )


def situations(
    track: Track, rows: Sequence[Any], steps: Ladder, roles: frozenset[str] = frozenset()
) -> dict[int, rules.Situation]:
    """By record, for records of one track. Two queries for any number of them."""
    if not rows:
        return {}
    has = facts.read(track.pipeline, track.model, [row.pk for row in rows])
    files = _evidence({track.dossier_id(row) for row in rows})
    codes = {stage.pk: code for code, stage in steps.rows.items()}
    return {
        row.pk: rules.Situation(
            stage=codes.get(row.stage_id, "?"),
            roles=roles,
            facts=has.get(row.pk, frozenset()),
            evidence=frozenset(files[track.dossier_id(row)]),
            resumes_to=codes.get(row.held_from_id) if row.held_from_id else None,
        )
        for row in rows
    }


def situation(row: Any, actor: Actor, steps: Ladder | None = None) -> rules.Situation:
    """Of one record, with the roles that the actor has over it."""
    track = track_of(row)
    steps = steps or ladder(track.pipeline)
    key = ("situation", track.pipeline, row.pk, actor.pk)
    return memo.seen(key, lambda: situations(track, [row], steps, roles_on(row, actor))[row.pk])


def _evidence(leads: set[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = Attachment._base_manager.filter(archived_at=None, lead__in=leads).values_list("lead_id", "kind")
    for lead, kind in rows.distinct():
        found[lead].add(kind)
    return found


def verdict_for(
    row: Any,
    actor: Actor,
    target: str,
    reason_code: str = "",
    reason_text: str = "",
    *,
    steps: Ladder | None = None,
    begins: bool = False,
) -> rules.Verdict:
    """May the actor move this record to `target`, and what is missing? `begins`: the record has just been made
    and stands on no stage yet, whatever its column says."""
    steps = steps or ladder(track_of(row).pipeline)
    here = situation(row, actor, steps)
    if begins:
        here = rules.Situation(None, here.roles, here.facts, here.evidence)
    known = frozenset(steps.reasons.get(target, ()))
    return rules.verdict(
        steps.rules, here, target, reason_code=reason_code, reason_text=reason_text, reasons=known
    )


def missing_for(
    row: Any, actor: Actor, target: str = "", *, steps: Ladder | None = None
) -> tuple[Missing, ...]:
    """What the record lacks for `target`, or for the next stage. Empty at the end of the ladder."""
    steps = steps or ladder(track_of(row).pipeline)
    if target:
        return in_words(steps, verdict_for(row, actor, target, steps=steps).missing)
    return in_words(steps, _for_next(steps, situation(row, actor, steps)))


def missing_for_all(
    pipeline_rows: Iterable[Any], *, steps: Ladder | None = None
) -> dict[int, tuple[Missing, ...]]:
    """What each record of a list or a board lacks for its next stage. Four queries for any number of records
    of one pipeline; none for no records."""
    rows = list(pipeline_rows)
    if not rows:
        return {}
    track = track_of(rows[0])
    steps = steps or ladder(track.pipeline)
    found = situations(track, rows, steps)
    return {pk: in_words(steps, _for_next(steps, one)) for pk, one in found.items()}


def _for_next(steps: Ladder, here: rules.Situation) -> tuple[rules.Need, ...]:
    """Nothing for a record that stands on a stage which is no longer in use."""
    return rules.missing_for_next(steps.rules, here) if here.stage in steps.rules else ()


def next_stage(row: Any, actor: Actor, *, steps: Ladder | None = None) -> Any:
    """The row of the stage that comes next, or None at an end."""
    steps = steps or ladder(track_of(row).pipeline)
    here = situation(row, actor, steps)
    found = rules.next_stage(steps.rules, here) if here.stage in steps.rules else None
    return None if found is None else steps.rows[found.code]


def in_words(steps: Ladder, needs: Iterable[rules.Need]) -> tuple[Missing, ...]:
    """Needs as people read them."""
    return tuple(_worded(steps, need) for need in needs)


def _worded(steps: Ladder, need: rules.Need) -> Missing:
    fields: tuple[str, ...] = ()
    label = need.code
    if need.kind == "evidence":
        label = str(dict(Evidence.choices).get(need.code, need.code))
    elif fact := facts.catalogue(steps.pipeline).get(need.code):
        label, fields = str(fact.label), fact.fields
    return Missing(need.kind, need.code, label, need.stage, steps.label(need.stage), fields)
