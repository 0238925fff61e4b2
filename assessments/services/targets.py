"""Targets as people set them: first set, changed from a month on, corrected, withdrawn (DOMAIN §4). Each is a row of its
own; what it replaces stays and points at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.above import refuse_own_target
from assessments.choices import QuartersIn, TargetKind
from assessments.models import Measure, Target
from assessments.targets import composed as made
from assessments.targets.places import MODELS, YEARS, Given, Holder, Place, holder_of, in_force, place_of
from common import changelog, clock, services
from common.access import Action
from common.actors import Actor, may
from common.errors import Denied, NotVisible, Refused
from organizations.models import Unit
from rules.money import add

KIND = Target.Scope.kind
WHY = "targets of holders that the actor was checked for"
MOST = 20_000  # cells in one go


@dataclass(frozen=True, slots=True)
class Saved:
    """How many were set for the first time, changed, and taken out."""

    created: int = 0
    changed: int = 0
    withdrawn: int = 0


@transaction.atomic
def target_set(
    *,
    actor: Actor,
    holder: Holder,
    measure: Measure,
    year: int,
    kind: str = TargetKind.FIRM,
    holds_from: int = 1,
    given: Given,
    reason: str = "",
    document_no: str = "",
) -> Target:
    """The first target of a holder for a measure, year and kind. Raises as `targets_set`, and Refused: held (there is one
    already, which is changed and not set again)."""
    place = Place(holder, measure.pk, kind)
    if in_force([place], year, holds_from):
        raise Refused(
            _("%(measure)s of %(year)s has a target already. Change it, with a reason.")
            % {"measure": measure, "year": year},
            code="held",
        )
    return _one(actor, place, year, holds_from, given, {}, reason, document_no)


@transaction.atomic
def target_change(
    *,
    actor: Actor,
    pk: int,
    version: int | None,
    holds_from: int,
    given: Given,
    reason: str,
    document_no: str = "",
) -> Target:
    """Another target from a month on; the earlier months keep the old one. The same month again corrects it: the old row
    stays readable. Raises as `targets_set`, Stale, and Refused: superseded, unchanged."""
    old = services.locked(Target, pk, actor, Action.CHANGE, version)
    if old.superseded_at is not None:
        raise Refused(_("This target was replaced meanwhile. Change the one in force."), code="superseded")
    place = place_of(old)
    now = in_force([place], old.year, holds_from).get(place)
    seen = {place: now.pk} if now else {}
    return _one(actor, place, old.year, holds_from, given, seen, reason, document_no)


@transaction.atomic
def target_withdraw(*, actor: Actor, pk: int, version: int | None, reason: str) -> Target:
    """Take a target back that a person entered; what it replaced holds again. Raises NotVisible, Denied, Stale, Refused:
    imported (its import is undone instead), superseded, no_reason, own_target."""
    row = services.locked(Target, pk, actor, Action.ARCHIVE, version)
    if row.batch_id is not None:
        raise Refused(_("This target was imported. Undo its import, or change it."), code="imported")
    if row.superseded_at is not None:
        raise Refused(_("This target was replaced or withdrawn already."), code="superseded")
    _reason(reason)
    if holder_of(row).sort == "unit":
        refuse_own_target(actor, Action.ARCHIVE, row.unit)
    with changelog.acting(actor, reason=reason):
        _end(row, actor, reason)
        row.save()
        before = Target.objects.unscoped(reason=WHY).select_for_update(of=("self",)).filter(superseded_by=row)
        for old in before:
            old.superseded_at = old.superseded_by = None
            old.version += 1
            old.save()
    return row


@transaction.atomic
def targets_set(
    *,
    actor: Actor,
    year: int,
    holds_from: int,
    cells: Mapping[Place, Given | None],
    seen: Mapping[Place, int],
    reason: str = "",
    document_no: str = "",
) -> Saved:
    """Make targets of a year say from a month on what a grid says; None takes a target out that begins in that month. `seen`
    are the rows that the grid showed as holding in that month. All or nothing, in as many queries for 2,000 cells as for 2.

    Raises Denied, NotVisible, Refused: own_target (a unit's target comes from above), wrong_year, wrong_month, too_many, no_reason (a change needs one), changed (somebody
    changed a target meanwhile), holds_before (it began earlier and can't be taken out from here on), wrong (with the
    sentences by the name of the box in `fields`).
    """
    _year_and_month(year, holds_from)
    if len(cells) > MOST:
        raise Refused(_("Too many targets in one go: %(n)s at most.") % {"n": MOST}, code="too_many")
    whose = _holders(actor, {place.holder for place in cells})
    measures = {
        one.pk: one
        for one in Measure.objects.visible_to(actor).filter(
            pk__in={place.measure for place in cells}, archived_at=None
        )
    }
    if not {place.measure for place in cells} <= set(measures):
        raise NotVisible
    held = in_force(cells, year, holds_from, lock=True)
    wanted = {place: given for place, given in cells.items() if _differs(held.get(place), given)}
    _nothing_changed(held, wanted, seen)
    _sound(actor, wanted, held, holds_from)
    if any(place in held for place in wanted):
        _reason(reason)
    with changelog.acting(actor, reason=reason):
        try:
            with transaction.atomic():
                return _write(
                    actor, whose, year, holds_from, wanted, held, reason.strip(), document_no.strip()
                )
        except IntegrityError as clash:
            raise Refused(
                _("Somebody set one of these targets meanwhile. Look again, then save."), code="changed"
            ) from clash


def _one(
    actor: Actor,
    place: Place,
    year: int,
    holds_from: int,
    given: Given,
    seen: Mapping[Place, int],
    reason: str,
    document_no: str,
) -> Target:
    saved = targets_set(
        actor=actor, year=year, holds_from=holds_from, cells={place: given}, seen=seen, reason=reason, document_no=document_no,
    )  # fmt: skip
    if not saved.created + saved.changed:
        raise Refused(_("That is the target already."), code="unchanged")
    return in_force([place], year, holds_from)[place]


def _year_and_month(year: int, holds_from: int) -> None:
    if year not in YEARS:
        raise Refused(_("There is no such year."), code="wrong_year")
    if not 1 <= holds_from <= 12:
        raise Refused(_("A target holds from a month from 1 to 12 on."), code="wrong_month")


def _reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Say why the target changes."), code="no_reason", fields={"reason": [_("Say why.")]})


def _holders(actor: Actor, holders: set[Holder]) -> dict[Holder, Any]:
    """The rows behind the holders; one query for each sort. Raises NotVisible, Denied."""
    found: dict[Holder, Any] = {}
    for sort, model in MODELS.items():
        ids = {one.pk for one in holders if one.sort == sort}
        if not ids:
            continue
        rows = model.objects.visible_to(actor).filter(pk__in=ids, archived_at=None)
        if sort in ("post", "officer"):
            rows = rows.select_related("unit")
        elif sort == "group":
            rows = rows.select_related("owner")
        found.update({Holder(sort, row.pk): row for row in rows})
    if set(found) != holders:
        raise NotVisible
    for holder, row in found.items():
        path = _unit(holder, row).path
        if not all(may(actor, action, KIND, path=path) for action in (Action.CREATE, Action.CHANGE)):
            raise Denied
        if holder.sort == "unit":
            refuse_own_target(actor, Action.CHANGE, row)
    return found


def _unit(holder: Holder, row: Any) -> Unit:
    """The unit to which the holder's targets belong."""
    if holder.sort == "group":
        found: Unit = row.owner
        return found
    return row.unit if holder.sort in ("post", "officer") else row


