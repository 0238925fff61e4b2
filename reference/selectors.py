"""Reading reference data: working days, rates, sectors, and how far each table goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from common import memo
from common.errors import Refused
from reference import sources
from reference.choices import DayKind, RateKind
from reference.models import HOME_CURRENCY, CalendarYear, Currency, ExchangeRate, Holiday, Industry, Region
from reference.sectors import section_of
from reference.workdays import ONE_DAY, SATURDAY, WorkCalendar, YearNotCoveredError

PUBLIC = "reference data is the same for everyone"
DECEMBER = 12
MAX_AGE_DAYS = 10  # how old the last rate may be: the longest closure of the market is nine days


class CalendarMissing(Refused):  # noqa: N818  (named as its siblings in common.errors)
    """A year that a deadline touches has no calendar. `year` says which."""

    def __init__(self, year: int) -> None:
        super().__init__(
            _(
                "The holidays of %(year)s are not in the calendar yet, so working days can't be counted. "
                "Enter them under Administration, Calendar, then add the year to the covered years."
            )
            % {"year": year},
            code="calendar_missing",
        )
        self.year = year


class RateMissing(Refused):  # noqa: N818
    """No usable rate. The message says what to enter."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Yuan for one unit of `currency`; `on` is the rate's own date, `pk` its row (None for the yuan itself)."""

    currency: str
    rate: Decimal
    on: date
    kind: str
    source: str
    pk: int | None


# Working days (DOMAIN §9)


def work_calendar() -> WorkCalendar:
    """The calendar as data, for many counts in a row. Two queries."""
    return memo.settled("work_calendar", _read_calendar)


def _read_calendar() -> WorkCalendar:
    rows = Holiday.objects.unscoped(reason=PUBLIC).filter(archived_at=None).values_list("date", "kind")
    days: dict[str, set[date]] = {DayKind.OFF: set(), DayKind.WORKING: set()}
    for day, kind in rows:
        days[kind].add(day)
    return WorkCalendar(
        frozenset(covered_years()), frozenset(days[DayKind.OFF]), frozenset(days[DayKind.WORKING])
    )


def covered_years() -> tuple[int, ...]:
    """Years whose holidays are all in, ascending."""
    years = CalendarYear.objects.unscoped(reason=PUBLIC).filter(archived_at=None)
    return tuple(years.order_by("year").values_list("year", flat=True))


def year_spans(years: Iterable[int]) -> str:
    """Years in words: (2004, 2005, 2006, 2008) → "2004–2006, 2008"."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)


def is_working_day(day: date) -> bool:
    """Raises CalendarMissing."""
    try:
        return work_calendar().is_working_day(day)
    except YearNotCoveredError as gap:
        raise CalendarMissing(gap.year) from gap


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative when `end` is earlier. Raises CalendarMissing."""
    try:
        return work_calendar().between(start, end)
    except YearNotCoveredError as gap:
        raise CalendarMissing(gap.year) from gap


def add_working_days(day: date, n: int) -> date:
    """The n-th working day after `day` (before it when n < 0; 0: `day` or the next working day). Raises CalendarMissing."""
    try:
        return work_calendar().add(day, n)
    except YearNotCoveredError as gap:
        raise CalendarMissing(gap.year) from gap


def run_day(day: date) -> date:
    """When a regular run planned for `day` takes place: that day, or the next working day.

    A year without a calendar must not stop regular runs, so there only weekends are stepped over.
    """
    try:
        return work_calendar().add(day, 0)
    except YearNotCoveredError:
        while day.weekday() >= SATURDAY:
            day += ONE_DAY
        return day


# Exchange rates (DOMAIN §5: the rate of the day of arrival)


def rate_on(currency: str, on: date, *, source: str = "", max_age_days: int = MAX_AGE_DAYS) -> Rate:
    """The daily rate of `currency` (ISO code) on a day: the last one published, at most `max_age_days` old.

    The yuan is 1. Raises RateMissing when there is none, or when sources disagree and none was named.
    """
    if currency == HOME_CURRENCY:
        return Rate(currency, Decimal(1), on, RateKind.DAY, "", None)
    rows = _rates(currency, RateKind.DAY, source).filter(
        date__lte=on, date__gte=on - timedelta(days=max_age_days)
    )
    latest = rows.order_by("-date").values("date")[:1]
    return _only(rows.filter(date=latest), currency, _("%(date)s") % {"date": on.isoformat()})


