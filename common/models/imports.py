"""Import of a sender's sheet: the file, the batch, its rows, and what was learned about the sender's words."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import scope
from common.changelog import track

from .base import AppendOnlyModel, ScopedModel


def place(instance: ImportFile, filename: str) -> str:
    """Files lie under their own hash: two equal files are one, and no sender chooses a path."""
    return f"imports/{instance.sha256[:2]}/{instance.sha256}"


class ImportFile(AppendOnlyModel):
    """A file as it was sent. It is served only through permission checks, as a download."""

    sha256 = models.CharField(max_length=64, unique=True)
    content = models.FileField(upload_to=place, max_length=200)
    size = models.PositiveIntegerField(_("size"))

    class Meta(AppendOnlyModel.Meta):
        db_table = "com_import_file"

    def __str__(self) -> str:
        return self.sha256[:12]


@track("com_import_batch_event")
class ImportBatch(ScopedModel):
    """One sheet on its way in: mapped, previewed, confirmed, and undone if need be."""

    class State(models.TextChoices):
        MAPPING = "mapping", _("columns to be matched")
        PREVIEW = "preview", _("preview")
        CONFIRMED = "confirmed", _("imported")
        UNDONE = "undone", _("undone")
        DISCARDED = "discarded", _("discarded")

    importer = models.CharField(_("what"), max_length=40)
    file = models.ForeignKey(ImportFile, models.PROTECT, verbose_name=_("file"))
    filename = models.CharField(_("file name"), max_length=200)
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    header_row = models.PositiveIntegerField(_("header row"), default=1)
    header_rows = models.PositiveSmallIntegerField(_("rows of the header"), default=1)
    scope_path = models.CharField(max_length=200, db_collation="C")
    params = models.JSONField(default=dict)
    columns = models.JSONField(default=dict)  # {"3": "ytd:capital"}: column number to field key
    names = models.JSONField(default=dict)  # {"sender's name": unit id}
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.MAPPING)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("imported by"), max_length=150)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.CharField(_("undone by"), max_length=150, blank=True)
    undo_reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Scope(scope.Scope):
        kind = "import"
        path = "scope_path"
        owner = "actor_id"

    class Meta:
        db_table = "com_import_batch"
        ordering = ("-id",)
        indexes = [models.Index(fields=["scope_path", "-id"], name="com_import_scope_ix")]

    def __str__(self) -> str:
        return self.filename


class ImportRow(models.Model):
    """One row of the sheet with its cells as sent, what is wrong with it, and what became of it."""

    class Result(models.TextChoices):
        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        WRONG = "wrong", _("wrong")

    class Fate(models.TextChoices):
        OPEN = "open", _("not yet imported")
        APPLIED = "applied", _("imported")
        PARKED = "parked", _("parked")
        DROPPED = "dropped", _("dropped")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField(default=dict)  # {"ytd:capital": {"value": "9050", "ref": "C4"}}
    plan = models.JSONField(default=list)  # what it will write, in words of the importer
    problems = models.JSONField(default=list)  # [{"field": ..., "ref": ..., "message": ...}]
    result = models.CharField(max_length=10, choices=Result.choices)
    fate = models.CharField(max_length=10, choices=Fate.choices, default=Fate.OPEN)

    class Meta:
        db_table = "com_import_row"
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="com_import_row_uq")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number}"


class ImportMapping(models.Model):
    """A sender's header, matched once: the next sheet of the same scope knows it."""

    importer = models.CharField(max_length=40)
    scope_path = models.CharField(max_length=200, db_collation="C")
    header = models.CharField(max_length=200)
    field = models.CharField(max_length=100)

    class Meta:
        db_table = "com_import_mapping"
        constraints = [
            models.UniqueConstraint(fields=["importer", "scope_path", "header"], name="com_import_map_uq")
        ]

    def __str__(self) -> str:
        return f"{self.header} → {self.field}"
