from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital.models import ReportingDuty
from common import clock
from common.access import Action
from common.forms import ActorForm, RowForm, offer
from leads.forms.fields import DAY
from organizations.models import Unit

from .entries import FILE_HELP


class ReturnForm(ActorForm):
    """Who answers for the month's return. The names are printed; they sign by hand."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    preparer = forms.CharField(label=pgettext_lazy("return", "prepared by"), max_length=60)
    checker = forms.CharField(label=pgettext_lazy("return", "checked by"), max_length=60, required=False)
    responsible = forms.CharField(label=_("person responsible"), max_length=60, required=False)
    nil = forms.BooleanField(
        label=_("Nothing to report for this month"),
        required=False,
        help_text=_("A nil return says that nothing came; without a return it is not known."),
    )


class ScanForm(ActorForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    scan = forms.FileField(label=_("signed scan"), help_text=FILE_HELP)


class DutyForm(RowForm):
    class Meta:
        model = ReportingDuty
        fields = ("since", "until")
        widgets = {"since": DAY, "until": DAY}


class DutyNewForm(ActorForm):
    """The duty of one unit or of many."""

    units = forms.ModelMultipleChoiceField(
        Unit.objects.none(),
        label=_("units with the duty"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Units that have the duty already are not offered."),
    )
    since = forms.DateField(label=_("from the month of"), widget=DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = ReportingDuty.objects.visible_to(self.actor).filter(until=None, archived_at=None)
        rows = Unit.objects.allowed_to(self.actor, Action.CHANGE).filter(archived_at=None)
        offer(self, "units", rows.exclude(pk__in=running.values("unit")).order_by("path"))
        self.fields["since"].initial = clock.today().replace(day=1)
