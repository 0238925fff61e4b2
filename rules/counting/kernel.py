"""Facts of projects in, what counts out: each project with its amount or the reason why not (DOMAIN §3, §8, §11).

Order, always the same: which lines count at all → percentages and factors → what has been kept long enough →
the size line, held against the whole project → the parts of each holder. Figures are exact, nothing is rounded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from rules.money import add, checked, multiply, subtract
from rules.trace import Operand, Parameter, Trace, decimal_text

from .document import Line, Rule

YUAN = "yuan"
FINAL = 13  # the year's final account, after December
HUNDREDTH = Decimal("0.01")
NOUGHT = Decimal(0)
Parts = Mapping[int, Decimal]  # holder (a unit) → its part of a whole


class Path(StrEnum):
    """By which way a project's figure came about."""

    ASSETS = "assets"  # recognised capital
    TAX = "tax"  # net tax × factor instead


class Why(StrEnum):
    """What became of a project, and of a line of it. Codes are stored; the words belong to the pages."""

    COUNTED = "counted"
    NOTHING = "nothing"  # no line in these years
    EXCLUDED = "excluded"
    OTHER_SECTOR = "other_sector"
    OTHER_INDUSTRY = "other_industry"
    REAL_ESTATE = "real_estate"  # its tax counts instead
    OTHER_KIND = "other_kind"
    OTHER_FUNDS = "other_funds"
    OTHER_MODE = "other_mode"
    OTHER_ZONE = "other_zone"  # counts at a lower level only
    NOT_STARTED = "not_started"  # the day from which its years run isn't known
    OUTSIDE_WINDOW = "outside_window"
    NOT_KEPT = "not_kept"  # hasn't stayed long enough yet
    BELOW_LINE = "below_line"


@dataclass(frozen=True, slots=True)
class Movement:
    """Recognised capital of one event: `whole` in yuan (or another currency, then `yuan` says it in yuan) and the
    holders' `parts` of it (they add up to it). `day` is its own date, `period` the month in which it is counted
    (year × 100 + number, 13 the final account)."""

    ref: str
    day: date
    period: int
    whole: Decimal
    parts: Parts
    kind: str = ""
    zone: str = ""
    fund_source: str = ""
    mode: str = ""
    sector: str = ""
    industry: str = ""
    currency: str = "CNY"
    own: Decimal | None = None  # the whole in `currency`
    yuan: Decimal | None = None  # the whole in yuan, when `whole` is counted in another currency

    def __post_init__(self) -> None:
        if add(self.parts.values()) != checked(self.whole):
            raise ValueError(f"the parts of {self.ref} don't add up to its whole")


@dataclass(frozen=True, slots=True)
class Tax(Movement):
    """Net tax of a half-year, posted like capital."""


@dataclass(frozen=True, slots=True)
class Size:
    """A contract amount in yuan, and by currency."""

    amount: Decimal = NOUGHT
    own: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Project:
    """What is known of a project by one clock. `sector` and `place` choose its size line; `excluded` is the day from
    which it is left out."""

    key: int
    movements: tuple[Movement, ...] = ()
    sector: str = ""
    place: str = "elsewhere"
    contract: Size = Size()
    signed: date | None = None
    started: date | None = None
    excluded: date | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """One project: what counts of the year itself, and apart from it what moved in earlier years after these were
    settled (prior-year adjustments). `parts` say so for each holder. `left_out`: reason → yuan of the year."""

    key: int
    why: Why
    path: Path
    own: Decimal
    parts: Parts
    prior: Decimal
    prior_parts: Parts
    left_out: Mapping[Why, Decimal]
    trace: Trace


@dataclass(frozen=True, slots=True)
class _Item:
    """A line that counts, scaled, on the day from which it does."""

    day: date
    period: int
    raw: Decimal
    whole: Decimal
    parts: Parts
    currency: str
    own: Decimal
    yuan: Decimal
    path: Path


def count(
    rule: Rule, projects: Iterable[Project], *, year: int, through: int, level: str = ""
) -> tuple[Counted, ...]:
    """What counts of each project from January of `year` through a period (year × 100 + number), for units of a
    level, ordered by key. A project without a line is in the result too, with 0.

    The months of a year add up to it, because a month is the difference of two such sums: a project that
    reaches its line in February brings January along, and one that falls below it takes everything back.
    """
    return tuple(_project(rule, one, year, through, level) for one in sorted(projects, key=lambda p: p.key))


