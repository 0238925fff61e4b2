"""The one way from stage to stage, for everything that runs along a ladder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Denied, Refused
from leads import facts
from leads.models.stages import Move, Stage
from rules import stages as rules

from .due import after_entering, due_on
from .ladders import Ladder, ladder
from .situation import Missing, in_words, verdict_for
from .tracks import Moved, Track, track_of

Why = rules.Why
WORDS = {
    Why.SAME_STAGE: _("The record is in this stage already."),
    Why.FINAL_STAGE: _("An ended record can only be re-opened into a stage under way."),
    Why.NOT_FROM_HERE: _("From here no way leads to that stage."),
    Why.UNKNOWN_STAGE: _("There is no stage “%(stage)s”."),
    Why.REASON_CODE_NEEDED: _("Choose a reason from the list."),
    Why.UNKNOWN_REASON: _("This reason is not in the stage's list."),
    Why.REASON_TEXT_NEEDED: _("Write the reason down."),
}
FIELD_OF = {
    Why.REASON_CODE_NEEDED: "reason_code",
    Why.UNKNOWN_REASON: "reason_code",
    Why.REASON_TEXT_NEEDED: "reason_text",
}


class MissingFacts(Refused):
    """The target asks for what is not there. `missing` is the complete list; the API gets it in `fields`."""

    code = "missing_facts"

    def __init__(self, stage: str, missing: tuple[Missing, ...]) -> None:
        super().__init__(
            _("Still missing for “%(stage)s”: %(missing)s.")
            % {"stage": stage, "missing": _now(", ").join(one.label for one in missing)},
            fields={"missing": [one.as_dict() for one in missing]},
        )
        self.missing = missing


def starting(pipeline: str, *, on: date, stage: str = "") -> dict[str, Any]:
    """The columns of a record that begins its way: in the first stage, or in the one named (a running project
    that is taken over). Four queries. Give them to the row that is made, then call `begin`.

    Raises NoStages, and Refused for an unknown stage.
    """
    steps = ladder(pipeline)
    first = steps.row(stage) if stage else steps.first
    return {"stage": first, "stage_on": on, "last_sign_on": on, "due_on": after_entering(first, on)}


@transaction.atomic
def begin(*, actor: Actor, row: Any, opening: bool = False) -> Move:
    """The first line of the log of a record that was just made, with the same check as every move.

    `opening`: taken over while running, so the facts and papers of the stages before are not asked for.
    Raises MissingFacts, Denied (the actor may not move into this stage).
    """
    track = track_of(row)
    steps = ladder(track.pipeline)
    goal = steps.row(row.stage.code)
    _date(row.stage_on, None)
    if not opening:
        _insist(steps, goal, verdict_for(row, actor, goal.code, steps=steps, begins=True))
    if (due := due_on(track, row, goal, steps)) != row.due_on:
        row.due_on = due
        with changelog.acting(actor):
            row.save(update_fields=["due_on", "updated_at"])
    move = _log(track, row, actor, None, goal, row.stage_on, None, rules.Direction.FORWARD)
    main = goal.kind in rules.MAIN  # one that is taken over while suspended stands beside the line
    entered = tuple(step.code for step in steps.rules.between(None, goal.code)) if main else ()
    _call(track, actor, Moved(row, move, entered=entered))
    return move


@transaction.atomic
def move(
    track: Track,
    *,
    actor: Actor,
    pk: int,
    version: int | None,
    target: str,
    on: date | None = None,
    reason_code: str = "",
    reason_text: str = "",
    values: Mapping[str, Any] | None = None,
    winning: bool = False,
) -> Any:
    """Move a record to `target` on a day (today unless said), with facts given along in `values`.

    `version` is the one the actor saw; None for jobs, imports and services that hold the lock. `winning` is for
    the one service that makes a project of a lead: nobody else moves into that stage. Raises NotVisible, Denied, Archived, Stale,
    MissingFacts, Refused (the rule in words, `fields` says where), ValidationError from the owner's service.
    """
    row = services.locked(track.model, pk, actor, Action.CHANGE, version)
    steps = ladder(track.pipeline)
    goal = steps.row(target)
    guard(track, row, goal, winning=winning)
    if values:
        row = track.update(actor=actor, pk=pk, version=None, **_supplied(track.pipeline, values))
    said = verdict_for(row, actor, target, reason_code, reason_text, steps=steps)
    _insist(steps, goal, said)
    return _carry_out(track, row, actor, steps, goal, said.direction, on, reason_code, reason_text.strip())


def guard(track: Track, row: Any, goal: Stage, *, winning: bool = False) -> None:
    """Raises Refused for what no fact can mend: signing by the wrong door, and what the owner's guard says."""
    if goal.kind == rules.Kind.WON and not winning:
        raise Refused(_("Sign the project: that moves the lead and makes its project."), code="sign_instead")
    track.guard(row, goal)


