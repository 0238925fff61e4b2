"""The quick review (快速评审) of a lead: begun, checked, overridden by the committee (DOMAIN §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Archived, Refused
from leads.choices import CheckResult, Comparison
from leads.models import GateCheck, Lead, Screening, ScreeningCheck
from leads.screening import admission, checks_of, gate_for, proposed, screening_of, was_checked
from leads.terms import SHARED
from rules import admission as rules


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one check: a number in the check's own unit, or an answer; with a remark."""

    value: Decimal | None = None
    answer: bool | None = None
    remark: str = ""


@transaction.atomic
def screening_begin(*, actor: Actor, lead: int, again: bool = False) -> Screening:
    """Begin the review with the gate in force today; the limits are those of today, values that the lead's figures
    give are proposed and wait to be checked. `again` closes the review before.

    Raises NotVisible, Denied, Archived, Refused (no gate, one is there already).
    """
    row = services.get_visible(Lead, lead, actor, lock=True)
    if row.archived_at is not None:
        raise Archived
    before = screening_of(row)
    if before is not None and not again:
        raise Refused(_("This lead is being screened already."), code="screened")
    gate = gate_for(row)
    with changelog.acting(actor):
        if before is not None:
            services.authorize(actor, Action.CHANGE, before)
            before.archived_at = clock.now()
            before.version += 1
            before.save()
        found = services.create(Screening, actor=actor, values={"lead": row, "gate": gate})
        checks = GateCheck.objects.unscoped(reason=SHARED).filter(gate=gate, archived_at=None)
        for check in checks:
            ScreeningCheck.objects.create(
                screening=found, check_def=check, limit=check.limit, value=proposed(row, check)
            )
    return found


@transaction.atomic
def screening_record(
    *, actor: Actor, pk: int, version: int | None, findings: Mapping[str, Found]
) -> Screening:
    """Enter what was found, by the codes of the checks; an empty finding opens a check again. Only what differs is
    written under the actor's name, and the outcome is made anew.

    Raises NotVisible, Denied, Archived, Stale, Refused (unknown check, overridden), ValidationError.
    """
    row = services.locked(Screening, pk, actor, Action.CHANGE, version)
    if row.overridden_at is not None:
        raise Refused(
            _("The committee has decided on these checks. Screen the lead anew to change them."),
            code="overridden",
        )
    checks = {check.check_def.code: check for check in checks_of(row)}
    if unknown := sorted(set(findings) - set(checks)):
        raise Refused(_("The gate has no check “%(code)s”.") % {"code": unknown[0]}, code="unknown_check")
    with changelog.acting(actor):
        for code, found in findings.items():
            _enter(actor, checks[code], found)
        judged = admission(row, checks.values())
        for code, check in checks.items():
            result = CheckResult(judged.check(code).state)
            if check.result != result:
                check.result = result
                check.save(update_fields=["result", "updated_at"])
        row.outcome = CheckResult(judged.outcome)
        row.version += 1
        row.save()
    return row


@transaction.atomic
def screening_override(*, actor: Actor, pk: int, version: int | None, reason: str) -> Screening:
    """The committee admits what the gate did not, with a written reason; the gate's own outcome stays beside it.

    Raises NotVisible, Denied, Archived, Stale, Refused (no reason, nothing checked, passed already,
    overridden already).
    """
    row = services.locked(Screening, pk, actor, Action.DECIDE, version)
    if row.overridden_at is not None:
        raise Refused(_("The committee has admitted this lead already."), code="overridden")
    if not reason.strip():
        raise Refused(_("Write down why it is admitted."), fields={"reason": [str(_("Reason"))]})
    checks = checks_of(row)
    if not was_checked(checks):
        raise Refused(_("Nothing has been checked yet. Enter what was found first."), code="unchecked")
    own = admission(row, checks)
    if own.outcome is rules.State.PASSED:
        raise Refused(_("It has passed the gate; there is nothing to override."), code="passed")
    decision = rules.override(own, rules.State.PASSED, reason)
    with changelog.acting(actor, reason=decision.reason[:500]):
        row.override_reason = decision.reason
        row.overridden_by, row.overridden_at = actor.actor_name, clock.now()
        row.full_clean()
        row.version += 1
        row.save()
    return row


def _enter(actor: Actor, check: ScreeningCheck, found: Found) -> None:
    question = check.check_def.comparison in (Comparison.YES, Comparison.NO)
    value, answer = (None, found.answer) if question else (found.value, None)
    empty = value is None and answer is None
    name = "" if empty else actor.actor_name
    same = (check.value, check.answer, check.remark) == (value, answer, found.remark.strip())
    if same and bool(check.checked_by) != empty:
        return
    check.value, check.answer, check.remark = value, answer, found.remark.strip()
    check.checked_by, check.checked_at = name, None if empty else clock.now()
    try:
        check.full_clean(exclude=["limit", "screening", "check_def"])
    except ValidationError as wrong:
        raise ValidationError({check.check_def.code: wrong.messages}) from wrong
    check.version += 1
    check.save()
