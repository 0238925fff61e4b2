"""A part of the demo: the invented city's monthly method, in force, with a result that is open to objections; next year's
draft, tried out. Needs the part "ranking"."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from assessments import services
from assessments.demo import loading
from assessments.models import RankingRun, Scheme
from assessments.services.publications import schemerun_tell
from common.errors import Refused
from leads.demo.cast import BUREAU, CITY
from organizations import demo
from organizations.models import CompetitionGroup
from rules import scheme as rules

EVERY = {"reason": "demo data"}
CODE = "yunshan-monthly"


def is_loaded() -> bool:
    return Scheme.objects.unscoped(**EVERY).filter(code=CODE).exists()


@transaction.atomic
def load() -> dict[str, int]:
    """The method, its result of the city's latest ranked month, next year's draft. Raises Refused without the ranking."""
    ranked = RankingRun.objects.unscoped(**EVERY).filter(table__group__owner__code=CITY)
    last = ranked.order_by("-year", "-month").first()
    if last is None:
        raise Refused("The method assesses the units of the city's ranking: load ranking first.")
    bureau, document = demo.user(BUREAU), rules.parse((loading.FOLDER / "scheme.yaml").read_text("utf-8"))
    scheme = services.scheme_create(actor=bureau, owner=demo.unit(CITY), code=CODE, name=document["title"])
    group = CompetitionGroup.objects.unscoped(**EVERY).get(code="yunshan-counties")
    services.scheme_bind(actor=bureau, scheme=scheme, code="counties", group=group)
    row = services.schemeversion_draft(
        actor=bureau, scheme=scheme, since=date(last.year, 1, 1), document=document
    )
    services.schemeversion_validate(actor=bureau, pk=row.pk, version=None)
    services.schemeversion_publish(actor=bureau, pk=row.pk, version=None)
    run = services.schemerun_compute(actor=bureau, scheme=scheme, year=last.year, month=last.month)
    schemerun_tell(actor=bureau, pk=run.pk)
    draft = services.schemeversion_draft(
        actor=bureau, scheme=scheme, since=date(last.year + 1, 1, 1), document=_next_year()
    )
    services.schemeversion_try(actor=bureau, pk=draft.pk, year=last.year, month=last.month)
    return {"schemes": 1, "lines": run.lines.count()}


def _next_year() -> dict[str, Any]:
    """Foreign capital weighs more, leads less."""
    changed: dict[str, Any] = rules.parse((loading.FOLDER / "scheme.yaml").read_text("utf-8"))
    rows = {row["code"]: row for row in changed["groups"][0]["indicators"]}
    rows["used"]["full"], rows["leads"]["full"] = 25, 5
    return changed


def register() -> None:
    """Called once, when the app is ready."""
    demo.register(demo.Part("schemes", 50, is_loaded, load))
