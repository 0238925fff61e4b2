"""How leads, investors, introducers and offered projects are found by the search box."""

from __future__ import annotations

from django.db.models import Case, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.actors import Actor
from common.finding import Search, register
from leads import confidential
from leads.duplicates.search import search_investors
from leads.models import Introducer, Lead, OfferedProject

Hits = list[tuple[str, str, str]]


def find_leads(actor: Actor, text: str, limit: int) -> Hits:
    """Leads by number, idea, investor, pinyin or its initials; what is confidential for this person by its code
    name only, and another unit's in the pool not by its investor."""
    names = Q(name__icontains=text) | Q(pinyin__contains=text.lower()) | Q(number__iexact=text)
    whose = Q(investor__name__icontains=text) | Q(investor__pinyin__contains=text.lower())
    names |= whose & ~confidential.of_others_q(actor)
    back = confidential.hidden(actor)
    open_ones = Lead.objects.visible_to(actor).filter(names).exclude(back).values("pk")
    rows = (
        Lead.objects.visible_to(actor)
        .filter(Q(pk__in=open_ones) | (back & Q(code_name__icontains=text)), archived_at=None)
        .order_by(Case(When(name__istartswith=text, then=Value(0)), default=Value(1)), "-pk")
        .select_related("investor", "stage", "unit", "officer")
    )
    return [
        (
            confidential.shown_name(lead, actor),
            " · ".join((confidential.shown_investor(lead, actor), lead.stage.label, lead.unit.label)),
            reverse("lead_detail", args=[lead.pk]),
        )
        for lead in rows[:limit]
    ]


def find_investors(actor: Actor, text: str, limit: int) -> Hits:
    """Investors by a part of the name, credit code, pinyin or its initials."""
    return [
        (
            row.name,
            " · ".join(filter(None, (row.credit_code, row.unit.label))),
            reverse("investor_detail", args=[row.pk]),
        )
        for row in search_investors(actor, text, limit)
    ]


def find_introducers(actor: Actor, text: str, limit: int) -> Hits:
    """Introducers and agents by name, pinyin or employer."""
    wanted = Q(name__icontains=text) | Q(pinyin__contains=text.lower()) | Q(employer__icontains=text)
    rows = Introducer.objects.visible_to(actor).filter(wanted, archived_at=None).order_by("pinyin", "pk")
    return [
        (row.name, " · ".join(filter(None, (str(row.get_kind_display()), row.employer))), reverse("introducer_detail", args=[row.pk]))
        for row in rows[:limit]
    ]  # fmt: skip


def find_offers(actor: Actor, text: str, limit: int) -> Hits:
    rows = (
        OfferedProject.objects.visible_to(actor)
        .filter(Q(name__icontains=text) | Q(pinyin__contains=text.lower()), archived_at=None)
        .order_by("pinyin", "pk")
        .select_related("unit")
    )
    return [
        (row.name, f"{row.get_state_display()} · {row.unit.label}", reverse("offer_detail", args=[row.pk]))
        for row in rows[:limit]
    ]


def register_searches() -> None:
    """Called once, when the app is ready."""
    searches: tuple[tuple[str, object, Search], ...] = (
        ("lead", _("Leads"), find_leads),
        ("investor", _("Investors"), find_investors),
        ("introducer", _("Introducers"), find_introducers),
        ("offer", _("Offered projects"), find_offers),
    )
    for kind, label, search in searches:
        register(kind, label, search)
