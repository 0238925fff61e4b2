"""Commitments, obligations, land and half-years of a project."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common import clock
from common.forms import ActorForm, RowForm
from common.pickers import PickerField
from leads.forms.fields import DAY, WanField
from organizations.models import Unit
from projects.choices import Finding, Half
from projects.forms import parts
from projects.models import Commitment, LandParcel, Obligation, Project
from projects.selectors import proposal

from .projects import file_choices

TEXT = forms.Textarea(attrs={"rows": 3})
MEASURED = _(
    "Money in ten thousand yuan, per mu where the kind says so; jobs in people; empty for a step by a day."
)


class CommitmentForm(RowForm):
    responsible = PickerField(Unit.objects.none(), picker="unit_pick", required=False, label=_("responsible"))

    class Meta:
        model = Commitment
        fields = (
            "text", "incentive", "legal_basis", "review_number", "review_on", "review_file", "responsible", "due_on",
        )  # fmt: skip
        widgets = {"text": TEXT, "review_on": DAY, "due_on": DAY}

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        file_choices(self, "review_file", project)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("incentive"):
            for name in ("legal_basis", "review_number", "review_on"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(
                        name,
                        _(
                            "An incentive to a named company needs its legal basis and its fair-competition review."
                        ),
                    )
        return given


class KeepForm(ActorForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kept_on = forms.DateField(label=_("kept on"), widget=DAY)
    outcome = forms.CharField(label=_("outcome"), max_length=500, required=False, widget=TEXT)

    def __init__(self, *args: Any, row: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"version": row.version, "kept_on": clock.today(), **self.initial}


class ObligationForm(RowForm):
    target = forms.DecimalField(
        label=_("to reach"), min_value=0, max_digits=16, decimal_places=6, required=False, help_text=MEASURED
    )

    class Meta:
        model = Obligation
        fields = ("kind", "target", "due_on", "text")
        widgets = {"due_on": DAY}

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["target"] = parts.as_typed(self.instance.kind, self.instance.target)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "target" in given:
            given["target"] = parts.in_yuan(given.get("kind", ""), given["target"])
        return given


class CheckForm(ActorForm):
    """What was found; the figures' proposal stands in it when there is one."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    finding = forms.ChoiceField(label=_("finding"), choices=Finding.choices, widget=forms.RadioSelect)
    actual = forms.DecimalField(
        label=_("reached"), min_value=0, max_digits=16, decimal_places=6, required=False, help_text=MEASURED
    )
    on = forms.DateField(label=_("checked on"), widget=DAY)
    remark = forms.CharField(
        label=_("remark"),
        max_length=500,
        required=False,
        widget=TEXT,
        help_text=_("Needed when it isn't met, is waived, or is opened again."),
    )

    def __init__(self, *args: Any, row: Obligation, **kwargs: Any) -> None:
        self.row = row
        super().__init__(*args, **kwargs)
        today = clock.today()
        said = proposal(row, today) if row.finding == Finding.OPEN else None
        self.proposed = said
        self.initial = {
            "version": row.version,
            "on": today,
            "finding": said.finding if said else row.finding,
            "actual": parts.as_typed(row.kind, said.actual if said else row.actual),
            "remark": row.remark,
            **self.initial,
        }

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given["actual"] = parts.in_yuan(self.row.kind, given["actual"])
        return given


class ParcelForm(RowForm):
    grant_fee = WanField(label=_("land-grant fee, ten thousand yuan"))

    class Meta:
        model = LandParcel
        fields = ("number", "area_mu", "plot_ratio", "grant_fee", "granted_on", "fee_paid_on", "contract")
        widgets = {"granted_on": DAY, "fee_paid_on": DAY}

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        file_choices(self, "contract", project)


class HalfYearForm(ActorForm):
    """Entering a half-year that is there corrects it."""

    year = forms.IntegerField(label=_("year"), min_value=2000, max_value=2100)
    half = forms.ChoiceField(label=_("half-year"), choices=Half.choices)
    tax_paid = WanField(label=_("tax paid, ten thousand yuan"), required=True)
    tax_refunded = WanField(label=_("tax refunded, ten thousand yuan"), initial=0)
    output = WanField(label=_("output value, ten thousand yuan"), required=True)
    source = forms.CharField(label=_("source"), max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        first = today.month <= 6
        self.initial = {
            "year": today.year - first,
            "half": Half.SECOND if first else Half.FIRST,
            **self.initial,
        }
