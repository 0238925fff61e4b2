"""Facts of a project, its agreements, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common import clock
from common.forms import ActorForm, RowForm, offer
from common.pickers import PickerField
from leads.forms.fields import DAY, WanField, usual_first
from leads.forms.registers import CodeField
from leads.models import Attachment
from ledger.choices import Role
from organizations.models import Unit, User
from projects.forms import parts
from projects.models import AttributionVersion, Project
from projects.selectors import plan_of
from projects.services import ENDABLE, Share
from reference.models import Industry

from .rows import ALL, Rows, RowsForm

TEN_THOUSANDS = _("In ten thousands of its currency.")


class ProjectForm(RowForm):
    """Unit, lead, signing day and contract amount stay: the amount changes by supplementary agreements."""

    industry = PickerField(Industry.objects.none(), picker="industry_pick", label=_("industry"))
    host = PickerField(Unit.objects.none(), picker="unit_pick", label=_("landing place"))
    registered_capital = WanField(label=_("registered capital"), help_text=TEN_THOUSANDS)
    fixed_assets = WanField(label=_("planned fixed assets"), help_text=TEN_THOUSANDS)
    registered_code = CodeField(label=_("its credit code"))

    class Meta:
        model = Project
        fields = (
            "name", "industry", "host", "mode", "registered_name", "registered_code", "national_code",
            "registered_capital", "registered_currency", "fixed_assets", "land_mu", "start_due", "completion_due",
            "production_due", "capacity_due", "leader", "code_name", "confidential_until", "note",
        )  # fmt: skip
        widgets = {
            **dict.fromkeys(
                ("start_due", "completion_due", "production_due", "capacity_due", "confidential_until"), DAY
            ),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency: Any = self.fields["registered_currency"]
        offer(self, "registered_currency", usual_first(currency.queryset))
        now = User.objects.unscoped(reason="the leader that the project has").filter(
            pk=self.instance.leader_id
        )
        leaders = parts.leaders(self.instance.unit, self.instance.host)
        offer(self, "leader", (leaders | now.distinct()).order_by("name", "pk"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("confidential_until") and not given.get("code_name"):
            self.add_error("code_name", _("A confidential project needs a code name."))
        return given


class AgreementForm(ActorForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    number = forms.CharField(label=_("agreement number"), max_length=60)
    signed_on = forms.DateField(label=_("signed on"), widget=DAY)
    amount = WanField(
        label=_("changes the contract amount by"),
        help_text=_(
            "In ten thousands of its currency; with a minus when it is taken away; 0 changes nothing."
        ),
        min_value=None,
        required=True,
    )
    file = forms.FileField(label=_("signed agreement"), required=False)
    note = forms.CharField(label=_("note"), max_length=200, required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"version": project.version, **self.initial}
        self.fields["signed_on"].widget.attrs |= {
            "min": project.signed_on.isoformat(),
            "max": clock.today().isoformat(),
        }


class OfProjectRows(RowsForm):
    """A form of rows about one project; its version travels along."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, start=self.started(project), **kwargs)
        self.initial = {"version": project.version, **self.initial}

    def started(self, project: Project) -> dict[str, list[dict[str, Any]]]:
        raise NotImplementedError


class InvestorsForm(OfProjectRows):
    groups = (parts.INVESTORS,)

    def started(self, project: Project) -> dict[str, list[dict[str, Any]]]:
        rows = project.investors.filter(archived_at=None)
        return {
            "investors": [{"investor": x.investor_id, "percent": x.percent.normalize() + 0} for x in rows]
        }


class PlanForm(OfProjectRows):
    groups = (parts.PLAN,)

    def started(self, project: Project) -> dict[str, list[dict[str, Any]]]:
        return {"plan": [{"month": x.month, "amount": x.amount} for x in plan_of(project)]}


def _leader() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(User.objects.none(), label=_("liaison leader"))


class AttributionForm(RowsForm):
    """The shares of one dimension from a day on: a transfer to others is a new version with its reason."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    valid_from = forms.DateField(
        label=_("holds from"), widget=DAY, help_text=_("What happened on or after this day is counted anew.")
    )
    reason = forms.CharField(
        label=_("reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), strip=True
    )
    ends = forms.BooleanField(
        label=_("ends without a successor"),
        required=False,
        help_text=_("From that day nobody holds this dimension; the shares below are not looked at."),
    )

    def __init__(self, *args: Any, project: Project, role: str, **kwargs: Any) -> None:
        self.role, self.project = Role(role), project
        if role in parts.UNITS_ONLY:
            self.groups = (parts.of_units(self.role),)
        elif role == Role.OFFICER:
            self.groups = (parts.OFFICERS,)
        else:
            fields = {"leader": _leader, "percent": parts.percent}
            needed = ("leader", "percent")
            self.groups = (Rows(str(role), Role(role).label, fields, needed=needed, whole="percent"),)
        now = self._now()
        super().__init__(*args, start={str(role): now}, **kwargs)
        if not now or role not in ENDABLE:
            del self.fields["ends"]
        self.initial = {"version": project.version, "valid_from": clock.today(), **self.initial}
        self.fields["valid_from"].widget.attrs["min"] = project.signed_on.isoformat()
        for name, field in self.fields.items():
            if role == Role.LEADER and name.endswith("-leader"):
                assert isinstance(field, forms.ModelChoiceField)
                field.queryset = parts.leaders(project.unit, project.host)

    def _now(self) -> list[dict[str, Any]]:
        version = (
            AttributionVersion.objects.filter(
                project=self.project, role=self.role, superseded_by=None, valid__endswith=None
            )
            .prefetch_related("shares")
            .first()
        )
        return [
            {
                "unit": share.unit_id,
                "officer": share.officer_id,
                "leader": share.leader_id,
                "percent": parts.of_hundred(share.share),
            }
            for share in (version.shares.all() if version else ())
        ]

    def _filled(self, group: Rows, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [] if given.get("ends") else super()._filled(group, given)

    def shares(self) -> list[Share]:
        rows = self.cleaned_data[str(self.role)]
        if self.role in parts.UNITS_ONLY:
            return parts.shares_of_units(rows)
        if self.role == Role.OFFICER:
            return parts.shares_of_officers(rows)
        unit = self.project.unit_id
        return [Share(unit, row["percent"] / ALL, leader=row["leader"].pk) for row in rows]


class LeaderForm(ActorForm):
    """Who leads these projects: somebody above all of them."""

    leader = forms.ModelChoiceField(User.objects.none(), label=_("liaison leader"))

    def __init__(self, *args: Any, projects: Sequence[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = User.objects.unscoped(reason="nobody yet").none()
        for number, project in enumerate(projects):
            found = parts.leaders(project.unit, project.host)
            rows = found if number == 0 else rows.filter(pk__in=found.values("pk"))
        offer(self, "leader", rows)


def file_choices(form: Any, name: str, project: Project) -> None:
    """Let a choice of a file offer those of the project's dossier."""
    rows = Attachment.objects.unscoped(reason="the dossier of a project that the actor may change")
    offer(form, name, rows.filter(lead=project.lead_id, archived_at=None).order_by("-pk"))
