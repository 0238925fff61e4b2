"""Forms about a part of a project, in the panel beside its page or on their own."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import files, services
from common.access import Action
from common.errors import Denied, NotVisible, Refused
from leads.choices import Evidence
from leads.services.files import attachment_add
from ledger.choices import Role
from projects import confidential
from projects.forms import projects as forms
from projects.forms import promises
from projects.forms.rows import RowsForm
from projects.models import Commitment, LandParcel, Obligation, Project
from projects.services import (
    agreement_add,
    attribution_end,
    attribution_set,
    commitment_add,
    commitment_keep,
    commitment_update,
    half_year_set,
    investors_set,
    obligation_add,
    obligation_check,
    obligation_update,
    parcel_add,
    parcel_update,
    plan_set,
)
from projects.views.projects import ProjectNouns
from projects.views.signing import RowsPage, SavingPage


class OfProject(ProjectNouns, SavingPage):
    """A form of one project. `part` is the tab to come back to."""

    needs = Action.CHANGE
    panel = True
    stays = True
    part = ""

    def check(self) -> None:
        self.project = self.find()
        services.authorize(self.actor, self.needs, self.project)
        if confidential.kept_back(self.project, self.actor):
            raise Denied

    def find(self) -> Project:
        return self._visible(self.kwargs["pk"])

    def _visible(self, pk: Any) -> Project:
        rows = Project.objects.visible_to(self.actor).select_related("unit", "host", "lead")
        found = rows.filter(pk=pk).first()
        if found is None:
            raise NotVisible
        return found

    def done_url(self, result: Any) -> str:
        here = reverse("project_detail", args=[self.project.pk])
        return f"{here}?part={self.part}" if self.part else here

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sub=self.project.name, cancel_url=self.done_url(None), **kwargs)


class OfProjectRows(RowsPage, OfProject):
    """A form of rows of one project."""

    template_name = "projects/rows_form.html"
    panel_name = "projects/_rows_panel.html"
    form_class: Any = RowsForm

    def make_form(self, data: Any = None) -> Any:
        return self.form_class(data, actor=self.actor, project=self.project, more=self.more)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs["form"]
        own = [name for name in form.base_fields if name in form.fields]
        first = [form[name] for name in own if not form.fields[name].widget.is_hidden]
        groups = [form.drawn(group.name) for group in form.groups]
        fieldsets = [{"fields": first, "groups": groups, "after": "projects/_rows.html"}]
        return super().get_context_data(fieldsets=fieldsets, **kwargs)


class OfPart(OfProject):
    """A form of a row that hangs on a project."""

    row_model: Any = None

    def find(self) -> Project:
        row = self.row_model._base_manager.filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise NotVisible
        self.row = row
        row.project = self._visible(row.project_id)
        return row.project


class AddPart(OfProject):
    """A new row; `add` is the service."""

    add: Any = None

    def make_form(self, data: Any = None) -> Any:
        return self.form_class(data, actor=self.actor, project=self.project)

    def save(self, form: Any) -> Any:
        return type(self).add(actor=self.actor, project=self.project.pk, **form.values())


class ChangePart(OfPart):
    """A changed row; `change` is the service."""

    change: Any = None

    def make_form(self, data: Any = None) -> Any:
        return self.form_class(data, instance=self.row, actor=self.actor, project=self.project)

    def save(self, form: Any) -> Any:
        return type(self).change(
            actor=self.actor,
            pk=self.row.pk,
            version=form.cleaned_data.get("version") or 0,
            **form.values(),
        )


class AgreementAdd(OfProject):
    title = _("Supplementary agreement")
    form_class = forms.AgreementForm
    saved = _("Agreement entered.")

    def make_form(self, data: Any = None) -> Any:
        upload = self.request.FILES if data is not None else None
        return forms.AgreementForm(data, upload, actor=self.actor, project=self.project)

    def save(self, form: Any) -> Any:
        given = dict(form.cleaned_data)
        upload, file = given.pop("file"), None
        if upload:
            file = attachment_add(
                actor=self.actor,
                lead=self.project.lead_id,
                stored=files.store(upload),
                name=upload.name,
                kind=Evidence.AGREEMENT,
                on=given["signed_on"],
            )
        return agreement_add(actor=self.actor, project=self.project.pk, file=file, **given)


class Attribution(OfProjectRows):
    """`?role=` names the dimension."""

    needs = Action.ASSIGN
    saved = _("The shares hold from that day.")

    @property
    def role(self) -> str:
        given = self.request.GET.get("role", Role.ASSESSED)
        if given not in Role.values or given == Role.REFERRER:
            raise Refused(_("There is no such dimension to change."), code="role")
        return given

    @property
    def title(self) -> Any:
        return _("Attribution: %(dimension)s") % {"dimension": Role(self.role).label}

    def make_form(self, data: Any = None) -> Any:
        return forms.AttributionForm(
            data, actor=self.actor, project=self.project, role=self.role, more=self.more
        )

    def save(self, form: Any) -> Any:
        given = form.cleaned_data
        about = {
            "actor": self.actor,
            "project": self.project.pk,
            "role": self.role,
            "valid_from": given["valid_from"],
            "reason": given["reason"],
            "version": given["version"] or 0,
        }
        if given.get("ends"):
            return attribution_end(**about)
        return attribution_set(**about, shares=form.shares())


class Investors(OfProjectRows):
    title = _("Investors")
    part = "capital"
    form_class = forms.InvestorsForm

    def save(self, form: Any) -> Any:
        given = form.cleaned_data
        return investors_set(
            actor=self.actor,
            project=self.project.pk,
            version=given["version"] or 0,
            investors=[(row["investor"], row["percent"]) for row in given["investors"]],
        )


class Plan(OfProjectRows):
    title = _("Payment plan")
    part = "capital"
    form_class = forms.PlanForm

    def save(self, form: Any) -> Any:
        given = form.cleaned_data
        return plan_set(
            actor=self.actor,
            project=self.project.pk,
            version=given["version"] or 0,
            plan={row["month"]: row["amount"] for row in given["plan"]},
        )


class CommitmentAdd(AddPart):
    title = _("New commitment")
    part = "promises"
    form_class = promises.CommitmentForm
    add = staticmethod(commitment_add)


class CommitmentUpdate(ChangePart):
    title = _("Change a commitment")
    part = "promises"
    row_model = Commitment
    form_class = promises.CommitmentForm
    change = staticmethod(commitment_update)


class CommitmentKeep(OfPart):
    title = _("Commitment kept")
    part = "promises"
    row_model = Commitment
    form_class = promises.KeepForm
    submit_label = _("Kept")

    def make_form(self, data: Any = None) -> Any:
        return promises.KeepForm(data, actor=self.actor, row=self.row)

    def save(self, form: Any) -> Any:
        return commitment_keep(actor=self.actor, pk=self.row.pk, **form.cleaned_data)


class ObligationAdd(AddPart):
    title = _("New obligation")
    part = "promises"
    form_class = promises.ObligationForm
    add = staticmethod(obligation_add)


class ObligationUpdate(ChangePart):
    title = _("Change an obligation")
    part = "promises"
    row_model = Obligation
    form_class = promises.ObligationForm
    change = staticmethod(obligation_update)


class ObligationCheck(OfPart):
    """Met, missed or waived; or open again."""

    title = _("Check an obligation")
    part = "promises"
    row_model = Obligation
    form_class = promises.CheckForm

    def make_form(self, data: Any = None) -> Any:
        return promises.CheckForm(data, actor=self.actor, row=self.row)

    def save(self, form: Any) -> Any:
        return obligation_check(actor=self.actor, pk=self.row.pk, **form.values())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if said := kwargs["form"].proposed:
            words = _("The books propose: %(finding)s. You decide.")
            kwargs["consequences"] = [words % {"finding": promises.Finding(said.finding).label}]
        return super().get_context_data(**kwargs)


class ParcelAdd(AddPart):
    title = _("New parcel")
    part = "land"
    form_class = promises.ParcelForm
    add = staticmethod(parcel_add)


class ParcelUpdate(ChangePart):
    title = _("Change a parcel")
    part = "land"
    row_model = LandParcel
    form_class = promises.ParcelForm
    change = staticmethod(parcel_update)


class HalfYearSet(OfProject):
    title = _("Tax and output of a half-year")
    part = "land"
    form_class = promises.HalfYearForm

    def save(self, form: Any) -> Any:
        given = dict(form.cleaned_data)
        given["tax_refunded"] = given["tax_refunded"] or 0
        return half_year_set(actor=self.actor, project=self.project.pk, **given)
