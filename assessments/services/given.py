"""Figures that people enter with their evidence (DOMAIN §4, §8). They are superseded, never overwritten."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assessments.above import refuse_own_figure
from assessments.choices import FigureSource, MeasureUnit, Span
from assessments.models import GivenFigure, Measure
from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Refused
from common.files import clean_name
from common.models import StoredFile
from organizations.models import Unit

EVERYWHERE = "the same figure of the same giver is superseded, in whatever scope it was entered"
WHOLE = (MeasureUnit.COUNT, MeasureUnit.TRIPS)


@transaction.atomic
def given_create(
    *,
    actor: Actor,
    unit: Unit,
    measure: Measure,
    year: int,
    month: int,
    value: Decimal,
    giver: str,
    stored: StoredFile,
    file_name: str,
    span: str = Span.YEAR_TO_DATE,
    giver_class: str = "",
    remark: str = "",
) -> GivenFigure:
    """What a giver says of a unit; what he said before of the same month is superseded. `value` in the unit of the
    measure: yuan, dollars, pieces, marks, per cent. For a quarter or a year, `month` is its last.

    Raises Denied, ValidationError (a month to come; pieces that aren't whole), Refused (codes own_figure: it comes from
    above; counted: the measure is counted from the books; given_now: somebody enters the same at this moment)."""
    if measure.source == FigureSource.COUNTED:
        raise Refused(_("This measure is counted from the books. Nobody enters it."), code="counted")
    today = clock.today()
    if (year, month) > (today.year, today.month):
        raise ValidationError({"month": _("This month is still to come.")})
    if measure.unit in WHOLE and value != value.to_integral_value():
        raise ValidationError({"value": _("Whole numbers only: it counts in pieces.")})
    same = {
        "unit": unit,
        "measure": measure,
        "year": year,
        "month": month,
        "span": span,
        "giver": giver.strip(),
    }
    values: dict[str, Any] = {
        **same,
        "value": value,
        "giver_class": giver_class,
        "stored": stored,
        "file_name": clean_name(file_name),
        "remark": remark,
        "entered_by": actor.pk,
        "entered_name": actor.actor_name,
        "recorded_at": clock.now(),
    }
    services.authorize(actor, Action.CREATE, GivenFigure(unit=unit))
    refuse_own_figure(actor, Action.CREATE, unit)
    before = _current(**same).select_for_update(of=("self",)).first()
    with changelog.acting(actor):
        if before is not None:
            before.superseded_at = values["recorded_at"]
            before.save(update_fields=["superseded_at", "updated_at"])
        try:
            with transaction.atomic():
                row = services.create(GivenFigure, actor=actor, values=values)
        except IntegrityError as error:
            raise Refused(_("Somebody enters the same figure at this moment."), code="given_now") from error
        if before is not None:
            before.superseded_by = row
            before.version += 1
            before.save(update_fields=["superseded_by", "version", "updated_at"])
    return row


@transaction.atomic
def given_withdraw(*, actor: Actor, pk: int, version: int | None, reason: str) -> GivenFigure:
    """Take a figure back: it stays readable and counts no longer. Raises NotVisible, Denied, Stale, Refused (codes
    superseded, own_figure)."""
    row = services.locked(GivenFigure, pk, actor, Action.ARCHIVE, version)
    if row.superseded_at is not None:
        raise Refused(_("This figure is superseded already."), code="superseded")
    refuse_own_figure(actor, Action.ARCHIVE, row.unit)
    row.superseded_at = clock.now()
    row.withdrawn = reason.strip()[:200]
    row.version += 1
    with changelog.acting(actor, reason=reason):
        row.save(update_fields=["superseded_at", "withdrawn", "version", "updated_at"])
    return row


def _current(**same: Any) -> Any:
    return GivenFigure.objects.unscoped(reason=EVERYWHERE).filter(superseded_at=None, **same)
