"""What closing a month asks of the returns, and what happens to drafts that were not reported in time (DOMAIN §3)."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from capital.choices import EntryState
from capital.models import CapitalEntry, RolledForward
from capital.returns import missing_units
from common import clock
from common.actors import Actor
from ledger import closings, periods
from ledger.closings import Found
from ledger.models import Period


def missing(period: Period) -> list[Found]:
    """Units that owe the month's return. It doesn't hold up the city."""
    count = len(missing_units(period.pk)) if period.number <= periods.DECEMBER else 0
    if not count:
        return []
    text = ngettext("%(n)s return is missing.", "%(n)s returns are missing.", count) % {"n": count}
    return [Found(text, f"{reverse('return_list')}?period={period.pk}&filed=missing", count=count)]


def drafts_go_on(actor: Actor, period: Period) -> None:
    """Drafts that were not reported before the cut-off belong to the next open period, by name; their days stay."""
    rows = list(
        CapitalEntry._base_manager.select_for_update()
        .filter(period=period, state=EntryState.DRAFT, archived_at=None, is_opening=False)
        .order_by("pk")
    )
    if not rows:
        return
    to = periods.open_from(period.pk, accept=())
    for one in rows:
        one.period_id = to
        one.version += 1
        one.updated_at = clock.now()
    CapitalEntry._base_manager.bulk_update(rows, ["period", "version", "updated_at"])
    RolledForward.objects.bulk_create(
        [
            RolledForward(
                entry=one,
                from_period=period,
                to_period_id=to,
                state=EntryState.DRAFT,
                at=clock.now(),
                actor_name=actor.actor_name,
            )
            for one in rows
        ],
        ignore_conflicts=True,  # cut off a second time, after a reopening
    )


def register() -> None:
    """At start-up."""
    closings.check("capital_returns", _("Returns are filed"), missing)
    closings.before_cut_off(drafts_go_on)
