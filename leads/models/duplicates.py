"""Pairs that were looked at: not the same, or merged."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.changelog import track
from common.models import AppendOnlyModel, RowModel
from leads.choices import PairKind


@track("lds_distinct_event")
class NotDuplicate(RowModel):
    """Two rows that look alike and are not the same. The lower id stands first."""

    kind = models.CharField(_("what"), max_length=8, choices=PairKind.choices)
    one_id = models.BigIntegerField()
    other_id = models.BigIntegerField()
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    actor_name = models.CharField(_("by"), max_length=150)

    class Meta:
        db_table = "lds_distinct"
        constraints = [
            models.UniqueConstraint(fields=["kind", "one_id", "other_id"], name="lds_distinct_uq"),
            models.CheckConstraint(condition=Q(one_id__lt=F("other_id")), name="lds_distinct_order_ck"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.one_id} ≠ {self.other_id}"


class LikePair(models.Model):
    """What the last search over all records found: two rows that may be one. The lower id stands first. Pairs
    that were merged or set apart since are left out when it is read (`leads.duplicates.pairs`)."""

    kind = models.CharField(_("what"), max_length=8, choices=PairKind.choices)
    one_id = models.BigIntegerField()
    other_id = models.BigIntegerField()
    level = models.PositiveSmallIntegerField(_("level"))
    reason = models.CharField(_("reason"), max_length=30)
    similarity = models.DecimalField(_("similarity"), max_digits=5, decimal_places=2)  # percent, half up
    different_codes = models.BooleanField(_("different credit codes"), default=False)
    found_at = models.DateTimeField(_("found"))

    class Meta:
        db_table = "lds_pair"
        ordering = ("level", "-similarity", "id")
        verbose_name = _("likely duplicate")
        constraints = [
            models.UniqueConstraint(fields=["kind", "one_id", "other_id"], name="lds_pair_uq"),
            models.CheckConstraint(condition=Q(one_id__lt=F("other_id")), name="lds_pair_order_ck"),
        ]
        indexes = [models.Index(fields=["kind", "level", "-similarity"], name="lds_pair_level_ix")]

    def __str__(self) -> str:
        return f"{self.kind} {self.one_id} ~ {self.other_id}"


class Merge(AppendOnlyModel):
    """Two rows became one: which stayed, which went, and how many rows of each relation were carried over."""

    kind = models.CharField(_("what"), max_length=8, choices=PairKind.choices)
    kept_id = models.BigIntegerField()
    gone_id = models.BigIntegerField()
    moved = models.JSONField(_("carried over"), default=dict)  # {"lead.investor": 3}
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField(_("merged"))
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("by"), max_length=150)

    class Meta(AppendOnlyModel.Meta):
        db_table = "lds_merge"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.gone_id} → {self.kept_id}"
