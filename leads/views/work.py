"""Pages of a dossier's follow-ups, tasks and files. They serve a lead and its project alike."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import clock, files
from common.errors import NotVisible
from common.views import Crumbs, ListPage, Page
from common.views.base import write
from common.views.forms import FormPage
from common.views.rows import ReasonForm
from leads import confidential, dossier
from leads.filters.work import TaskFilterSet
from leads.forms.work import (
    AttachmentForm,
    AttachmentUpdateForm,
    FollowUpForm,
    FollowUpUpdateForm,
    TaskDoneForm,
    TaskForm,
)
from leads.models import Attachment, FollowUp, Lead, Task
from leads.services import files as file_services
from leads.services import follow_ups as follow_up_services
from leads.services import tasks as task_services
from leads.tables.work import TaskTable
from leads.timeline import timeline

CRUMBS: Crumbs = ((_("Leads"), "lead_list"),)


class OfDossier(FormPage):
    """A form about a part of a dossier: in the panel of the lead's or the project's page, or on its own."""

    kind = ""
    panel = True
    stays = True
    crumbs = CRUMBS
    model: Any = None  # None: the address names the lead

    def check(self) -> None:
        if self.model is None:
            self.row, self.lead = None, dossier.keep(self.actor, self.kwargs["pk"])
            return
        self.row = self.model._base_manager.filter(pk=self.kwargs["pk"]).first()
        if self.row is None:
            raise NotVisible
        self.lead = self.allowed(self.row)

    def allowed(self, row: Any) -> Lead:
        return dossier.keep(self.actor, row.lead_id)

    def done_url(self, result: Any) -> str:
        given = self.request.GET.get("next", "")
        own = url_has_allowed_host_and_scheme(given, {self.request.get_host()}, self.request.is_secure())
        return given if own else reverse("lead_detail", args=[self.lead.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sub=self.lead.name, cancel_url=self.done_url(None), **kwargs)


class OfRow(OfDossier):
    """Changing a part: its version travels in the form."""

    def make_form(self, data: Any = None) -> Any:
        return self.form_class(data, instance=self.row, actor=self.actor)

    def changed(self, form: Any) -> dict[str, Any]:
        return {"pk": self.kwargs["pk"], "version": form.cleaned_data.get("version"), **form.values()}


class FollowUpAdd(OfDossier):
    title = _("Record a follow-up")
    form_class = FollowUpForm
    saved = _("Follow-up recorded.")

    def make_form(self, data: Any = None) -> Any:
        return FollowUpForm(data, actor=self.actor, lead=self.lead)

    def run(self, form: Any) -> Any:
        return follow_up_services.follow_up_add(actor=self.actor, lead=self.lead.pk, **form.cleaned_data)


class FollowUpUpdate(OfRow):
    title = _("Correct a follow-up")
    model = FollowUp
    form_class = FollowUpUpdateForm

    def run(self, form: Any) -> Any:
        return follow_up_services.follow_up_update(actor=self.actor, **self.changed(form))


class TaskAdd(OfDossier):
    title = _("New task")
    form_class = TaskForm
    saved = _("Task entered.")

    def make_form(self, data: Any = None) -> Any:
        return TaskForm(data, actor=self.actor, lead=self.lead)

    def run(self, form: Any) -> Any:
        return task_services.task_add(actor=self.actor, lead=self.lead.pk, **form.values())


class OfTask(OfRow):
    """A task is kept by whose it is, and by who keeps its dossier."""

    model = Task

    def allowed(self, row: Any) -> Lead:
        if row.assignee_id == self.actor.pk:
            return Lead._base_manager.select_related("unit").get(pk=row.lead_id)
        return super().allowed(row)


class TaskUpdate(OfTask):
    title = _("Change a task")
    form_class = TaskForm

    def make_form(self, data: Any = None) -> Any:
        return TaskForm(data, instance=self.row, actor=self.actor, lead=self.lead)

    def run(self, form: Any) -> Any:
        return task_services.task_update(actor=self.actor, **self.changed(form))


class TaskDone(OfTask):
    title = _("Task done")
    form_class = TaskDoneForm
    submit_label = pgettext_lazy("task", "Settle")
    saved = _("Task done.")

    def make_form(self, data: Any = None) -> Any:
        return TaskDoneForm(data, actor=self.actor)

    def run(self, form: Any) -> Any:
        return task_services.task_done(
            actor=self.actor, pk=self.kwargs["pk"], outcome=form.cleaned_data["outcome"]
        )


class TaskReopen(OfTask):
    """A button: POST only."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        write(
            request,
            lambda: task_services.task_reopen(actor=self.actor, pk=self.kwargs["pk"]),
            said=_("The task is open again."),
        )
        return HttpResponseRedirect(self.done_url(None))


