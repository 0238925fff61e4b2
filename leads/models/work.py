"""What is done for a lead or its project: follow-ups, tasks, files, and who looked."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import scope
from common.changelog import track
from common.models import AppendOnlyModel, ScopedModel, StoredFile
from common.scope import ScopedQuerySet
from leads.choices import ContactKind, Evidence
from organizations.models import Unit, User

from .leads import Lead


class OfLead(scope.Scope):
    """Parts of a lead are seen and kept by whom the lead is; a project's pages read them through the project."""

    kind = "lead"
    path = "lead__unit__path"
    owner = "lead__officer__user_id"


@track("lds_follow_up_event")
class FollowUp(ScopedModel):
    """A talk with the investor: what was said, and what follows. Whether it prolongs protection is a matter
    of its kind (`ProtectionTerms.real_kinds`)."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="follow_ups", verbose_name=_("lead"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    kind = models.CharField(pgettext_lazy("follow-up", "kind"), max_length=12, choices=ContactKind.choices)
    on = models.DateField(_("date"))
    people = models.CharField(_("who took part"), max_length=300, blank=True)
    text = models.TextField(_("what was said"), max_length=8000)
    author = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by"), editable=False
    )

    class Scope(OfLead):
        pass

    class Meta:
        db_table = "lds_follow_up"
        ordering = ("-on", "-id")
        verbose_name = _("follow-up")
        indexes = [models.Index(fields=["lead", "-on"], name="lds_follow_up_lead_ix")]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.get_kind_display()}"


@track("lds_task_event")
class Task(ScopedModel):
    """Something to be done by a day, with a reminder `remind_days` calendar days before."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="tasks", verbose_name=_("lead"))
    follow_up = models.ForeignKey(
        FollowUp,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("from follow-up"),
    )
    title = models.CharField(_("what"), max_length=200)
    assignee = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=pgettext_lazy("task", "who"),
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    remind_days = models.PositiveSmallIntegerField(_("remind days before"), default=1)
    done_on = models.DateField(_("done on"), null=True, blank=True, editable=False)
    outcome = models.CharField(_("outcome"), max_length=500, blank=True)

    class Scope(OfLead):
        owner = "assignee_id"

    class Meta:
        db_table = "lds_task"
        ordering = ("due_on", "id")
        verbose_name = _("task")
        indexes = [models.Index(fields=["assignee", "done_on", "due_on"], name="lds_task_due_ix")]

    def __str__(self) -> str:
        return self.title


@track("lds_attachment_event")
class Attachment(ScopedModel):
    """A file of a lead or its project, and what it proves."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="attachments", verbose_name=_("lead"))
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("file"))
    name = models.CharField(_("file name"), max_length=200)
    kind = models.CharField(
        pgettext_lazy("evidence", "kind"), max_length=20, choices=Evidence.choices, default=Evidence.OTHER
    )
    on = models.DateField(_("dated"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    author_name = models.CharField(_("entered by"), max_length=150, editable=False)

    class Scope(OfLead):
        pass

    class Meta:
        db_table = "lds_attachment"
        ordering = ("-id",)
        verbose_name = _("file")
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "stored", "kind"],
                condition=models.Q(archived_at=None),
                name="lds_attachment_once_uq",
                violation_error_message=_("This file is already there."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Look(AppendOnlyModel):
    """Somebody opened a confidential record. Kept for the audit."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="looks")
    at = models.DateTimeField(_("when"))
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("who"), max_length=150)

    objects = ScopedQuerySet.as_manager()
    Scope = OfLead

    class Meta(AppendOnlyModel.Meta):
        db_table = "lds_look"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.actor_name} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"
