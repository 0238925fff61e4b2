"""Work with an effect on figures, money or notices is a row first, and a task second."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.changelog import track


class JobRun(models.Model):
    """One piece of work, written in the same transaction as its cause. Its key makes it run once."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        DISPATCHED = "dispatched", _("handed to a worker")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    OPEN = (State.QUEUED, State.DISPATCHED, State.RUNNING)

    kind = models.CharField(_("kind"), max_length=60)
    params = models.JSONField(_("parameters"), default=dict)
    key = models.CharField(max_length=200, unique=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.QUEUED)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("started by"), max_length=150)
    created_at = models.DateTimeField(_("created"))
    not_before = models.DateTimeField(_("not before"), null=True)
    dispatched_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(_("started"), null=True)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    checkpoints = models.JSONField(
        default=dict
    )  # {"rows": {"pk": 120, "done": 40}}: see jobs.Progress.in_batches
    result = models.JSONField(_("result"), default=dict)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        db_table = "com_job_run"
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["state", "not_before"], name="com_job_state_ix"),
            models.Index(fields=["kind", "-id"], name="com_job_kind_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class Rhythm(models.TextChoices):
    DAILY = "daily", _("every day")
    MONTHLY = "monthly", _("every month")


@track("com_job_schedule_event", exclude=("last_for",))
class JobSchedule(models.Model):
    """A regular run: every day (or every working day), or on a day of each month shifted to the next working
    day. `last_for` is the day, or the first day of the month, of the last run that was written."""

    kind = models.CharField(_("kind"), max_length=60, unique=True)
    rhythm = models.CharField(_("rhythm"), max_length=8, choices=Rhythm.choices, default=Rhythm.MONTHLY)
    day = models.PositiveSmallIntegerField(_("day of the month"), default=5)
    working_days = models.BooleanField(_("only on working days"), default=False)
    hour = models.PositiveSmallIntegerField(_("hour"), default=6)
    enabled = models.BooleanField(_("enabled"), default=True)
    last_for = models.DateField(_("last run for"), null=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        db_table = "com_job_schedule"
        verbose_name = _("regular run")
        constraints = [
            models.CheckConstraint(condition=models.Q(day__range=(1, 28)), name="com_sched_day_ck"),
            models.CheckConstraint(condition=models.Q(hour__range=(0, 23)), name="com_sched_hour_ck"),
            models.CheckConstraint(condition=models.Q(rhythm__in=Rhythm.values), name="com_sched_rhythm_ck"),
        ]

    def __str__(self) -> str:
        return self.kind


class Heartbeat(models.Model):
    """When a part of the system was last alive: `tick`, `worker`. Read by `manage.py doctor`."""

    name = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "com_heartbeat"

    def __str__(self) -> str:
        return self.name