def month_average(currency: str, year: int, month: int, *, source: str = "") -> Rate:
    """The published average of a month (1..12). It is never computed from daily rates. Raises RateMissing."""
    first = date(year, month, 1)
    if currency == HOME_CURRENCY:
        return Rate(currency, Decimal(1), first, RateKind.MONTH, "", None)
    rows = _rates(currency, RateKind.MONTH, source).filter(date=first)
    return _only(rows, currency, f"{first:%Y-%m}")


def _rates(currency: str, kind: str, source: str) -> Any:
    rows = ExchangeRate.objects.unscoped(reason=PUBLIC).filter(
        archived_at=None, currency__code=currency, kind=kind
    )
    return rows.filter(source=source) if source else rows


def _only(rows: Any, currency: str, when: Any) -> Rate:
    found = list(rows.order_by("source", "pk"))
    about = {"currency": currency, "when": when, "sources": ", ".join(r.source for r in found)}
    if not found:
        raise RateMissing(
            _(
                "There is no exchange rate of %(currency)s for %(when)s. Enter it under Administration, Exchange rates."
            )
            % about,
            code="rate_missing",
        )
    if len({row.rate for row in found}) > 1:
        raise RateMissing(
            _(
                "The sources %(sources)s give different rates of %(currency)s for %(when)s. Say which one counts."
            )
            % about,
            code="rate_ambiguous",
        )
    row = found[0]
    return Rate(currency, row.rate, row.date, row.kind, row.source, row.pk)


# Classifications


def sector_of(industry_code: str) -> str:
    """Sector ("primary", "secondary", "tertiary") of an industry code, with or without its section letter.

    Raises Refused for an unknown code, and for sections A, B and C, which hold two sectors (DOMAIN §9).
    """
    try:
        section = section_of(industry_code)
    except ValueError:
        section = ""
    code = industry_code if industry_code == section else industry_code.removeprefix(section)
    row = Industry.objects.unscoped(reason=PUBLIC).filter(code=code).order_by("-edition").first()
    if row is None or not section:
        raise Refused(
            _("There is no industry %(code)s in GB/T 4754-2017.") % {"code": industry_code},
            code="industry_unknown",
        )
    if not row.sector:
        raise Refused(
            _("Section %(code)s holds two sectors. Choose a division or a finer industry.") % {"code": code},
            code="industry_too_coarse",
        )
    return str(row.sector)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the tables go; what doctor shows. Counts are rows by level."""

    industries: dict[str, int]
    industries_expected: dict[str, int]
    industries_not_covered: str
    region_year: int | None
    regions: dict[str, int]
    currencies: int
    years: tuple[int, ...]
    rates: int
    latest_rate: date | None

    def year_gaps(self, today: date) -> tuple[int, ...]:
        """This year, and from December the next one, when they have no calendar.

        The next year's holidays are announced in October or November, so they can't be asked for earlier.
        """
        wanted = (today.year, today.year + 1) if today.month == DECEMBER else (today.year,)
        return tuple(year for year in wanted if year not in self.years)

    def problems(self, today: date) -> list[str]:
        """What is missing, each with what to do. Empty when all is well."""
        found = []
        if self.industries != self.industries_expected or not self.regions or not self.currencies:
            found.append(str(_("Reference tables are not filled. Run: manage.py reference load")))
        return found + [str(CalendarMissing(year)) for year in self.year_gaps(today)]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def coverage() -> Coverage:
    """Seven small queries."""
    about = sources.about()["industries"]
    regions = Region.objects.unscoped(reason=PUBLIC)
    newest = regions.order_by("-year").values_list("year", flat=True).first()
    rates = ExchangeRate.objects.unscoped(reason=PUBLIC).filter(archived_at=None)
    return Coverage(
        industries=_by_level(Industry.objects.unscoped(reason=PUBLIC).filter(edition=about["edition"])),
        industries_expected=about["coverage"],
        industries_not_covered=about["not_covered"],
        region_year=newest,
        regions=_by_level(regions.filter(year=newest)),
        currencies=Currency.objects.unscoped(reason=PUBLIC).count(),
        years=covered_years(),
        rates=rates.count(),
        latest_rate=rates.order_by("-date").values_list("date", flat=True).first(),
    )


def _by_level(rows: Any) -> dict[str, int]:
    return dict(rows.order_by("level").values_list("level").annotate(n=Count("pk")))
