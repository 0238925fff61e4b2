"""What a scoring yields: lines by group, each with its trace."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rules.facts import Fact, Missing
from rules.trace import Trace, canonical_text, decimal_text

NOT_QUALIFIED = "not_qualified"
VETOED = "vetoed"


@dataclass(frozen=True, slots=True)
class Line:
    """One unit's result. `total` as printed; `place` None with `reason` (a missing reason, not_ranked, not_qualified, vetoed).
    `points`: what it is worth in a larger assessment. `mark` and `explain` read the table of the scoring; `marks` and
    `trace` are made from it when they are asked for."""

    unit: str
    group: str
    total: Fact
    mark: Callable[[], Mapping[str, Fact]] = field(repr=False, compare=False)
    explain: Callable[[], Trace] = field(repr=False, compare=False)
    place: int | None = None
    tied: bool = False
    reason: str | None = None
    decided_by: str | None = None
    vetoes: tuple[str, ...] = ()
    unqualified: tuple[str, ...] = ()
    grade: str | None = None
    boards: tuple[str, ...] = ()
    points: Decimal | None = None

    @property
    def marks(self) -> Mapping[str, Fact]:
        """Marks by indicator, sub-indicator, bonus and deduction."""
        return self.mark()

    @property
    def trace(self) -> Trace:
        """The whole calculation of the total."""
        return self.explain()

    def to_document(self) -> dict[str, Any]:
        """JSON-able form; numbers as text, what is missing as {"missing": reason}."""
        return {
            "unit": self.unit,
            "total": {"missing": str(self.total.reason)}
            if isinstance(self.total, Missing)
            else decimal_text(self.total.amount),
            "marks": {code: shown(fact) for code, fact in self.marks.items()},
            "place": self.place,
            "tied": self.tied,
            "reason": self.reason,
            "decided_by": self.decided_by,
            "vetoes": list(self.vetoes),
            "unqualified": list(self.unqualified),
            "grade": self.grade,
            "boards": list(self.boards),
            "points": None if self.points is None else canonical_text(self.points),
            "trace": self.trace.to_document(),
        }


@dataclass(frozen=True, slots=True)
class GroupResult:
    """The lines of one competition group, ranked ones first."""

    code: str
    lines: tuple[Line, ...]

    def line(self, unit: str) -> Line:
        """The line of a unit; KeyError when it isn't in the group."""
        for one in self.lines:
            if one.unit == unit:
                return one
        raise KeyError(unit)


@dataclass(frozen=True, slots=True)
class Result:
    """All groups of a scheme, in its order."""

    groups: tuple[GroupResult, ...]
    version: str = ""

    def group(self, code: str) -> GroupResult:
        """The group of that code; KeyError when there is none."""
        for one in self.groups:
            if one.code == code:
                return one
        raise KeyError(code)

    def line(self, unit: str) -> Line:
        """The line of a unit in whichever group it is; KeyError when it is in none."""
        for group in self.groups:
            for one in group.lines:
                if one.unit == unit:
                    return one
        raise KeyError(unit)

    def to_document(self) -> dict[str, Any]:
        """JSON-able form, the same bytes for the same scheme and facts."""
        return {
            "version": self.version,
            "groups": [
                {"code": group.code, "lines": [line.to_document() for line in group.lines]}
                for group in self.groups
            ],
        }


def shown(fact: Fact) -> str | dict[str, str]:
    """A fact in a result's document."""
    return {"missing": str(fact.reason)} if isinstance(fact, Missing) else canonical_text(fact.amount)
