"""Forms of the pool, transfers, disputes, screening, and the rules of protection and admission."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import clock
from common.access import Action
from common.forms import ActorForm, RowForm, offer, pick
from leads.choices import Comparison, ContactKind, Ruling
from leads.models import Gate, GateCheck, Lead, LeadTransfer, ProtectionTerms, ScreeningCheck
from leads.screening import measured
from leads.services.screenings import Found
from organizations.forms import DAY
from organizations.models import Officer, Unit


def box(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class VersionForm(ActorForm):
    """The row's version travels along, so that nobody decides about what he has not seen."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class WithdrawForm(VersionForm):
    """Nothing but the confirmation."""


class ReleaseForm(VersionForm):
    reason = forms.CharField(label=_("Why it is given up"), max_length=500, widget=box(3))


class ClaimForm(ActorForm):
    officer = forms.ModelChoiceField(Officer._base_manager.none(), label=_("Officer"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Officer.objects.allowed_to(self.actor, Action.CHANGE).filter(archived_at=None)
        if others.exists():
            offer(self, "officer", others.select_related("unit"))
            self.fields["officer"].help_text = _("Empty: yourself.")
        else:
            del self.fields["officer"]


class TransferForm(VersionForm):
    to_unit = forms.ModelChoiceField(Unit._base_manager.none(), label=_("To unit"))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=box(3))
    keeps_credit = forms.BooleanField(
        label=_("We keep the credit"),
        help_text=_("The other unit hosts the project; signing counts for the unit that gives it."),
        required=False,
    )

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.visible_to(self.actor).filter(archived_at=None).exclude(pk=lead.unit_id)
        offer(self, "to_unit", units.order_by("path"))
        pick(self, "to_unit", "unit_pick")


class AgreeForm(VersionForm):
    officer = forms.ModelChoiceField(
        Officer._base_manager.none(), label=_("Officer who takes it"), required=False
    )
    answer = forms.CharField(label=_("Remark"), max_length=500, required=False, widget=box(2))

    def __init__(self, *args: Any, row: LeadTransfer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "officer", officers_of(row.to_unit))


class RefuseForm(VersionForm):
    answer = forms.CharField(label=_("Why not"), max_length=500, widget=box(3))


def officers_of(unit: Unit) -> Any:
    """Officers who work in a unit or below it today."""
    rows = Officer.objects.unscoped(reason="who may take what this unit receives")
    return rows.filter(unit__path__startswith=unit.path, archived_at=None, left_on__isnull=True)


class DisputeForm(ActorForm):
    claimant = forms.ModelChoiceField(Unit._base_manager.none(), label=_("Claiming unit"))
    investor_name = forms.CharField(label=_("Investor"), max_length=120)
    lead = forms.ChoiceField(
        label=_("Which lead of another unit"),
        help_text=_("Unit, stage and date of registration are all that is shown."),
        required=False,
    )
    claim = forms.CharField(
        label=pgettext_lazy("dispute", "Claim"),
        help_text=_("Since when your unit talks to this investor, and what proves it."),
        max_length=4000,
        widget=box(6),
    )

    def __init__(self, *args: Any, units: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "claimant", units)
        pick(self, "claimant", "unit_pick")
        lead: Any = self.fields["lead"]
        if choices:
            lead.choices = choices if len(choices) == 1 else [("", _("choose")), *choices]
        else:
            del self.fields["lead"]


class StatementForm(ActorForm):
    text = forms.CharField(label=_("Statement"), max_length=4000, widget=box(6))


class HearForm(VersionForm):
    minutes = forms.CharField(label=_("Minutes of the hearing"), max_length=4000, widget=box(8))


class DecideForm(VersionForm):
    ruling = forms.ChoiceField(label=_("Ruling"), choices=Ruling.choices, widget=forms.RadioSelect)
    officer = forms.ModelChoiceField(
        Officer._base_manager.none(),
        label=_("Officer of the claimant who takes it"),
        help_text=_("Only when the lead goes to the claimant."),
        required=False,
    )
    reasons = forms.CharField(
        label=_("Reasons"), help_text=_("Both sides read them."), max_length=4000, widget=box(6)
    )

    def __init__(self, *args: Any, claimant: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "officer", officers_of(claimant))


class OverrideForm(VersionForm):
    reason = forms.CharField(label=_("Why it is admitted all the same"), max_length=2000, widget=box(4))


class ChecksForm(VersionForm):
    """A value or an answer, and a remark, for every check of a screening."""

    screening: int  # the review's key
    ANSWERS = (("", "—"), ("yes", _("yes")), ("no", _("no")))

    def __init__(self, *args: Any, checks: list[ScreeningCheck], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checks = checks
        for check in checks:
            about, code = check.check_def, check.check_def.code
            if about.comparison in (Comparison.YES, Comparison.NO):
                first = {None: "", True: "yes", False: "no"}[check.answer]
                self.fields[f"v_{code}"] = forms.ChoiceField(
                    label=about.label, choices=self.ANSWERS, required=False, initial=first
                )
            else:
                unit = measured(about.measured_in)
                self.fields[f"v_{code}"] = forms.DecimalField(
                    label=_now("%(value)s (%(note)s)") % {"value": about.label, "note": unit}
                    if unit
                    else about.label,
                    max_digits=18,
                    decimal_places=4,
                    min_value=0,
                    required=False,
                    initial=None if check.value is None else f"{check.value.normalize():f}",
                )
            self.fields[f"r_{code}"] = forms.CharField(
                label=_("Remark on “%(check)s”") % {"check": about.label},
                max_length=500,
                required=False,
                initial=check.remark,
            )

    def lines(self) -> list[dict[str, Any]]:
        """Each check with its two boxes, for the table on the page."""
        return [
            {
                "check": check,
                "unit": measured(check.check_def.measured_in),
                "limit": None if check.limit is None else f"{check.limit.normalize():f}",
                "value": self[f"v_{check.check_def.code}"],
                "shown": self._shown(self[f"v_{check.check_def.code}"]),
                "remark": self[f"r_{check.check_def.code}"],
            }
            for check in self.checks
        ]

    def _shown(self, box: forms.BoundField) -> Any:
        """What was found, as who may not change it reads it."""
        return dict(self.ANSWERS).get(box.value(), box.value())

    def findings(self) -> dict[str, Found]:
        found = {}
        for check in self.checks:
            code, given = check.check_def.code, self.cleaned_data[f"v_{check.check_def.code}"]
            remark = self.cleaned_data[f"r_{code}"]
            if isinstance(given, str):
                found[code] = Found(answer={"yes": True, "no": False}.get(given), remark=remark)
            else:
                found[code] = Found(value=given, remark=remark)
        return found


class TermsForm(RowForm):
    real_kinds = forms.MultipleChoiceField(
        label=_("Real follow-ups"),
        help_text=_("These prolong protection; the others are only recorded."),
        choices=ContactKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ProtectionTerms
        fields = (
            "valid_from",
            "first_days",
            "prolong_days",
            "longest_days",
            "remind_before",
            "real_kinds",
            "claim_limit",
            "rest_days",
            "collision_days",
            "hearing_days",
            "source",
        )
        widgets = {"valid_from": DAY}
        help_texts = {
            "first_days": _("Working days."),
            "prolong_days": _("Working days after the follow-up."),
            "longest_days": _("Working days from registration. Empty: no end."),
            "remind_before": _("Working days before the end, with commas between."),
            "rest_days": _("Working days."),
            "collision_days": _("Calendar days."),
            "hearing_days": _("Working days."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.fields["valid_from"].initial = clock.today()


class GateForm(RowForm):
    class Meta:
        model = Gate
        fields = ("name", "name_en", "code", "unit", "valid_from", "valid_to", "source", "sort")
        widgets = {"valid_from": DAY, "valid_to": DAY}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("valid_from"), given.get("valid_to")
        if first and last and last < first:
            raise ValidationError({"valid_to": _("It ends before it begins.")})
        return given


class GateCheckForm(RowForm):
    class Meta:
        model = GateCheck
        fields = ("name", "name_en", "code", "comparison", "limit", "measured_in", "required", "sort")
        help_texts = {
            "limit": _("A number for “at least” and “at most”; empty for a question."),
            "measured_in": _("wan_per_mu: 10,000 yuan per mu. Anything else is shown as written."),
        }
