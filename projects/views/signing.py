"""Signing a lead, and taking over a running project: one form each, one call of a service."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common import files, services
from common.access import Action
from common.actors import may
from common.errors import Denied, Refused, Stale
from common.views import Crumbs, FormPage
from leads import confidential
from leads.choices import Evidence
from leads.models import Lead
from leads.services.files import attachment_add
from projects import panels
from projects.forms.rows import beside
from projects.forms.signing import OpenForm, SignForm, drawn
from projects.models import Project
from projects.services import KeptCredit, project_open, project_sign

PIPELINE = (_("Progress"), "")


class SavingPage(FormPage):
    """Calls one service in a transaction; what it refuses stands beside the field that it names."""

    def run(self, form: Any) -> Any:
        try:
            with transaction.atomic():
                return self.save(form)
        except KeptCredit as kept:  # the rest of the form is his to fill in
            raise ValidationError(str(kept)) from kept
        except Refused as refused:
            if place := beside(form, refused):
                raise place from refused
            raise

    def save(self, form: Any) -> Any:
        """The service's call; what it did is undone when it refuses."""
        raise NotImplementedError

    def conflict(self, form: Any, stale: Stale) -> HttpResponse:
        form.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=form), status=409)


class RowsPage(SavingPage):
    """A form with rows: its buttons "one more" draw it anew, and refusals stand beside what they are about."""

    template_name = "projects/rows_form.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "_more" in request.POST and "_draft" not in request.POST:
            form = self.make_form(request.POST)
            form._errors = ErrorDict()  # not sent yet, so not checked
            return self.render_to_response(self.get_context_data(form=form))
        return super().post(request, *args, **kwargs)

    @property
    def more(self) -> str:
        """The group that gets one more row."""
        return self.request.POST.get("_more", "")


class SignPage(RowsPage):
    """A lead becomes a project; nothing that is known is typed again."""

    kind = "project"
    needs = Action.CREATE
    title = _("Sign")
    submit_label = _("Sign")
    saved = _("Signed. The lead has become a project.")
    draft_key = "sign"
    crumbs: Crumbs = (PIPELINE, (_("Leads"), "lead_list"))

    def check(self) -> None:
        super().check()
        rows = Lead.objects.visible_to(self.actor).select_related(
            "unit", "host", "stage", "investor", "officer", "industry", "introducer", "tip_from"
        )
        lead = rows.filter(pk=self.kwargs["pk"]).first()
        self.lead = lead or services.get_visible(Lead, self.kwargs["pk"], self.actor)
        services.authorize(self.actor, Action.CHANGE, self.lead)
        if not may(self.actor, Action.CREATE, self.kind, path=self.lead.unit.path):
            raise Denied

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        project = Project.objects.visible_to(self.actor).filter(lead=self.lead).first()
        if project is not None:
            return HttpResponseRedirect(reverse("project_detail", args=[project.pk]))
        confidential.look(self.actor, self.lead)
        return super().get(request, *args, **kwargs)

    def make_form(self, data: Any = None) -> Any:
        if data is not None and self.request.method == "GET":  # a draft: the lead was opened anew
            data["version"] = self.lead.version
        upload = self.request.FILES if data is not None else None
        return SignForm(data, upload, actor=self.actor, lead=self.lead, more=self.more)

    def save(self, form: Any) -> Project:
        given = form.cleaned_data
        file = None
        if upload := given["file"]:
            file = attachment_add(
                actor=self.actor,
                lead=self.lead.pk,
                stored=files.store(upload),
                name=upload.name,
                kind=Evidence.AGREEMENT,
                on=given["signed_on"],
            )
        return project_sign(
            actor=self.actor,
            lead_pk=self.lead.pk,
            version=given["version"] or 0,
            file=file,
            **form.values(),
        )

    def done_url(self, result: Project) -> str:
        return reverse("project_detail", args=[result.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        missing = panels.missing_to_sign(self.lead, self.actor)
        if missing:
            title = ngettext(
                "%(n)s thing is missing before this lead can be signed.",
                "%(n)s things are missing before this lead can be signed.",
                len(missing),
            ) % {"n": len(missing)}
            kwargs["need"] = {"title": title, "rows": panels.as_rows(missing, self.lead, self.actor)}
        return super().get_context_data(
            sub=f"{confidential.shown_name(self.lead, self.actor)} · {self.lead.number}",
            fieldsets=drawn(kwargs["form"]),
            cancel_url=reverse("lead_detail", args=[self.lead.pk]),
            **kwargs,
        )


class OpenPage(RowsPage):
    """A project that runs already when the system is introduced."""

    kind = "project"
    needs = Action.IMPORT
    title = _("Take over a running project")
    sub = _("It is counted as an opening balance. What its stages ask for can follow.")
    submit_label = _("Take over")
    saved = _("Taken over.")
    draft_key = "project_open"
    crumbs: Crumbs = (PIPELINE, (_("Projects"), "project_list"))

    def make_form(self, data: Any = None) -> Any:
        return OpenForm(data, actor=self.actor, more=self.more)

    def save(self, form: Any) -> Project:
        return project_open(actor=self.actor, **form.values())

    def said(self, result: Project) -> Any:
        return _now("Taken over: %(number)s %(name)s") % {"number": result.number, "name": result.name}

    def done_url(self, result: Project) -> str:
        return reverse("project_detail", args=[result.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            fieldsets=drawn(kwargs["form"]), cancel_url=reverse("project_list"), **kwargs
        )
