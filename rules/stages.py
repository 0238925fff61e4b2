"""Stages as data: may a record move, and what is still missing? One function answers both (DOMAIN §2).

The main line of a ladder is its open stages and the won one, in order. Beside it lie held (suspended), ended (lost,
terminated) and pooled (released to the pool). What a record has is given as codes; who asks is given as role codes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from rules.calendars import Calendar

OTHER = "other"  # the reason code that needs words besides


class Kind(StrEnum):
    """What a stage is. Codes are stored."""

    OPEN = "open"
    WON = "won"
    HELD = "held"
    ENDED = "ended"
    POOLED = "pooled"


MAIN = frozenset({Kind.OPEN, Kind.WON})


class Direction(StrEnum):
    """Where a move leads; NONE when it isn't a move at all."""

    FORWARD = "forward"
    BACK = "back"
    ASIDE = "aside"
    RESUME = "resume"
    NONE = "none"


class Why(StrEnum):
    """Why a move is refused. The words belong to the pages."""

    UNKNOWN_STAGE = "unknown_stage"
    SAME_STAGE = "same_stage"
    FINAL_STAGE = "final_stage"
    NOT_A_MOVER = "not_a_mover"
    NOT_FROM_HERE = "not_from_here"
    REASON_CODE_NEEDED = "reason_code_needed"
    UNKNOWN_REASON = "unknown_reason"
    REASON_TEXT_NEEDED = "reason_text_needed"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. ``facts`` and ``evidence`` are needed to enter it, ``movers`` are the roles that may move into it.

    ``due_days``: working days a record may stay; ``stale_days``: days it may go without a sign of life. None: no limit.
    ValueError for a negative number of days.
    """

    code: str
    order: int
    kind: Kind = Kind.OPEN
    facts: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    movers: frozenset[str] = frozenset()
    due_days: int | None = None
    stale_days: int | None = None

    def __post_init__(self) -> None:
        if any(days is not None and days < 0 for days in (self.due_days, self.stale_days)):
            raise ValueError(f"stage {self.code}: days must be zero or more")


@dataclass(frozen=True, slots=True)
class Ladder:
    """All stages of one kind of record. ``reopeners`` are the roles that may re-open an ended one (the bureau's).

    ValueError when a code comes twice, two stages of the main line share an order, none is open, or an open stage
    comes after a won one.
    """

    stages: tuple[Stage, ...]
    reopeners: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        codes = [stage.code for stage in self.stages]
        main = self.main
        orders = [stage.order for stage in main]
        if len(set(codes)) < len(codes) or len(set(orders)) < len(orders):
            raise ValueError("every stage needs a code, and every stage of the main line a place, of its own")
        if not main or main[0].kind is not Kind.OPEN:
            raise ValueError("a ladder begins with an open stage")
        kinds = [stage.kind for stage in main]
        if Kind.OPEN in kinds[len([kind for kind in kinds if kind is Kind.OPEN]) :]:
            raise ValueError("no open stage comes after a won one")

    @property
    def main(self) -> tuple[Stage, ...]:
        """Open and won stages in order."""
        return tuple(sorted((s for s in self.stages if s.kind in MAIN), key=lambda stage: stage.order))

    def __contains__(self, code: object) -> bool:
        return any(stage.code == code for stage in self.stages)

    def stage(self, code: str) -> Stage:
        """The stage with that code; KeyError when there is none."""
        for stage in self.stages:
            if stage.code == code:
                return stage
        raise KeyError(code)

    def next_open(self, code: str | None) -> Stage | None:
        """The stage after ``code`` on the main line, the won one at last; the first one for None.

        None at the end and for a stage beside the main line. KeyError for an unknown code.
        """
        if code is None:
            return self.main[0]
        here = self.stage(code)
        if here.kind not in MAIN:
            return None
        return next((stage for stage in self.main if stage.order > here.order), None)

    def between(self, a: str | None, b: str) -> tuple[Stage, ...]:
        """Stages of the main line after ``a`` (None: from the start) up to and including ``b``; empty when b isn't later.

        KeyError for an unknown code, ValueError for a stage beside the main line.
        """
        first = None if a is None else self.stage(a)
        last = self.stage(b)
        if last.kind not in MAIN or (first and first.kind not in MAIN):
            raise ValueError("only stages of the main line have others between them")
        return tuple(
            stage
            for stage in self.main
            if (first is None or stage.order > first.order) and stage.order <= last.order
        )


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a record stands, what it has, and the roles of who asks.

    ``stage`` is None for a record that is about to be made. ``resumes_to`` is the stage of the main line from
    which it went aside.
    """

    stage: str | None
    roles: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()
    resumes_to: str | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """A fact or a kind of evidence that isn't there, and the first stage that asks for it."""

    kind: str  # "fact" or "evidence"
    code: str
    stage: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a move is not allowed, apart from what is missing; ``params`` go into the words."""

    code: Why
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``allowed`` only when nothing is missing and nothing refuses. Both lists are complete."""

    allowed: bool
    direction: Direction
    missing: tuple[Need, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def verdict(
    ladder: Ladder,
    situation: Situation,
    target: str,
    *,
    reason_code: str = "",
    reason_text: str = "",
    reasons: frozenset[str] = frozenset(),
) -> Verdict:
    """May the record move to ``target``, and what is still missing? ``reasons`` are the codes allowed for it.

    Forward asks for everything of the stages passed and of the target; back asks for a written reason and no facts;
    aside asks for a listed reason code (with words for OTHER) and for what the target itself requires. From held and
    from the pool a record resumes where it stood. An ended one is final unless a re-opener takes it back.
    """
    unknown = [code for code in (situation.stage, target) if code is not None and code not in ladder]
    if unknown:
        return _refused(*(Refusal(Why.UNKNOWN_STAGE, {"stage": code}) for code in unknown))
    if situation.stage == target:
        return _refused(Refusal(Why.SAME_STAGE, {"stage": target}))
    here = None if situation.stage is None else ladder.stage(situation.stage)
    goal = ladder.stage(target)
    direction = _direction(ladder, situation, here, goal)
    missing = _missing(ladder, situation, here, goal)
    refusals = (
        *_who(ladder, situation, here, goal),
        *_reason(direction, reason_code, reason_text.strip(), reasons),
    )
    return Verdict(not missing and not refusals, direction, missing, refusals)


def next_stage(ladder: Ladder, situation: Situation) -> Stage | None:
    """Where the record goes next: up the main line, or back onto it from held or the pool; None at an end.

    KeyError for an unknown stage.
    """
    if situation.stage is not None and ladder.stage(situation.stage).kind in (Kind.HELD, Kind.POOLED):
        stood = _stood(ladder, situation)
        return ladder.main[0] if stood is None else ladder.stage(stood)
    return ladder.next_open(situation.stage)


def missing_for_next(ladder: Ladder, situation: Situation) -> tuple[Need, ...]:
    """What is still missing for the next stage, as ``verdict`` says it; empty at an end. KeyError as above."""
    goal = next_stage(ladder, situation)
    return () if goal is None else verdict(ladder, situation, goal.code).missing


def _refused(*refusals: Refusal) -> Verdict:
    return Verdict(False, Direction.NONE, (), refusals)


def _stood(ladder: Ladder, situation: Situation) -> str | None:
    """The place on the main line that has been reached; None when there is none."""
    code = situation.stage
    if code is not None and ladder.stage(code).kind not in MAIN:
        code = situation.resumes_to
    return code if code in ladder and code and ladder.stage(code).kind in MAIN else None


def _direction(ladder: Ladder, situation: Situation, here: Stage | None, goal: Stage) -> Direction:
    if goal.kind not in MAIN:
        return Direction.ASIDE
    if here is None:
        return Direction.FORWARD
    if here.kind is Kind.ENDED:
        return Direction.BACK
    if here.kind is Kind.POOLED:
        return Direction.RESUME  # a new holder starts where he likes, at most where the last one stood
    stood = _stood(ladder, situation)
    if stood is not None and goal.order < ladder.stage(stood).order:
        return Direction.BACK
    return Direction.RESUME if here.kind is Kind.HELD else Direction.FORWARD


def _missing(ladder: Ladder, situation: Situation, here: Stage | None, goal: Stage) -> tuple[Need, ...]:
    """Everything asked for on the way and not there, in ladder order, each once."""
    steps: Iterable[Stage] = (goal,)
    if goal.kind in MAIN:
        steps = ladder.between(_stood(ladder, situation), goal.code)
    needs: dict[tuple[str, str], Need] = {}
    for step in steps:
        for kind, codes, present in (
            ("fact", step.facts, situation.facts),
            ("evidence", step.evidence, situation.evidence),
        ):
            for code in codes:
                if code not in present:
                    needs.setdefault((kind, code), Need(kind, code, step.code))
    return tuple(needs.values())


def _who(ladder: Ladder, situation: Situation, here: Stage | None, goal: Stage) -> list[Refusal]:
    movers = goal.movers
    if here is not None and here.kind is Kind.ENDED:
        if goal.kind is not Kind.OPEN:
            return [Refusal(Why.FINAL_STAGE, {"stage": here.code})]
        movers = ladder.reopeners
    found = []
    if here is not None and here.kind is Kind.WON and goal.kind is Kind.POOLED:
        found.append(Refusal(Why.NOT_FROM_HERE, {"stage": here.code}))
    if not situation.roles & movers:
        found.append(Refusal(Why.NOT_A_MOVER, {"stage": goal.code}))
    return found


def _reason(direction: Direction, code: str, text: str, reasons: frozenset[str]) -> list[Refusal]:
    if direction is Direction.ASIDE:
        if not code:
            return [Refusal(Why.REASON_CODE_NEEDED)]
        if code not in reasons:
            return [Refusal(Why.UNKNOWN_REASON, {"reason": code})]
    words = direction is Direction.BACK or (direction is Direction.ASIDE and code == OTHER)
    return [Refusal(Why.REASON_TEXT_NEEDED)] if words and not text else []


def time_spent(entered: Iterable[tuple[str, date]], today: date) -> dict[str, int]:
    """Days spent in each stage, from a log of (stage, entered on); the last one counts up to ``today``.

    Dates decide, not the order of entry; entries of one day keep theirs. A stage that was entered twice adds up.
    """
    log = sorted(entered, key=lambda entry: entry[1])
    spent: dict[str, int] = {}
    for position, (stage, since) in enumerate(log):
        until = log[position + 1][1] if position + 1 < len(log) else max(today, since)
        spent[stage] = spent.get(stage, 0) + (until - since).days
    return spent


def is_stale(stage: Stage, last_sign_on: date, today: date) -> bool:
    """More than ``stale_days`` days have passed since the last sign of life; never without a limit."""
    return stage.stale_days is not None and (today - last_sign_on).days > stage.stale_days


def due_on(stage: Stage, entered_on: date, calendar: Calendar) -> date | None:
    """The last day on which the record may be in the stage; None without a limit."""
    return None if stage.due_days is None else calendar.add(entered_on, stage.due_days)


def is_overdue(stage: Stage, entered_on: date, today: date, calendar: Calendar) -> bool:
    """The due day has passed."""
    due = due_on(stage, entered_on, calendar)
    return due is not None and today > due
