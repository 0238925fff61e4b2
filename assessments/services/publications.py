"""A scheme's result is told: open to objections first, then final; and values that people set beside the computed ones
(DOMAIN §4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from assessments.booked import last_day
from assessments.choices import ObjectionState, Step, VersionState
from assessments.models import (
    Objection,
    Scheme,
    SchemeLine,
    SchemePublication,
    SchemeRun,
    SchemeVersion,
    ScoreOverride,
)
from assessments.schemes.rulebook import SHARED, must_be_open, version_on
from assessments.schemetelling import tell_final, tell_open
from common import clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Refused
from organizations.models import Unit
from reference.selectors import add_working_days
from rules.periods import Month

DAYS = 5  # working days to object within, unless somebody says otherwise
MOST_DAYS = 60
TOTAL, PLACE = "total", "place"


def run_locked(actor: Actor, pk: int, action: Action) -> SchemeRun:
    """A run that the actor may do this to; whatever is told of its version's runs waits. Raises NotVisible, Denied."""
    run = services.get_visible(SchemeRun, pk, actor)
    services.authorize(actor, action, run)
    SchemeVersion.objects.unscoped(reason=SHARED).select_for_update().get(pk=run.version_id)
    return run


def step_of(run: SchemeRun) -> str:
    """How far a run is told: "", "preliminary" or "final"."""
    steps = {one.step for one in run.publications.all()}
    return Step.FINAL if Step.FINAL in steps else Step.PRELIMINARY if steps else ""


def open_until(run: SchemeRun) -> date | None:
    """The last day on which objections are taken; None when the run isn't open to them (any more)."""
    steps = {one.step: one for one in run.publications.all()}
    if Step.FINAL in steps or Step.PRELIMINARY not in steps:
        return None
    until = steps[Step.PRELIMINARY].objections_until
    return until if until is not None and clock.today() <= until else None


@transaction.atomic
def schemerun_tell(*, actor: Actor, pk: int, days: int = DAYS) -> SchemePublication:
    """Show a run to the units that it assesses; they may object for so many working days, counted from tomorrow on.

    Raises NotVisible, Denied, Archived, CalendarMissing, and Refused: days, draft (the version isn't published), newer (figures
    changed since), told, not_in_force (another version holds on the period's last day), other_told (another run of the
    period is published and this one doesn't restate it).
    """
    run = run_locked(actor, pk, Action.PUBLISH)
    must_be_open(run.version.scheme_id)
    if not 1 <= days <= MOST_DAYS:
        raise Refused(
            _("Leave 1 to %(most)s working days for objections.") % {"most": MOST_DAYS},
            code="days",
            fields={"days": [""]},
        )
    if run.version.state != VersionState.PUBLISHED:
        raise Refused(
            _("The version of the scheme is a draft. Publish it first; a draft's result is told to nobody."),
            code="draft",
        )
    if step_of(run):
        raise Refused(_("This result is published already."), code="told")
    scheme = Scheme.objects.unscoped(reason=SHARED).select_for_update().get(pk=run.version.scheme_id)
    now = version_on(scheme, last_day(Month(run.year, min(run.month, 12))))
    if now is None or now.pk != run.version_id:
        said = _("Version %(n)s isn't in force at the end of the period. Compute the result anew.")
        raise Refused(said % {"n": run.version.number}, code="not_in_force")
    newer = _of_period(run).filter(number__gt=run.number).order_by("-number").first()
    if newer is not None:
        said = _("Figures changed since: run %(n)s is newer. Look at it and publish that one.")
        raise Refused(said % {"n": newer.number}, code="newer")
    _must_be_alone(run, "")
    until = add_working_days(clock.today(), days)
    row = SchemePublication.objects.create(
        run=run,
        step=Step.PRELIMINARY,
        objections_until=until,
        at=clock.now(),
        actor_id=actor.pk,
        actor_name=actor.actor_name,
    )
    tell_open(run, until)
    return row


