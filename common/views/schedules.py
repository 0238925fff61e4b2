"""Regular runs: what the system starts by itself, when it last did and will again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django import forms
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from common import clock, jobs, schedules
from common.access import Action
from common.errors import Denied, NotVisible
from common.forms import RowForm
from common.models import JobRun, JobSchedule, Rhythm
from common.tables import RowTable
from common.views.base import Crumbs, Page, write
from common.views.rows import FormPage, column_choices

ADMIN = (_("Administration"), "")


class ScheduleTable(RowTable):
    what = tables.Column(_("what"))
    rhythm = tables.Column(_("rhythm"))
    next_run = tables.Column(_("next run"))
    last_run = tables.Column(_("last run"))
    state = tables.Column(_("state of the last run"))
    actions = tables.TemplateColumn(
        template_name="common/_schedule_actions.html", verbose_name="", exclude_from_export=True
    )

    class Meta(RowTable.Meta):
        orderable = False
        empty_text = _("Nothing runs by itself yet. The first night sets up what belongs to the program.")

    def render_next_run(self, value: datetime) -> str:
        return str(_("within the next minute")) if value <= clock.now() else shown(value)

    def render_last_run(self, value: JobRun) -> Any:
        return format_html(
            '<a href="{}">{}</a>',
            reverse("job_detail", args=[value.pk]),
            shown(value.created_at),
        )


def shown(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def lines(may_run: bool) -> list[dict[str, Any]]:
    """One line for each regular run: two queries, and the calendar for those that keep to working days."""
    rows = list(JobSchedule.objects.order_by("kind"))
    newest = JobRun.objects.filter(kind__in=[r.kind for r in rows]).order_by("kind", "-id").distinct("kind")
    last = {run.kind: run for run in newest}
    return [
        {
            "pk": row.pk,
            "what": jobs.label(row.kind),
            "rhythm": schedules.in_words(row) if row.enabled else _("switched off"),
            "next_run": schedules.next_run(row),
            "last_run": last.get(row.kind),
            "state": last[row.kind].get_state_display() if row.kind in last else None,
            "may_run": may_run,
        }
        for row in rows
    ]


class ScheduleList(Page):
    kind = "job"
    title = _("Regular runs")
    sub = _("What the system does by itself, every night or every month")
    template_name = "common/list.html"
    crumbs: Crumbs = (ADMIN,)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        table = ScheduleTable(
            lines(self.may(Action.RUN)), chosen=request.GET.getlist("columns"), request=request
        )
        context = self.get_context_data(table=table, columns=column_choices(table))
        partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
        return render(request, "common/_results.html" if partial else self.template_name, context)


class ScheduleForm(RowForm):
    class Meta:
        model = JobSchedule
        fields = ("enabled", "rhythm", "working_days", "day", "hour")
        widgets = {"rhythm": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rhythm"].choices = Rhythm.choices  # type: ignore[attr-defined]
        self.fields["working_days"].help_text = _("For a run of every day.")
        self.fields["day"].help_text = _("For a run of every month: 1 to 28, or the next working day.")
        self.fields["hour"].help_text = _("0 to 23, in the time of the office.")


class ScheduleUpdate(FormPage):
    kind = "job"
    needs = Action.RUN
    form_class = ScheduleForm
    crumbs: Crumbs = (ADMIN, (_("Regular runs"), "schedule_list"))

    def check(self) -> None:
        if not self.may(Action.VIEW):
            raise NotVisible
        found = JobSchedule.objects.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        if not self.may(Action.RUN):
            raise Denied
        self.row = found

    def make_form(self, data: Any = None) -> Any:
        return ScheduleForm(data, instance=self.row, actor=self.actor)

    def run(self, form: Any) -> Any:
        version = form.cleaned_data.get("version") or 0
        return schedules.schedule_update(
            actor=self.actor, pk=self.kwargs["pk"], version=version, **form.values()
        )

    def done_url(self, result: Any) -> str:
        return reverse("schedule_list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("title", jobs.label(self.row.kind))
        kwargs.setdefault("cancel_url", reverse("schedule_list"))
        return super().get_context_data(**kwargs)


class ScheduleRun(Page):
    """Start one now; the page of its job shows how far it is."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        done, run = write(request, lambda: schedules.schedule_run_now(actor=self.actor, pk=pk))
        to = reverse("job_detail", args=[run.pk]) if done else reverse("schedule_list")
        return HttpResponseRedirect(to)
