"""A figure of the books as something to look for (`Sought`), and its conditions as parts of one SQL statement.

Nothing here comes from a user: columns and comparisons are written in this file, values travel as parameters. What is
asked of a look (facet) or of a whole project is a mark on its row, found once for each row, not for each line.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from assessments.choices import Credit, Nature
from assessments.measures.base import REGISTRY, Base
from assessments.measures.filters import STAGES, Filters, read
from assessments.measures.keys import Asked, Span, last_day, span
from ledger.choices import Kind, Role, Zone
from reference.sectors import SECTIONS
from rules.periods import Month

SIGNED, CONTRACT = str(Kind.SIGNED), str(Kind.CONTRACT)


@dataclass(frozen=True, slots=True)
class Sought:
    """A base with its filters in a window, in one dimension, by one way of crediting. `outer`: without money from
    inside the city."""

    base: str
    filters: Filters = Filters()
    window: str = "year_to_date"
    role: str = Role.ASSESSED
    credit: str = Credit.SHARE
    outer: bool = False

    @property
    def definition(self) -> Base:
        found = REGISTRY[self.base]
        assert isinstance(found, Base)
        return found

    @property
    def settled(self) -> Filters:
        """With what the definition fixes."""
        return self.filters.over(read(self.definition.fixed)[0])

    def split(self) -> tuple[Sought, Sought | None]:
        """What counts at every level, and where money from inside counts at some only, what counts at the city's."""
        inner = replace(self, filters=replace(self.filters, outside=False))
        return inner, replace(inner, outer=True) if self.filters.outside else None


@dataclass(slots=True)
class Marks:
    """Expressions that are evaluated once for each row of a table: equal ones share a column."""

    prefix: str
    known: dict[tuple[str, str], str] = field(default_factory=dict)
    params: list[Any] = field(default_factory=list)

    def add(self, sql: str, *params: Any) -> str:
        key = (sql, repr(params))
        if key not in self.known:
            self.known[key] = f"{self.prefix}{len(self.known)}"
            self.params += params
        return self.known[key]

    def columns(self) -> str:
        return "".join(f", ({sql}) AS {name}" for (sql, _params), name in self.known.items())


Condition = tuple[str, list[Any]]


