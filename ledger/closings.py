"""Cutting off, closing and reopening periods (docs/algorithms/closing.md; DOMAIN §3).

open → cut off → closed. Upper apps register what must be looked at before (`check`) and what is carried over
to the next period (`before_cut_off`, `before_closing`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common import changelog, clock
from common.access import Action
from common.actors import Actor, may
from common.errors import Denied, NotVisible, Refused
from ledger import clocks, hashing, periods, telling, terms
from ledger.choices import PeriodState
from ledger.models import FINAL_ACCOUNT, Closing, Period, Posting, Reopening, ReopeningAsked

KIND = "period"
CHAIN_LOCK = 0x1ED6E2  # one cut-off, closing or reopening at a time: each closing follows the one before
ALL = "the whole chain of closings, whoever asks"
MONTH_OVER, EARLIER_CLOSED = _("The period is over"), _("Earlier months are closed")


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found: a sentence, the page on which it is dealt with, how many; `blocks` forbids closing.

    The sentence is read by everybody who may see periods, so it names no project. The page under `url`
    names them to those who may know.
    """

    text: Any
    url: str = ""
    blocks: bool = False
    count: int = 1


@dataclass(frozen=True, slots=True)
class Checked:
    """A line of the checklist. Nothing found: it is settled."""

    code: str
    label: Any
    found: tuple[Found, ...]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.found)

    @property
    def blocks(self) -> bool:
        return any(one.blocks for one in self.found)


CheckFunction = Callable[[Period], list[Found]]
Step = Callable[[Actor, Period], None]
_checks: dict[str, tuple[Any, CheckFunction]] = {}
_before_cut_off: list[Step] = []
_before_closing: list[Step] = []


def check(code: str, label: Any, function: CheckFunction) -> None:
    """Register a line of the checklist: `function(period)` gives what is still open in that period."""
    if code in _checks:
        raise ValueError(f"The check {code!r} is registered twice.")
    _checks[code] = (label, function)


def before_cut_off(function: Step) -> None:
    """Register a step of cutting off: `function(actor, period)`, in its transaction."""
    _before_cut_off.append(function)


def before_closing(function: Step) -> None:
    """Register a step of closing: `function(actor, period)`, in its transaction, before the checks.

    The period isn't held yet (and takes in only what was reported before), so a step may lock rows that a
    writer holds: whoever holds a row and waits for the month gets it before the closing does.
    """
    _before_closing.append(function)


def checklist(period: Period) -> list[Checked]:
    """Everything registered about a period, in the order of registration; our own checks come first."""
    own = {"month_over": (MONTH_OVER, _not_over), "earlier_closed": (EARLIER_CLOSED, _earlier_open)}
    every = {**own, **_checks}
    return [Checked(code, label, tuple(find(period))) for code, (label, find) in every.items()]


def labels() -> dict[str, Any]:
    """The checks of upper apps in words: what the remarks of a closing name by code."""
    return {code: label for code, (label, _find) in _checks.items()}


@transaction.atomic
def period_cut_off(*, actor: Actor, code: int) -> Period:
    """From now on only what was reported before is counted in the period; later reports go to the next one.

    Raises NotVisible, Denied (RUN), Refused: no_period, not_open, not_over.
    """
    _authorize(actor, Action.RUN)
    _one_at_a_time()
    period = _the(code, make=True)
    _in_state(period, PeriodState.OPEN, "not_open")
    _over(period)
    with changelog.acting(actor):
        for step in _before_cut_off:
            step(actor, period)
        return _set(_hold(code)[code], PeriodState.CUT_OFF)


@transaction.atomic
def period_close(*, actor: Actor, code: int) -> Closing:
    """Nothing is counted in the period any more. Its lines are hashed together with the closing before it.

    Waits for writers that hold the period: what they wrote is in, and who comes later finds it closed. Of
    December the year's final account is opened. Raises NotVisible, Denied (PUBLISH), Refused: no_period,
    not_cut_off, earlier_open, check_blocks.
    """
    _authorize(actor, Action.PUBLISH)
    _one_at_a_time()
    period = _the(code)
    _in_state(period, PeriodState.CUT_OFF, "not_cut_off")
    if waiting := _earlier_open(period):
        raise Refused(" ".join(str(one.text) for one in waiting), code="earlier_open")
    with changelog.acting(actor):
        for step in _before_closing:
            step(actor, period)
        # A final account still open lies before this month: its writers are waited for as well, or a line
        # with a smaller number could appear below the watermark later.
        period = _hold(code, *_final_accounts_before(period))[code]
        done = checklist(period)
        if blocking := [one for one in done if one.blocks]:
            raise Refused(
                _("Not closed, this comes first: %(what)s") % {"what": _in_words(blocking)},
                code="check_blocks",
            )
        if period.number == periods.DECEMBER:
            Period.objects.bulk_create([periods.row(periods.after(code))], ignore_conflicts=True)
        closing = _written(actor, period, done)
        _set(period, PeriodState.CLOSED)
    return closing


