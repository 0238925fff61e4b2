"""What is asked for: which figure (`FactKey`), and by which clock (`Asked`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from capital.counting import KNOWN_NOW
from ledger.models import FINAL_ACCOUNT
from rules.periods import Month

MONTH, PERIOD, YEAR_TO_DATE, YEAR_BEFORE, CUMULATIVE = (
    "month",
    "period",
    "year_to_date",
    "year_before",
    "cumulative",
)
WINDOWS = (MONTH, PERIOD, YEAR_TO_DATE, YEAR_BEFORE, CUMULATIVE)
BEFORE = "_before"  # the same window a year earlier: "month_before"
FilterItems = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class FactKey:
    """A figure: a measure by its code, narrowed further, in a window of time. `filters` are sorted by name; the
    measure's own filters hold besides. `window`: the month, the period of the run, January up to the month, the same of
    the last year, or everything up to the month."""

    measure: str
    filters: FilterItems = ()
    window: str = YEAR_TO_DATE

    @classmethod
    def of(
        cls, measure: str, filters: Mapping[str, str | Sequence[str]] | None = None, window: str = ""
    ) -> FactKey:
        """As a scheme's input says it: a filter's value may be one text or several. ValueError for another window."""
        items = {
            name: (value,) if isinstance(value, str) else tuple(value)
            for name, value in (filters or {}).items()
        }
        if (window or YEAR_TO_DATE) not in WINDOWS:
            raise ValueError(f"no such window: {window}")
        return cls(measure, tuple(sorted(items.items())), window or YEAR_TO_DATE)


@dataclass(frozen=True, slots=True)
class Asked:
    """The clock of a question: the period `first` to `last`, with data up to `data_through` (earlier than `last`
    where data lag). Lines count up to the period `through` of the books (year × 100 + month; 13 is the year's final
    account; `KNOWN_NOW`: whenever they were posted, by the day on which things happened) and up to line
    `watermark` (None: all that are there)."""

    first: Month
    last: Month
    data_through: Month
    through: int
    watermark: int | None = None
    year_end: bool = False

    @classmethod
    def month(cls, month: Month, *, data_through: Month | None = None, watermark: int | None = None) -> Asked:
        """A month's circular."""
        through = data_through or month
        return cls(month, month, through, code_of(through), watermark)

    @classmethod
    def year(cls, year: int, *, watermark: int | None = None) -> Asked:
        """The annual assessment: the year with its final account."""
        last = Month(year, 12)
        return cls(Month(year, 1), last, last, year * 100 + FINAL_ACCOUNT, watermark, year_end=True)

    @classmethod
    def known_now(cls, month: Month, first: Month | None = None) -> Asked:
        """What is known today of a month, whenever it was posted."""
        return cls(first or month, month, month, KNOWN_NOW)

    def year_earlier(self) -> Asked:
        """The same question about the year before."""
        through = self.data_through.same_last_year()
        code = through.year * 100 + FINAL_ACCOUNT if self.year_end else code_of(through)
        return replace(
            self,
            first=self.first.same_last_year(),
            last=self.last.same_last_year(),
            data_through=through,
            through=KNOWN_NOW if self.through >= KNOWN_NOW else code,
        )

    @property
    def day(self) -> date:
        """The last day of the data."""
        return last_day(self.data_through)

    @property
    def period(self) -> int:
        """The period of the books up to which the data reach."""
        code = self.data_through.year * 100 + FINAL_ACCOUNT if self.year_end else code_of(self.data_through)
        return min(code, self.through)


@dataclass(frozen=True, slots=True)
class Span:
    """Which lines a window takes: those that happened from `since` on (`until` where nothing is said of the
    posting) and were posted in the periods `posted` (first, last). None is open."""

    since: date | None
    until: date | None
    posted: tuple[int | None, int]
    year: int = field(compare=False, default=0)


def span(window: str, asked: Asked) -> Span:
    """A window by a clock. What happened in the year before and was posted this year is a prior-year adjustment: it is
    in no window of this year, only in the cumulative one (DOMAIN §3)."""
    window, asked = settled(window, asked)
    month, year = asked.data_through, asked.data_through.year
    end = year * 100 + FINAL_ACCOUNT if asked.year_end else code_of(month)
    since = None if window == CUMULATIVE else date(year, 1, 1)
    if asked.through >= KNOWN_NOW:
        if window in (MONTH, PERIOD):
            begin = month if window == MONTH else asked.first
            since = date(begin.year, begin.number, 1)
        return Span(since, last_day(month), (None, KNOWN_NOW), year)
    first = None
    if window == MONTH:
        first = end if month.number > 1 or asked.year_end else None
    elif window == PERIOD:
        since = date(asked.first.year, 1, 1)
        first = code_of(asked.first) if asked.first.number > 1 else None
    return Span(since, None, (first, min(end, asked.through)), year)


def before(window: str) -> str:
    """The same window a year earlier."""
    return YEAR_BEFORE if window == YEAR_TO_DATE else f"{window}{BEFORE}"


def settled(window: str, asked: Asked) -> tuple[str, Asked]:
    """A window of the year before as a window of this one, with the question put a year earlier."""
    if not window.endswith(BEFORE):
        return window, asked
    plain = YEAR_TO_DATE if window == YEAR_BEFORE else window.removesuffix(BEFORE)
    return plain, asked.year_earlier()


def code_of(month: Month) -> int:
    """The period of a month in the books."""
    return month.year * 100 + month.number


def last_day(month: Month) -> date:
    after = month.next()
    return date(after.year, after.number, 1) - timedelta(days=1)
