"""Capital on the overview of a project: what was reported and recognised, by basis, and the latest entries."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from capital.choices import Basis
from capital.models import CapitalEntry
from capital.opening import mark, unrewarded
from capital.readable import hidden_entries
from common import words
from common.access import Action
from common.actors import may_somewhere
from common.templatetags.ip import amount
from leads.tables.columns import wan
from ledger.asked import said as said_clock
from ledger.choices import Kind, Role
from ledger.clocks import published_q
from ledger.models import Closing, Posting
from projects.posting import TYPE
from projects.sections import NUM, Reading, day, num, row, section
from rules.money import to_display

WHOLE = "a project's page shows the whole of it to whoever may read the project"
SHOWN = 5
NOUGHT = Decimal(0)


def recent(reading: Reading) -> dict[str, Any] | None:
    """Section of a project's page; None for who reads no capital anywhere. Two queries: the entries that the reader may
    see, and the sums of the whole project in yuan."""
    if not may_somewhere(reading.actor, Action.VIEW, CapitalEntry.Scope.kind):
        return None
    project = reading.project.pk
    seen = CapitalEntry.objects.visible_to(reading.actor).exclude(hidden_entries(reading.actor))
    entries = list(seen.filter(project=project, archived_at=None).order_by("-occurred_on", "-pk")[:SHOWN])
    rows = [
        row(
            {
                "text": one.number,
                "url": reverse("entry_detail", args=[one.pk]),
                "sub": mark() if one.is_opening else "",
            },
            day(one.occurred_on),
            {"text": one.get_kind_display(), "sub": one.get_basis_display()},
            one.get_state_display(),
            num(wan(one.amount, str(one.currency_id))),
        )
        for one in entries
    ]
    heads = [
        (_("entry"), ""), (_("date"), ""), (pgettext("capital", "kind"), ""), (_("state"), ""),
        (_("amount, ten thousands"), NUM),
    ]  # fmt: skip
    every = {
        "label": _("All entries"),
        "url": f"{reverse('entry_list')}?{urlencode({'project': project})}",
    }
    empty = _("No entry yet.")
    found = section(_("Capital in place"), heads, rows, empty=empty)
    return found | {"text": _sums(project, reading.closing), "all": every if entries else None}


def _sums(project: int, closing: Closing | None) -> str:
    """ "arrived: reported 500.00, recognised 200.00; formed: …" in ten thousand yuan, as the closing published it or as
    known now."""
    kinds = (Kind.CAPITAL_REPORTED, Kind.CAPITAL_RECOGNISED)
    lines = Posting.objects.unscoped(reason=WHOLE).filter(
        subject_type=TYPE, subject_id=project, kind__in=kinds, role=Role.ASSESSED
    )
    if closing is not None:
        lines = lines.filter(published_q(closing))
    totals = {"total": Sum("base_qty"), "opening": Sum("base_qty", filter=unrewarded(lines))}
    sums = list(lines.order_by().values("basis", "kind").annotate(**totals))
    got = {(one["basis"], one["kind"]): one["total"] for one in sums}
    opening = {one["basis"]: one["opening"] for one in sums if one["kind"] == Kind.CAPITAL_RECOGNISED}
    said = _("%(basis)s: reported %(reported)s, recognised %(recognised)s")
    told = [
        said
        % {
            "basis": Basis(basis).label,
            "reported": _wan(got.get((basis, kinds[0]), NOUGHT)),
            "recognised": _wan(got.get((basis, kinds[1]), NOUGHT)),
        }
        for basis in Basis.values
        if any((basis, kind) in got for kind in kinds)
    ]
    if not told:
        return ""
    told += [
        _("%(basis)s: recognised opening balances, not rewardable, %(amount)s")
        % {"basis": Basis(basis).label, "amount": _wan(opening[basis])}
        for basis in Basis.values
        if opening.get(basis)
    ]
    return _("%(sums)s (ten thousand yuan, %(clock)s)") % {
        "sums": words.semicolon().join(told),
        "clock": said_clock(closing),
    }


def _wan(value: Decimal) -> str:
    return str(amount(to_display(value, "wan")))