def _differs(row: Target | None, given: Given | None) -> bool:
    if row is None or given is None:
        return (row is None) != (given is None)
    return any(getattr(row, name) != value for name, value in given.fields().items())


def _nothing_changed(
    held: Mapping[Place, Target], wanted: Mapping[Place, Any], seen: Mapping[Place, int]
) -> None:
    stale = [place for place in wanted if (held[place].pk if place in held else None) != seen.get(place)]
    if stale:
        raise Refused(
            ngettext(
                "%(n)s cell was changed by somebody else meanwhile. Compare, then save again.",
                "%(n)s cells were changed by somebody else meanwhile. Compare, then save again.",
                len(stale),
            )
            % {"n": len(stale)},
            code="changed",
            fields={place.name: [_("changed meanwhile")] for place in stale},
        )


def _sound(
    actor: Actor, wanted: Mapping[Place, Given | None], held: Mapping[Place, Target], holds_from: int
) -> None:
    """Raises Refused with all that is wrong, by the name of the box."""
    wrong: dict[str, list[Any]] = {}
    known: dict[str, Measure] = {}
    if any(given and given.composed for given in wanted.values()):
        known = {one.code: one for one in Measure.objects.visible_to(actor).filter(archived_at=None)}
    for place, given in wanted.items():
        if place.kind not in TargetKind.values:
            raise Refused(_("There is no such kind of target."), code="wrong_kind")
        if given is None:
            if held[place].holds_from != holds_from:
                words = _(
                    "It holds since month %(month)s. Write 0, or look at it from that month on to take it out."
                )
                wrong[place.name] = [words % {"month": held[place].holds_from}]
            continue
        if given.composed is not None:
            made.check(given.composed, known)
        if problem := _problem(given):
            wrong[place.name] = [problem]
    if wrong:
        words = ngettext("%(n)s target can't be saved.", "%(n)s targets can't be saved.", len(wrong))
        raise Refused(words % {"n": len(wrong)}, code="wrong", fields=wrong)


