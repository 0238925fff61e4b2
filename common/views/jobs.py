"""Pages of long work: found again by who started it, and by those who run the system."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_tables2 import RequestConfig

from common import jobs
from common.access import Action
from common.actors import may_somewhere
from common.errors import Denied
from common.models import JobRun
from common.tables import RowTable
from common.views.base import Page
from common.views.rows import PAGE_SIZE, column_choices


def visible_jobs(user: Any) -> Any:
    """Own jobs, and all jobs for those whose role runs them."""
    rows = JobRun.objects.all()
    return rows if may_somewhere(user, Action.VIEW, "job") else rows.filter(actor_id=user.pk)


class JobTable(RowTable):
    id = tables.Column(_("number"), linkify=("job_detail", {"pk": tables.A("pk")}))

    class Meta(RowTable.Meta):
        model = JobRun
        fields = ("id", "kind", "state", "actor_name", "created_at", "ended_at", "attempts", "error")
        optional = ("attempts",)

    def render_kind(self, value: str) -> str:
        return str(jobs.label(value))

    def render_actor_name(self, record: JobRun) -> str:
        return jobs.initiator(record)


class JobList(Page):
    kind = "job"
    title = _("Jobs")
    sub = _("Work with an effect on figures: each runs once, and is taken up again after a crash")
    template_name = "common/list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        table = JobTable(visible_jobs(self.actor), chosen=request.GET.getlist("columns"), request=request)
        RequestConfig(request, paginate={"per_page": PAGE_SIZE}).configure(table)
        context = self.get_context_data(table=table, columns=column_choices(table))
        partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
        return render(request, "common/_results.html" if partial else self.template_name, context)


class JobPage(Page):
    def get_job(self) -> JobRun:
        run = visible_jobs(self.actor).filter(pk=self.kwargs["pk"]).first()
        if run is None:
            raise Http404
        return run


class JobDetail(JobPage):
    template_name = "common/job.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.get_job()
        return super().get_context_data(title=jobs.label(run.kind), **progress(run), **kwargs)


class JobProgress(JobPage):
    """The fragment that asks for itself every second until the job is over."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return render(request, "common/_job_progress.html", progress(self.get_job()))


class JobRetry(JobPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self.get_job()
        if run.actor_id != self.actor.pk and not may_somewhere(self.actor, Action.RUN, "job"):
            raise Denied
        jobs.retry(run.pk, actor=self.actor)
        return HttpResponseRedirect(reverse("job_detail", args=[run.pk]))


def progress(run: JobRun) -> dict[str, Any]:
    """What `common/_job_progress.html` draws."""
    shown = {"dispatched": "queued"}.get(run.state, run.state)
    return {
        "job": {
            "name": jobs.label(run.kind),
            "state": shown,
            "done": run.done,
            "total": run.total,
            "error": run.error,
            "started": run.started_at,
            "finished": run.ended_at,
            "by": jobs.initiator(run),
        },
        "progress_url": reverse("job_progress", args=[run.pk]),
        "result_url": run.result.get("url", ""),
        "result_label": "",
        "retry_url": reverse("job_retry", args=[run.pk]),
    }
