"""The admission gate: checks as data, each with its value, limit and result (DOMAIN §2).

A blank is never taken for a zero or for "none of them": a check without a value stays open.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rules.facts import Fact, Missing, MissingReason, Value
from rules.money import checked
from rules.trace import Operand, Parameter, Trace, decimal_text

Codes = frozenset[str]


class Comparison(StrEnum):
    """How a value is held against a limit: numbers by GE, LE and EQ, codes by ONE_OF, NONE_OF and EQ."""

    GE = "ge"
    LE = "le"
    EQ = "eq"
    ONE_OF = "one_of"
    NONE_OF = "none_of"


class State(StrEnum):
    """The result of a check and of the whole gate. OPEN: something that is needed isn't known yet."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"


_FAILED = {
    Comparison.GE: "below_limit",
    Comparison.LE: "above_limit",
    Comparison.EQ: "not_equal",
    Comparison.ONE_OF: "not_in_list",
    Comparison.NONE_OF: "in_list",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """One check of a gate. ``value`` is a number in ``unit`` (``wan_per_mu``, ``ratio`` …) or a set of codes.

    ONE_OF wants at least one of the record's codes in the set, NONE_OF none, EQ exactly these.
    ValueError when the comparison doesn't fit the value, TypeError for a float.
    """

    code: str
    label_key: str
    comparison: Comparison
    value: Decimal | Codes
    unit: str = ""
    required: bool = True

    def __post_init__(self) -> None:
        if isinstance(self.value, frozenset):
            fits = self.comparison in (Comparison.EQ, Comparison.ONE_OF, Comparison.NONE_OF)
        else:
            checked(self.value)
            fits = self.comparison in (Comparison.GE, Comparison.LE, Comparison.EQ)
        if not fits:
            raise ValueError(f"check {self.code}: {self.comparison} doesn't go with its limit")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for a check: a fact, codes, or None when nobody has looked. ``trace`` explains a computed fact."""

    code: str
    value: Fact | Codes | None = None
    trace: Trace | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """One check with its result; ``value`` is a Missing when it is open."""

    state: State
    limit: Limit
    value: Fact | Codes
    trace: Trace


@dataclass(frozen=True, slots=True)
class Admission:
    """The gate's outcome: PASSED when all required checks passed, FAILED when one failed, else OPEN."""

    outcome: State
    checks: tuple[Judged, ...]
    trace: Trace

    def check(self, code: str) -> Judged:
        """The check with that code; KeyError when there is none."""
        for judged in self.checks:
            if judged.limit.code == code:
                return judged
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Decision:
    """A committee's outcome over a gate's own, which stays readable."""

    outcome: State
    admission: Admission
    reason: str


def judge(limit: Limit, finding: Finding, *, version: str = "") -> Judged:
    """Hold one finding against its limit; a value on the limit passes GE and LE.

    The trace's ``reason`` is None when passed, else the code of the failure or of what is missing. ValueError when
    the units differ or codes are held against a number.
    """
    found = finding.value
    if found is None or found == frozenset():
        found = Missing(MissingReason.NOT_REPORTED)
    operands: tuple[Operand, ...] = ()
    parameters = _parameters(limit, version)
    amount = None
    if isinstance(found, Missing):
        state, reason = State.OPEN, str(found.reason)
        operands = (Operand.of("value", found),)
    else:
        passed = _codes_pass(limit, found) if isinstance(found, frozenset) else _number_passes(limit, found)
        state = State.PASSED if passed else State.FAILED
        reason = "" if passed else _FAILED[limit.comparison]
        if isinstance(found, frozenset):
            parameters = (*parameters, Parameter(f"finding.{limit.code}", _listed(found), ""))
        else:
            operands, amount = (Operand.of("value", found),), found.amount
    trace = Trace(
        limit.code,
        limit.label_key,
        f"limit_{limit.comparison}",
        operands,
        parameters,
        amount,
        amount,
        amount,
        limit.unit or None,
        reason or None,
        () if finding.trace is None else (finding.trace,),
    )
    return Judged(state, limit, found, trace)


def admit(limits: Iterable[Limit], findings: Iterable[Finding], *, version: str = "") -> Admission:
    """Judge every limit; a limit without a finding is open, findings without a limit aren't looked at.

    A check that isn't required is judged and shown, and decides nothing. ValueError when a code comes twice.
    """
    limits, findings = tuple(limits), tuple(findings)
    by_code = {finding.code: finding for finding in findings}
    if len(by_code) < len(findings) or len({limit.code for limit in limits}) < len(limits):
        raise ValueError("every check has one limit and one finding")
    checks = tuple(
        judge(limit, by_code.get(limit.code, Finding(limit.code)), version=version) for limit in limits
    )
    needed = [judged.state for judged in checks if judged.limit.required]
    outcome = State.PASSED
    for worse in (State.OPEN, State.FAILED):
        outcome = worse if worse in needed else outcome
    trace = Trace(
        "admission",
        "gate.admission",
        "all_required",
        tuple(Operand(state, Decimal(needed.count(state)), "count") for state in State),
        reason=None if outcome is State.PASSED else str(outcome),
        children=tuple(judged.trace for judged in checks),
    )
    return Admission(outcome, checks, trace)


def override(admission: Admission, outcome: State, reason: str) -> Decision:
    """The committee decides otherwise: PASSED or FAILED, with a written reason.

    ValueError without a reason, for OPEN, and when the gate came to that outcome itself.
    """
    if not reason.strip():
        raise ValueError("an override needs a written reason")
    if outcome is State.OPEN or outcome is admission.outcome:
        raise ValueError("an override passes what didn't, or turns away what passed")
    return Decision(outcome, admission, reason.strip())


def _number_passes(limit: Limit, found: Value) -> bool:
    if isinstance(limit.value, frozenset):
        raise ValueError(f"check {limit.code} wants codes, not a number")
    if found.unit != limit.unit:
        raise ValueError(f"check {limit.code} is in {limit.unit}, not in {found.unit}")
    if limit.comparison is Comparison.GE:
        return found.amount >= limit.value
    if limit.comparison is Comparison.LE:
        return found.amount <= limit.value
    return found.amount == limit.value


def _codes_pass(limit: Limit, found: Codes) -> bool:
    if not isinstance(limit.value, frozenset):
        raise ValueError(f"check {limit.code} wants a number, not codes")
    if limit.comparison is Comparison.ONE_OF:
        return bool(found & limit.value)
    if limit.comparison is Comparison.NONE_OF:
        return not found & limit.value
    return found == limit.value


def _parameters(limit: Limit, version: str) -> tuple[Parameter, ...]:
    value = _listed(limit.value) if isinstance(limit.value, frozenset) else decimal_text(limit.value)
    return (
        Parameter(f"limits.{limit.code}.required", "true" if limit.required else "false", version),
        Parameter(f"limits.{limit.code}.value", value, version),
    )


def _listed(codes: Codes) -> str:
    return ",".join(sorted(codes))