@dataclass(slots=True)
class Plan:
    """All that one statement needs to know of what is sought."""

    asked: Asked
    facets: Marks = field(default_factory=lambda: Marks("f"))
    subjects: Marks = field(default_factory=lambda: Marks("s"))
    limits: dict[tuple[int, date | None], int] = field(default_factory=dict)
    areas: dict[date | None, int] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)  # that tell something about subjects
    roles: set[str] = field(default_factory=set)
    leads: bool = False

    def condition(self, sought: Sought) -> Condition:
        """What a line must fulfil."""
        base, filters = sought.definition, sought.settled
        time = self.span_of(sought)
        found = Conditions()
        found.add(*_any("p.kind", base.kinds))
        found.add("p.role = %s", str(sought.role))
        if base.basis:
            found.add("p.basis = %s", str(base.basis))
        if currency := base.currency or filters.currency:
            found.add("p.currency = %s", currency)
        self._time(found, time, since=not filters.cohort)
        for mark in self._looks(filters, sought.outer):
            found.add(f"f.{mark}")
        for mark in self._wholes(sought, filters, time):
            found.add(f"s.{mark}")
        if base.land or filters.with_land:
            found.add(f"a.{self._area(time)} > 0")
        self.roles.add(str(sought.role))
        return found.sql, found.params

    def any_line(self, sought: Sought) -> Condition:
        """Lines of the same kind in the window, whatever they look like: somebody has reported something."""
        base = sought.definition
        found = Conditions()
        found.add(*_any("p.kind", base.kinds))
        found.add("p.role = %s", str(sought.role))
        if base.basis:
            found.add("p.basis = %s", str(base.basis))
        self._time(found, self.span_of(sought), since=not sought.filters.cohort)
        return found.sql, found.params

    def amount(self, sought: Sought, *, whole: bool = False) -> str:
        """What a line counts, before the factor: in yuan or pieces, in the base's currency, in mu."""
        base = sought.definition
        if base.currency:
            column = "p.whole" if whole else "p.qty"
        else:
            column = "COALESCE(round(p.whole * p.rate, 2), p.whole)" if whole else "p.base_qty"
        return f"{column} * a.{self._area(self.span_of(sought))}" if base.land else column

    def span_of(self, sought: Sought) -> Span:
        time = span(sought.window, self.asked)
        return replace(time, since=None) if sought.definition.nature == Nature.STOCK else time

    @staticmethod
    def _time(found: Conditions, time: Span, *, since: bool) -> None:
        first, last = time.posted
        if since and time.since:
            found.add("p.occurred_on >= %s", time.since)
        if time.until:
            found.add("p.occurred_on <= %s", time.until)
        if since and first is not None:
            found.add("p.posted_in_id >= %s", first)
        found.add("p.posted_in_id <= %s", last)

    def _looks(self, filters: Filters, outer: bool) -> list[str]:
        found = [
            self.facets.add(f"{name} = ANY(%s)", list(values))
            for name in ("sector", "zone", "fund_source", "mode", "source")
            if (values := getattr(filters, name))
        ]
        if filters.industries:
            found.append(self.facets.add("industry LIKE ANY(%s)", prefixes(filters.industries)))
        if filters.park:
            park = "park_id IN (SELECT id FROM org_unit WHERE code = ANY(%s))"
            found.append(self.facets.add(park, list(filters.park)))
        if outer:
            found.append(self.facets.add("zone <> %s", str(Zone.INSIDE_CITY)))
        return found

    def _wholes(self, sought: Sought, filters: Filters, time: Span) -> list[str]:
        """What the whole project or lead must be, by the end of the window."""
        found = []
        limit = self._limit(time) if _asks_whole(filters) else 0
        january = date(time.year, 1, 1)
        if filters.size_from is not None:
            found.append(self._size(limit, filters.size_from, filters.size_from_usd))
        if filters.size_below is not None:
            found.append(self._size(limit, filters.size_below, filters.size_below_usd, below=True))
        for stage in filters.stages:
            self._tell(STAGES[stage])
            self.leads |= sought.definition.subject == "lead"
            found.append(self.subjects.add(f"bool_or(kind = %s AND b{limit} > 0)", STAGES[stage]))
        if filters.course:
            kinds = [STAGES[filters.course_stage]] if filters.course_stage else list(sought.definition.kinds)
            self._tell(*kinds)
            first = f"min(occurred_on) FILTER (WHERE kind = ANY(%s) AND b{limit} > 0)"
            compare = ">=" if filters.course == "new" else "<"
            found.append(self.subjects.add(f"{first} {compare} %s", [str(k) for k in kinds], january))
        if filters.years is not None:
            self._tell(SIGNED)
            first = f"min(occurred_on) FILTER (WHERE kind = %s AND b{limit} > 0)"
            since = date(time.year - filters.years + 1, 1, 1)
            found.append(self.subjects.add(f"{first} >= %s", SIGNED, since))
        if filters.cohort:
            self._tell(SIGNED)
            inside, params = [f"kind = %s AND b{limit} > 0"], [SIGNED]
            for column, least in (("occurred_on", time.since), ("posted", time.posted[0])):
                if least is not None:
                    inside.append(f"{column} >= %s")
                    params.append(least)  # type: ignore[arg-type]
            found.append(self.subjects.add(f"bool_or({' AND '.join(inside)})", *params))
        return found

    def _size(self, limit: int, yuan: Any, dollars: Any, *, below: bool = False) -> str:
        self._tell(CONTRACT)
        sql = f"COALESCE(sum(b{limit}) FILTER (WHERE kind = %s), 0) >= %s"
        params = [CONTRACT, yuan]
        if dollars is not None:
            sql += f" OR COALESCE(sum(d{limit}) FILTER (WHERE kind = %s), 0) >= %s"
            params += [CONTRACT, dollars]
        return self.subjects.add(f"NOT ({sql})" if below else sql, *params)

    def _tell(self, *kinds: str) -> None:
        self.kinds |= {str(kind) for kind in kinds}

    def _limit(self, time: Span) -> int:
        return self.limits.setdefault((time.posted[1], time.until), len(self.limits))

    def _area(self, time: Span) -> str:
        """The column of parcels granted by the end of the window."""
        end = time.until or _end_of(time.posted[1])
        return f"a{self.areas.setdefault(end, len(self.areas))}"


@dataclass(slots=True)
class Conditions:
    sql: str = ""
    params: list[Any] = field(default_factory=list)

    def add(self, sql: str, *params: Any) -> None:
        self.sql = f"{self.sql} AND {sql}" if self.sql else sql
        self.params += params


def _any(column: str, values: Collection[Any]) -> tuple[Any, ...]:
    texts = [str(value) for value in values]
    return (f"{column} = %s", texts[0]) if len(texts) == 1 else (f"{column} = ANY(%s)", texts)


def _asks_whole(filters: Filters) -> bool:
    asked = (filters.size_from, filters.size_below, filters.years)
    return any(one is not None for one in asked) or bool(filters.stages or filters.course or filters.cohort)


def prefixes(industries: Collection[str]) -> list[str]:
    """Patterns of the codes: a section is all its divisions ("C" is 13 to 43)."""
    found = []
    for code in industries:
        if code in SECTIONS:
            first, last = SECTIONS[code]
            found += [f"{n:02d}%" for n in range(first, last + 1)]
        else:
            found.append(f"{code}%")
    return found


def _end_of(period: int) -> date | None:
    """The last day of a period of the books; None where there is no such month."""
    year, number = divmod(period, 100)
    return last_day(Month(year, min(number, 12))) if 1 <= year < 9999 else None


__all__ = ["Condition", "Conditions", "Marks", "Plan", "Sought", "prefixes"]