@transaction.atomic
def reopening_ask(*, actor: Actor, code: int, reason: str) -> ReopeningAsked:
    """Ask to open a closed period again. Another person signs (`reopening_sign`) or refuses; whoever may is reminded.

    Raises NotVisible, Denied (PUBLISH), Refused: no_period, not_closed, no_reason, no_person, asked_already.
    """
    _authorize(actor, Action.PUBLISH)
    _one_at_a_time()
    period = _the(code)
    _in_state(period, PeriodState.CLOSED, "not_closed")
    if not reason.strip():
        raise Refused(_("Say why the period is to be opened again."), code="no_reason")
    if actor.pk is None:
        raise Refused(_("Two people open a period again; the system is none."), code="no_person")
    closing = _latest_of(period)
    if ReopeningAsked.objects.filter(closing=closing, answered_at=None, archived_at=None).exists():
        raise Refused(_("Somebody asked for this already: it waits for a signature."), code="asked_already")
    with changelog.acting(actor, reason=reason.strip()):
        asked = ReopeningAsked.objects.create(
            closing=closing,
            reason=reason.strip()[:500],
            by_id=actor.pk,
            by_name=actor.actor_name,
            at=clock.now(),
        )
    telling.tell_asked(asked)
    return asked


@transaction.atomic
def reopening_sign(*, actor: Actor, pk: int) -> Reopening:
    """The second signature: the period is open again, its next closing is the next revision.

    Raises NotVisible, Denied (CONFIRM), Refused: answered_already, same_person, no_person, not_closed.
    """
    asked = _asked(actor, pk)
    if actor.pk is None:
        raise Refused(_("Two people open a period again; the system is none."), code="no_person")
    if asked.by_id == actor.pk:
        raise Refused(
            _("You asked for this yourself: another person has to sign that the period is opened again."),
            code="same_person",
        )
    period = _hold(asked.closing.period_id)[asked.closing.period_id]
    _in_state(period, PeriodState.CLOSED, "not_closed")
    with changelog.acting(actor, reason=asked.reason):
        _answer(asked, actor, signed=True)
        _set(period, PeriodState.OPEN)
        return Reopening._base_manager.create(
            closing=asked.closing,
            reason=asked.reason,
            by_id=asked.by_id,
            by_name=asked.by_name,
            second_by_id=actor.pk,
            second_by_name=actor.actor_name,
            at=clock.now(),
        )


@transaction.atomic
def reopening_refuse(*, actor: Actor, pk: int, reason: str) -> ReopeningAsked:
    """The period stays closed. Whoever asked may take it back himself. Raises as `reopening_sign`."""
    asked = _asked(actor, pk, own=True)
    with changelog.acting(actor, reason=reason):
        return _answer(asked, actor, signed=False)


def _authorize(actor: Actor, action: Action) -> None:
    if not may(actor, Action.VIEW, KIND):
        raise NotVisible
    if not may(actor, action, KIND):
        raise Denied


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def _the(code: int, *, make: bool = False) -> Period:
    """A period by its code; a month that nobody wrote in yet is made on request."""
    period = Period.objects.filter(code=code).first()
    year, number = divmod(code, 100)
    if period is None and make and 1 <= number < FINAL_ACCOUNT and 1990 <= year <= 2199:
        Period.objects.bulk_create([periods.row(code)], ignore_conflicts=True)
        period = Period.objects.get(code=code)
    if period is None:
        raise Refused(
            _("There is no period %(code)s. A final account begins when its December is cut off or closed.")
            % {"code": code},
            code="no_period",
        )
    return period


def _in_state(period: Period, state: str, code: str) -> None:
    if period.state == state:
        return
    told = {
        "not_open": _("%(period)s is not open any more: it can't be cut off again."),
        "not_cut_off": _("%(period)s is still open: cut it off first."),
        "not_closed": _("%(period)s is not closed."),
    }[code]
    if code == "not_cut_off" and period.state == PeriodState.CLOSED:
        told = _(
            "%(period)s is closed already. To count something in it, ask to open it again; another one signs."
        )
    raise Refused(told % {"period": period}, code=code)


