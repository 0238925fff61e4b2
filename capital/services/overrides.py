"""More than was reported: asked for in writing by one, signed or refused by another (DOMAIN §3)."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from capital.choices import Level, Verdict
from capital.models import CapitalEntry, Override, Recognition
from capital.services.deciding import KIND, Case, evidence, hold_one, must, objection, right, stage
from capital.services.recognition import CENT, STATE, Decision, must_be_current, reason_given, write
from common import changelog, clock
from common.access import Action
from common.actors import Actor, may
from common.errors import Denied, NotVisible, Refused, ServiceError
from organizations.models import User
from reference.amounts import exact


@transaction.atomic
def override_ask(
    *, actor: Actor, entry: int, level: str, amount: Decimal, reason: str, version: int | None = None
) -> Override:
    """Ask to recognise `amount` in all, in the entry's currency, which is more than was reported. Nothing counts
    before another person signs.

    Raises as `capital.services.recognition.recognise`, and Refused: not_above.
    """
    case = hold_one(actor, entry)
    must_be_current(case, version)
    must(objection(actor, level, case))
    if amount <= case.entry.amount or amount != amount.quantize(CENT):
        raise Refused(
            _(
                "%(amount)s were reported. An override is for more than that, with at most two decimals; everything "
                "up to it is recognised without one."
            )
            % {"amount": exact(case.entry.amount, case.entry.currency_id)},
            code="not_above",
            fields={"amount": [str(_("More than was reported."))]},
        )
    if actor.pk is None:
        raise Denied  # a program signs nothing
    row = Override(
        entry=case.entry,
        level=level,
        amount=amount,
        reason=reason_given(reason),
        asked_by_id=actor.pk,
        asked_name=actor.actor_name,
        asked_at=clock.now(),
    )
    with changelog.acting(actor):
        row.full_clean()
        row.save(force_insert=True)
    return row


@transaction.atomic
def override_sign(
    *, actor: Actor, pk: int, signed: bool, remark: str = "", version: int | None = None
) -> Recognition | None:
    """The second signature: the decision is written, signed by both. Or no, with a remark: nothing changes and the
    request is kept. Gives the decision, or None.

    Raises NotVisible, Denied (it takes the right to confirm), Refused: override_closed, second_person, own_entry,
    own_unit, and what forbids the decision by now.
    """
    row, case = _open(actor, pk)
    must_be_current(case, version)
    must(may_sign(actor, row, case))
    if not signed and not remark.strip():
        raise Refused(
            _("Say why you don't sign."),
            code="reason_needed",
            fields={"remark": [str(_("Needed here."))]},
        )
    if signed:
        must(stage(case, row.level) or evidence(case))
    row.signed, row.remark = signed, remark.strip()[:500]
    row.answered_by_id, row.answered_name, row.answered_at = actor.pk, actor.actor_name, clock.now()
    row.version += 1
    with changelog.acting(actor):
        row.save()
    if not signed:
        return None
    decision = Decision(case, row.level, Verdict.OVERRIDE, row.amount, STATE[Level(row.level)], row.reason)
    asker = User._base_manager.get(pk=row.asked_by_id)
    return write(actor, decision, asked_by=asker)


@transaction.atomic
def override_withdraw(*, actor: Actor, pk: int) -> Override:
    """Who asked takes the request back. Raises NotVisible, Denied, Refused: override_closed."""
    row, _case = _open(actor, pk)
    if row.asked_by_id != actor.pk:
        raise Denied(_("Only who asked takes the request back. Refuse it instead."))
    _taken_back(actor, row)
    return row


def overrides_drop(*, actor: Actor, entry: CapitalEntry) -> None:
    """The entry is withdrawn: nothing is left to be signed. The caller holds the entry."""
    for row in entry.overrides.filter(answered_at=None, archived_at=None):
        _taken_back(actor, row)


def may_sign(actor: Actor, row: Override, case: Case) -> ServiceError | None:
    """Why this actor gives no second signature; None when he may."""
    if actor.pk is None or not may(actor, Action.CONFIRM, KIND, path=case.entry.unit.path):
        return Denied()
    if actor.pk == row.asked_by_id:
        return Refused(
            _("You asked for this yourself. More than was reported needs two people: let another one sign."),
            code="second_person",
        )
    return right(actor, Level.FINAL, case)


def _taken_back(actor: Actor, row: Override) -> None:
    row.archived_at = clock.now()
    row.version += 1
    with changelog.acting(actor):
        row.save(update_fields=["archived_at", "version", "updated_at"])


def _open(actor: Actor, pk: int) -> tuple[Override, Case]:
    entry = Override._base_manager.filter(pk=pk).values_list("entry", flat=True).first()
    if entry is None or not CapitalEntry.objects.visible_to(actor).filter(pk=entry).exists():
        raise NotVisible
    case = hold_one(actor, entry)
    row = Override._base_manager.select_for_update().get(pk=pk)
    if row.answered_at is not None or row.archived_at is not None:
        raise Refused(
            _("This request about %(number)s is closed: it was answered or taken back.")
            % {"number": case.entry.number},
            code="override_closed",
        )
    return row, case