def _project(rule: Rule, project: Project, year: int, through: int, level: str) -> Counted:
    items: list[_Item] = []
    left: dict[Why, Decimal] = {}
    for movement in project.movements:
        if movement.period > through:
            continue
        why = _why_not(rule, project, movement, level)
        item = _item(rule, movement)
        if why is None and item.day > _end(through):
            why = Why.NOT_KEPT
        if why is None:
            items.append(item)
        elif movement.day.year == year:
            left[why] = add([left.get(why, NOUGHT), movement.whole])
    line = _line(rule, project)
    sums = _Sums(rule, project, tuple(items), line)
    own, parts = sums.of_year(year, through)
    before = (year - 1) * 100 + FINAL
    earlier = sorted({item.day.year for item in items if item.day.year < year})
    prior, prior_parts = _total(
        pair for one in earlier for pair in (sums.of_year(one, through), _negative(sums.of_year(one, before)))
    )
    raw = sums.raw(year, through)
    here = [item for item in items if item.day.year == year]
    path = Path.TAX if any(item.path is Path.TAX for item in here) else Path.ASSETS
    if own or here and sums.reached(year, through):
        why = Why.COUNTED
    elif here:
        why = Why.BELOW_LINE
    else:
        why = max(left, key=lambda one: (abs(left[one]), one)) if left else Why.NOTHING
    trace = _trace(rule, project, path, why, raw, own, prior, left, line)
    return Counted(project.key, why, path, own, parts, prior, prior_parts, left, trace)


def _why_not(rule: Rule, project: Project, line: Movement, level: str) -> Why | None:
    """The first reason for which a line doesn't count; None when it does."""
    if project.excluded is not None and line.day >= project.excluded:
        return Why.EXCLUDED
    if rule.window is not None:
        start = project.signed if rule.window.since == "signed" else project.started
        if start is None:
            return Why.NOT_STARTED
        if not start <= line.day < _years_later(start, rule.window.years):
            return Why.OUTSIDE_WINDOW
    real = rule.real_estate is not None and _under(line.industry, rule.real_estate.industries)
    if isinstance(line, Tax):
        return None if real else Why.OTHER_INDUSTRY
    allowed = rule.levels.get(level)
    checks: tuple[tuple[bool, Why], ...] = (
        (not real, Why.REAL_ESTATE),
        (not rule.sectors or line.sector in rule.sectors, Why.OTHER_SECTOR),
        (not rule.industries or _under(line.industry, rule.industries), Why.OTHER_INDUSTRY),
        (not _under(line.industry, rule.never), Why.OTHER_INDUSTRY),
        (not rule.kinds or rule.kinds.get(line.kind, NOUGHT) > 0, Why.OTHER_KIND),
        (not rule.fund_sources or line.fund_source in rule.fund_sources, Why.OTHER_FUNDS),
        (not rule.modes or line.mode in rule.modes, Why.OTHER_MODE),
        (allowed is None or allowed.zones is None or line.zone in allowed.zones, Why.OTHER_ZONE),
        (
            allowed is None or allowed.fund_sources is None or line.fund_source in allowed.fund_sources,
            Why.OTHER_FUNDS,
        ),
    )
    return next((why for good, why in checks if not good), None)


def _item(rule: Rule, line: Movement) -> _Item:
    """A line with its percentages and factors, on the day from which it counts."""
    factor, path, kept = Decimal(1), Path.ASSETS, rule.kept_days or 0
    if isinstance(line, Tax):
        path, kept = Path.TAX, 0  # tax that was paid is no money that could leave again
        if rule.real_estate is not None:
            factor = multiply(rule.real_estate.factor, multiply(rule.real_estate.retained, HUNDREDTH))
    else:
        for percent in (rule.kinds.get(line.kind), rule.zone_percent.get(line.zone)):
            if percent is not None:
                factor = multiply(factor, multiply(percent, HUNDREDTH))
    held = factor if _scaled(rule) else Decimal(1)  # against the size line
    return _Item(
        line.day + timedelta(days=kept),
        line.period,
        line.whole,
        multiply(line.whole, factor),
        {holder: multiply(part, factor) for holder, part in line.parts.items()},
        line.currency,
        multiply(line.whole if line.own is None else line.own, held),
        multiply(line.whole if line.yuan is None else line.yuan, held),
        path,
    )