class AttachmentAdd(OfDossier):
    title = _("Add a file")
    form_class = AttachmentForm
    saved = _("File added.")

    def make_form(self, data: Any = None) -> Any:
        return AttachmentForm(data, self.request.FILES if data is not None else None, actor=self.actor)

    def run(self, form: Any) -> Any:
        given = dict(form.cleaned_data)
        upload = given.pop("file")
        return file_services.attachment_add(
            actor=self.actor, lead=self.lead.pk, stored=files.store(upload), name=upload.name, **given
        )


class AttachmentUpdate(OfRow):
    title = _("Change a file's description")
    model = Attachment
    form_class = AttachmentUpdateForm

    def run(self, form: Any) -> Any:
        return file_services.attachment_update(actor=self.actor, **self.changed(form))


class AttachmentArchive(OfRow):
    title = _("Take a file out")
    model = Attachment
    form_class = ReasonForm
    submit_label = pgettext_lazy("file", "Remove")
    saved = _("The file was taken out.")

    def make_form(self, data: Any = None) -> Any:
        return ReasonForm(data, actor=self.actor, initial={"version": self.row.version if self.row else 0})

    def run(self, form: Any) -> Any:
        given = form.cleaned_data
        return file_services.attachment_archive(
            actor=self.actor, pk=self.kwargs["pk"], version=given["version"], reason=given["reason"]
        )


class AttachmentFile(Page):
    """The file itself, for those who may read the dossier."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        row = Attachment._base_manager.select_related("stored").filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise NotVisible
        confidential.look(self.actor, dossier.read(self.actor, row.lead_id))
        return files.respond(row.stored, row.name)


class Timeline(Page):
    """Everything that happened, whole."""

    template_name = "leads/timeline.html"
    crumbs = CRUMBS

    def check(self) -> None:
        self.lead = dossier.read(self.actor, self.kwargs["pk"])
        confidential.look(self.actor, self.lead)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("What happened"),
            sub=self.lead.name,
            entries=timeline(self.lead),
            lead=self.lead,
            **kwargs,
        )


class TaskList(ListPage):
    """What is open, the most urgent first: what is late, then by its day, what has none at last."""

    kind = "lead"
    model = Task
    title = _("Tasks")
    sub = _("What is to be done for leads and projects")
    table_class = TaskTable
    filterset_class = TaskFilterSet
    url_prefix = "task"
    empty = (_("No task is open."), _("Tasks come from follow-ups, or are entered on a lead or project."))

    def views(self) -> list[tuple[Any, str, int | None]]:
        rows = Task.objects.visible_to(self.actor).filter(archived_at=None, done_on=None)
        mine, late = Q(assignee_id=self.actor.pk), Q(due_on__lt=clock.today())
        counts = rows.aggregate(
            open=Count("pk"), mine=Count("pk", filter=mine), late=Count("pk", filter=mine & late)
        )
        return [
            (pgettext_lazy("tasks", "Open"), "", counts["open"]),
            (_("Mine"), "whose=me", counts["mine"]),
            (_("Mine, overdue"), "whose=me&state=overdue", counts["late"]),
            (_("All"), "state=all", None),
        ]

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("lead__unit", "lead__officer", "assignee")
