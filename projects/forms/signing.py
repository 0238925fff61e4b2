"""Signing a lead, and taking over a project that is running already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import clock
from common.access import Action
from common.forms import offer
from common.pickers import PickerField
from leads import stages
from leads.choices import Pipeline, StageKind
from leads.forms.fields import DAY, WanField, usual_first
from leads.models import Investor, Lead
from ledger.choices import Mode, Role
from organizations.forms import limit_units
from organizations.models import Officer, Unit, User
from projects import services
from projects.forms import parts
from projects.models import Project
from projects.services import Share
from reference.models import HOME_CURRENCY, Currency, Industry

from .rows import ALL, RowsForm, plain

PLACE, ASSESSED, DEPARTMENT = (parts.of_units(role) for role in parts.UNITS_ONLY)
TEN_THOUSANDS = _("In ten thousands of its currency.")


class AgreedFields(RowsForm):
    """What an agreement fixes, however the project came."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    agreement_number = forms.CharField(label=_("agreement number"), max_length=60)
    signed_on = forms.DateField(label=_("signed on"), widget=DAY)
    amount = WanField(label=_("contract amount"), help_text=TEN_THOUSANDS, required=True)
    currency = forms.ModelChoiceField(
        Currency.objects.none(), label=_("currency"), empty_label=None, to_field_name="code"
    )
    file = forms.FileField(
        label=_("signed agreement"), required=False, help_text=_("PDF, picture or Office document.")
    )
    name = forms.CharField(label=_("project name"), max_length=120)
    industry = PickerField(Industry.objects.none(), picker="industry_pick", label=_("industry"))
    host = PickerField(Unit.objects.none(), picker="unit_pick", label=_("landing place"))
    mode = forms.ChoiceField(label=pgettext_lazy("project", "mode"), choices=Mode.choices, initial=Mode.NEW)
    national_code = forms.CharField(label=_("investment project code"), max_length=24, required=False)
    registered_capital = WanField(label=_("registered capital"), help_text=TEN_THOUSANDS)
    registered_currency = forms.ModelChoiceField(
        Currency.objects.none(),
        label=_("currency of the registered capital"),
        empty_label=None,
        to_field_name="code",
    )
    fixed_assets = WanField(label=_("planned fixed assets"), help_text=TEN_THOUSANDS)
    land_mu = forms.DecimalField(
        label=_("land in mu"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    start_due = forms.DateField(label=_("start planned"), widget=DAY, required=False)
    completion_due = forms.DateField(label=_("completion planned"), widget=DAY, required=False)
    production_due = forms.DateField(label=_("production planned"), widget=DAY, required=False)
    capacity_due = forms.DateField(label=_("full capacity planned"), widget=DAY, required=False)
    leader = forms.ModelChoiceField(User.objects.none(), label=_("liaison leader"), required=False)
    confidential_until = forms.DateField(label=_("confidential until"), widget=DAY, required=False)
    code_name = forms.CharField(label=_("code name"), max_length=60, required=False)
    note = forms.CharField(
        label=_("note"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("currency", "registered_currency"):
            offer(self, name, usual_first(self.fields[name].queryset))  # type: ignore[attr-defined]
            self.fields[name].initial = HOME_CURRENCY
        self.fields["signed_on"].widget.attrs["max"] = clock.today().isoformat()

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("confidential_until") and not given.get("code_name"):
            self.add_error("code_name", _("A confidential project needs a code name."))
        return given

    def agreed(self) -> dict[str, Any]:
        """Values that signing and taking over share; what is empty is left to the service."""
        given = self.cleaned_data
        names = (
            "agreement_number", "signed_on", "amount", "currency", "name", "industry", "host", "mode", "national_code",
            "registered_capital", "registered_currency", "fixed_assets", "land_mu", "start_due", "completion_due",
            "production_due", "capacity_due", "leader", "confidential_until", "code_name", "note",
        )  # fmt: skip
        found = {name: given[name] for name in names if given.get(name) not in (None, "")}
        return {
            **found,
            "investors": [(row["investor"], row["percent"]) for row in given["investors"]],
            "plan": {row["month"]: row["amount"] for row in given["plan"]},
        }

    def shares(self) -> dict[str, list[Share]]:
        """The dimensions that are filled in; the others follow from the lead."""
        given = self.cleaned_data
        names = {group.name for group in self.groups}
        found = {
            str(role): parts.shares_of_units(given[role])
            for role in parts.UNITS_ONLY
            if role in names and given[role]
        }
        if str(Role.OFFICER) in names and given[Role.OFFICER]:
            found[str(Role.OFFICER)] = parts.shares_of_officers(given[Role.OFFICER])
        return found


class SignForm(AgreedFields):
    """Everything that is known of the lead stands in it already."""

    groups = (
        parts.INVESTORS,
        parts.PLAN,
        parts.PARCELS,
        PLACE,
        ASSESSED,
        DEPARTMENT,
        parts.OFFICERS,
        parts.COMMITMENTS,
        parts.OBLIGATIONS,
    )

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        self.lead = lead
        host = lead.host or lead.unit
        super().__init__(*args, start=started(lead, host), **kwargs)
        today = clock.today()
        signing = lead.signing_on if lead.signing_on and lead.signing_on <= today else today
        known = {
            "version": lead.version,
            "signed_on": signing,
            "amount": lead.amount,
            "currency": lead.currency_id,
            "name": lead.name,
            "industry": lead.industry_id,
            "host": host.pk,
            "land_mu": lead.land_mu,
            "confidential_until": lead.confidential_until,
            "code_name": lead.code_name,
        }
        self.initial = {**known, **self.initial}
        offer(self, "leader", parts.leaders(lead.unit, host))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        parts.law_kept(self, given["commitments"])
        return given

    def values(self) -> dict[str, Any]:
        """For `project_sign`, without the file."""
        given = self.cleaned_data
        return {
            **self.agreed(),
            "shares": self.shares(),
            "parcels": [{"number": row.pop("parcel"), **row} for row in plain(given["parcels"])],
            "commitments": [
                {**row, "incentive": bool(row.get("incentive"))} for row in plain(given["commitments"])
            ],
            "obligations": [
                {**row, "target": parts.in_yuan(row["kind"], row.get("target"))}
                for row in plain(given["obligations"])
            ],
        }

    SECTIONS: tuple[tuple[Any, Sequence[str], Sequence[str]], ...] = (
        (_("Agreement"), ("agreement_number", "signed_on", "amount", "currency", "file"), ()),
        (
            _("Project"),
            ("name", "industry", "host", "mode", "national_code", "registered_capital", "registered_currency", "fixed_assets"),
            ("investors",),
        ),
        (pgettext_lazy("signing", "Land"), ("land_mu",), ("parcels",)),
        (_("Schedule"), ("start_due", "completion_due", "production_due", "capacity_due"), ("plan",)),
        (
            _("Attribution"),
            ("leader",),
            (Role.PLACE, Role.ASSESSED, Role.DEPARTMENT, Role.OFFICER),
        ),
        (_("Commitments and obligations"), (), ("commitments", "obligations")),
        (_("Confidentiality"), ("confidential_until", "code_name", "note"), ()),
    )  # fmt: skip


def started(lead: Lead, host: Unit) -> dict[str, list[dict[str, Any]]]:
    """The rows that a lead fills: its investor in full, and the attribution that follows from it."""
    found: dict[str, list[dict[str, Any]]] = {"investors": [{"investor": lead.investor_id, "percent": ALL}]}
    for role, shares in services.default_shares(lead, host).items():
        if role in parts.UNITS_ONLY:
            found[role] = [{"unit": one.unit, "percent": parts.of_hundred(one.share)} for one in shares]
        elif role == Role.OFFICER:
            found[role] = [{"officer": one.officer, "percent": parts.of_hundred(one.share)} for one in shares]
    return found


class OpenForm(AgreedFields):
    """A running project: also its unit, its investor and the stage in which it stands."""

    groups = (parts.INVESTORS, parts.PLAN, ASSESSED)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("unit"))
    investor = PickerField(Investor.objects.none(), picker="investor_pick", label=_("investor"))
    stage = forms.ChoiceField(label=_("stage"))
    stage_on = forms.DateField(label=_("in this stage since"), widget=DAY)
    stood = forms.ChoiceField(
        label=_("suspended from"),
        required=False,
        help_text=_("For a suspended project: how far it had come."),
    )
    stood_on = forms.DateField(
        label=_("that stage reached on"),
        widget=DAY,
        required=False,
        help_text=_("For a suspended project. The stages before count as reached by then."),
    )
    officer = forms.ModelChoiceField(Officer.objects.none(), label=_("officer"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_units(self, Project.Scope.kind, Action.IMPORT)
        steps = stages.ladder(Pipeline.PROJECT)
        main = [(row.code, row.label) for row in steps.main]
        held = [(row.code, row.label) for row in steps.rows.values() if row.kind == StageKind.HELD]
        self.held = {code for code, _label in held}
        self.fields["stage"].choices = main + held  # type: ignore[attr-defined]
        self.fields["stood"].choices = [("", "---------"), *main]  # type: ignore[attr-defined]
        units = self.fields["unit"].queryset  # type: ignore[attr-defined]
        offer(self, "leader", parts.leaders(*units[:1]))
        self.fields["host"].required = False
        for name in ("stage_on", "stood_on"):
            self.fields[name].widget.attrs["max"] = clock.today().isoformat()

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not given.get("stage"):
            return given
        suspended = given["stage"] in self.held
        for name in ("stood", "stood_on"):
            if name in self.errors or suspended == bool(given.get(name)):
                continue
            self.add_error(
                name,
                _("A suspended project needs this.") if suspended else _("Only for a suspended project."),
            )
        return given

    def values(self) -> dict[str, Any]:
        """For `project_open`."""
        given = self.cleaned_data
        own = {name: given[name] for name in ("unit", "investor", "stage", "stage_on", "officer")}
        reached = {given["stood"]: given["stood_on"]} if given["stood"] else {}
        return {**self.agreed(), **own, "reached": reached, "shares": self.shares()}

    SECTIONS: tuple[tuple[Any, Sequence[str], Sequence[str]], ...] = (
        (
            _("Project"),
            (
                "name",
                "unit",
                "investor",
                "industry",
                "host",
                "mode",
                "stage",
                "stage_on",
                "stood",
                "stood_on",
                "officer",
                "leader",
            ),
            (),
        ),
        (_("Agreement"), ("agreement_number", "signed_on", "amount", "currency"), ()),
        (
            _("Capital and land"),
            ("national_code", "registered_capital", "registered_currency", "fixed_assets", "land_mu"),
            ("investors",),
        ),
        (_("Schedule"), ("start_due", "completion_due", "production_due", "capacity_due"), ("plan",)),
        (_("Attribution"), (), (Role.ASSESSED,)),
        (_("Confidentiality"), ("confidential_until", "code_name", "note"), ()),
    )


def drawn(form: Any) -> list[dict[str, Any]]:
    """The sections of a form for common/_form_body.html."""
    return [
        {
            "title": title,
            "fields": [form[name] for name in names if name in form.fields],
            "groups": [form.drawn(str(name)) for name in groups],
            "after": "projects/_rows.html",
        }
        for title, names, groups in form.SECTIONS
    ]
