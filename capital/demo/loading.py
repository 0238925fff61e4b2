"""A part of the demo: capital in place of the invented city, over sixteen months: entries with vouchers, returns,
decisions, closed months, evaluation rounds, opening balances. Needs the part "pipeline"."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from capital.choices import Level
from capital.demo.books import Books
from capital.demo.plan import Item, course
from capital.demo.site import Site, quarters
from capital.models import CapitalEntry, EvaluationRound, Inspection, Recognition, Voucher
from capital.services.openings import opening_create, openings_confirm
from capital.services.returns import duty_create
from common import clock
from leads.choices import StageKind
from leads.demo.cast import CITY, document
from leads.services.investors import investor_found
from ledger import periods
from ledger.models import Closing
from organizations import demo
from organizations.choices import Role
from organizations.demo import Account
from organizations.models import Unit
from projects.models import Project
from projects.services import investors_set
from reference import services as reference
from reference.choices import RateKind
from reference.models import HOME_CURRENCY, Currency, ExchangeRate
from reference.selectors import RateMissing, rate_on

FOLDER = Path(__file__).resolve().parent
LEADS = FOLDER.parent.parent / "leads" / "demo"
ACCOUNTS = (
    Account("kaoping1", "云杉市·考评组甲", Role.EVALUATOR, CITY),
    Account("kaoping2", "云杉市·考评组乙", Role.EVALUATOR, CITY),
    Account("caiwu", "云杉市·财务", Role.FINANCE, CITY),
)
BACK = 15  # months before this one; vouchers of the latest closed month's year have files
REPORTED, CHECKED, DECIDED, CUT, CLOSED = 3, 8, 11, 13, 15  # days of the next month


def is_loaded() -> bool:
    return (
        CapitalEntry.objects.unscoped(reason="is the demo here").filter(unit__path__contains=_path()).exists()
    )


def _path() -> str:
    city = Unit.objects.unscoped(reason="is the demo here").filter(code=CITY).first()
    return city.path if city else "-"


@transaction.atomic
def load() -> dict[str, int]:
    for account in ACCOUNTS:
        demo.account_make(account)
    Loader().run()
    every = {"reason": "count"}
    return {
        "entries": CapitalEntry.objects.unscoped(**every).count(),
        "vouchers": Voucher.objects.unscoped(**every).count(),
        "decisions": Recognition.objects.unscoped(**every).count(),
        "closings": Closing.objects.unscoped(**every).count(),
        "rounds": EvaluationRound.objects.unscoped(**every).count(),
        "inspections": Inspection.objects.unscoped(**every).count(),
    }


class Loader:
    def __init__(self) -> None:
        self.now, self.today = clock.now(), clock.today()
        self.words: dict[str, Any] = document(FOLDER, "capital")
        self.rates: dict[str, Any] = document(LEADS, "places")["rates"]
        this = self.today.year * 12 + self.today.month - 1
        self.months = [n // 12 * 100 + n % 12 + 1 for n in range(this - BACK, this + 1)]
        self.books = Books(self.words, self.months)
        self.city = demo.unit(CITY)

    def at(self, day: date) -> datetime:
        """Ten in the morning of a day, never in the future."""
        moment = timezone.make_aware(datetime.combine(day, time(10)))  # noqa: DTZ001
        return min(moment, self.now)

    def run(self) -> None:
        first = date(self.months[0] // 100, self.months[0] % 100, 1)
        projects = self._projects()
        items = sorted(
            (one for project in projects for one in course(project, first, self.today)),
            key=lambda one: one.day,
        )
        units = self._duties({one.project.unit_id for one in items}, first)
        self.books.close_before(self.months[0], self.at)
        self._open(projects, first)
        self._venture(projects, first)
        site = Site(self.words, self.city, self.books.bureau, self.books.jury, self.at)
        before, last = quarters(self.months[-2])
        for month in self.months:
            rows = self._month(month, [one for one in items if periods.code_of(one.day) == month], units)
            if month == before:
                self._round(site, month, "published")
            if month == last:
                self._round(site, month, "running")
            if month == self.months[-4]:
                with clock.at(self.at(_day(month, CLOSED + 2))):
                    self.books.take_back(rows)

    def _projects(self) -> list[Project]:
        rows = Project.objects.unscoped(reason="demo data").filter(unit__path__startswith=self.city.path)
        rows = rows.filter(archived_at=None).exclude(stage__kind=StageKind.ENDED)
        return list(rows.select_related("stage", "unit", "host", "lead__investor").order_by("pk"))

    def _duties(self, chosen: set[int], since: date) -> list[Unit]:
        units = Unit.objects.unscoped(reason="demo data").filter(pk__in=chosen).order_by("path")
        with clock.at(self.at(since)):
            for unit in units:
                duty_create(actor=self.books.bureau, unit=unit, since=since)
        return list(units)

    def _open(self, projects: list[Project], first: date) -> None:
        """What the projects that were taken over had before: entered by the bureau, confirmed by the committee."""
        with clock.at(self.at(first + timedelta(days=4))):
            made = []
            for project in projects:
                share = (
                    Decimal("0.45")
                    if project.stage.code in ("in_production", "at_capacity")
                    else Decimal("0.15")
                )
                if project.is_opening and project.fixed_assets and project.currency_id == HOME_CURRENCY:
                    amount = (project.fixed_assets * share).quantize(Decimal(1))
                    about = {
                        "project": project,
                        "basis": "formed",
                        "amount": amount,
                        "as_of": first - timedelta(days=1),
                    }
                    note = self.words["opening_note"]
                    made.append(opening_create(actor=self.books.bureau, note=note, **about))
            openings_confirm(actor=self.books.jury, pks=[one.pk for one in made])

    def _venture(self, projects: list[Project], first: date) -> None:
        """One project becomes a joint venture: a partner takes a part of the main investor's."""
        about = self.words["venture"]
        project = next(one for one in projects if one.stage.code == about["stage"] and not one.is_opening)
        with clock.at(self.at(max(first, project.signed_on) + timedelta(days=5))):
            partner = investor_found(
                actor=self.books.bureau,
                unit=project.unit,
                name=about["partner"],
                zone=about["zone"],
                credit_code="",
            )
            part = Decimal(about["percent"])
            both = [(project.lead.investor, 100 - part), (partner, part)]
            investors_set(actor=self.books.bureau, project=project.pk, version=None, investors=both)

    def _month(self, month: int, items: list[Item], units: list[Unit]) -> list[CapitalEntry]:
        """A month: reported on the third of the next, checked, decided, cut off and closed, as far as time has gone."""
        latest, books = self.months[-1], self.books
        if month == latest:  # drafts of the month that runs
            with clock.at(self.now):
                self._rates(items)
                return books.enter(items, with_files=True)
        with clock.at(self.at(_day(month, REPORTED))):
            self._rates(items)
            rows = books.enter(items, with_files=month // 100 == self.months[-3] // 100)
            books.report(month, rows, units, odd=month == self.months[-2])
        running = month == self.months[-2]
        with clock.at(self.at(_day(month, CHECKED))):
            books.decide(month, rows[: len(rows) // 2] if running else rows, Level.PRELIMINARY)
            if running:
                books.ask(rows[len(rows) // 2 :])
        if not running:
            with clock.at(self.at(_day(month, DECIDED))):
                books.decide(month, rows, Level.FINAL)
        if self.at(_day(month, CUT)) < self.now:
            with clock.at(self.at(_day(month, CUT))):
                books.cut_off(month)
            if not running:
                books.close(month, self.at)
        return rows

    def _round(self, site: Site, month: int, name: str) -> None:
        begun = _day(month, 20)
        row = site.hold(month, begun, name)
        if name == "published":
            site.inspect(row, begun)
            site.decide(row, begun + timedelta(days=38))
        else:
            site.inspect(row, begun, part=0.5)

    def _rates(self, items: list[Item]) -> None:
        """A made-up rate for the days of foreign money that have none."""
        for code, day in sorted({(str(one.project.currency_id), one.day) for one in items}):
            if code == HOME_CURRENCY:
                continue
            try:
                rate_on(code, day)
            except RateMissing:
                there = ExchangeRate._base_manager.filter(currency__code=code, date=day, kind=RateKind.DAY)
                if not there.exists():
                    reference.exchangerate_create(
                        actor=demo.DEMO,
                        currency=Currency._base_manager.get(code=code),
                        kind=RateKind.DAY,
                        date=day,
                        rate=Decimal(self.rates[code]["middle"]),
                        source=self.rates["source"],
                    )


def _day(month: int, day: int) -> date:
    """A day of the month after a month."""
    n = month // 100 * 12 + month % 100
    return date(n // 12, n % 12 + 1, day)


def register() -> None:
    """Called once, when the app is ready."""
    demo.register(demo.Part("capital", 30, is_loaded, load, ACCOUNTS))
