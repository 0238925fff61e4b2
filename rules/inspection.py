"""The score of an inspection on site, from its sheet and the answers on it (DOMAIN §3; docs/algorithms/rounds.md).

A sheet is a list of items. Items of three kinds score: points out of a full mark, a yes or no, a choice whose
options are worth a part of the item. Amounts and texts are written down. The score is out of 100; an item
that nobody had to answer and nobody answered is left out, with its weight: missing is never zero.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from rules import money
from rules.facts import Fact, Missing, MissingReason, Value
from rules.trace import Operand, Parameter, Trace, decimal_text

FULL = Decimal(100)
ROUNDING = money.Rounding(2)
POINTS, YUAN = "points", "yuan"
Answer = Decimal | bool | str


class Kind(StrEnum):
    """What an item asks for."""

    POINTS = "points"
    YES_NO = "yes_no"
    CHOICE = "choice"
    AMOUNT = "amount"  # in yuan
    TEXT = "text"


SCORED = frozenset({Kind.POINTS, Kind.YES_NO, Kind.CHOICE})


@dataclass(frozen=True, slots=True)
class Option:
    """A possible answer of a choice and what it is worth, in per cent of the item."""

    value: str
    label: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class Item:
    """One question. ``weight``: its part of the score, against the weights of the others; 0 scores nothing.
    ``full``: the full mark of points. ``good``: the answer of a yes or no that earns the weight. ``counts``:
    the amount is part of the team's result."""

    code: str
    label: str
    kind: Kind
    weight: Decimal = Decimal(0)
    full: Decimal = Decimal(0)
    good: bool = True
    options: tuple[Option, ...] = ()
    required: bool = True
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a sheet or an answer: where (an item's code; "" for the whole) and the code of the rule."""

    item: str
    code: str


@dataclass(frozen=True, slots=True)
class Scored:
    """``score``: 0 to 100 with two decimals. ``amount``: the sum of the amounts that count, in yuan. ``lacking``:
    required items without an answer; while there are any, neither is known."""

    score: Fact
    amount: Fact
    lacking: tuple[str, ...]
    trace: Trace


def items_of(document: Mapping[str, Any]) -> tuple[Item, ...]:
    """The items of a valid sheet's document; numbers stand in it as text. KeyError, ValueError for another one."""
    return tuple(
        Item(
            code=row["code"],
            label=row["label"],
            kind=Kind(row["kind"]),
            weight=Decimal(row.get("weight", "0")),
            full=Decimal(row.get("full", "0")),
            good=row.get("good", "yes") == "yes",
            options=tuple(
                Option(one["value"], one["label"], Decimal(one["share"])) for one in row.get("options", ())
            ),
            required=row.get("required", True),
            counts=row.get("counts", False),
        )
        for row in document["items"]
    )


def document_of(items: Iterable[Item]) -> dict[str, Any]:
    """Items as a JSON document, the inverse of `items_of`."""
    found = []
    for item in items:
        row: dict[str, Any] = {
            "code": item.code,
            "label": item.label,
            "kind": str(item.kind),
            "weight": decimal_text(item.weight),
            "required": item.required,
        }
        if item.kind is Kind.POINTS:
            row["full"] = decimal_text(item.full)
        if item.kind is Kind.YES_NO:
            row["good"] = "yes" if item.good else "no"
        if item.kind is Kind.CHOICE:
            row["options"] = [
                {"value": one.value, "label": one.label, "share": decimal_text(one.share)}
                for one in item.options
            ]
        if item.kind is Kind.AMOUNT:
            row["counts"] = item.counts
        found.append(row)
    return {"items": found}


def validate(items: Iterable[Item]) -> tuple[Problem, ...]:
    """Everything that is wrong with a sheet, in the order of its items; () for a good one."""
    items = tuple(items)
    found = [] if items else [Problem("", "no_items")]
    seen: set[str] = set()
    for item in items:
        if item.code in seen:
            found.append(Problem(item.code, "code_taken"))
        seen.add(item.code)
        found += [Problem(item.code, code) for code in _wrong(item)]
    return tuple(found)


def _wrong(item: Item) -> list[str]:
    found = [] if item.label.strip() else ["label_missing"]
    if item.weight < 0 or (item.weight and item.kind not in SCORED):
        found.append("weight")
    if item.kind is Kind.POINTS and item.full <= 0:
        found.append("full_mark")
    if item.kind is Kind.CHOICE:
        if len({one.value for one in item.options}) < max(len(item.options), 2):
            found.append("options")
        if any(not 0 <= one.share <= FULL for one in item.options):
            found.append("share")
    return found


def check(items: Iterable[Item], answers: Mapping[str, Answer]) -> tuple[Problem, ...]:
    """Answers that don't fit their items: unknown item, wrong kind, more points than full, no such option."""
    known = {item.code: item for item in items}
    found = []
    for code, answer in answers.items():
        if code not in known:
            found.append(Problem(code, "unknown"))
        elif not _fits(known[code], answer):
            found.append(Problem(code, "answer"))
    return tuple(found)


def _fits(item: Item, answer: Answer) -> bool:
    if item.kind is Kind.YES_NO:
        return isinstance(answer, bool)
    if item.kind in (Kind.CHOICE, Kind.TEXT):
        return isinstance(answer, str) and (
            item.kind is Kind.TEXT or answer in {one.value for one in item.options}
        )
    if not isinstance(answer, Decimal) or not answer.is_finite() or answer < 0:
        return False
    return item.kind is Kind.AMOUNT or answer <= item.full


def score(items: Iterable[Item], answers: Mapping[str, Answer], *, version: str = "") -> Scored:
    """Score the answers: 100 × Σ weight × part earned ÷ Σ weight of what was answered, half up to two decimals.

    ValueError for answers that don't fit (see `check`).
    """
    items = tuple(items)
    if wrong := check(items, answers):
        raise ValueError(f"answer of {wrong[0].item or 'the sheet'} doesn't fit: {wrong[0].code}")
    lacking = tuple(item.code for item in items if item.required and _empty(answers.get(item.code)))
    scored = [
        item for item in items if item.weight and item.kind in SCORED and not _empty(answers.get(item.code))
    ]
    weights = money.add(item.weight for item in scored)
    children = tuple(_child(item, answers[item.code], version) for item in scored)
    exact = None
    if not lacking and weights:
        earned = money.add(child.raw for child in children if child.raw is not None)
        exact = money.ratio(earned, weights, FULL)
    found = _fact(exact, lacking)
    amounts = [
        answers[item.code]
        for item in items
        if item.kind is Kind.AMOUNT and item.counts and not _empty(answers.get(item.code))
    ]
    total = money.add(one for one in amounts if isinstance(one, Decimal)) if amounts else None
    rounded = found.amount if isinstance(found, Value) else None
    trace = Trace(
        "inspection",
        "inspection.score",
        "weighted_share",
        (Operand("weights", weights, POINTS),),
        raw=exact,
        limited=exact,
        rounded=rounded,
        unit=POINTS,
        reason=str(found.reason) if isinstance(found, Missing) else None,
        children=children,
    )
    gap = Missing(MissingReason.NOT_REPORTED)
    return Scored(found, gap if lacking or total is None else Value(total, YUAN), lacking, trace)


def _fact(exact: Decimal | None, lacking: tuple[str, ...]) -> Fact:
    if lacking:
        return Missing(MissingReason.NOT_REPORTED)
    return Missing(MissingReason.NOT_APPLICABLE) if exact is None else Value(ROUNDING.apply(exact), POINTS)


def _empty(answer: Answer | None) -> bool:
    return answer is None or (isinstance(answer, str) and not answer.strip())


def _child(item: Item, answer: Answer, version: str) -> Trace:
    """What an item earns of its weight."""
    operands: tuple[Operand, ...] = ()
    if isinstance(answer, bool):
        part = Decimal(answer is item.good)
    elif isinstance(answer, Decimal):
        part, operands = money.ratio(answer, item.full), (Operand("points", answer, POINTS),)
    else:
        share = next(one.share for one in item.options if one.value == answer)
        part = money.ratio(share, FULL)
    earned = money.multiply(part, item.weight)
    said = ("yes" if answer else "no") if isinstance(answer, bool) else str(answer)
    return Trace(
        item.code,
        f"inspection.{item.kind}",
        f"earned_{item.kind}",
        operands,
        (
            Parameter(f"items.{item.code}.weight", decimal_text(item.weight), version),
            Parameter(f"items.{item.code}.answer", said, ""),
        ),
        raw=earned,
        limited=earned,
        rounded=earned,
        unit=POINTS,
    )


def allot(result: Decimal, recognised: Decimal, waiting: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Divide what a final result recognises among the entries that wait, the earliest first: each in full until
    the result, less what had been recognised before, is used up. Amounts in yuan; ``waiting``: (key, amount)
    in order. Never negative: a result below what was recognised before leaves nothing to allot."""
    left = max(money.subtract(result, recognised), Decimal(0))
    found = {}
    for key, amount in waiting:
        found[key] = min(left, money.checked(amount))
        left = money.subtract(left, found[key])
    return found
