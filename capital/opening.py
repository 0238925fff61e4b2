"""Opening balances: what running projects had when the bureau began to use the system (docs/algorithms/capital.md).

They count like everything else that was recognised and are marked as such; nobody is rewarded for them.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from capital.choices import EntryState, Level
from capital.models import CapitalEntry, Recognition
from capital.posting import PREFIX
from capital.services.deciding import decided_by
from common.actors import Actor
from ledger.choices import Cause

OPENING = "what is an opening balance is the same for everybody"


def waiting(actor: Actor) -> Any:
    """Opening balances that this person may confirm by his role, not yet confirmed."""
    rows = CapitalEntry.objects.visible_to(actor).filter(
        is_opening=True, state=EntryState.DRAFT, archived_at=None
    )
    return rows.filter(confirmable(actor))


def confirmable(actor: Actor) -> Q:
    """Entries about which this person has the last word by his role, not entered by himself."""
    own = Q(entered_by=actor.pk) if actor.pk is not None else Q(pk__in=())
    return decided_by(actor, Level.FINAL) & ~own


def mark() -> str:
    """What stands beside an opening balance wherever it is shown."""
    return _("opening balance, not rewardable")


def unrewarded(postings: Any) -> Q:
    """Those of these lines of capital that can't earn a reward, as a filter over them."""
    return Q(kind__startswith=PREFIX) & ~Q(pk__in=rewardable(postings).order_by().values("pk"))


def rewardable(postings: Any) -> Any:
    """Of these lines of capital, those that can earn a reward: no opening balance, and nothing that takes one
    back, at whatever later time."""
    entries = CapitalEntry.objects.unscoped(reason=OPENING).filter(is_opening=True)
    decisions = Recognition.objects.unscoped(reason=OPENING).filter(entry__is_opening=True)
    opening = (
        Q(cause=Cause.OPENING)
        | Q(reverses__cause=Cause.OPENING)
        | Q(source_type="capital_entry", source_id__in=entries.values("pk"))
        | Q(source_type="recognition", source_id__in=decisions.values("pk"))
    )
    return postings.filter(kind__startswith=PREFIX).exclude(pk__in=postings.filter(opening).values("pk"))
