"""What a round's final result recognises: the project's waiting entries, decided on what was found on site."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from capital import rounds
from capital.choices import InspectionState, Level
from capital.models import Inspection, Recognition
from capital.services.recognition import recognise, refuse
from common.actors import Actor
from common.errors import NotVisible, Refused
from ledger.services import base
from rules import money

JOINS = ("round__unit", "round__period", "project__unit", "project__lead")


@transaction.atomic
def inspection_recognise(
    *, actor: Actor, pk: int, amounts: Mapping[int, Decimal], reason: str = ""
) -> list[Recognition]:
    """Finally recognise entries of the inspected project: {entry: amount in its currency}; 0 refuses one. Each is
    an ordinary decision that names the inspection; it needs no voucher, what the team saw stands for one. Without
    a reason of its own a smaller amount takes the committee's, or else the team's.

    Raises NotVisible, Refused: state (no final result yet), not_offered, above_result (more than was found), and
    as `recognise` and `refuse`.
    """
    row = Inspection.objects.visible_to(actor).select_related(*JOINS).filter(pk=pk).first()
    if row is None:
        raise NotVisible
    if row.state != InspectionState.FINAL or row.final is None:
        raise Refused(_("The committee has not decided on this project yet."), code="state")
    waiting = {one.entry.pk: one for one in rounds.offered(row)}
    if strange := set(amounts) - set(waiting):
        raise Refused(
            _("Entry %(pk)s doesn't wait for this inspection: it is decided, queried, or none of its own.")
            % {"pk": min(strange)},
            code="not_offered",
        )
    _within(waiting, amounts)
    why = reason.strip() or row.final_reason or row.initial_reason
    found = []
    for entry in sorted(amounts):  # in one order, so that two people don't wait for each other crosswise
        about: dict[str, Any] = {
            "actor": actor,
            "entry": entry,
            "level": Level.FINAL,
            "reason": why,
            "inspection": row,
        }
        amount = amounts[entry]
        found.append(recognise(amount=amount, **about) if amount > 0 else refuse(**about))
    return found


def _within(waiting: Mapping[int, rounds.Offered], amounts: Mapping[int, Decimal]) -> None:
    """Raises Refused above what the result leaves: for that the team saw nothing which stands for a voucher."""
    left = money.add(one.yuan for one in waiting.values())
    asked = money.add(
        base(max(amounts[pk], Decimal(0)), str(one.entry.currency_id), one.entry.rate)
        for pk, one in waiting.items()
        if pk in amounts
    )
    if asked > left:
        raise Refused(
            _(
                "The round's result leaves %(left)s yuan for these entries, not %(asked)s. What is beyond it is "
                "decided at the desk, on vouchers."
            )
            % {"left": f"{left:,.2f}", "asked": f"{asked:,.2f}"},
            code="above_result",
        )
