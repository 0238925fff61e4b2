"""Stages as data: one function says whether a record may move and what it still lacks (DOMAIN §2)."""

from .due import due_on, is_overdue
from .ladders import Ladder, NoStages, ladder
from .moving import MissingFacts, begin, guard, move, starting
from .reading import Step, stage_log, stage_steps
from .situation import (
    Missing,
    in_words,
    missing_for,
    missing_for_all,
    next_stage,
    roles_on,
    situation,
    verdict_for,
)
from .tracks import Moved, Track, after_move, register_track, track, track_of, tracks

__all__ = [
    "Ladder",
    "Missing",
    "MissingFacts",
    "Moved",
    "NoStages",
    "Step",
    "Track",
    "after_move",
    "begin",
    "due_on",
    "guard",
    "in_words",
    "is_overdue",
    "ladder",
    "missing_for",
    "missing_for_all",
    "move",
    "next_stage",
    "register_track",
    "roles_on",
    "situation",
    "stage_log",
    "stage_steps",
    "starting",
    "track",
    "track_of",
    "tracks",
    "verdict_for",
]
