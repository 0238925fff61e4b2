"""What of an entry counts: recognised in full or in part, refused, taken back (docs/algorithms/recognition.md,
DOMAIN §3). A decision is a row that is never changed; the books follow in the same transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from capital import posting
from capital.choices import EntryState, Level, Verdict
from capital.models import Bulk, CapitalEntry, Inspection, Recognition
from capital.services.deciding import (
    DECIDED,
    ZERO,
    Case,
    hold_one,
    must,
    objection,
    open_matters,
    right,
    stage,
)
from common import changelog, clock
from common.actors import Actor
from common.errors import Refused, Stale
from organizations.models import User
from projects.models import Project
from reference.amounts import exact

CENT = Decimal("0.01")
STATE = {Level.PRELIMINARY: EntryState.PRELIMINARY, Level.FINAL: EntryState.FINAL}


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be written about a case; the sum of the level becomes `target`."""

    case: Case
    level: str
    verdict: str
    target: Decimal
    state: str
    reason: str = ""
    request_key: str | None = None
    inspection: Inspection | None = None


@transaction.atomic
def recognise(
    *,
    actor: Actor,
    entry: int,
    level: str,
    amount: Decimal | None = None,
    reason: str = "",
    version: int | None = None,
    request_key: str | None = None,
    inspection: Inspection | None = None,
) -> Recognition:
    """Recognise an entry at a level: `amount` in the entry's currency, above 0 and up to what was reported (None:
    all of it); less needs a reason. What a team found on site (`inspection`) needs no voucher.

    The same `request_key` again gives the decision that is there. Raises NotVisible, Archived, Stale, Denied
    (role, confidential), Refused: own_entry, own_unit, query_open, override_open, draft, withdrawn, final_began,
    decided, evidence_missing, amount, above_reported, reason_needed, key_taken.
    """
    case = hold_one(actor, entry)
    whole = case.entry.amount
    target = whole if amount is None else amount
    if there := _same_request(request_key, entry, level, (Verdict.FULL, Verdict.PARTIAL), target):
        return there
    must_be_current(case, version)
    must(objection(actor, level, case, seen=inspection is not None))
    if target <= 0 or target != target.quantize(CENT):
        raise Refused(
            _(
                "Enter an amount above zero with at most two decimals. To recognise nothing, refuse the entry."
            ),
            code="amount",
            fields={"amount": [str(_("Above zero, two decimals."))]},
        )
    if target > whole:
        raise Refused(
            _(
                "%(number)s was reported with %(amount)s. More than that is recognised only by an override: ask for "
                "it in writing, a second person signs."
            )
            % {"number": case.entry.number, "amount": exact(whole, case.entry.currency_id)},
            code="above_reported",
            fields={"amount": [str(_("Not above what was reported."))]},
        )
    if target < whole:
        reason = reason_given(reason)
    verdict = Verdict.FULL if target == whole else Verdict.PARTIAL
    state = STATE[Level(level)]
    return write(
        actor, Decision(case, level, verdict, target, state, reason.strip(), request_key, inspection)
    )


@transaction.atomic
def refuse(
    *,
    actor: Actor,
    entry: int,
    level: str,
    reason: str,
    version: int | None = None,
    request_key: str | None = None,
    inspection: Inspection | None = None,
) -> Recognition:
    """Recognise nothing of an entry, with the reason. Raises as `recognise`; no voucher is needed."""
    case = hold_one(actor, entry)
    if there := _same_request(request_key, entry, level, (Verdict.REFUSED,)):
        return there
    must_be_current(case, version)
    must(right(actor, level, case) or open_matters(case) or stage(case, level))
    reason = reason_given(reason)
    return write(
        actor,
        Decision(case, level, Verdict.REFUSED, ZERO, EntryState.REFUSED, reason, request_key, inspection),
    )


@transaction.atomic
def reverse(
    *,
    actor: Actor,
    entry: int,
    reason: str,
    amount: Decimal | None = None,
    again: bool = False,
    version: int | None = None,
    request_key: str | None = None,
) -> Recognition:
    """Take back what was recognised, at the level that spoke last: `amount` of it in the entry's currency, or all
    (None). The lines have the rate and the day of the entry and count in an open month.

    `again`: the entry waits for a new decision (a mistake; only as a whole, also a refusal). Otherwise the
    decision stands with what is left, as when money flowed back.

    Raises as `recognise`, and Refused: not_decided, amount, again_whole.
    """
    case = hold_one(actor, entry)
    level = spoken(case)
    so_far = case.so_far(level)
    target = ZERO if amount is None else so_far - amount
    back = None if amount is None else -amount
    if there := _same_request(request_key, entry, "", (Verdict.REVERSAL,), back):
        return there
    must_be_current(case, version)
    must(right(actor, level, case) or open_matters(case))
    number = case.entry.number
    if case.entry.state not in DECIDED:
        raise Refused(
            _("Nothing of %(number)s is decided that could be taken back.") % {"number": number},
            code="not_decided",
        )
    if again and amount is not None:
        raise Refused(
            _("An entry that is to be decided again is taken back as a whole: leave the amount empty."),
            code="again_whole",
        )
    if not again and not ZERO <= target < so_far:
        raise Refused(
            _("%(sum)s of %(number)s are recognised. Take back an amount above zero and up to that.")
            % {"sum": so_far, "number": number},
            code="amount",
            fields={"amount": [str(_("Above zero, up to what is recognised."))]},
        )
    if amount is not None and amount != amount.quantize(CENT):
        raise Refused(_("An amount has at most two decimals."), code="amount")
    reason = reason_given(reason)
    state = _state_before(case, level) if again else case.entry.state
    return write(actor, Decision(case, level, Verdict.REVERSAL, target, state, reason, request_key))


