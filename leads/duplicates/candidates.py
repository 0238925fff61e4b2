"""Likely duplicates of what is being entered, in all units, told as far as the reader may know (DOMAIN §2).

Of a record in the reader's scope he reads everything. Of another unit's he reads the unit, the stage and the day of
registering; of a confidential one only that it is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, Value
from django.urls import reverse
from django.utils import timezone

from common import clock
from common.access import Action
from common.actors import Actor
from common.scope import visible_q
from leads.choices import StageKind
from leads.confidential import is_confidential, may_know
from leads.models import FollowUp, Investor, Lead, ProtectionTerms
from leads.text import folded
from reference.models import HOME_CURRENCY
from rules.codes import normal_code
from rules.similarity import Bounds, CompanyLike, LeadLike, Match, Reason, company_level, level

from .blocking import nearest

EVERYWHERE = "duplicates are looked for in all units; what is told of them is decided here"
SAME_INVESTOR = "same_investor"  # another idea of the same investor: not a duplicate, but worth knowing
SAME_CODE = "same_investor_code"  # level 1 by the investor's code, but the ideas are not alike
POSSIBLE = "possible"  # level 4 of another unit's record: by which rule is not told
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """One likely duplicate. `level` is 1 (surest) to 4; None for another idea of the same investor and for a
    confidential record, of which nothing else is filled either. `name`, `idea`, `officer`, `until` and `url`
    are filled only when `visible`; `name` also when it is exactly what was typed."""

    level: int | None
    reason: str
    unit: str = ""
    stage: str = ""
    on: date | None = None  # registered
    visible: bool = False
    confidential: bool = False
    name: str = ""  # of the investor
    idea: str = ""
    officer: str = ""
    until: date | None = None  # protected until
    url: str = ""


@dataclass(frozen=True, slots=True)
class Collision:
    """Another unit was in touch with this investor so many calendar days ago. About what is not said."""

    on: date
    days: int


@dataclass(frozen=True, slots=True)
class Warnings:
    """What is to be said about one lead being entered."""

    hits: tuple[Hit, ...] = ()
    collision: Collision | None = None

    def __bool__(self) -> bool:
        return bool(self.hits or self.collision)


def candidates(actor: Actor, typed: LeadLike, limit: int = SHOWN) -> tuple[Hit, ...]:
    """Likely duplicates of one lead in all units, the surest first. `typed.investor_key` counts only when the
    actor sees that investor."""
    return warnings_for(actor, [typed], limit=limit)[0].hits


def collision(actor: Actor, typed: LeadLike) -> Collision | None:
    """The last real follow-up of another unit with this investor, within `ProtectionTerms.collision_days`
    calendar days."""
    return warnings_for(actor, [typed])[0].collision


def warnings_for(actor: Actor, rows: Sequence[LeadLike], limit: int = SHOWN) -> list[Warnings]:
    """The same for many rows, as an import has them: the number of queries doesn't depend on the rows (but for
    one query for each 500 names). Money in the currency's own unit."""
    rows = [_known(row) for row in rows]
    chosen = _visible(Investor, actor, {row.investor_key for row in rows if row.investor_key})
    rows = [row if row.investor_key in chosen else replace(row, investor_key=None) for row in rows]
    names = [chosen[row.investor_key].name if row.investor_key else row.investor_name for row in rows]
    codes = [chosen[row.investor_key].credit_code if row.investor_key else row.credit_code for row in rows]
    rows = [
        replace(row, investor_name=name, credit_code=code)
        for row, name, code in zip(rows, names, codes, strict=True)
    ]
    near = nearest(names)
    wanted = Q(pk__in={pk for found in near for pk in found} | set(chosen))
    wanted |= Q(credit_code__in={normal_code(code) for code in codes} - {""})
    found_rows = _marked(Investor, actor).filter(wanted, archived_at=None)
    investors = {row.pk: row for row in found_rows.select_related("unit").defer("grams")}
    by_code = {row.credit_code: row.pk for row in investors.values() if row.credit_code}
    leads: dict[int, list[Lead]] = defaultdict(list)
    for lead in (
        _marked(Lead, actor)
        .filter(investor_id__in=investors, archived_at=None)
        .select_related("unit", "stage", "officer")
        .defer("grams")
        .order_by("-registered_at", "-pk")
    ):
        lead.investor = investors[lead.investor_id]
        leads[lead.investor_id].append(lead)
    look = _Look(
        actor,
        {pk for pk, row in investors.items() if row.seen},
        {lead.pk for found in leads.values() for lead in found if lead.seen and may_know(lead, actor)},  # type: ignore[attr-defined]
        clock.today(),
    )
    met = _contacts(
        [lead.pk for found in leads.values() for lead in found if lead.pk not in look.leads], look.today
    )
    told = []
    for row, found in zip(rows, near, strict=True):
        ids = dict.fromkeys([*found, by_code.get(normal_code(row.credit_code)), row.investor_key])
        hits: list[tuple[Any, Hit]] = []
        days: list[date] = []
        for investor in (investors[pk] for pk in ids if pk in investors):
            company = _company(row, investor)
            if company is None:
                continue
            hits += _hits(row, investor, company, leads[investor.pk], look)
            if company.level in (1, 2):
                days += [met[lead.pk] for lead in leads[investor.pk] if lead.pk in met and lead.pk != row.key]
        hits.sort(key=lambda one: one[0])
        last = max(days, default=None)
        told.append(
            Warnings(
                tuple(dict.fromkeys(hit for _order, hit in hits))[:limit],
                Collision(last, (look.today - last).days) if last else None,
            )
        )
    return told


