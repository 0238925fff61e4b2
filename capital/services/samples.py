"""A month's entries recognised together, after a drawn sample of them was looked at (docs/algorithms/recognition.md).

The draw can be repeated: it depends on the seed and the entries alone. One draw is open at a time for a unit, a
month and a level, so nobody draws again until he likes the result; a draw that is given up stays on record.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from capital.choices import Check, EntryState, Level, Verdict
from capital.models import Bulk, CapitalEntry, Recognition, Sample, Sampled
from capital.services.deciding import (
    KIND,
    RIGHT,
    Case,
    hold,
    hold_one,
    must,
    objection,
    read,
    right,
    waits_in,
)
from capital.services.recognition import STATE, Decision, reason_given, write_many
from capital.terms import terms_on
from common import changelog, clock, jobs, services
from common.actors import Actor, may
from common.errors import Archived, Denied, Refused, ServiceError
from ledger import periods
from ledger.services import base
from organizations.models import Unit, User
from rules import money

BULK = "capital.bulk"
BATCH = 500
STANDS_AT = {Level.PRELIMINARY: EntryState.REPORTED, Level.FINAL: EntryState.PRELIMINARY}


def chosen(seed: str, entries: Iterable[int], count: int) -> list[int]:
    """The drawn entries: those whose hash with the seed comes first. The order of the entries doesn't matter."""
    return sorted(entries, key=lambda pk: hashlib.sha256(f"{seed}:{pk}".encode()).hexdigest())[:count]


def size(total: int, percent: Decimal, least: int) -> int:
    """How many of `total` are looked at: so many per cent, rounded up, but at least `least` as far as there are."""
    return min(total, max(math.ceil(total * percent / 100), least))


def waiting(actor: Actor, unit: Unit, period: int, level: str) -> Any:
    """Entries of a unit and those below it that could go into a draw."""
    rows = CapitalEntry.objects.visible_to(actor).filter(
        unit__path__startswith=unit.path, state=STANDS_AT[Level(level)], archived_at=None
    )
    return rows.alias(month=waits_in()).filter(month=period).order_by("pk")


def in_bulk(actor: Actor, level: str, case: Case) -> ServiceError | None:
    """Why an entry is not recognised together with others; None when it may be."""
    if problem := objection(actor, level, case):
        return problem
    if case.entry.state != STANDS_AT[Level(level)] or not 0 < target_of(case, level) <= case.entry.amount:
        return Refused(
            _("%(number)s is decided by itself: what the first check says is none or more than was reported.")
            % {"number": case.entry.number},
            code="by_itself",
        )
    return None


def target_of(case: Case, level: str) -> Decimal:
    """What recognition in bulk gives an entry: all that was reported, or what the first check recognised."""
    return case.entry.amount if level == Level.PRELIMINARY else case.preliminary


@transaction.atomic
def sample_draw(*, actor: Actor, unit: Unit, period: int, level: str) -> Sample:
    """Draw the sample of a month's waiting entries of a unit and those below it, as far as the actor may decide
    about them.

    Raises Denied, Refused: sample_open (finish or give up the other draw), nothing_waits.
    """
    if not may(actor, RIGHT[Level(level)], KIND, path=unit.path):
        raise Denied
    Unit._base_manager.select_for_update(no_key=True).get(pk=unit.pk)  # one draw at a time
    about = {"unit": unit.label, "period": periods.text(period)}
    if open_samples().filter(unit=unit, period=period, level=level).exists():
        raise Refused(
            _("A sample of %(unit)s for %(period)s is drawn already. Finish it, or give it up with a reason.")
            % about,
            code="sample_open",
        )
    cases = read(actor, waiting(actor, unit, period, level))
    pks = [case.entry.pk for case in cases if in_bulk(actor, level, case) is None]
    if not pks:
        raise Refused(
            _("No entry of %(unit)s in %(period)s can be recognised together with others.") % about,
            code="nothing_waits",
        )
    terms = terms_on(clock.today())
    sample = Sample(
        unit=unit,
        period_id=period,
        level=level,
        percent=terms.sample_percent,
        seed=secrets.token_hex(16),
        entries=pks,
        drawn_at=clock.now(),
        drawn_name=actor.actor_name,
    )
    drawn = chosen(sample.seed, pks, size(len(pks), terms.sample_percent, terms.sample_least))
    with changelog.acting(actor):
        sample.full_clean()
        sample.save(force_insert=True)
        Sampled._base_manager.bulk_create([Sampled(sample=sample, entry_id=pk) for pk in sorted(drawn)])
    return sample


@transaction.atomic
def sample_check(*, actor: Actor, pk: int, result: str, note: str = "") -> Sampled:
    """Write down what was found when a drawn entry was looked at. What is not in order needs a note.

    Raises NotVisible, Denied, Refused: own_entry, own_unit, sample_closed, reason_needed, result.
    """
    row = Sampled._base_manager.select_related("sample").filter(pk=pk).first()
    sample = _open(actor, row.sample_id if row else 0)
    assert row is not None
    must(right(actor, sample.level, hold_one(actor, row.entry_id)))
    if result not in (Check.GOOD, Check.BAD):
        raise Refused(_("Say whether it is in order or not."), code="result")
    note = reason_given(note) if result == Check.BAD else note.strip()
    row.check_result, row.note = result, note[:300]
    row.checked_name, row.checked_at = actor.actor_name, clock.now()
    row.version += 1
    with changelog.acting(actor):
        row.save()
    return row


