"""Administration, Stages: what each stage asks for, and the reasons to choose from."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import services
from common.access import Action
from common.scope import may_on
from common.views import ArchivePage, Crumbs, DetailPage, FormPage, ListPage, UpdatePage, action
from leads.filters.stages import StageFilterSet
from leads.forms.stages import StageForm, StageReasonForm
from leads.models import Stage, StageReason
from leads.services import stages as stage_services
from leads.stages import words
from leads.stages.ladders import SHARED
from leads.tables.stages import StageReasonTable, StageTable

ADMIN = (_("Administration"), "")


class StageNouns:
    model: Any = Stage
    kind = "stage"
    url_prefix = "stage"
    crumbs: Crumbs = (ADMIN, (_("Stages"), "stage_list"))


class StageList(StageNouns, ListPage):
    title = _("Stages")
    sub = _("What leads and projects need to get on, and how long they may take")
    table_class = StageTable
    filterset_class = StageFilterSet
    crumbs: Crumbs = (ADMIN,)
    empty = (_("There are no stages yet."), _("An administrator runs: manage.py pipeline load"))


class StageDetail(StageNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        stage = self.get_object()
        return [
            {
                "title": _("Stage"),
                "rows": [
                    (_("name"), stage.name),
                    (_("English name"), stage.name_en),
                    (_("code"), stage.code),
                    (_("pipeline"), stage.get_pipeline_display()),
                    (_("kind"), stage.get_kind_display()),
                ],
            },
            {
                "title": pgettext_lazy("stage", "To enter it"),
                "rows": [
                    (_("required facts"), words.facts_of(stage)),
                    (_("required evidence"), words.evidence_of(stage)),
                    (_("who may move"), words.movers_of(stage)),
                ],
            },
            {
                "title": _("Days"),
                "rows": [
                    (_("working days"), stage.due_days),
                    (_("days until stale"), stage.stale_days),
                ],
            },
        ]

    def related(self) -> list[dict[str, Any]]:
        stage = self.get_object()
        if stage.kind not in stage_services.WITH_REASONS:
            return []
        rows = StageReason.objects.unscoped(reason=SHARED).filter(stage=stage, archived_at=None)
        add = reverse("stagereason_add", args=[stage.pk]) if may_on(self.actor, Action.CHANGE, stage) else ""
        return [{"title": _("Reasons"), "table": StageReasonTable(rows), "add_url": add}]

    def actions(self) -> list[dict[str, Any]]:
        stage = self.get_object()
        if not may_on(self.actor, Action.CHANGE, stage):
            return []
        return [action(_("Change"), reverse("stage_update", args=[stage.pk]), icon="edit", primary=True)]


class StageUpdate(StageNouns, UpdatePage):
    form_class = StageForm
    service = staticmethod(stage_services.stage_update)

    def settled(self, data: Any) -> Any:
        """After a conflict: boxes are lists, so "theirs" is set as one."""
        found = super().settled(data)
        for name in ("facts", "evidence", "movers"):
            if data.get(f"take_{name}") == "theirs":
                found.setlist(name, getattr(self.get_object(), name))
        return found


class ReasonNouns(StageNouns):
    """A reason has no page of its own: it stands on that of its stage."""

    model = StageReason
    url_prefix = "stagereason"

    def detail_url(self) -> str:
        return reverse("stage_detail", args=[self.get_object().stage_id])  # type: ignore[attr-defined]


class ReasonAdd(StageNouns, FormPage):
    title = _("New reason")
    needs = Action.CHANGE
    panel = True
    form_class = StageReasonForm

    def check(self) -> None:
        self.stage = services.get_visible(Stage, self.kwargs["pk"], self.actor)
        services.authorize_change(self.actor, self.stage)

    def run(self, form: Any) -> Any:
        return stage_services.reason_add(actor=self.actor, stage=self.stage, **form.values())

    def done_url(self, result: Any) -> str:
        return reverse("stage_detail", args=[self.stage.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sub=self.stage.label, cancel_url=self.done_url(None), **kwargs)


class ReasonUpdate(ReasonNouns, UpdatePage):
    panel = True
    form_class = StageReasonForm
    service = staticmethod(stage_services.reason_update)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        url = reverse("stagereason_archive", args=[self.get_object().pk])
        return super().get_context_data(actions=[action(_("Archive"), url)], **kwargs)


class ReasonArchive(ReasonNouns, ArchivePage):
    service = staticmethod(stage_services.reason_archive)