@dataclass(frozen=True, slots=True)
class _Look:
    """Who looks, and what he sees of what was found."""

    actor: Actor
    investors: set[int]
    leads: set[
        int
    ]  # of which he may read everything: in his scope, and not only because they lie in the pool
    today: date


def _known(row: LeadLike) -> LeadLike:
    return replace(row, currency=row.currency or HOME_CURRENCY)


def _all(model: Any) -> Any:
    return model.objects.unscoped(reason=EVERYWHERE)


def _visible(model: Any, actor: Actor, ids: Iterable[Any]) -> dict[Any, Any]:
    return {row.pk: row for row in model.objects.visible_to(actor).filter(pk__in=set(ids))} if ids else {}


def _marked(model: Any, actor: Actor) -> Any:
    """All rows, each with a mark (`seen`) whether it is in the actor's scope."""
    inside = visible_q(model, actor, Action.VIEW)
    return _all(model).annotate(seen=ExpressionWrapper(inside or Value(True), BooleanField()))


def _company(row: LeadLike, investor: Investor) -> Match | None:
    """How alike the typed investor is to this one; level 1 when it is this one."""
    this = CompanyLike(investor.pk, investor.name, investor.credit_code)
    return company_level(CompanyLike(None, row.investor_name, row.credit_code), this)


def _hits(
    row: LeadLike, investor: Investor, company: Match, leads: list[Lead], look: _Look
) -> list[tuple[Any, Hit]]:
    """Hits with their order: by level, then by how alike the names are, newest first."""
    others = [lead for lead in leads if lead.pk != row.key and lead.stage.kind != StageKind.ENDED]
    if not others and investor.pk != row.investor_key:
        if investor.pk not in look.investors and any(is_confidential(lead, look.today) for lead in leads):
            return [(_order(company), Hit(None, "", confidential=True))]
        hit = _told(row, investor, look, visible=investor.pk in look.investors)
        return [(_order(company), _because(hit, company))]
    found = []
    for lead in others:
        # Another unit's amount is not for the reader: a hit that comes and goes with the sum typed would tell it.
        typed = row if lead.pk in look.leads else replace(row, amount=None)
        match = level(typed, _like(lead))
        if match is None and investor.pk == row.investor_key:
            shown = _told(row, investor, look, lead=lead)
            found.append(
                ((9, 0, -lead.pk), shown if shown.confidential else replace(shown, reason=SAME_INVESTOR))
            )
            continue
        best = match or company
        shown = _told(row, investor, look, lead=lead)
        if not shown.confidential:
            shown = _because(shown, best)
        if shown.visible and row.name and match and _only_code(match):
            shown = replace(shown, reason=SAME_CODE)
        found.append((_order(best), shown))
    return found


def _because(hit: Hit, match: Match) -> Hit:
    """With level and reason. Of what he may not read, a weak likeness is not explained: asking with other names
    would tell the record's own."""
    general = match.level == 4 and not hit.visible
    return replace(hit, level=match.level, reason=POSSIBLE if general else match.reason.value)


def _only_code(match: Match) -> bool:
    """Is nothing the same but the investor's code?"""
    return match.reason is Reason.SAME_CREDIT_CODE and match.similarity < Bounds().low


def _order(match: Match) -> tuple[int, Any, int]:
    return match.level, -match.similarity, 0


def _like(lead: Lead) -> LeadLike:
    return LeadLike(
        lead.pk,
        lead.name,
        lead.investor_id,
        lead.investor.name,
        lead.investor.credit_code,
        "",
        lead.amount,
        lead.currency_id or "",
    )


def _told(
    row: LeadLike, investor: Investor, look: _Look, *, lead: Lead | None = None, visible: bool = False
) -> Hit:
    """What this reader may know of a lead, or of an investor without one. Level and reason come later."""
    if lead is None:
        hit = Hit(None, "", unit=investor.unit.label, on=_day(investor.created_at))
    elif is_confidential(lead, look.today) and not may_know(lead, look.actor):
        return Hit(None, "", confidential=True)
    else:
        visible = lead.pk in look.leads
        hit = Hit(None, "", unit=lead.unit.label, stage=lead.stage.label, on=_day(lead.registered_at))
    if not visible:
        same = bool(row.investor_name) and folded(row.investor_name) == folded(investor.name)
        return replace(hit, name=row.investor_name if same else "")
    hit = replace(hit, visible=True, name=investor.name)
    if lead is None:
        return replace(hit, url=reverse("investor_detail", args=[investor.pk]))
    return replace(
        hit,
        idea=lead.name,
        officer=lead.officer.name if lead.officer else "",
        until=lead.protected_until,
        url=reverse("lead_detail", args=[lead.pk]),
    )


def _day(moment: Any) -> date:
    return timezone.localtime(moment).date()


def _contacts(leads: list[int], today: date) -> dict[int, date]:
    """The last real follow-up of each of these leads inside the collision window. Two queries at most."""
    if not leads:
        return {}
    terms = (
        ProtectionTerms.objects.unscoped(reason="the rules hold for everybody")
        .filter(valid_from__lte=today, archived_at=None)
        .order_by("-valid_from")
        .first()
    )
    if terms is None or not terms.collision_days:
        return {}
    since = today - timedelta(days=terms.collision_days)
    rows = (
        FollowUp.objects.unscoped(reason=EVERYWHERE)
        .filter(lead_id__in=leads, on__range=(since, today), kind__in=terms.real_kinds, archived_at=None)
        .order_by("on")
        .values_list("lead_id", "on")
    )
    return dict(rows)
