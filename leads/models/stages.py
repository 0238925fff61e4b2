"""The ladder of stages as data (DOMAIN §2): what each stage asks for is a row that the bureau edits."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common import scope
from common.changelog import track
from common.models import AppendOnlyModel, ScopedModel
from leads.choices import Pipeline, StageKind

CODE = RegexValidator(r"^[a-z][a-z0-9_]*$", _("Small letters, digits and underlines, a letter first."))


class Named(ScopedModel):
    """A row whose name is data in two languages: Chinese, and English where it was given."""

    code = models.CharField(_("code"), max_length=30, validators=[CODE])
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    sort = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


@track("lds_stage_event")
class Stage(Named):
    """A step of the pipeline. `facts`, `evidence` are asked for on entering; `due_days` are working days
    that a record may stay; without a sign of life for `stale_days` calendar days it is marked."""

    pipeline = models.CharField(_("pipeline"), max_length=8, choices=Pipeline.choices)
    kind = models.CharField(pgettext_lazy("stage", "kind"), max_length=6, choices=StageKind.choices)
    facts = ArrayField(
        models.CharField(max_length=30), verbose_name=_("required facts"), default=list, blank=True
    )
    evidence = ArrayField(
        models.CharField(max_length=20), verbose_name=_("required evidence"), default=list, blank=True
    )
    movers = ArrayField(
        models.CharField(max_length=20), verbose_name=_("who may move"), default=list, blank=True
    )
    due_days = models.PositiveSmallIntegerField(_("working days"), null=True, blank=True)
    stale_days = models.PositiveSmallIntegerField(_("days until stale"), null=True, blank=True)

    class Scope(scope.Scope):
        kind = "stage"

    class Meta:
        db_table = "lds_stage"
        ordering = ("pipeline", "sort", "code")
        verbose_name = _("stage")
        constraints = [models.UniqueConstraint(fields=["pipeline", "code"], name="lds_stage_code_uq")]


@track("lds_reason_event")
class StageReason(Named):
    """Why a record was lost, suspended or terminated: chosen from this list."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="reasons", verbose_name=_("stage"))

    class Scope(scope.Scope):
        kind = "stage"

    class Meta:
        db_table = "lds_reason"
        ordering = ("stage", "sort", "code")
        verbose_name = _("reason")
        constraints = [models.UniqueConstraint(fields=["stage", "code"], name="lds_reason_code_uq")]


class Move(AppendOnlyModel):
    """One move along a ladder: the stage log. `days` are the calendar days spent in the stage left."""

    from_stage = models.ForeignKey(
        Stage, models.PROTECT, null=True, related_name="+", verbose_name=_("from stage")
    )
    to_stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", verbose_name=_("to stage"))
    on = models.DateField(_("date"))
    at = models.DateTimeField(_("entered"))
    days = models.PositiveIntegerField(_("days in the stage left"), null=True)
    direction = models.CharField(_("direction"), max_length=8)
    reason = models.ForeignKey(
        StageReason, models.PROTECT, null=True, related_name="+", verbose_name=_("reason")
    )
    reason_text = models.CharField(_("reason in words"), max_length=500, blank=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("moved by"), max_length=150)

    class Meta(AppendOnlyModel.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.from_stage or ''} → {self.to_stage}"


class Staged(models.Model):
    """What a record on a ladder carries. The fields are moved by services only."""

    stage = models.ForeignKey(
        Stage, models.PROTECT, related_name="+", verbose_name=_("stage"), editable=False
    )
    stage_on = models.DateField(_("in this stage since"), editable=False)
    due_on = models.DateField(_("stage due on"), null=True, blank=True, editable=False)
    held_from = models.ForeignKey(
        Stage,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("suspended from"),
        editable=False,
    )
    last_sign_on = models.DateField(_("last sign of life"), null=True, blank=True, editable=False)
    stale_on = models.DateField(_("stale since"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True