class _Sums:
    """Sums over the lines of one project that count, before and after its size line."""

    def __init__(self, rule: Rule, project: Project, items: tuple[_Item, ...], line: Line | None) -> None:
        self.rule, self.project, self.items, self.line = rule, project, items, line
        self.life = rule.threshold is not None and rule.threshold.over == "life"

    def of_year(self, year: int, through: int) -> tuple[Decimal, dict[int, Decimal]]:
        """What counts of a year's own lines, as it stood in a period."""
        if not self.life:
            return self._passed(self._of(year, through, exactly=True))
        upto, before = self._of(year, through), self._of(year - 1, through)
        return _total([self._passed(upto), _negative(self._passed(before))])

    def raw(self, year: int, through: int) -> Decimal:
        return add(item.whole for item in self._of(year, through, exactly=True))

    def reached(self, year: int, through: int) -> bool:
        return self._reaches(self._of(year, through, exactly=not self.life))

    def _of(self, year: int, through: int, *, exactly: bool = False) -> list[_Item]:
        last = _end(through)
        return [
            item
            for item in self.items
            if (item.day.year == year if exactly else item.day.year <= year)
            and item.period <= through
            and item.day <= last
        ]

    def _passed(self, items: list[_Item]) -> tuple[Decimal, dict[int, Decimal]]:
        return _total((item.whole, item.parts) for item in items) if self._reaches(items) else (NOUGHT, {})

    def _reaches(self, items: list[_Item]) -> bool:
        """Is the whole project large enough? A holder's part is never held against the line."""
        terms, line = self.rule.threshold, self.line
        if terms is None or line is None:
            return True
        if terms.of == "contract":
            size = self.project.contract
        else:
            own: dict[str, Decimal] = {}
            for item in items:
                own[item.currency] = add([own.get(item.currency, NOUGHT), item.own])
            size = Size(add(item.yuan for item in items), own)
        return size.amount >= line.amount or any(
            size.own.get(currency, NOUGHT) >= amount for currency, amount in line.own.items()
        )


def _line(rule: Rule, project: Project) -> Line | None:
    """The size line for a project: the first that fits it; None when none does."""
    for line in rule.threshold.lines if rule.threshold else ():
        if (not line.sectors or project.sector in line.sectors) and (
            not line.places or project.place in line.places
        ):
            return line
    return None


def _trace(
    rule: Rule,
    project: Project,
    path: Path,
    why: Why,
    raw: Decimal,
    own: Decimal,
    prior: Decimal,
    left: Mapping[Why, Decimal],
    line: Line | None,
) -> Trace:
    parameters = []
    if line is not None and rule.threshold is not None:
        parameters.append(Parameter("threshold.amount", decimal_text(line.amount), rule.version))
        parameters.append(Parameter("threshold.of", rule.threshold.of, rule.version))
    if path is Path.TAX and rule.real_estate is not None:
        parameters.append(
            Parameter("real_estate.factor", decimal_text(rule.real_estate.factor), rule.version)
        )
    ref = f"project:{project.key}"
    operands = [Operand(str(path), raw, YUAN, ref=ref)]
    operands += [Operand(str(one), amount, YUAN, ref=ref) for one, amount in sorted(left.items())]
    if prior:
        operands.append(Operand("prior", prior, YUAN, ref=ref))
    return Trace(
        ref,
        "counting.project",
        "count",
        tuple(operands),
        tuple(parameters),
        raw,
        own,
        own,
        YUAN,
        None if why is Why.COUNTED else str(why),
    )


def _total(pairs: Iterable[tuple[Decimal, Parts]]) -> tuple[Decimal, dict[int, Decimal]]:
    whole, parts = NOUGHT, dict[int, Decimal]()
    for amount, some in pairs:
        whole = add([whole, amount])
        for holder, part in some.items():
            parts[holder] = add([parts.get(holder, NOUGHT), part])
    return whole, {holder: part for holder, part in parts.items() if part}


def _negative(pair: tuple[Decimal, Parts]) -> tuple[Decimal, Parts]:
    whole, parts = pair
    return subtract(NOUGHT, whole), {holder: subtract(NOUGHT, part) for holder, part in parts.items()}


def _scaled(rule: Rule) -> bool:
    return rule.threshold is not None and rule.threshold.scaled


def _under(industry: str, codes: tuple[str, ...]) -> bool:
    return any(industry.startswith(code) for code in codes)


def _end(period: int) -> date:
    """The last day of a month; of a final account, of its year."""
    year, number = divmod(period, 100)
    return date(year, 12, 31) if number >= 12 else date(year, number + 1, 1) - timedelta(days=1)


def _years_later(day: date, years: int) -> date:
    """The same day some years on; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
