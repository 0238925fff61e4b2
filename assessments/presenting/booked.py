"""The part of the panel that leads into the books: what counts, project by project, down to the entries."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.booked import currency_of
from assessments.models import Measure, RankingRun
from assessments.reading import RunReader, ShownLine
from capital.behind import Behind, behind, why_text
from capital.counting import Reading, Wanted, reread
from capital.opening import mark
from common import words
from common.actors import Actor
from common.templatetags.ip import amount, signed
from ledger.choices import Role
from organizations.models import Unit
from rules.counting import Why

MOST = 40  # projects in the panel; the page behind it has all of them


def levels(reader: RunReader, line: ShownLine, actor: Actor) -> list[dict[str, Any]]:
    """Levels for `panel`: the rows behind the figure, adjustments of earlier years, and the difference to a
    confirmer's figure. Nothing for a measure that isn't counted from the books."""
    sent = reader.inputs[line.unit].get("booked")
    if not sent:
        return []
    unit = Unit.objects.unscoped(reason="a line of the run that is read").get(pk=line.unit_id)
    found = [_rows(reader, unit, sent, actor)]
    if Decimal(sent["prior"]):
        found.append(
            _flat(
                _("Prior-year adjustments"),
                _("apart from the year's own figure"),
                _money(reader, sent["prior"]),
            )
        )
    if "difference" in sent:
        found.append(_flat(_("Figure of the confirmer"), _("counts"), _money(reader, sent["confirmed"])))
        gap = signed(reader.scaled(reader.measure, Decimal(sent["difference"])))
        found.append(_flat(_("Difference to the sum of the rows"), _("not divided among them"), gap))
    return found


def reading_of(run: RankingRun, measure: Measure) -> Reading:
    """The facts that a run read, read again by its clock. Raises Refused (no_rule)."""
    kept = run.inputs["ledger"][measure.code]
    wanted = Wanted(
        basis=kept["basis"],
        state=kept["state"],
        rule_code=kept["rule"].partition("/")[0] if "/" in kept["rule"] else "",
        currency=currency_of(measure),
        role=role_of(kept),
    )
    out = {int(key): date.fromisoformat(day) for key, day in kept["excluded"].items()}
    return reread(
        wanted,
        kept["rule"],
        year=run.year,
        through=run.year * 100 + run.data_through,
        watermark=kept["watermark"],
        excluded=out,
    )


def role_of(kept: dict[str, Any]) -> str:
    """The dimension of attribution that a run counted by; runs that don't say counted by the assessed unit."""
    return kept.get("role", Role.ASSESSED)


def page_url(reader: RunReader, unit: Unit) -> str:
    """The page with all rows behind a line's figure."""
    chosen = {"run": reader.run.pk, "unit": unit.pk}
    return f"{reverse('ranking_rows')}?{urlencode(chosen)}"


def _rows(reader: RunReader, unit: Unit, sent: dict[str, Any], actor: Actor) -> dict[str, Any]:
    run = reader.run
    reading = reading_of(run, reader.measure)
    lines = behind(reading, unit, run.year * 100 + run.data_through, actor=actor)
    rows = [row for line in lines[:MOST] for row in _project(reader, line)]
    if len(lines) > MOST:
        rows.append(
            {
                "label": _("all %(n)s projects") % {"n": len(lines)},
                "url": page_url(reader, unit),
                "value": "",
                "css": "sum",
            }
        )
    return {
        "label": _("Recognised rows"),
        "note": f"{reader.unit_label}{words.comma()}{Role(reading.wanted.role).label}",
        "value": _money(reader, sent["own"]),
        "open": True,
        "calc": [],
        "heads": [_("project, entry"), _("amount")],
        "rows": rows,
    }


def _project(reader: RunReader, line: Behind) -> list[dict[str, Any]]:
    """A project and, indented, its entries: the way to voucher and file."""
    counts = line.why is Why.COUNTED
    label = line.name if counts else f"{line.name}: {why_text(line.why)}"
    url = reverse("project_detail", args=[line.project]) if line.project else ""
    rows = [{"label": label, "url": url, "value": _money(reader, line.own), "css": "" if counts else "mute"}]
    for row in line.rows:
        to = reverse("entry_detail", args=[row.entry]) if row.entry else ""
        text = f"{row.number} {row.day.isoformat()}".strip()
        text = words.comma().join([text, mark()]) if row.opening else text
        rows.append({"label": text, "url": to, "value": _money(reader, row.amount), "css": "in"})
    return rows


def _flat(label: str, note: str, value: str) -> dict[str, Any]:
    return {"label": label, "note": note, "value": value, "calc": []}


def _money(reader: RunReader, value: Decimal | str) -> str:
    return amount(reader.scaled(reader.measure, Decimal(value)), reader.digits_of(reader.measure))