@transaction.atomic
def sample_give_up(*, actor: Actor, pk: int, reason: str) -> Sample:
    """Give up a draw: nothing is recognised by it, and it stays on record with the reason. Raises NotVisible,
    Denied, Refused: sample_closed, reason_needed."""
    sample = _open(actor, pk)
    sample.archived_at = clock.now()
    sample.version += 1
    with changelog.acting(actor, reason=reason_given(reason)):
        sample.save(update_fields=["archived_at", "version", "updated_at"])
    return sample


@transaction.atomic
def bulk_start(*, actor: Actor, sample: int) -> Bulk:
    """Recognise all entries of a sample in which everything that was looked at is in order. The work is a job that
    goes on where it was when it is killed; starting again gives the same bulk.

    Raises NotVisible, Denied, Archived (given up), Refused: sample_unchecked, sample_bad.
    """
    row = services.get_visible(Sample, sample, actor, lock=True)
    if there := Bulk.objects.filter(sample=row).first():
        return there
    _must_be_open(actor, row)
    found = list(row.drawn.values_list("check_result", flat=True))
    if Check.BAD in found:
        raise Refused(
            _(
                "The sample shows entries that are not in order. Decide about them by themselves, give this draw up, "
                "and draw again."
            ),
            code="sample_bad",
        )
    if Check.OPEN in found:
        raise Refused(
            _("%(n)s drawn entries were not looked at yet. Note a finding for each of them.")
            % {"n": found.count(Check.OPEN)},
            code="sample_unchecked",
        )
    if actor.pk is None:
        raise Denied  # a person answers for it
    cases = read(actor, CapitalEntry.objects.visible_to(actor).filter(pk__in=row.entries).order_by("pk"))
    fit = [case for case in cases if in_bulk(actor, row.level, case) is None]
    yuan = [base(target_of(x, row.level), str(x.entry.currency_id), x.entry.rate) for x in fit]
    bulk = Bulk.objects.create(
        sample=row,
        count=len(fit),
        total=money.add(yuan) if yuan else Decimal(0),
        at=clock.now(),
        actor_id=actor.pk,
        actor_name=actor.actor_name,
    )
    jobs.enqueue(BULK, params={"bulk": bulk.pk}, key=f"{BULK}:{bulk.pk}", actor=actor)
    return bulk


@transaction.atomic
def recognise_batch(*, actor: Actor, bulk: Bulk, entries: Collection[int]) -> list[Recognition]:
    """Recognise those of the entries that may still be recognised; the others are left as they are (decided by
    themselves meanwhile, queried, withdrawn). As many queries for 500 as for one."""
    sample = bulk.sample
    rows: Sequence[Case] = hold(actor, entries)
    cases = [case for case in rows if in_bulk(actor, sample.level, case) is None]
    return write_many(actor, [_decision(bulk, sample.level, case) for case in cases], bulk=bulk)


def bulk_run(progress: jobs.Progress, bulk_pk: int) -> dict[str, Any]:
    """The job: batch by batch, each with its decisions and lines in one transaction."""
    bulk = Bulk.objects.select_related("sample").get(pk=bulk_pk)
    assert bulk.actor_id is not None, "a person answers for it"
    actor = User._base_manager.select_related("unit").get(pk=bulk.actor_id)
    rows = CapitalEntry.objects.unscoped(reason="the batches look again who may").filter(
        pk__in=bulk.sample.entries
    )

    def work(batch: Sequence[Any]) -> None:
        recognise_batch(actor=actor, bulk=bulk, entries=[one.pk for one in batch])

    total = progress.in_batches(rows, work, size=BATCH)
    done = Recognition.objects.unscoped(reason="counting").filter(bulk=bulk).count()
    return {"recognised": done, "left": total - done}


def open_samples() -> Any:
    """Draws that are neither finished nor given up."""
    rows = Sample.objects.unscoped(reason="one draw at a time, whoever began it")
    return rows.filter(archived_at=None, bulk=None)


def _decision(bulk: Bulk, level: str, case: Case) -> Decision:
    target = target_of(case, level)
    full = target == case.entry.amount
    return Decision(
        case,
        level,
        Verdict.FULL if full else Verdict.PARTIAL,
        target,
        STATE[Level(level)],
        "" if full else _now("As in the first check."),
        f"bulk:{bulk.pk}:{case.entry.pk}",
    )


def _open(actor: Actor, pk: int) -> Sample:
    row = services.get_visible(Sample, pk, actor, lock=True)
    _must_be_open(actor, row)
    return row


def _must_be_open(actor: Actor, row: Sample) -> None:
    if not may(actor, RIGHT[Level(row.level)], KIND, path=row.unit.path):
        raise Denied
    if row.archived_at is not None:
        raise Archived
    if Bulk.objects.filter(sample=row).exists():
        raise Refused(
            _(
                "This sample is finished: its entries were recognised. Draw a new one for those that wait now."
            ),
            code="sample_closed",
        )
