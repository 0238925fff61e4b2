"""Objections: filed by a unit's head, answered by who runs the scheme."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assessments import services
from assessments.choices import ObjectionState
from assessments.models import Objection, SchemeRun
from assessments.schemes.rulebook import read_version
from common import changelog
from common.access import Action
from common.errors import Denied, NotVisible
from common.scope import may_on
from common.services import get_visible
from common.views import Crumbs, FormPage, Page, write
from organizations.models import Unit

from .base import ResultPage
from .forms import AnswerForm, ObjectionForm


class ObjectionCreate(ResultPage, FormPage):
    """`?unit=` and `?indicator=` say what it is about."""

    form_class = ObjectionForm
    panel = True
    title = _("File an objection")
    submit_label = _("File the objection")
    saved = _("The objection is filed; you are told when it is answered.")

    def check(self) -> None:
        super().check()
        if not self.may(Action.CREATE, "objection"):
            raise Denied

    @cached_property
    def own(self) -> list[tuple[int, str]]:
        """Units for which the reader may object."""
        lines = self.scheme_run.lines.select_related("unit").order_by("group", "position")
        return [
            (line.unit_id, line.unit_name)
            for line in lines
            if may_on(self.actor, Action.CREATE, Objection(run=self.scheme_run, unit=line.unit))
        ]

    def make_form(self, data: Any = None) -> Any:
        if not self.own:
            raise Denied
        titles: dict[str, str] = {}
        for group in self.reader.scheme.groups:
            for row in (*group.indicators, *group.bonuses, *group.deductions):
                titles.setdefault(row.code, row.title)
        initial = {name: self.request.GET.get(name, "") for name in ("unit", "indicator")}
        return ObjectionForm(
            data, actor=self.actor, units=self.own, indicators=list(titles.items()), initial=initial
        )

    def run(self, form: Any) -> Any:
        given = form.cleaned_data
        unit = Unit.objects.unscoped(reason="a line of the run").get(pk=given["unit"])
        return services.objection_file(
            actor=self.actor, run=self.scheme_run, unit=unit, indicator=given["indicator"], text=given["text"]
        )

    def done_url(self, result: Any) -> str:
        return reverse("objection_detail", args=[result.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sub=self.about(), cancel_url=self.address(), **kwargs)


class ObjectionPage(Page):
    """One objection in the reader's scope."""

    kind = "objection"
    crumbs: Crumbs = ((_("Assessment"), ""), (_("Rankings"), "ranking"))

    @cached_property
    def row(self) -> Objection:
        rows = Objection.objects.visible_to(self.actor).select_related("run__version__scheme__owner", "unit")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        return found

    def may_answer(self) -> bool:
        row = self.row
        runs = may_on(self.actor, Action.PUBLISH, row.run) or may_on(self.actor, Action.DECIDE, row.run)
        return runs and may_on(self.actor, Action.DECIDE, row)

    def about_what(self) -> str:
        """The whole result, or an indicator by its title."""
        if not self.row.indicator:
            return _now("the whole result")
        for group in read_version(self.row.run.version).groups:
            for one in (*group.indicators, *group.bonuses, *group.deductions):
                if one.code == self.row.indicator:
                    return one.title
        return _now("part of an indicator")


class ObjectionDetail(ObjectionPage):
    """What was said, what was answered, and what followed."""

    template_name = "assessments/results/objection.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        run = row.run
        waits = row.state == ObjectionState.FILED
        sees_run = may_on(self.actor, Action.VIEW, run)
        return super().get_context_data(
            title=_now("Objection of %(unit)s") % {"unit": row.unit.label},
            sub=f"{run.version.scheme.name} · {run.year}-{run.month:02d} · {row.get_state_display()}",
            row=row,
            what=self.about_what(),
            answer_url=reverse("objection_answer", args=[row.pk])
            if waits and self.may_answer() and row.filed_id != self.actor.pk
            else "",
            withdraw_url=reverse("objection_withdraw", args=[row.pk])
            if waits and may_on(self.actor, Action.CHANGE, row)
            else "",
            explanation_url=reverse("scheme_explanation", args=[run.pk, row.unit_id]) if sees_run else "",
            again=SchemeRun.objects.visible_to(self.actor).filter(restates=run).order_by("-id").first(),
            overrides=list(run.overrides.filter(unit=row.unit_id)),
            history=changelog.history(row) if may_on(self.actor, Action.HISTORY, row) else [],
            **kwargs,
        )


class ObjectionAnswer(ObjectionPage, FormPage):
    needs = Action.DECIDE
    form_class = AnswerForm
    panel = True
    title = _("Answer the objection")
    submit_label = _("Answer")
    saved = _("The objection is answered; its unit is told.")

    def check(self) -> None:
        super().check()
        if not self.may_answer():
            raise Denied

    def make_form(self, data: Any = None) -> Any:
        return AnswerForm(data, actor=self.actor, initial={"version": self.row.version})

    def run(self, form: Any) -> Any:
        given = form.cleaned_data
        return services.objection_answer(
            actor=self.actor,
            pk=self.row.pk,
            version=given["version"],
            accept=given["accept"] == "yes",
            answer=given["answer"],
        )

    def conflict(self, form: Any, stale: Any) -> HttpResponse:
        form.data = form.data.copy()
        form.data["version"] = stale.current.version
        form.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=form), status=409)

    def done_url(self, result: Any) -> str:
        return reverse("objection_detail", args=[result.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            sub=f"{self.row.unit.label}: {self.about_what()}",
            cancel_url=reverse("objection_detail", args=[self.row.pk]),
            **kwargs,
        )


class ObjectionWithdraw(ObjectionPage):
    needs = Action.CHANGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        write(
            request,
            lambda: services.objection_withdraw(
                actor=self.actor, pk=get_visible(Objection, pk, self.actor).pk, version=None
            ),
            said=_("The objection is withdrawn."),
        )
        return HttpResponseRedirect(reverse("objection_detail", args=[pk]))