def _carry_out(
    track: Track,
    row: Any,
    actor: Actor,
    steps: Ladder,
    goal: Stage,
    direction: rules.Direction,
    on: date | None,
    reason_code: str,
    reason_text: str,
) -> Any:
    day = on or clock.today()
    _date(day, row.stage_on)
    here = row.stage
    days = (day - row.stage_on).days
    stood = here if here.kind in rules.MAIN else row.held_from
    aside = goal.kind not in rules.MAIN
    row.stage, row.stage_on = goal, day
    row.held_from = stood if aside else None
    row.due_on = due_on(track, row, goal, steps)
    row.last_sign_on = max(day, row.last_sign_on or day)
    row.stale_on = None
    row.version += 1
    with changelog.acting(actor, reason=reason_text):
        row.save(
            update_fields=[
                "stage", "stage_on", "held_from", "due_on", "last_sign_on", "stale_on", "version", "updated_at",
            ]
        )  # fmt: skip
    reason = steps.reasons.get(goal.code, {}).get(reason_code) if aside else None
    line = _log(track, row, actor, here, goal, day, days, direction, reason, reason_text)
    entered, left = _passed(steps, stood, goal) if not aside else ((), ())
    _call(track, actor, Moved(row, line, entered, left))
    return row


def _passed(steps: Ladder, stood: Stage | None, goal: Stage) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Codes entered going up and codes left going down, from where the record stood on the main line."""
    start = stood.code if stood is not None and stood.code in steps.rules else None
    entered = tuple(step.code for step in steps.rules.between(start, goal.code))
    left = tuple(step.code for step in steps.rules.between(goal.code, start)) if start else ()
    return entered, left


def _supplied(pipeline: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Only fields that supply a fact may come along with a move."""
    known = {name for fact in facts.catalogue(pipeline).values() for name in fact.fields}
    if strange := sorted(set(values) - known):
        raise Refused(
            _("These fields don't belong to a move: %(fields)s.") % {"fields": ", ".join(strange)},
            code="unknown_fields",
            fields={name: [_now("This field does not belong to a move.")] for name in strange},
        )
    return dict(values)


def _insist(steps: Ladder, goal: Stage, said: rules.Verdict) -> None:
    """Raise what the verdict refuses: first who may, then why not, then what is missing."""
    if said.allowed:
        return
    if any(refusal.code is Why.NOT_A_MOVER for refusal in said.refusals):
        raise Denied(
            _("Your role does not move records into “%(stage)s”. Ask your unit head or the bureau.")
            % {"stage": goal.label}
        )
    for refusal in said.refusals:
        sentence = WORDS[refusal.code] % refusal.params
        fields = {FIELD_OF[refusal.code]: [str(sentence)]} if refusal.code in FIELD_OF else {}
        raise Refused(sentence, code=refusal.code.value, fields=fields)
    raise MissingFacts(goal.label, in_words(steps, said.missing))


def _date(day: date, since: date | None) -> None:
    """Not in the future, and not before the last move."""
    sentence: Any
    if day > clock.today():
        sentence = _("The date of a move can't lie in the future.")
    elif since is not None and day < since:
        sentence = _("The last move was on %(date)s; this one can't be earlier.") % {
            "date": since.isoformat()
        }
    else:
        return
    raise Refused(sentence, code="wrong_date", fields={"on": [str(sentence)]})


def _log(
    track: Track,
    row: Any,
    actor: Actor,
    here: Stage | None,
    goal: Stage,
    day: date,
    days: int | None,
    direction: rules.Direction,
    reason: Any = None,
    reason_text: str = "",
) -> Move:
    return track.log._base_manager.create(
        **{track.link: row},
        from_stage=here,
        to_stage=goal,
        on=day,
        at=clock.now(),
        days=days,
        direction=direction.value,
        reason=reason,
        reason_text=reason_text,
        actor_id=actor.pk,
        actor_name=actor.actor_name,
    )


def _call(track: Track, actor: Actor, moved: Moved) -> None:
    for hook in track.hooks:
        hook(actor=actor, moved=moved)
