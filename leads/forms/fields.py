"""Fields that several forms of leads and projects share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import gettext_lazy as _

from common.forms import RowForm, offer
from common.sheets import NumberError, parse_number

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
WAN = Decimal(10_000)
TYPED_UNITS = {"万": Decimal(1), "万元": Decimal(1), "亿": WAN, "亿元": WAN}
FIRST = ("CNY", "USD", "HKD", "EUR", "JPY")  # what investors here mostly bring


class WanField(forms.DecimalField):
    """An amount typed in ten thousands (万元, 万美元) and cleaned into the currency's own unit. Typed or pasted as
    it is written here: with separators, full-width digits, or a hundred-million unit behind (1.2亿 is 12,000)."""

    default_error_messages = {"invalid": _("Enter a number, in ten thousands.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"min_value": 0, "max_digits": 14, "decimal_places": 6, "required": False, **kwargs}
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            try:
                found = parse_number(value, units=TYPED_UNITS)
            except NumberError as problem:
                raise ValidationError(self.error_messages["invalid"], code="invalid") from problem
            if not (found is None or isinstance(found, Decimal)):  # a word such as "nil" is no amount here
                raise ValidationError(self.error_messages["invalid"], code="invalid")
            value = found
        return super().to_python(value)

    def clean(self, value: Any) -> Decimal | None:
        found = super().clean(value)
        return None if found is None else (found * WAN).quantize(Decimal("0.01"))

    def prepare_value(self, value: Any) -> Any:
        """A stored amount as it would be typed; what was typed stays."""
        if not isinstance(value, Decimal):
            return value
        text = f"{value / WAN:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def typed_amount(text: str) -> Decimal | None:
    """What is typed in ten thousands outside of a form, in the currency's own unit; None while it is no number."""
    try:
        found = Decimal(text.replace(",", "").replace("，", "").strip()) * WAN
    except ArithmeticError:  # no number, or one beyond all bounds
        return None
    return found if found.is_finite() and abs(found) < Decimal(10) ** 16 else None


class MoneyForm(RowForm):
    """A form with `amount` and `currency`."""

    amount = WanField(label=_("Planned investment, in ten thousands"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "currency", usual_first(self.fields["currency"].queryset))  # type: ignore[attr-defined]


def usual_first(currencies: Any) -> Any:
    """Currencies, the usual ones first."""
    places = [When(code=code, then=Value(place)) for place, code in enumerate(FIRST)]
    return currencies.order_by(Case(*places, default=Value(len(FIRST)), output_field=IntegerField()), "code")
