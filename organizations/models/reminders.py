"""Reminders: messages to one account about something that is his to do or to know."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock, scope

from .users import User


class Reminder(models.Model):
    """A message to one account. Only he sees it. `kind` names the words (`organizations/reminders.py`), `params`
    fills them in, so everybody reads them in his own language. Its key makes it arrive once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="reminders", verbose_name=_("account"))
    kind = models.CharField(_("kind"), max_length=40)
    params = models.JSONField(default=dict)
    subject_type = models.CharField(max_length=60, blank=True)  # "leads.lead"
    subject_id = models.BigIntegerField(null=True)
    url = models.CharField(max_length=300, blank=True)  # a path of this site
    due_on = models.DateField(_("due on"), null=True)
    key = models.CharField(max_length=200)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    read_at = models.DateTimeField(_("read"), null=True)

    objects = scope.ScopedQuerySet.as_manager()

    class Scope(scope.Scope):
        kind = "reminder"
        owner = "user_id"

    class Meta:
        db_table = "org_reminder"
        ordering = ("-id",)
        verbose_name = _("reminder")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="org_reminder_key_uq")]
        indexes = [
            models.Index(
                fields=["user", "-id"],
                condition=models.Q(read_at__isnull=True),
                name="org_reminder_unread_ix",
            ),
            models.Index(fields=["subject_type", "subject_id"], name="org_reminder_subject_ix"),
            models.Index(fields=["created_at"], name="org_reminder_created_ix"),
        ]

    def __str__(self) -> str:
        return self.key
