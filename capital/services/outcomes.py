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
from common import services
from common.actors import Actor
from common.errors import Refused

JOINS = ("round__unit", "round__period", "project__unit", "project__lead")


@transaction.atomic
def inspection_recognise(
    *, actor: Actor, pk: int, amounts: Mapping[int, Decimal], reason: str = ""
) -> list[Recognition]:
    """Finally recognise entries of the inspected project: {entry: amount in its currency}; 0 refuses one. Each is
    an ordinary decision that names the inspection; it needs no voucher, what the team saw stands for one. Without
    a reason of its own a smaller amount takes the committee's, or else the team's.

    Raises NotVisible, Refused: state (no final result yet), not_offered, and as `recognise` and `refuse`.
    """
    row = Inspection.objects.visible_to(actor).select_related(*JOINS).filter(
        pk=pk
    ).first() or services.get_visible(Inspection, pk, actor)
    if row.state != InspectionState.FINAL or row.final is None:
        raise Refused(_("The committee has not decided on this project yet."), code="state")
    waiting = {one.entry.pk: one for one in rounds.offered(row)}
    if strange := set(amounts) - set(waiting):
        raise Refused(
            _("Entry %(pk)s doesn't wait for this inspection: it is decided, queried, or none of its own.")
            % {"pk": min(strange)},
            code="not_offered",
        )
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