def _problem(given: Given) -> str:
    """Why a target can't be so; "" when it can."""
    values = given.fields()
    if values["value"] is None:
        return _("Write the target of the year beside its quarters.")
    if values["value"] < 0 or any(one < 0 for one in given.quarters or ()):
        return _("A target can't be below zero.")
    if not given.quarters:
        return ""
    if len(given.quarters) != 4 or given.quarters_in not in QuartersIn.values:
        return _("A year has four quarters, in per cent or as amounts.")
    whole, total = add(given.quarters), values["value"]
    if given.quarters_in == QuartersIn.PERCENT and whole != 100:
        return _("The quarters add up to %(sum)s %%, not to 100 %%.") % {"sum": f"{whole.normalize():f}"}
    if given.quarters_in == QuartersIn.AMOUNT and whole != total:
        return _("The quarters don't add up to the target of the year.")
    return ""


def _end(row: Target, actor: Actor, reason: str) -> None:
    row.superseded_at, row.withdrawn = clock.now(), True
    row.withdrawn_name, row.withdrawn_reason = actor.actor_name, reason.strip()
    row.version += 1


def _write(
    actor: Actor,
    whose: Mapping[Holder, Any],
    year: int,
    holds_from: int,
    wanted: Mapping[Place, Given | None],
    held: Mapping[Place, Target],
    reason: str,
    document_no: str,
) -> Saved:
    now, replaced, ended, fresh = clock.now(), {}, [], {}
    for place, given in wanted.items():
        old = held.get(place)
        if given is None:
            assert old is not None
            _end(old, actor, reason)
            ended.append(old)
            continue
        if old is not None and old.holds_from == holds_from:
            old.superseded_at = now
            old.version += 1
            replaced[place] = old
        holder = whose[place.holder]
        part = {place.holder.sort: holder} if place.holder.sort in ("post", "officer", "group") else {}
        fresh[place] = Target(
            unit=_unit(place.holder, holder),
            measure_id=place.measure,
            year=year,
            kind=place.kind,
            holds_from=holds_from,
            residual=place.holder.sort in ("group", "rest"),
            recorded_at=now,
            entered_by_id=actor.pk,
            entered_name=actor.actor_name,
            reason=reason,
            document_no=document_no,
            **part,
            **given.fields(),
        )
    touched = ["superseded_at", "version", "updated_at"]
    for row in (*ended, *replaced.values()):
        row.updated_at = now
    if ended:
        Target._base_manager.bulk_update(ended, [*touched, "withdrawn", "withdrawn_name", "withdrawn_reason"])
    if replaced:
        Target._base_manager.bulk_update(replaced.values(), touched)
    Target._base_manager.bulk_create(fresh.values())
    for place, old in replaced.items():
        old.superseded_by = fresh[place]
    if replaced:
        Target._base_manager.bulk_update(replaced.values(), ["superseded_by"])
    changed = sum(1 for place in fresh if place in held)
    return Saved(len(fresh) - changed, changed, len(ended))
