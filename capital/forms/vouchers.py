"""A voucher, and what it proves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital.models import CapitalEntry, Voucher
from common import clock
from common.forms import ActorForm, RowForm, offer
from common.pickers import PickerField
from leads.forms.fields import DAY, WanField, usual_first
from organizations.forms import limit_units

from .entries import FILE_HELP, TEN_THOUSANDS

FACTS = ("type", "issuer", "number", "dated", "amount", "currency", "payer", "payee", "note")


class VoucherForm(RowForm):
    amount = WanField(label=_("amount of the voucher"), help_text=TEN_THOUSANDS, required=True)
    file = forms.FileField(label=pgettext_lazy("voucher", "file"), required=False, help_text=FILE_HELP)

    class Meta:
        model = Voucher
        fields: tuple[str, ...] = FACTS
        widgets = {"dated": DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "currency", usual_first(self.fields["currency"].queryset))  # type: ignore[attr-defined]
        self.fields["dated"].widget.attrs["max"] = clock.today().isoformat()

    def validate_constraints(self) -> None:
        """The service says where the same slip is, as far as the reader may know."""


class VoucherNewForm(VoucherForm):
    class Meta(VoucherForm.Meta):
        fields = ("unit", *FACTS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_units(self, "voucher")


class AllocationForm(ActorForm):
    """What of a voucher proves an entry; 0 takes it back."""

    entry = PickerField(CapitalEntry.objects.none(), picker="entry_pick", label=_("entry"))
    amount = WanField(
        label=_("amount used"), required=True, help_text=_("In ten thousands; 0 takes it back.")
    )
    split = forms.FileField(
        label=_("written split"),
        required=False,
        help_text=_("When the entry is another unit's: the paper by which the two divide the voucher."),
    )
