"""What closing a month asks of capital in place: lines of its checklist, and entries that go on by name
(docs/algorithms/recognition.md, DOMAIN §3: one late unit doesn't stop the city)."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from capital.choices import EntryState
from capital.models import Allocation, CapitalEntry, Query, RolledForward
from capital.services.deciding import waits_in
from capital.services.samples import open_samples
from common import clock
from common.actors import Actor
from ledger import closings, periods
from ledger.closings import Found
from ledger.models import Period

WAIT = (EntryState.REPORTED, EntryState.QUERIED, EntryState.PRELIMINARY)


def waiting_in(period: Period) -> Any:
    """Entries that wait for a decision in a period, those rolled into it among them."""
    rows = CapitalEntry.objects.unscoped(reason="the books of the whole bureau are closed")
    return rows.alias(month=waits_in()).filter(month=period.pk, state__in=WAIT, archived_at=None)


def roll_forward(actor: Actor, period: Period) -> None:
    """Entries that still wait go on in the next period, each by name; the return they stand on stays as it was."""
    # Held: a decision under way is waited for, and doesn't count as waiting then.
    held = waiting_in(period).select_for_update(of=("self",)).order_by("pk")
    rows = {row.pk: row.state for row in held if row.state in WAIT}
    if not rows:
        return
    to = periods.after(period.pk)
    Period.objects.bulk_create([periods.row(to)], ignore_conflicts=True)
    RolledForward.objects.bulk_create(
        [
            RolledForward(
                entry_id=pk,
                from_period=period,
                to_period_id=to,
                state=state,
                at=clock.now(),
                actor_name=actor.actor_name,
            )
            for pk, state in rows.items()
        ],
        ignore_conflicts=True,  # closed a second time, after a reopening
    )


def _waiting(period: Period) -> list[Found]:
    count = waiting_in(period).count()
    text = ngettext(
        "%(n)s entry waits for recognition; it goes on in the next month when this one is closed.",
        "%(n)s entries wait for recognition; they go on in the next month when this one is closed.",
        count,
    )
    return _found(text, count, f"{reverse('entry_list')}?waiting=yes&period={period.pk}")


def _queries(period: Period) -> list[Found]:
    rows = Query._base_manager.filter(answered_at=None, archived_at=None)
    count = rows.filter(entry__in=waiting_in(period).values("pk")).count()
    text = ngettext("%(n)s query isn't answered.", "%(n)s queries aren't answered.", count)
    return _found(text, count, f"{reverse('entry_list')}?state=queried")


def _evidence(period: Period) -> list[Found]:
    proved = Allocation._base_manager.filter(
        entry=OuterRef("pk"), archived_at=None, voucher__archived_at=None
    )
    count = waiting_in(period).filter(~Exists(proved), is_opening=False).count()
    text = ngettext("%(n)s entry has no voucher.", "%(n)s entries have no voucher.", count)
    return _found(text, count, f"{reverse('entry_list')}?unproved=yes")


def _samples(period: Period) -> list[Found]:
    count = open_samples().filter(period=period).count()
    text = ngettext("%(n)s drawn sample isn't finished.", "%(n)s drawn samples aren't finished.", count)
    return _found(text, count, reverse("sample_list"))


def _found(text: str, count: int, url: str) -> list[Found]:
    return [Found(text % {"n": count}, url, count=count)] if count else []


def register() -> None:
    """At start-up."""
    closings.check("capital_waiting", _("Entries are recognised"), _waiting)
    closings.check("capital_queries", _("Queries are answered"), _queries)
    closings.check("capital_evidence", _("Entries have vouchers"), _evidence)
    closings.check("capital_samples", _("Samples are finished"), _samples)
    closings.before_closing(roll_forward)
