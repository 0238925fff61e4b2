"""A unit's month in one go: the drafts behind a grid of projects and kinds (docs/algorithms/capital.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capital.choices import EntryKind, EntryState
from capital.models import CapitalEntry
from capital.models.entries import BUILT, PAID_IN
from capital.services.entries import basis_of, next_numbers
from common import changelog, clock
from common.access import Action
from common.actors import Actor, may
from common.errors import Denied, NotVisible, Refused
from ledger import periods
from ledger.choices import FundSource
from organizations.models import Unit
from projects import confidential
from projects.models import Project, ProjectInvestor

KINDS = (*PAID_IN, *BUILT)  # what the grid has columns for; "other" needs a form
OVER = ("terminated",)  # stages of projects that bring nothing any more
MOST = 500  # rows of a grid
KIND = CapitalEntry.Scope.kind
Place = tuple[int, str]  # project, kind


@dataclass(frozen=True, slots=True)
class Saved:
    """How many drafts were made, changed and put away."""

    created: int = 0
    changed: int = 0
    discarded: int = 0


def running(actor: Actor, unit: Unit) -> Any:
    """The unit's projects that go on, without those whose facts are kept from the actor; in the order of names."""
    rows = Project.objects.visible_to(actor).exclude(confidential.hidden(actor))
    rows = rows.filter(unit=unit, archived_at=None, merged_into=None).exclude(stage__code__in=OVER)
    return rows.order_by("pinyin", "pk")[:MOST]


@transaction.atomic
def grid_save(
    *,
    actor: Actor,
    unit: Unit,
    period: int,
    occurred_on: date,
    cells: Mapping[Place, Decimal | None],
    seen: Mapping[int, int],
) -> Saved:
    """Make the unit's drafts of a month say what the grid says. `cells` are amounts in the currency of each
    project, in its own unit (yuan, dollars); None and 0: no draft. `seen` are key and version of the drafts that
    the grid showed. New drafts get `occurred_on`, changed ones keep their day. All or nothing, in as many
    queries for 200 projects as for 2.

    Raises Denied, NotVisible, Refused: month_closed, wrong_day, changed (somebody changed a draft meanwhile, or
    entered one; `fields` names the cells).
    """
    if not all(may(actor, action, KIND, path=unit.path) for action in (Action.CREATE, Action.CHANGE)):
        raise Denied
    drafts = _drafts(unit, period)  # held before the month is, as cutting it off does
    _month_takes(period, occurred_on)
    projects = {one.pk: one for one in running(actor, unit).select_related("lead__investor")}
    if not {project for project, _kind in cells} <= set(projects):
        raise NotVisible
    wanted = {
        place: amount
        for place, amount in cells.items()
        if len(drafts.get(place, ())) < 2 and _differs(drafts.get(place), amount)
    }
    _nothing_changed(drafts, wanted, seen)
    with changelog.acting(actor):
        return _write(actor, unit, period, occurred_on, projects, drafts, wanted)


def _month_takes(period: int, occurred_on: date) -> None:
    if periods.open_from(period) != period:
        raise Refused(
            _("%(month)s is no longer open. Enter what came late one by one: it counts in the open month.")
            % {"month": periods.row(period)},
            code="month_closed",
        )
    if periods.code_of(occurred_on) != period or occurred_on > clock.today():
        raise Refused(
            _("The day must lie in the month of the grid and not in the future."),
            code="wrong_day",
            fields={"occurred_on": [""]},
        )


def _drafts(unit: Unit, period: int) -> dict[Place, list[CapitalEntry]]:
    """The unit's drafts of the month, locked, by project and kind."""
    rows = CapitalEntry._base_manager.select_for_update().filter(
        unit=unit, period=period, state=EntryState.DRAFT, is_opening=False, archived_at=None
    )
    found: dict[Place, list[CapitalEntry]] = {}
    for one in rows.order_by("pk"):
        found.setdefault((one.project_id, one.kind), []).append(one)
    return found


def _differs(drafts: list[CapitalEntry] | None, amount: Decimal | None) -> bool:
    return (drafts[0].amount if drafts else Decimal(0)) != (amount or Decimal(0))


def _nothing_changed(
    drafts: Mapping[Place, list[CapitalEntry]], wanted: Mapping[Place, Any], seen: Mapping[int, int]
) -> None:
    gone = set(seen) - {one.pk for some in drafts.values() for one in some}
    stale = [
        place
        for place in wanted
        if any(seen.get(one.pk) != one.version for one in drafts.get(place, ()))
        or (place not in drafts and gone)
    ]
    if stale:
        raise Refused(
            ngettext(
                "%(n)s cell was changed by somebody else meanwhile. Compare, then save again.",
                "%(n)s cells were changed by somebody else meanwhile. Compare, then save again.",
                len(stale),
            )
            % {"n": len(stale)},
            code="changed",
            fields={name_of(place): [_("changed meanwhile")] for place in stale},
        )


def name_of(place: Place) -> str:
    """The name of a cell's box."""
    return f"c-{place[0]}-{place[1]}"


def _write(
    actor: Actor,
    unit: Unit,
    period: int,
    occurred_on: date,
    projects: Mapping[int, Project],
    drafts: Mapping[Place, list[CapitalEntry]],
    wanted: Mapping[Place, Decimal | None],
) -> Saved:
    fresh = {place: amount for place, amount in wanted.items() if amount and place not in drafts}
    touched = []
    for place, amount in wanted.items():
        for one in drafts.get(place, ()):
            if amount:
                one.amount = amount
            else:
                one.archived_at = clock.now()
            one.version += 1
            one.updated_at = clock.now()
            touched.append(one)
    if touched:
        CapitalEntry._base_manager.bulk_update(touched, ["amount", "archived_at", "version", "updated_at"])
    if fresh:
        zones = _zones({project for project, _kind in fresh})
        numbers = iter(next_numbers(len(fresh)))
        CapitalEntry._base_manager.bulk_create(
            CapitalEntry(
                number=next(numbers),
                project=projects[project],
                unit=unit,
                period_id=period,
                kind=EntryKind(kind),
                basis=basis_of(kind),
                occurred_on=occurred_on,
                amount=amount,
                currency_id=projects[project].currency_id,
                zone=zones.get(project) or projects[project].lead.investor.zone,
                fund_source=FundSource.OWN,
                mode=projects[project].mode,
                entered_by_id=actor.pk,
                entered_name=actor.actor_name,
            )
            for (project, kind), amount in fresh.items()
        )
    gone = sum(1 for one in touched if one.archived_at)
    return Saved(len(fresh), len(touched) - gone, gone)


def _zones(projects: set[int]) -> dict[int, str]:
    """Where the main investor of each project is at home."""
    rows = ProjectInvestor.objects.filter(project__in=projects, archived_at=None)
    found: dict[int, str] = {}
    for project, zone in rows.order_by("-percent", "pk").values_list("project", "investor__zone"):
        found.setdefault(project, zone)
    return found
