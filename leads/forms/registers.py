"""Forms of investors, the people there, introducers, and projects offered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PersonForm, RowForm
from common.pickers import PickerField
from leads.codes import clean_credit_code
from leads.models import Contact, Introducer, Investor, OfferedProject
from organizations.forms import limit_units
from organizations.models import Unit
from reference.models import Industry, Region

from .fields import DAY, MoneyForm


class CodeField(forms.CharField):
    """A credit code; blanks, small and full-width letters may be typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"label": _("unified social credit code"), "required": False, "max_length": 40, **kwargs}
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        return clean_credit_code(super().clean(value))


class InvestorForm(RowForm):
    credit_code = CodeField()
    industry = PickerField(
        Industry.objects.none(), picker="industry_pick", required=False, label=_("industry")
    )
    region = PickerField(Region.objects.none(), picker="region_pick", required=False, label=_("region"))

    class Meta:
        model = Investor
        fields = (
            "unit", "name", "short_name", "credit_code", "zone", "region", "country", "industry", "honours", "note",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_units(self, "investor")


class ContactForm(PersonForm):
    personal = ("phone", "email")

    class Meta:
        model = Contact
        fields = ("unit", "name", "title", "phone", "email", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_units(self, "contact")


class IntroducerForm(PersonForm):
    credit_code = CodeField()

    class Meta:
        model = Introducer
        fields = (
            "unit", "kind", "name", "credit_code", "employer", "phone", "outside", "agreement_from", "agreement_to",
            "note",
        )  # fmt: skip
        widgets = {"agreement_from": DAY, "agreement_to": DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_units(self, "introducer")


class OfferForm(MoneyForm):
    industry = PickerField(
        Industry.objects.none(), picker="industry_pick", required=False, label=_("industry")
    )
    park = PickerField(Unit.objects.none(), picker="unit_pick", required=False, label=_("park"))

    class Meta:
        model = OfferedProject
        fields = ("unit", "name", "industry", "amount", "currency", "land_mu", "park", "summary")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_units(self, "offer")
