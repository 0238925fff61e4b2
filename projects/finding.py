"""How projects are found by the search box."""

from __future__ import annotations

from django.db.models import Case, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.actors import Actor
from common.finding import register
from projects import confidential
from projects.models import Project


def find_projects(actor: Actor, text: str, limit: int) -> list[tuple[str, str, str]]:
    """By name, pinyin or its initials, number, registered enterprise or its code; a confidential one, for those
    outside, by its code name and number only."""
    back = confidential.hidden(actor)
    open_names = (
        Q(name__icontains=text) | Q(pinyin__contains=text.lower()) | Q(registered_name__icontains=text)
    )
    numbers = Q(number__icontains=text)
    codes = Q(registered_code__icontains=text) | Q(national_code__icontains=text)
    rows = (
        Project.objects.visible_to(actor)
        .filter(((open_names | codes) & ~back) | (Q(code_name__icontains=text) & back) | numbers)
        .filter(archived_at=None)
        .order_by(Case(When(name__istartswith=text, then=Value(0)), default=Value(1)), "-signed_on", "-pk")
        .select_related("unit", "stage")
    )
    return [
        (
            confidential.shown_name(one, actor),
            " · ".join((one.number, one.unit.label, one.stage.label)),
            reverse("project_detail", args=[one.pk]),
        )
        for one in rows[:limit]
    ]


def register_searches() -> None:
    """Called once, when the app is ready."""
    register("project", _("Projects"), find_projects)
