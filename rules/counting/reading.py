"""Reading a counting rule: what it says, and each problem with its place."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from .document import (
    BASES,
    BUILT,
    CURRENCY,
    FUND_SOURCES,
    INDUSTRY,
    KINDS,
    LEVELS,
    LINE,
    MODES,
    NUMBER,
    OF,
    OVER,
    PAID_IN,
    PLACES,
    SCHEMA,
    SECTORS,
    STARTS,
    STATES,
    ZONES,
    Document,
    Level,
    Line,
    Problem,
    RealEstate,
    Rule,
    Threshold,
    Window,
)


def read(document: Document, version: str = "") -> tuple[Rule, tuple[Problem, ...]]:
    """The rule of a document and the problems in it, in the order of the document. With problems the rule is
    what could be read, good enough for a preview; a rule without problems is exactly what the document says."""
    reader = _Reader()
    return reader.rule(document, version), tuple(reader.problems)


class _Reader:
    """Collects problems while it reads."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, path: str, code: str, value: Any = "") -> None:
        self.problems.append(Problem(path, code, str(value)))

    def rule(self, document: Any, version: str) -> Rule:
        part = self.part(document, "", tuple(SCHEMA["properties"]))
        if part.get("schema") != 1:
            self.wrong("schema", "unknown_schema", part.get("schema", ""))
        basis = self.word(part, "basis", BASES, "")
        rule = Rule(
            basis=basis,
            state=self.word(part, "state", STATES, "final"),
            sectors=self.words(part, "sectors", SECTORS),
            industries=self.codes(part, "industries"),
            never=self.codes(part, "never"),
            kinds=self.percents(part, "kinds", KINDS),
            fund_sources=self.words(part, "fund_sources", FUND_SOURCES),
            modes=self.words(part, "modes", MODES),
            zone_percent=self.percents(part, "zone_percent", ZONES),
            levels=self.levels(part.get("levels") or {}),
            threshold=self.threshold(part.get("threshold")),
            real_estate=self.real_estate(part.get("real_estate")),
            kept_days=self.whole(part, "kept_days", 3660),
            window=self.window(part.get("window")),
            version=version,
        )
        for kind in rule.kinds:
            if (basis == "formed" and kind in PAID_IN) or (basis == "arrived" and kind in BUILT):
                self.wrong(f"kinds.{kind}", "other_basis", basis)
        for code in rule.never:
            if code in rule.industries:
                self.wrong("never", "contradicts", code)
        return rule

    def levels(self, given: Any) -> dict[str, Level]:
        found = {}
        for name, value in self.items(given, "levels", LEVELS):
            part = self.part(value, f"levels.{name}", ("zones", "fund_sources"))
            zones, sources = (
                None if part.get(key) is None else self.words(part, key, allowed, f"levels.{name}.")
                for key, allowed in (("zones", ZONES), ("fund_sources", FUND_SOURCES))
            )
            for key, values in (("zones", zones), ("fund_sources", sources)):
                if values == ():
                    self.wrong(f"levels.{name}.{key}", "nothing_counts")
            found[name] = Level(zones, sources)
        return found

    def threshold(self, given: Any) -> Threshold | None:
        if given is None:
            return None
        part = self.part(given, "threshold", ("of", "over", "scaled", "lines"))
        lines, rows = [], part.get("lines")
        if not isinstance(rows, list) or not rows:
            self.wrong("threshold.lines", "needed")
            rows = []
        for number, row in enumerate(rows):
            path = f"threshold.lines.{number}."
            one = self.part(row, path[:-1], tuple(LINE))
            amount = self.amount(one, "amount", path)
            own = self.own(one.get("own") or {}, f"{path}own")
            narrow = self.words(one, "sectors", SECTORS, path), self.words(one, "places", PLACES, path)
            if number < len(rows) - 1 and not any(narrow):
                self.wrong(f"threshold.lines.{number + 1}", "never_reached")
            if amount is not None:
                lines.append(Line(amount, own, *narrow))
        scaled = part.get("scaled", False)
        if not isinstance(scaled, bool):
            self.wrong("threshold.scaled", "not_allowed", scaled)
        return Threshold(
            tuple(lines),
            self.word(part, "of", OF, "counted", "threshold."),
            self.word(part, "over", OVER, "year", "threshold."),
            scaled is True,
        )

    def own(self, given: Any, path: str) -> dict[str, Decimal]:
        """A line in other currencies."""
        found = {}
        for name in self.part(given, path):
            amount = self.amount(given, name, f"{path}.")
            if amount is not None:
                found[name] = amount
                if not CURRENCY.fullmatch(name):
                    self.wrong(f"{path}.{name}", "not_a_currency", name)
        return found

    def real_estate(self, given: Any) -> RealEstate | None:
        if given is None:
            return None
        part = self.part(given, "real_estate", ("industries", "factor", "retained"))
        industries = self.codes(part, "industries", "real_estate.")
        if not industries:
            self.wrong("real_estate.industries", "needed")
        factor = self.amount(part, "factor", "real_estate.")
        retained = self.amount(part, "retained", "real_estate.") if "retained" in part else Decimal(100)
        if retained is not None and retained > 100:
            self.wrong("real_estate.retained", "above_100", retained)
        return RealEstate(industries, factor or Decimal(0), Decimal(100) if retained is None else retained)

    def window(self, given: Any) -> Window | None:
        if given is None:
            return None
        part = self.part(given, "window", ("years", "since"))
        years = self.whole(part, "years", 50, "window.")
        if part.get("years") is None:
            self.wrong("window.years", "needed")
        since = self.word(part, "since", STARTS, "signed", "window.")
        return Window(years, since) if years else None

    # -- values

    def part(self, given: Any, path: str, allowed: tuple[str, ...] | None = None) -> Document:
        """An object with keys of `allowed`; None: any."""
        if not isinstance(given, dict):
            self.wrong(path, "not_an_object")
            return {}
        for name in given:
            if allowed is not None and name not in allowed:
                self.wrong(f"{path}.{name}".lstrip("."), "unknown", name)
        return given

    def items(self, given: Any, path: str, allowed: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        if not isinstance(given, dict):
            self.wrong(path, "not_an_object")
            return
        for name, value in given.items():
            if name in allowed:
                yield name, value
            else:
                self.wrong(f"{path}.{name}", "not_allowed", name)

    def word(
        self, part: Document, name: str, allowed: tuple[str, ...], otherwise: str, path: str = ""
    ) -> str:
        value = part.get(name, otherwise)
        if value in allowed:
            return str(value)
        self.wrong(path + name, "not_allowed", value)
        return otherwise

    def words(self, part: Document, name: str, allowed: tuple[str, ...], path: str = "") -> tuple[str, ...]:
        values = part.get(name) or []
        if not isinstance(values, list):
            self.wrong(path + name, "not_a_list")
            return ()
        for value in values:
            if value not in allowed:
                self.wrong(path + name, "not_allowed", value)
        if len({str(value) for value in values}) < len(values):
            self.wrong(path + name, "twice")
        return tuple(value for value in values if value in allowed)

    def codes(self, part: Document, name: str, path: str = "") -> tuple[str, ...]:
        values = part.get(name) or []
        if not isinstance(values, list):
            self.wrong(path + name, "not_a_list")
            return ()
        good = tuple(value for value in values if isinstance(value, str) and INDUSTRY.fullmatch(value))
        for value in values:
            if value not in good:
                self.wrong(path + name, "not_an_industry", value)
        return good

    def percents(self, part: Document, name: str, allowed: tuple[str, ...]) -> dict[str, Decimal]:
        found = {}
        given = part.get(name) or {}
        for key, _value in self.items(given, name, allowed):
            percent = self.amount(given, key, f"{name}.")
            if percent is not None:
                found[key] = percent
                if percent > 1000:
                    self.wrong(f"{name}.{key}", "too_large", percent)
        return found

    def whole(self, part: Document, name: str, most: int, path: str = "") -> int | None:
        value = part.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            self.wrong(path + name, "not_a_number", value)
            return None
        return value

    def amount(self, part: Document, name: str, path: str) -> Decimal | None:
        value = part.get(name)
        if value is None or value == "":
            self.wrong(path + name, "needed")
            return None
        if isinstance(value, str) and NUMBER.fullmatch(value):
            return Decimal(value)
        self.wrong(path + name, "not_a_number", value)
        return None
