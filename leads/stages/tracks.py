"""What runs along a ladder: leads here, projects in the app above. Each says where its rows and its log are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from leads.models.stages import Move, Stage


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did, for those who book it. `entered` and `left` are codes of the main line: the stages
    newly reached, in order, or those given up by stepping back. Going aside and coming back enters and
    leaves none."""

    row: Any
    move: Move
    entered: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


Update = Callable[..., Any]  # (actor, pk, version, **values): the owner's service
Hook = Callable[..., None]  # (actor, moved)


@dataclass(slots=True)
class Track:
    """`link` names the record in its log, `dossier` the way from the record to its lead ("" for leads).

    `update` is the owner's service that saves facts given along with a move. `guard(row, goal)` refuses what
    the ladder can't know of. `planned` names the date field in which an agreement fixed when a stage is due.
    `marked` are the records that the night looks at, `people(row)` the accounts that hear of it, over `joins`.
    """

    pipeline: str
    model: Any
    log: Any
    link: str
    dossier: str
    update: Update
    guard: Callable[[Any, Stage], None]
    planned: Mapping[str, str] = field(default_factory=dict)
    marked: Q = field(default_factory=Q)
    people: Callable[[Any], Iterable[int]] = lambda row: ()
    joins: tuple[str, ...] = ()
    hooks: list[Hook] = field(default_factory=list)

    def dossier_id(self, row: Any) -> int:
        """The lead on which the record's files hang."""
        return int(getattr(row, f"{self.dossier}_id") if self.dossier else row.pk)


_tracks: dict[str, Track] = {}


def register_track(track: Track) -> None:
    """Raises ValueError when the pipeline has its records already."""
    if track.pipeline in _tracks:
        raise ValueError(f"The pipeline {track.pipeline!r} has two kinds of records.")
    _tracks[track.pipeline] = track


def track(pipeline: str) -> Track:
    """KeyError for a pipeline without records."""
    return _tracks[pipeline]


def track_of(row: Any) -> Track:
    """The track of a record; KeyError when it runs along none."""
    for one in _tracks.values():
        if isinstance(row, one.model):
            return one
    raise KeyError(type(row).__name__)


def tracks() -> tuple[Track, ...]:
    return tuple(_tracks.values())


def after_move(pipeline: str, hook: Hook) -> None:
    """Call `hook(actor=, moved=)` after every move of this pipeline, in the same transaction."""
    _tracks[pipeline].hooks.append(hook)
