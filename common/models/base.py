"""Base classes of all rows."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import scope


class RowModel(models.Model):
    """An editable row: it carries a version, so that a stale save is noticed and shows both sides."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last change"), auto_now=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class ScopedModel(RowModel):
    """A row that belongs to a unit. Its default manager raises unless the query says for whom it reads."""

    class Scope(scope.Scope):
        pass

    objects = scope.ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    def _perform_unique_checks(self, unique_checks: Any) -> Any:
        with scope.uniqueness():
            return super()._perform_unique_checks(unique_checks)  # type: ignore[misc]

    def validate_constraints(self, exclude: Any = None) -> None:
        with scope.uniqueness():
            super().validate_constraints(exclude)


class AppendOnlyModel(models.Model):
    """A row that is written once. A trigger refuses change and removal; the application's database role
    holds neither right besides (`manage.py grants`)."""

    append_only = True

    class Meta:
        abstract = True
        triggers: list[pgtrigger.Trigger] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
