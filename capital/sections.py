"""What stands on an entry's page: facts, and tables for templates/projects/_section.html. The caller has seen that
the reader may know the project."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from capital.models import Allocation, CapitalEntry, Recognition, Voucher
from capital.opening import mark
from capital.readable import hidden_vouchers, told
from common.access import Action
from common.actors import Actor
from common.scope import may_on
from common.templatetags.ip import amount as plain
from leads.tables.columns import wan, wan_text
from ledger.services import base
from ledger.subjects import KEPT
from projects import confidential
from projects.sections import NUM, day, num, row, section
from reference.models import HOME_CURRENCY


def facts(entry: CapitalEntry, actor: Actor) -> list[tuple[Any, Any]]:
    """What was entered, what it is worth, what of it counts."""
    project: Any = confidential.shown_name(entry.project, actor)
    if may_on(actor, Action.VIEW, entry.project):
        project = format_html(
            '<a href="{}">{}</a>', reverse("project_detail", args=[entry.project_id]), project
        )
    head = [
        (_("project"), project),
        (_("unit"), entry.unit.name),
        (_("month of the return"), str(entry.period)),
    ]
    if not told(entry, actor):
        return [*head, (_("date"), entry.occurred_on.isoformat())]
    currency = str(entry.currency_id)
    found = [
        *head,
        (_("date"), entry.occurred_on.isoformat()),
        (pgettext("capital", "kind"), entry.get_kind_display()),
        (_("basis"), entry.get_basis_display()),
        (pgettext("capital", "amount"), wan_text(entry.amount, currency)),
    ]
    if currency != HOME_CURRENCY and entry.rate:
        found.append((_("rate"), f"{entry.rate.normalize():f} ({entry.rate_note})"))
        found.append((_("in yuan"), wan_text(base(entry.amount, currency, entry.rate))))
    for label, value in (
        (_("preliminarily recognised"), entry.preliminary_sum),  # type: ignore[attr-defined]
        (_("finally recognised"), entry.final_sum),  # type: ignore[attr-defined]
    ):
        found.append((label, wan_text(value, currency) if value is not None else ""))
    return [
        *found,
        (_("funder"), entry.funder.name if entry.funder else ""),
        (_("zone of the funder"), entry.get_zone_display()),
        (_("source of funds"), entry.get_fund_source_display()),
        (pgettext("project", "mode"), entry.get_mode_display()),
        (_("entered by"), entry.entered_name),
        (_("reported"), localdate(entry.reported_at).isoformat() if entry.reported_at else ""),
        (_("note"), entry.note),
        *([(_("in place of"), str(entry.replaces))] if entry.replaces else []),
        *([(_("opening balance"), mark())] if entry.is_opening else []),
    ]


def proofs(entry: CapitalEntry, *, actor: Actor, changes: bool) -> dict[str, Any]:
    """Vouchers, and what of each proves this entry. One of another unit is told as far as it may be read."""
    parts = list(
        Allocation._base_manager.filter(entry=entry, archived_at=None)
        .select_related("voucher__unit")
        .order_by("pk")
    )
    kept = set(
        Voucher.objects.unscoped(reason="vouchers of an entry that may be read")
        .filter(hidden_vouchers(actor), pk__in=[one.voucher_id for one in parts])
        .values_list("pk", flat=True)
    )
    rows = []
    for one in parts:
        voucher, paper = one.voucher, {"text": ""}
        seen = voucher.pk not in kept and may_on(actor, Action.VIEW, voucher)
        if voucher.stored_id and seen:
            paper = {"text": voucher.file_name, "url": reverse("voucher_file", args=[voucher.pk])}
        split = {"text": "", "css": "nb"}
        if one.split_file_id:
            split = {"text": _("written split"), "url": reverse("allocation_split", args=[one.pk])}
        name = {"text": KEPT} if voucher.pk in kept else {"text": str(voucher), "sub": voucher.issuer}
        if seen:
            name["url"] = reverse("voucher_detail", args=[voucher.pk])
        rows.append(
            row(
                name,
                day(voucher.dated),
                num(wan(one.amount, voucher.currency_id)),
                num(wan(voucher.amount, voucher.currency_id)),
                paper,
                split,
            )
        )
    heads = [
        (_("voucher"), ""), (_("date"), ""), (_("used here, ten thousands"), NUM),
        (_("in all, ten thousands"), NUM), (_("file"), ""), ("", ""),
    ]  # fmt: skip
    add = None
    if changes:
        add = {"label": _("Add"), "url": reverse("entry_voucher_add", args=[entry.pk])}
    empty = _("No voucher yet. Recognition asks for one.")
    return section(_("Vouchers"), heads, rows, add=add, empty=empty, code="proofs")


def decisions(entry: CapitalEntry, *, actor: Actor, changes: bool) -> dict[str, Any]:
    """What was recognised, each decision with who made it."""
    rows = Recognition.objects.unscoped(reason="decisions about an entry that may be read")
    lines = [
        row(
            one.get_level_display(),
            {"text": one.get_verdict_display(), "sub": one.reason},
            num(_signed(one.delta, entry.currency_id)),
            day(localdate(one.decided_at)),
            {"text": one.decided_name, "sub": one.second_name},
        )
        for one in rows.filter(entry=entry).order_by("ordinal")
    ]
    heads = [
        (_("level"), ""), (_("verdict"), ""), (_("change, ten thousands"), NUM), (_("when"), ""), (_("decided by"), ""),
    ]  # fmt: skip
    return section(
        _("Recognised"),
        heads,
        lines,
        empty=_("Nobody decided yet: what is reported doesn't count by itself."),
    )


def queries(entry: CapitalEntry, *, actor: Actor, changes: bool) -> dict[str, Any]:
    """Questions of those who recognise, and the answers."""
    lines = [
        row(
            {"text": one.text, "sub": f"{one.asked_name} {localdate(one.asked_at)}"},
            {
                "text": one.answer,
                "sub": f"{one.answered_name} {localdate(one.answered_at)}" if one.answered_at else "",
            },
        )
        for one in entry.queries.filter(archived_at=None)
    ]
    return section(_("Queries"), [(_("question"), ""), (_("answer"), "")], lines, empty=_("Nobody asked."))


def papers(entry: CapitalEntry, *, actor: Actor, changes: bool) -> dict[str, Any]:
    """Files that support the entry and aren't money themselves."""
    lines = [
        row(
            {"text": one.name, "url": reverse("entry_paper", args=[one.pk]), "sub": one.note},
            one.entered_name,
            day(localdate(one.created_at)),
        )
        for one in entry.files.filter(archived_at=None)
    ]
    add = {"label": _("Add"), "url": reverse("entry_paper_add", args=[entry.pk])} if changes else None
    heads = [(_("file"), ""), (_("entered by"), ""), (_("date"), "")]
    return section(_("Papers"), heads, lines, add=add, empty=_("No other paper."))


def _signed(value: Any, currency: Any) -> str:
    text = plain(value / 10_000)
    return f"{'+' if value > 0 else ''}{text}{'' if currency == HOME_CURRENCY else f' {currency}'}"