def spoken(case: Case) -> str:
    """The level that spoke last."""
    return Level.PRELIMINARY if case.final is None else Level.FINAL


def reason_given(reason: str) -> str:
    if not reason.strip():
        raise Refused(
            _("Write down the reason: whoever reported it reads it, and it stays on record."),
            code="reason_needed",
            fields={"reason": [str(_("Needed here."))]},
        )
    return reason.strip()


def must_be_current(case: Case, version: int | None) -> None:
    """Raises Stale; checked after a repeated request, which knows only the version before its first try."""
    if version is not None and case.entry.version != version:
        raise Stale(case.entry)


def write(actor: Actor, decision: Decision, *, asked_by: User | None = None) -> Recognition:
    """One decision; with `asked_by` the actor is the second signature."""
    return write_many(actor, [decision], asked_by=asked_by)[0]


def write_many(
    actor: Actor, decisions: Sequence[Decision], *, bulk: Bulk | None = None, asked_by: User | None = None
) -> list[Recognition]:
    """Rows, states and lines of decisions about entries that are held and may be decided. As many queries for
    500 as for one, but one for each state that they come to."""
    by, name = (asked_by.pk, asked_by.actor_name) if asked_by else (actor.pk, actor.actor_name)
    second = (actor.pk, actor.actor_name) if asked_by else (None, "")
    now = clock.now()
    rows = [
        Recognition(
            entry=one.case.entry,
            ordinal=one.case.ordinal + 1,
            level=one.level,
            verdict=one.verdict,
            delta=one.target - one.case.so_far(one.level),
            reason=one.reason[:500],
            request_key=one.request_key,
            bulk=bulk,
            inspection=one.inspection,
            decided_by_id=by,
            decided_name=name,
            decided_at=now,
            second_by_id=second[0],
            second_name=second[1],
        )
        for one in decisions
    ]
    with changelog.acting(actor):
        rows = Recognition._base_manager.bulk_create(rows)
        for state in {one.state for one in decisions}:
            pks = [one.case.entry.pk for one in decisions if one.state == state]
            CapitalEntry._base_manager.filter(pk__in=pks).update(
                state=state, version=F("version") + 1, updated_at=now
            )
    for one in decisions:
        one.case.entry.state = one.state
        one.case.entry.version += 1
    posting.post_recognitions(
        actor=actor,
        rows=rows,
        before={one.case.entry.pk: (one.case.preliminary, one.case.final) for one in decisions},
        months={one.case.entry.pk: one.case.month for one in decisions},
    )
    return rows


def project_is_free(project: Project) -> None:
    """A project isn't closed as a mistake while the books count its capital. Raises Refused."""
    rows = CapitalEntry.objects.unscoped(reason="whoever reported it").filter(
        project=project, archived_at=None
    )
    count = rows.exclude(state__in=(EntryState.DRAFT, EntryState.WITHDRAWN)).count()
    if count:
        raise Refused(
            _(
                "%(count)s entries of capital are reported for this project. Withdraw them or take back what was "
                "recognised, or terminate the project instead."
            )
            % {"count": count},
            code="capital_reported",
        )


def _state_before(case: Case, level: str) -> str:
    """Where an entry stands when the decision of a level is gone."""
    if level == Level.PRELIMINARY or not case.checked:
        return EntryState.REPORTED
    return EntryState.PRELIMINARY if case.preliminary else EntryState.REFUSED


def _same_request(
    key: str | None, entry: int, level: str, verdicts: Collection[str], delta: Decimal | None = None
) -> Recognition | None:
    """The decision that this request wrote before. Raises Refused when the key was used for something else. A
    level always decides from nothing, so `delta` is the amount that was asked for; None: whatever it was. A
    reversal takes the level ("") that spoke last when it came first."""
    if not key:
        return None
    rows = Recognition.objects.unscoped(reason="request keys are unique everywhere")
    there = rows.filter(request_key=key).select_related("entry").first()
    if there is None:
        return None
    if (
        there.entry_id != entry
        or there.verdict not in verdicts
        or level not in ("", there.level)
        or delta not in (None, there.delta)
    ):
        raise Refused(_("This request key was used for another decision."), code="key_taken")
    return there
