from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import AppendOnlyModel


class ExportLog(AppendOnlyModel):
    """Who took which rows out, when, with which filters."""

    at = models.DateTimeField(_("time"))
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("who"), max_length=150)
    kind = models.CharField(_("what"), max_length=40)
    query = models.CharField(_("filters"), max_length=2000, blank=True)
    rows = models.PositiveIntegerField(_("rows"))

    class Meta(AppendOnlyModel.Meta):
        db_table = "com_export_log"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
