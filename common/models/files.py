"""Files of people: one row for each content, found by its hash."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import AppendOnlyModel


class StoredFile(AppendOnlyModel):
    """A file's content, kept once. What it is called and what it proves stands with the row that uses it."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField(_("size"))
    media_type = models.CharField(_("type"), max_length=100)

    class Meta(AppendOnlyModel.Meta):
        db_table = "com_stored_file"
        verbose_name = _("file")

    def __str__(self) -> str:
        return self.sha256[:12]
