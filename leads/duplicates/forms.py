"""What is typed into a lead, as far as duplicates are looked for with it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from reference.models import HOME_CURRENCY
from rules.similarity import LeadLike

WAN = Decimal(10_000)


class TypedForm(forms.Form):
    """The fields of the quick form, half filled as they are while somebody types: nothing is required, and what
    can't be read yet counts as not typed. `amount` in 万 of its currency, as on the form."""

    lead = forms.IntegerField(required=False)  # the one being changed: it is no duplicate of itself
    investor = forms.IntegerField(required=False)
    investor_name = forms.CharField(required=False, max_length=120)
    investor_text = forms.CharField(required=False, max_length=120)  # the same, from a picker's box
    credit_code = forms.CharField(required=False, max_length=40)
    name = forms.CharField(required=False, max_length=120)
    amount = forms.DecimalField(required=False, max_digits=18)
    currency = forms.CharField(required=False, max_length=3)

    def typed(self) -> LeadLike:
        self.is_valid()
        found: dict[str, Any] = self.cleaned_data
        amount = found.get("amount")
        return LeadLike(
            key=found.get("lead"),
            name=found.get("name", ""),
            investor_key=found.get("investor"),
            investor_name=found.get("investor_name") or found.get("investor_text", ""),
            credit_code=found.get("credit_code", ""),
            amount=amount * WAN if amount is not None else None,
            currency=found.get("currency") or HOME_CURRENCY,
        )
