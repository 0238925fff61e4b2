"""What the imports of leads and projects read from a row: money, areas, words of lists, people, industries.

In a plan values are JSON: amounts and areas as text with two decimals, records by their keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from common.actors import Actor
from common.models import ImportBatch
from common.sheets import NumberError, parse_number
from leads.services.investors import clean_code
from organizations.imports.base import Reader
from organizations.imports.cells import Row
from organizations.models import Officer, Unit, User
from organizations.selectors import normal_name
from reference.models import HOME_CURRENCY, Currency, Industry

WAN = 10_000
CENT = Decimal("0.01")
PLACES = 2
MOST = Decimal(10) ** 16  # amounts have 18 digits, two of them decimals
UNITS_OF_MONEY = {
    "万元": Decimal(1), "亿元": Decimal(10_000), "万美元": Decimal(1), "亿美元": Decimal(10_000),
    "万": Decimal(1), "亿": Decimal(10_000),
}  # fmt: skip


class DealRow(Row):
    """Cells as leads and projects have them. What can't be read becomes a problem of its cell, and None."""

    def number(self, key: str, units: Mapping[str, Decimal] | None = None) -> Decimal | None:
        found = self.raw(key)
        if not found:
            return None
        try:
            number = parse_number(found, units=units)
        except NumberError as wrong:
            self.problem(key, wrong.message)
            return None
        if number is None:
            return None
        if not isinstance(number, Decimal) or not 0 <= number < MOST:
            self.problem(key, _("“%(value)s” is not a number from 0.") % {"value": found})
            return None
        return number

    def money(self, key: str) -> str | None:
        """Typed in ten thousands, kept in the currency's own unit."""
        number = self.number(key, UNITS_OF_MONEY)
        return None if number is None else two_places(number * WAN)

    def area(self, key: str) -> str | None:
        number = self.number(key, {"亩": Decimal(1)})
        return None if number is None else two_places(number)

    def choice(self, key: str, choices: Any) -> str | None:
        """The value of a word from a list, in any of our languages, or the value itself."""
        found = self.raw(key)
        if not found:
            return None
        known = words_of(choices)
        if found.lower() not in known:
            words = "、".join(str(one.label) for one in choices)
            self.problem(key, _("“%(value)s” is none of: %(words)s.") % {"value": found, "words": words})
            return None
        return known[found.lower()]

    def code(self, key: str) -> str | None:
        """A unified social credit code, with its check digit tested."""
        found = self.raw(key)
        if not found:
            return None
        try:
            return clean_code(found)
        except ValidationError as wrong:
            self.problem(key, " ".join(wrong.messages))
            return None


def two_places(number: Decimal) -> str:
    return f"{number.quantize(CENT):f}"


def words_of(choices: Any) -> dict[str, str]:
    """Words in every language → value."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {str(one.label).lower(): one.value for one in choices}
    return found | {one.value: one.value for one in choices}


class DealReader(Reader):
    """Names of officers, industries and currencies, read once for a batch."""

    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(batch)
        self.actor = actor_of(batch)
        self.people: dict[str, list[Officer]] = defaultdict(list)
        officers = Officer.objects.unscoped(reason="people of an import's own scope")
        for one in officers.filter(unit__path__startswith=batch.scope_path, archived_at=None).select_related(
            "unit"
        ):
            self.people[normal_name(one.name)].append(one)
        self.currencies = set(
            Currency.objects.unscoped(reason="public").filter(archived_at=None).values_list("code", flat=True)
        )
        self._industries: dict[str, Industry | None] = {}

    def officer(self, row: DealRow, unit: Unit | None) -> int | None:
        """The officer of this name in the unit, below it or above it."""
        name = row.raw("officer")
        if not name or unit is None:
            return None
        same = [
            one
            for one in self.people.get(normal_name(name), [])
            if one.unit.path.startswith(unit.path) or unit.path.startswith(one.unit.path)
        ]
        if len(same) == 1:
            return same[0].pk
        about = {"name": name, "unit": unit.label}
        row.problem(
            "officer",
            _("Several officers of “%(unit)s” are called %(name)s.") % about
            if same
            else _("“%(unit)s” has no officer %(name)s.") % about,
        )
        return None

    def industry(self, row: DealRow, key: str = "industry") -> int | None:
        """A code of GB/T 4754 that lies in one sector."""
        code = row.raw(key).split(" ")[0]
        if not code:
            return None
        if code not in self._industries:
            rows = Industry.objects.unscoped(reason="public").filter(code=code, archived_at=None)
            self._industries[code] = rows.order_by("-edition").first()
        found = self._industries[code]
        if found is None:
            row.problem(key, _("There is no industry %(code)s in GB/T 4754-2017.") % {"code": code})
        elif not found.sector:
            row.problem(
                key, _("Section %(code)s holds two sectors. Choose a finer industry.") % {"code": code}
            )
        else:
            return found.pk
        return None

    def currency(self, row: DealRow, key: str = "currency") -> str | None:
        code = row.raw(key).upper()
        if code in ("人民币", "元"):
            return HOME_CURRENCY
        if not code or code in self.currencies:
            return code or None
        row.problem(key, _("“%(code)s” is no currency. Write CNY, USD, EUR …") % {"code": code})
        return None

    def other_unit(self, row: DealRow, key: str) -> int | None:
        """A unit that may be left empty."""
        if not row.raw(key):
            return None
        found = self.unit(row, key)
        return found.pk if found else None


def actor_of(batch: ImportBatch) -> Actor:
    """Who sent the file: what he sees and may do decides."""
    return User.objects.unscoped(reason="who sent the file").select_related("unit").get(pk=batch.actor_id)


def one(model: Any, pk: int | None) -> Any:
    """A record that a plan names by its key."""
    return None if pk is None else model._base_manager.get(pk=pk)