def _over(period: Period) -> None:
    if found := _not_over(period):
        raise Refused(found[0].text, code="not_over")


def _not_over(period: Period) -> list[Found]:
    last = terms.last_day(period.code)
    if clock.today() <= last:
        text = _now("%(period)s lasts until %(day)s.") % {"period": period, "day": last.isoformat()}
        return [Found(text, blocks=True)]
    if period.number == FINAL_ACCOUNT:
        december = Period.objects.filter(code=period.code - 1, state=PeriodState.OPEN).first()
        if december:
            return [Found(_now("%(period)s is to be closed first.") % {"period": december}, blocks=True)]
    return []


def _earlier_open(period: Period) -> list[Found]:
    """Months before it that aren't closed; a final account has a deadline of its own and may be open longer."""
    rows = Period.objects.filter(code__lt=period.code, number__lt=FINAL_ACCOUNT)
    codes = [str(row) for row in rows.exclude(state=PeriodState.CLOSED).order_by("code")]
    if not codes:
        return []
    text = _now("Not closed yet: %(periods)s. Months are closed in their order.")
    return [Found(text % {"periods": "、".join(codes)}, blocks=True, count=len(codes))]


def _final_accounts_before(period: Period) -> list[int]:
    rows = Period.objects.filter(code__lt=period.code, number=FINAL_ACCOUNT)
    return list(rows.exclude(state=PeriodState.CLOSED).values_list("code", flat=True))


def _hold(*codes: int) -> dict[int, Period]:
    """Periods held FOR UPDATE: after this no writer of theirs is under way."""
    return {
        row.code: row for row in Period.objects.select_for_update().filter(code__in=codes).order_by("code")
    }


def _set(period: Period, state: str) -> Period:
    period.state = state
    period.save(update_fields=["state"])
    return period


def _written(actor: Actor, period: Period, done: list[Checked]) -> Closing:
    latest, before = clocks.latest(period.code), Closing.objects.unscoped(reason=ALL).order_by("-id").first()
    every = Posting.objects.unscoped(reason="the watermark is that of all lines")
    revision = latest.revision + 1 if latest else 1
    watermark = every.aggregate(last=Max("seq"))["last"] or 0
    prev_hash = before.hash if before else ""
    digest = hashing.digest(prev_hash=prev_hash, period=period.code, revision=revision, watermark=watermark)
    return Closing._base_manager.create(
        period=period,
        revision=revision,
        watermark=watermark,
        prev_hash=prev_hash,
        hash=digest.hash,
        lines=digest.lines,
        at=clock.now(),
        actor_id=actor.pk,
        actor_name=actor.actor_name,
        remarks=[{"code": one.code, "count": one.count} for one in done if one.found],
    )


def _latest_of(period: Period) -> Closing:
    closing = clocks.latest(period.code)
    if closing is None:  # a period closed by hand in the database has nothing that could be reopened
        raise Refused(_("%(period)s is not closed.") % {"period": period}, code="not_closed")
    return closing


def _asked(actor: Actor, pk: int, *, own: bool = False) -> ReopeningAsked:
    """A request that waits, locked; `own`: for its author too."""
    if not may(actor, Action.VIEW, KIND):
        raise NotVisible
    _one_at_a_time()
    rows = ReopeningAsked.objects.select_for_update(of=("self",)).select_related("closing__period")
    asked = rows.filter(pk=pk, archived_at=None).first()
    if asked is None:
        raise NotVisible
    if not may(actor, Action.CONFIRM, KIND) and not (own and asked.by_id == actor.pk):
        raise Denied
    if asked.answered_at is not None:
        raise Refused(
            _("%(name)s answered this already.") % {"name": asked.answered_name}, code="answered_already"
        )
    return asked


def _answer(asked: ReopeningAsked, actor: Actor, *, signed: bool) -> ReopeningAsked:
    asked.signed, asked.answered_at, asked.answered_name = signed, clock.now(), actor.actor_name
    asked.version += 1
    asked.save()
    telling.settle(asked)
    return asked


def _in_words(blocking: list[Checked]) -> str:
    return "；".join(f"{one.label}: {' '.join(str(found.text) for found in one.found)}" for one in blocking)
