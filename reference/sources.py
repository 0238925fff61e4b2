"""What the reference tables are filled from: our data files and two packages. Origin and licence: data/README.md."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies
from chinese_calendar import constants as announced

from reference.choices import DayKind

DATA = Path(__file__).parent / "data"

# ISO 4217 list one: currencies whose minor unit is not a hundredth.
MINOR_UNITS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}

# Currencies that CLDR has not in Chinese yet: the guilder after that of the Netherlands Antilles (2025), and the one
# after the Zimbabwean dollar (2024).
NAMES_ZH = {"XCG": "加勒比盾", "ZWG": "津巴布韦金"}

HOLIDAY_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日",
}


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A row of a classification: `parent` is the code above, empty at the top."""

    code: str
    level: str
    parent: str
    name: str


@dataclass(frozen=True, slots=True)
class CurrencyRow:
    code: str
    name: str
    name_en: str
    minor_units: int


@dataclass(frozen=True, slots=True)
class DayRow:
    day: date
    kind: str
    name: str


@cache
def about() -> dict[str, Any]:
    """data/sources.json: edition, source, licence and coverage of each data file."""
    found: dict[str, Any] = json.loads((DATA / "sources.json").read_text(encoding="utf-8"))
    return found


def _tree(name: str) -> Iterator[TreeRow]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield TreeRow(row["code"], row["level"], row["parent"], row["name"])


def industries() -> list[TreeRow]:
    """GB/T 4754-2017, parents before children."""
    return list(_tree(about()["industries"]["file"]))


def regions() -> list[TreeRow]:
    """Provinces, cities and counties by code, parents before children."""
    return list(_tree(about()["regions"]["file"]))


def currencies(on: date) -> list[CurrencyRow]:
    """Currencies that are legal tender somewhere on this day, by code."""
    codes = {
        code
        for territory in get_global("territory_currencies")
        for code in get_territory_currencies(territory, start_date=on, tender=True)
    }
    zh, en = Locale.parse("zh_Hans").currencies, Locale.parse("en").currencies
    return [
        CurrencyRow(c, NAMES_ZH.get(c) or zh.get(c, c), en.get(c, c), MINOR_UNITS.get(c, 2))
        for c in sorted(codes)
    ]


@cache
def currency_name(code: str, language: str) -> str:
    """What stands behind an amount, in "zh_Hans" or "en": 美元, US dollars. The code itself when it has no name."""
    if language == "zh_Hans" and code in NAMES_ZH:
        return NAMES_ZH[code]
    return get_currency_name(code, count=2, locale=language)


def holidays() -> dict[int, list[DayRow]]:
    """Announced days off and working weekend days by year. Weekends inside a holiday are days off too."""
    found: dict[int, list[DayRow]] = {}
    for kind, table in ((DayKind.OFF, announced.holidays), (DayKind.WORKING, announced.workdays)):
        for day, name in table.items():
            found.setdefault(day.year, []).append(DayRow(day, kind, HOLIDAY_NAMES.get(name, name)))
    return {year: sorted(days, key=lambda d: d.day) for year, days in sorted(found.items())}
