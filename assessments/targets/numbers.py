"""Targets as people type and read them: money in ten thousands, everything else as it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assessments.choices import MONEY, MeasureUnit
from assessments.models import Measure
from common.sheets import NumberError, parse_number
from leads.forms.fields import TYPED_UNITS, WAN
from rules.money import to_display

PLACES = Decimal("0.000001")
LIMIT = Decimal(10) ** 17


def unit_label(measure: Measure) -> str:
    """In what a target of a measure is typed and shown."""
    if measure.unit == MeasureUnit.YUAN:
        return _("10 thousand yuan")
    if measure.unit == MeasureUnit.USD:
        return _("10 thousand US dollars")
    return str(measure.get_unit_display())


def typed(text: str, *, money: bool) -> Decimal | None:
    """What was typed or pasted, in yuan, dollars or pieces; None for nothing. "1.2亿" is read where it is money. Raises
    ValidationError: no number, below zero, too large or too fine."""
    bare = text.strip()
    if bare in ("", "-", "—", "–", "/"):
        return None
    try:
        found = parse_number(bare, units=TYPED_UNITS) if money else parse_number(bare)
    except NumberError as wrong:
        raise ValidationError(wrong.message, code="invalid") from wrong
    if not isinstance(found, Decimal):  # a word such as "not reported"
        raise ValidationError(_("“%(text)s” is no number.") % {"text": bare}, code="invalid")
    value = found * WAN if money else found
    if value < 0:
        raise ValidationError(_("A target can't be below zero."), code="below_zero")
    if value >= LIMIT:
        raise ValidationError(_("%(text)s is too large. Check the unit.") % {"text": bare}, code="too_large")
    if value != value.quantize(PLACES):
        raise ValidationError(_("%(text)s has too many decimals.") % {"text": bare}, code="too_fine")
    return value.quantize(PLACES)


def box(value: Decimal | None, *, money: bool) -> str:
    """A stored value as it would be typed."""
    if value is None:
        return ""
    text = f"{value / WAN if money else value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(measure: Measure, value: Decimal) -> str:
    """For reading: money with two decimals and separators."""
    if measure.unit in MONEY:
        return f"{to_display(value, 'wan').quantize(Decimal('0.01')):,}"
    return f"{Decimal(box(value, money=False)):,}"


def is_money(measure: Any) -> bool:
    return measure.unit in MONEY
