"""Base classes of all rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pgtrigger
from django.core.exceptions import FieldError
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

    def clean_fields(self, exclude: Any = None) -> None:
        """As Django's, but a row that was read from the database isn't asked for there again."""
        super().clean_fields(exclude={*(exclude or ()), *filter(self._was_read, self._links())})

    def _links(self) -> list[str]:
        fields: Any = self._meta.concrete_fields
        return [field.name for field in fields if field.is_relation and field.is_cached(self)]

    def _was_read(self, name: str) -> bool:
        field: Any = self._meta.get_field(name)
        row = field.get_cached_value(self)
        known = row is not None and not row._state.adding and not field.get_limit_choices_to()
        return known and getattr(row, field.target_field.attname) == getattr(self, field.attname)

    def validate_constraints(self, exclude: Any = None) -> None:
        """As Django's, but all checks are asked in one query; each by itself only to say which doesn't hold."""
        self._checks_hold = self._all_checks_hold(exclude)
        try:
            super().validate_constraints(exclude)
        finally:
            del self._checks_hold

    _checks_hold = False

    def get_constraints(self) -> list[tuple[type[models.Model], Sequence[models.BaseConstraint]]]:
        found = super().get_constraints()
        if not self._checks_hold:
            return found
        return [(m, [c for c in rows if not isinstance(c, models.CheckConstraint)]) for m, rows in found]

    def _all_checks_hold(self, exclude: Any) -> bool:
        """False also where a field is left out, which only Django's own way can tell from a broken rule."""
        checks = [c.condition for c in self._meta.constraints if isinstance(c, models.CheckConstraint)]
        try:
            values = self._get_field_expression_map(meta=self._meta, exclude=exclude)  # type: ignore[attr-defined]
            return bool(checks) and models.Q(*checks).check(values)
        except FieldError:
            return False

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
