"""A result is told, made final, and corrected by hand."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assessments import services
from assessments.schemeresults import ResultReader
from common.access import Action
from common.errors import Denied
from common.scope import may_on
from common.views import FormPage, write
from organizations.models import Unit

from .base import ResultPage
from .forms import OverrideForm, TellForm


class _MayPublish(ResultPage):
    needs = Action.PUBLISH

    def check(self) -> None:
        super().check()
        if not may_on(self.actor, Action.PUBLISH, self.scheme_run):
            raise Denied


class SchemeTell(_MayPublish, FormPage):
    """The first step: units see their result and may object."""

    form_class = TellForm
    panel = True
    title = _("Publish for objections")
    submit_label = _("Publish")
    saved = _("The result is published; its units may object until the day that is shown.")

    def run(self, form: Any) -> Any:
        return services.schemerun_tell(
            actor=self.actor, pk=self.scheme_run.pk, days=form.cleaned_data["days"]
        )

    def done_url(self, result: Any) -> str:
        return reverse("scheme_result", args=[self.kwargs["pk"]])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            sub=self.about(), cancel_url=reverse("scheme_result", args=[self.kwargs["pk"]]), **kwargs
        )


class SchemeFinish(_MayPublish):
    """The second step: the result is final."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        write(
            request,
            lambda: services.schemerun_finish(actor=self.actor, pk=self.scheme_run.pk),
            said=_("The result is final."),
        )
        return HttpResponseRedirect(reverse("scheme_result", args=[self.scheme_run.pk]))


class OverrideCreate(_MayPublish, FormPage):
    """A published value set by hand; the computed one stays crossed beside it."""

    form_class = OverrideForm
    panel = True
    title = _("Set a value by hand")
    saved = _(
        "The value is set; the computed one stands beside it. Total and places stay as computed unless they are set too."
    )

    def make_form(self, data: Any = None) -> Any:
        lines = list(self.scheme_run.lines.order_by("group", "position"))
        titles: dict[str, str] = {}
        for group in ResultReader(self.scheme_run).scheme.groups:
            for row in (*group.indicators, *group.bonuses, *group.deductions):
                titles.setdefault(row.code, row.title)
        return OverrideForm(
            data,
            actor=self.actor,
            units=[(line.unit_id, line.unit_name) for line in lines],
            whats=[("total", _now("Total score")), ("place", _now("Place")), *titles.items()],
        )

    def run(self, form: Any) -> Any:
        given = form.cleaned_data
        return services.override_set(
            actor=self.actor,
            run=self.scheme_run,
            unit=Unit.objects.unscoped(reason="a line of the run").get(pk=given.pop("unit")),
            **given,
        )

    def done_url(self, result: Any) -> str:
        return reverse("scheme_result", args=[self.kwargs["pk"]])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            sub=self.about(), cancel_url=reverse("scheme_result", args=[self.kwargs["pk"]]), **kwargs
        )
