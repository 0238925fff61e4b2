"""Who and what the demo's stories speak of: units, people, introducers, offered projects, exchange rates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from math import cos, pi
from pathlib import Path
from typing import Any

import yaml
from stdnum.cn import uscc

from common import clock
from leads.models import Introducer, OfferedProject
from leads.services import registers
from organizations import demo
from organizations import services as org
from organizations.choices import Role
from organizations.demo import DEMO, Account
from organizations.models import Officer, Unit, User
from reference import services as reference
from reference.choices import RateKind
from reference.models import HOME_CURRENCY, Currency, Industry

FOLDER = Path(__file__).resolve().parent
CITY, HEAD = "yunshan", "-head"
WAN = 10_000
FOREIGN = ("USD", "EUR")
YEAR = 365

ACCOUNTS = (
    Account("bureau", "云杉市·招商局经办", Role.BUREAU_STAFF, CITY),
    Account("liaison", "云杉市·联系领导", Role.LEADER, CITY),
    Account("jury", "云杉市·评审委员", Role.COMMITTEE, CITY),
    Account("qingyu-head", "青屿县·负责人", Role.UNIT_HEAD, "yunshan-qingyu"),
    Account("gaoxin-head", "高新区·负责人", Role.UNIT_HEAD, "yunshan-gaoxin"),
    Account("linzhou-head", "临舟经开区·负责人", Role.UNIT_HEAD, "yunshan-linzhou"),
    Account("qingyu", "顾样例（青屿县专员）", Role.OFFICER, "yunshan-qingyu"),
    Account("xingcha", "沈样例（星槎镇专员）", Role.OFFICER, "yunshan-xingcha"),
    Account("songyan", "陆样例（松砚区专员）", Role.OFFICER, "yunshan-songyan"),
    Account("luting", "夏样例（鹭汀县专员）", Role.OFFICER, "yunshan-luting"),
    Account("gaoxin", "宋样例（高新区专员）", Role.OFFICER, "yunshan-gaoxin"),
    Account("gaoxin2", "骆样例（高新区专员）", Role.OFFICER, "yunshan-gaoxin"),
    Account("linzhou", "阮样例（临舟专员）", Role.OFFICER, "yunshan-linzhou"),
    Account("hu", "梁样例（驻沪专员）", Role.OFFICER, "yunshan-hu"),
    Account("shen", "秦样例（驻深专员）", Role.OFFICER, "yunshan-shen"),
)
BUREAU = "bureau"


def document(folder: Path, name: str) -> Any:
    return yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))


def credit_code(number: int) -> str:
    """A credit code of a region that does not exist (990000), with a right check digit (GB 32100)."""
    code = f"91990000MADEM{number:04d}"
    return f"{code}{uscc.calc_check_digit(code)}"


def phone(number: int) -> str:
    """A number that nobody can have: no mobile number begins with 100."""
    return f"1000000{number:04d}"


def wan(amount: Any) -> Decimal:
    """Amounts in the data are in 10,000 of the currency."""
    return Decimal(str(amount)) * WAN


class Cast:
    """Makes the city with its people, then finds them for the stories by the names in the data."""

    def __init__(self, days: Any) -> None:
        self.days = days
        self.words: dict[str, Any] = document(FOLDER, "words")
        self.places: dict[str, Any] = document(FOLDER, "places")
        self._rates: set[tuple[str, date]] = set()
        self._units: dict[str, Unit] = {}
        self._users: dict[str, User] = {}
        self.officers: dict[str, Officer] = {}
        self.introducers: dict[str, Introducer] = {}
        self.offers: dict[str, OfferedProject] = {}
        self._industries: dict[str, Industry] = {}
        self.currencies = {
            row.code: row
            for row in Currency.objects.unscoped(reason="demo data").filter(
                code__in=(HOME_CURRENCY, *FOREIGN)
            )
        }
        self._numbers = 0

    def make(self) -> Cast:
        places = self.places
        for order, row in enumerate(places["units"]):
            self._unit(order, row)
        for account in ACCOUNTS:
            self._users[account.username] = demo.account_make(account)
        for number, row in enumerate(places["officers"], start=1):
            self._officer(number, row)
        for row in places["introducers"]:
            self._introducer(row)
        for row in places["offers"]:
            self._offer(row)
        for code in FOREIGN:
            self.rate(code)
        return self

    def unit(self, code: str) -> Unit:
        if code not in self._units:
            self._units[code] = demo.unit(code)
        return self._units[code]

    def user(self, username: str) -> User:
        return self._users[username]

    def head(self, unit: Unit) -> User:
        """Who speaks for a unit: its head where it has an account, or else the bureau."""
        for account in ACCOUNTS:
            if account.role == Role.UNIT_HEAD and account.unit == unit.code:
                return self._users[account.username]
        return self._users[BUREAU]

    def industry(self, code: str) -> Industry:
        if code not in self._industries:
            rows = Industry.objects.unscoped(reason="demo data")
            self._industries[code] = rows.select_related("parent").get(code=code)
        return self._industries[code]

    def next_code(self) -> str:
        """A new credit code."""
        self._numbers += 1
        return credit_code(self._numbers)

    def _unit(self, order: int, row: Mapping[str, str]) -> None:
        values = {key: row[key] for key in ("name", "code", "kind", "short_name") if key in row}
        parent = self.unit(row.get("parent", demo.ROOT))
        self._units[row["code"]] = org.unit_create(actor=DEMO, parent=parent, sort=900 + order, **values)

    def _officer(self, number: int, row: Mapping[str, Any]) -> None:
        officer = org.officer_create(
            actor=DEMO,
            unit=self.unit(row["unit"]),
            name=row["name"],
            phone=phone(9000 + number),
            joined_on=row["joined"],
        )
        org.service_record_add(actor=DEMO, officer=officer, kind="front_line", begins=row["joined"])
        if "user" in row:
            self.officers[row["user"]] = org.officer_update(
                actor=DEMO, pk=officer.pk, version=officer.version, user=self.user(row["user"])
            )

    def _introducer(self, row: Mapping[str, Any]) -> None:
        values = {key: row[key] for key in ("kind", "name", "employer") if key in row}
        if row.get("coded"):
            values["credit_code"] = self.next_code()
        for key, field in (("from", "agreement_from"), ("to", "agreement_to")):
            if key in row:
                values[field] = self.days.day(row[key])
        self.introducers[row["key"]] = registers.introducer_create(
            actor=DEMO, unit=self.unit(row["unit"]), outside=True, **values
        )

    def _offer(self, row: Mapping[str, Any]) -> None:
        self.offers[row["key"]] = registers.offer_create(
            actor=DEMO,
            unit=self.unit(row["unit"]),
            name=row["name"],
            industry=self.industry(row["industry"]),
            amount=wan(row["amount"]),
            currency=self.currencies["CNY"],
            land_mu=Decimal(row["land"]),
            park=self.unit(row["park"]),
        )

    def rate(self, code: str) -> None:
        """An exchange rate of today (by the clock of the story) where there is none; each says that it is made up."""
        day = clock.today()
        if code == HOME_CURRENCY or (code, day) in self._rates:
            return
        self._rates.add((code, day))
        about = self.places["rates"]
        back = (self.days.today - day).days
        swing = Decimal(about[code]["swing"]) / 2 * Decimal(f"{cos(2 * pi * back / YEAR):.4f}")
        reference.exchangerate_create(
            actor=DEMO,
            currency=self.currencies[code],
            kind=RateKind.DAY,
            date=day,
            rate=(Decimal(about[code]["middle"]) + swing).quantize(Decimal("0.0001")),
            source=about["source"],
        )