@transaction.atomic
def schemerun_finish(*, actor: Actor, pk: int) -> SchemePublication:
    """The result is final.

    Raises NotVisible, Denied, and Refused: not_told (nobody could object yet), final, window (objections are still
    taken), open (some aren't answered), restated (a corrected run took its place), other_told (another final run of the
    period, which this one doesn't restate), not_mended (an objection was accepted and nothing changed).
    """
    run = run_locked(actor, pk, Action.PUBLISH)
    first = run.publications.filter(step=Step.PRELIMINARY).first()
    if first is None:
        raise Refused(_("Publish the result for objections first."), code="not_told")
    if step_of(run) == Step.FINAL:
        raise Refused(_("This result is final already."), code="final")
    if first.objections_until is not None and clock.today() <= first.objections_until:
        said = _("Objections are taken until %(day)s. The result can be made final after that day.")
        raise Refused(said % {"day": first.objections_until.isoformat()}, code="window")
    objections = Objection.objects.unscoped(reason="all objections to the run").filter(
        run=run, archived_at=None
    )
    waiting = objections.filter(state=ObjectionState.FILED).count()
    if waiting:
        raise Refused(
            _("%(n)s objections wait for an answer. Answer them first.") % {"n": waiting}, code="open"
        )
    every = SchemeRun.objects.unscoped(reason=SHARED)
    again = every.filter(restates=run).order_by("-id").first()
    if again is not None:
        said = _("Run %(n)s took the place of this one. Publish that one.")
        raise Refused(said % {"n": again.number}, code="restated")
    _must_be_alone(run, Step.FINAL)
    mended = run.overrides.filter(
        Q(what=OuterRef("indicator")) | Q(what__in=(TOTAL, PLACE)),
        unit=OuterRef("unit"),
        at__gte=OuterRef("answered_at"),
    )
    accepted = objections.filter(~Exists(mended), state=ObjectionState.ACCEPTED)
    if one := accepted.select_related("unit").first():
        said = _(
            "The objection of %(unit)s was accepted. Compute a corrected run, or set the value with its reason."
        )
        raise Refused(said % {"unit": one.unit.label}, code="not_mended")
    row = SchemePublication.objects.create(
        run=run, step=Step.FINAL, at=clock.now(), actor_id=actor.pk, actor_name=actor.actor_name
    )
    tell_final(run)
    return row


@transaction.atomic
def override_set(
    *,
    actor: Actor,
    run: SchemeRun,
    unit: Unit,
    what: str,
    value: Decimal,
    reason: str,
    signatory: str,
    paper: str = "",
) -> ScoreOverride:
    """Set a published value by hand; the computed one stays beside it wherever the value is shown. `what`: "total",
    "place" or the code of an indicator.

    Raises NotVisible, Denied, ValidationError, and Refused: not_told (a run that nobody saw is computed again instead),
    unknown (no such unit or indicator), place, reason, signatory.
    """
    run = run_locked(actor, run.pk, Action.PUBLISH)
    if not step_of(run):
        said = _("This run isn't published. Correct the figures and compute it again instead.")
        raise Refused(said, code="not_told")
    line = run.lines.filter(unit=unit).first()
    if line is None or what not in (TOTAL, PLACE) and what not in line.document["marks"]:
        raise Refused(_("The run has no such value."), code="unknown", fields={"what": [""]})
    if what == PLACE and (value != value.to_integral_value() or value < 1):
        raise Refused(_("A place is a whole number from 1 on."), code="place", fields={"value": [""]})
    for name, text, said in (
        ("reason", reason, _("Give the reason; it is shown with the value.")),
        ("signatory", signatory, _("Name who signed for it.")),
    ):
        if not text.strip():
            raise Refused(said, code=name, fields={name: [""]})
    row = ScoreOverride(
        run=run,
        unit=unit,
        what=what,
        computed=computed_value(line, what),
        value=value,
        reason=reason.strip(),
        signatory=signatory.strip(),
        paper=paper.strip(),
        at=clock.now(),
        actor_id=actor.pk or 0,
        actor_name=actor.actor_name,
    )
    row.full_clean()
    row.save(force_insert=True)
    return row


def computed_value(line: SchemeLine, what: str) -> Decimal | None:
    """What came out by itself; None where nothing did."""
    if what == TOTAL:
        return line.total
    if what == PLACE:
        return None if line.place is None else Decimal(line.place)
    marks = line.document["marks"].get(what)
    return Decimal(marks) if isinstance(marks, str) else None


def _must_be_alone(run: SchemeRun, step: str) -> None:
    """A period has one published result: others (of a step; "": of any) were restated by this one or by another
    published one. Raises Refused (other_told)."""
    every = SchemeRun.objects.unscoped(reason=SHARED).filter(
        version__scheme=run.version.scheme_id, year=run.year, month=run.month, publications__isnull=False
    )
    corrected = every.filter(restates__isnull=False).values("restates")
    others = every.exclude(pk__in=[run.pk, run.restates_id or 0]).exclude(pk__in=corrected)
    other = (others.filter(publications__step=step) if step else others).order_by("-id").first()
    if other is not None:
        said = _(
            "Run %(n)s of this period is published. Compute that one anew with a reason; it is corrected so."
        )
        raise Refused(said % {"n": other.number}, code="other_told")


def _of_period(run: SchemeRun) -> Any:
    rows = SchemeRun.objects.unscoped(reason=SHARED)
    return rows.filter(version=run.version_id, year=run.year, month=run.month)
