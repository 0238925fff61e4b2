"""The quick review of a lead on one page: begin, check, override."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import services
from common.access import Action
from common.actors import may
from common.errors import NotVisible, Stale
from common.scope import may_on
from common.views import Crumbs, action, write
from common.views.forms import FormPage
from common.views.rows import RowPage
from leads import confidential
from leads.forms.protection import ChecksForm, OverrideForm
from leads.models import Lead, Screening
from leads.screening import checks_of, screening_of, was_checked
from leads.services import screenings

from .protection import PIPELINE

KIND = Screening.Scope.kind


def badge(screening: Screening) -> dict[str, Any]:
    """The outcome as a badge: word and colour. What the committee admitted all the same is no refusal any more."""
    if screening.overridden_at:
        return {"label": _("admitted by the committee"), "css": "ok"}
    css = {"passed": "ok", "failed": "bad"}.get(screening.outcome, "line")
    return {"label": screening.get_outcome_display(), "css": css}


class LeadScreening(RowPage, FormPage):
    """Each check with its value, limit, result, checker and remark, in one form."""

    model = Lead
    kind = "lead"
    url_prefix = "lead"
    template_name = "leads/screening.html"
    title = _("Screening")
    submit_label = _("Save the checks")
    saved = _("Checks saved.")
    crumbs: Crumbs = (PIPELINE, (_("Leads"), "lead_list"))

    def check(self) -> None:
        lead = self.get_object()
        if not may(self.actor, Action.VIEW, KIND, path=lead.unit.path):
            raise NotVisible  # in the pool the lead is seen, its review is not
        confidential.look(self.actor, lead)
        self.screening = screening_of(lead)
        self.checks = checks_of(self.screening) if self.screening else []

    def make_form(self, data: Any = None) -> Any:
        if self.screening is None:
            return None
        form = ChecksForm(
            data,
            actor=self.actor,
            checks=self.checks,
            initial={"version": self.screening.version},
        )
        form.screening = self.screening.pk
        return form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.screening is None:
            raise NotVisible
        services.authorize(self.actor, Action.CHANGE, self.screening)
        return super().post(request, *args, **kwargs)

    def run(self, form: Any) -> Any:
        return screenings.screening_record(
            actor=self.actor,
            pk=form.screening,
            version=form.cleaned_data["version"],
            findings=form.findings(),
        )

    def conflict(self, form: Any, stale: Stale) -> Any:
        form.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=form), status=409)

    def done_url(self, result: Any) -> str:
        return reverse("lead_screening", args=[self.kwargs["pk"]])

    def actions(self) -> list[dict[str, Any]]:
        lead, found = self.get_object(), []
        row = self.screening
        begin = reverse("lead_screening_begin", args=[lead.pk])
        if lead.archived_at is None and may(self.actor, Action.CREATE, KIND, path=lead.unit.path):
            label = _("Screen anew") if row else _("Begin the screening")
            found.append(action(label, begin, primary=row is None, post=True))
        if (
            row is not None
            and was_checked(self.checks)
            and not row.admitted
            and may_on(self.actor, Action.DECIDE, row)
        ):
            url = reverse("screening_override", args=[row.pk])
            found.append(action(_("Admit all the same"), url, primary=True, panel=True))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead, row = self.get_object(), self.screening
        return super().get_context_data(
            sub=confidential.shown_name(lead, self.actor),
            lead=lead,
            screening=row,
            badge=badge(row) if row else None,
            lines=kwargs["form"].lines() if row else [],
            editable=row is not None and row.overridden_at is None and may_on(self.actor, Action.CHANGE, row),
            cancel_url=reverse("lead_detail", args=[lead.pk]),
            **kwargs,
        )


class ScreeningBegin(RowPage):
    """A button: POST only. A review that is there is closed and begun anew."""

    model = Lead
    kind = "lead"
    http_method_names = ["post"]

    def check(self) -> None:
        lead = self.get_object()
        if not may(self.actor, Action.VIEW, KIND, path=lead.unit.path):
            raise NotVisible

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        pk = self.kwargs["pk"]
        write(
            request,
            lambda: screenings.screening_begin(actor=self.actor, lead=pk, again=True),
            said=_("The screening has begun. Values from the lead's own figures wait to be checked."),
        )
        return HttpResponseRedirect(reverse("lead_screening", args=[pk]))


class ScreeningOverride(RowPage, FormPage):
    model = Screening
    kind = KIND
    needs = Action.DECIDE
    title = _("Admit all the same")
    form_class = OverrideForm
    panel = True
    submit_label = _("Admit")
    saved = _("Admitted by the committee.")
    crumbs: Crumbs = (PIPELINE, (_("Leads"), "lead_list"))

    def check(self) -> None:
        services.authorize(self.actor, Action.DECIDE, self.get_object())

    def make_form(self, data: Any = None) -> Any:
        return OverrideForm(data, actor=self.actor, initial={"version": self.get_object().version})

    def run(self, form: Any) -> Any:
        return screenings.screening_override(actor=self.actor, pk=self.kwargs["pk"], **form.cleaned_data)

    def conflict(self, form: Any, stale: Stale) -> Any:
        form.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=form), status=409)

    def done_url(self, result: Any) -> str:
        return reverse("lead_screening", args=[self.get_object().lead_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name = confidential.shown_name(self.get_object().lead, self.actor)
        return super().get_context_data(sub=name, cancel_url=self.done_url(None), **kwargs)
