"""How units and officers are found by the search box."""

from __future__ import annotations

from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.actors import Actor
from common.finding import Search, register
from organizations.models import Officer, Unit, UnitAlias
from organizations.selectors import normal_name

Hits = list[tuple[str, str, str]]


def _by(text: str, *fields: str, how: str = "icontains") -> Q:
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__{how}": text})
    return found


def _first(begins: Q) -> Case:
    """Those whose name begins with the text stand before those that have it inside."""
    return Case(When(begins, then=Value(0)), default=Value(1))


def find_units(actor: Actor, text: str, limit: int) -> Hits:
    """Units by name, short name, code, other name, pinyin or its initials."""
    names = ("name", "short_name", "code")
    alias = UnitAlias.objects.filter(unit=OuterRef("pk"), normalized__contains=normal_name(text) or text)
    rows = (
        Unit.objects.visible_to(actor)
        .filter(_by(text, *names) | Q(pinyin__contains=text.lower()) | Exists(alias), archived_at=None)
        .order_by(_first(_by(text, *names, how="istartswith")), "path")
        .select_related("parent")
    )
    return [
        (u.name, " · ".join(filter(None, (u.get_kind_display(), u.parent and u.parent.label, u.code))), reverse("unit_detail", args=[u.pk]))
        for u in rows[:limit]
    ]  # fmt: skip


def find_officers(actor: Actor, text: str, limit: int) -> Hits:
    """Officers by name, pinyin or its initials. Telephone numbers are not searched."""
    still = Q(left_on__isnull=True) | Q(left_on__gte=clock.today())
    rows = (
        Officer.objects.visible_to(actor)
        .filter(still, Q(name__icontains=text) | Q(pinyin__contains=text.lower()), archived_at=None)
        .order_by(_first(Q(name__istartswith=text)), "pinyin", "pk")
        .select_related("unit")
    )
    return [(o.name, o.unit.name, reverse("officer_detail", args=[o.pk])) for o in rows[:limit]]


def register_searches() -> None:
    """Called once, when the app is ready."""
    searches: tuple[tuple[str, object, Search], ...] = (
        ("unit", _("Units"), find_units),
        ("officer", _("Officers"), find_officers),
    )
    for kind, label, search in searches:
        register(kind, label, search)
