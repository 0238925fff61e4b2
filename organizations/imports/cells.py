"""A row of a sender's sheet, read cell by cell; what can't be read becomes a problem of its cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from common.imports import Cell, Plan, Problem
from common.sheets import NumberError, parse_number
from organizations.choices import UnitKind

# Words that senders write. They are language, not rules.
YES = frozenset({"是", "√", "✓", "y", "yes", "true", "1"})
NO = frozenset({"否", "×", "x", "n", "no", "false", "0"})
KINDS = {
    "省": UnitKind.REGION,
    "市": UnitKind.CITY,
    "县": UnitKind.COUNTY,
    "区": UnitKind.COUNTY,
    "县区": UnitKind.COUNTY,
    "园区": UnitKind.PARK,
    "开发区": UnitKind.PARK,
    "镇": UnitKind.TOWN,
    "乡": UnitKind.TOWN,
    "街道": UnitKind.TOWN,
    "部门": UnitKind.DEPARTMENT,
}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?")


def kinds() -> dict[str, str]:
    """What a sender may write for a kind of unit: our words in every language, the code, and common words."""
    found: dict[str, str] = {**KINDS}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {str(kind.label).lower(): kind.value for kind in UnitKind}
    return found | {kind.value: kind.value for kind in UnitKind}


class Row:
    """The cells of one row by field. An empty cell, and a column that is not there, say nothing: None."""

    def __init__(self, cells: Mapping[str, Cell], plan: Plan, model: type[models.Model]) -> None:
        self.cells, self.plan, self.model = cells, plan, model

    def problem(self, key: str, message: str) -> None:
        shown = key if key in self.cells else next(iter(self.cells), key)
        self.plan.problems.append(Problem(key, self.cells[shown].ref if shown in self.cells else "", message))

    def raw(self, key: str) -> str:
        cell = self.cells.get(key)
        return unicodedata.normalize("NFKC", cell.value).strip() if cell else ""

    def text(self, key: str) -> str | None:
        """A text as the model's field of this name takes it."""
        found = self.cells[key].value.strip() if key in self.cells else ""
        if not found:
            return None
        try:
            return self.model._meta.get_field(key).clean(found, None)  # type: ignore[union-attr]
        except ValidationError as wrong:
            self.problem(key, " ".join(wrong.messages))
            return None

    def day(self, key: str) -> date | None:
        found = self.raw(key)
        if not found:
            return None
        parts = _DAY.fullmatch(found)
        try:
            if parts:
                return date(*map(int, parts.groups()))
        except ValueError:
            pass  # a 30 February
        self.problem(key, _("“%(value)s” is not a day. Write it as 2026-11-22.") % {"value": found})
        return None

    def whole(self, key: str) -> int | None:
        found = self.raw(key)
        if not found:
            return None
        try:
            number = parse_number(found)
        except NumberError as wrong:
            self.problem(key, wrong.message)
            return None
        if not isinstance(number, Decimal) or number != number.to_integral_value() or not 0 <= number < 2**31:
            self.problem(key, _("“%(value)s” is not a whole number from 0.") % {"value": found})
            return None
        return int(number)

    def yes(self, key: str) -> bool | None:
        found = self.raw(key).lower()
        if not found:
            return None
        if found in YES or found in NO:
            return found in YES
        self.problem(key, _("“%(value)s” is neither yes nor no.") % {"value": found})
        return None

    def kind(self, key: str) -> str | None:
        found = self.raw(key).lower()
        if not found:
            return None
        known = kinds()
        if found not in known:
            words = "、".join(str(kind.label) for kind in UnitKind)
            self.problem(
                key,
                _("“%(value)s” is no kind of unit. One of: %(kinds)s.") % {"value": found, "kinds": words},
            )
            return None
        return known[found]
