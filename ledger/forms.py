from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import ActorForm, RowForm
from ledger.models import ClosingTerms


class ClosingTermsForm(RowForm):
    class Meta:
        model = ClosingTerms
        fields = ("since", "cut_off_day", "final_month", "final_day", "by_itself")
        widgets = {"since": forms.DateInput(attrs={"type": "date"})}
        help_texts = {
            "since": _("It holds for every period that ends on this day or later."),
            "cut_off_day": _("Until the end of this day a report still goes into the month; 1 to 28."),
            "by_itself": _("In the night after that day. Closing is always done by a person."),
        }


class WhyForm(ActorForm):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
