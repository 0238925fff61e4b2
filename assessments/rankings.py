"""From a table's settings and gathered facts to a stored, replayable computation.

`inputs` is one JSON document with everything the rules read; `compute(inputs)` needs nothing else, so a
run replays to the same bytes after later imports, renamed units and changed settings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.choices import RankBy, ScheduleKind, TieBreak
from assessments.models import RankingTable
from rules.facts import Fact, Missing, MissingReason, Value
from rules.money import Rounding, RoundingMode
from rules.periods import Linear, Month, Quarterly, Schedule
from rules.ranking import (
    Comparison,
    Key,
    LineInput,
    RankRule,
    ReturnState,
    Table,
    TableRule,
    build_table,
    compare,
    completion_interval,
    points_interval,
)
from rules.trace import canonical_json

Document = dict[str, Any]
PRINTED = {"rate": "completion", "points": "points", "growth": "growth"}  # sender's column → ours


def text(value: Decimal) -> str:
    """One text per number, however many zeros the database gave it."""
    return format(value.normalize(), "f")


# ---------------------------------------------------------------- settings → rule


def rule_document(table: RankingTable, month: Month, data_through: Month) -> Document:
    """A table's settings as data, in the run's inputs."""
    primary = [
        table.rank_by,
        "asc" if table.rank_by == RankBy.AMOUNT and table.measure.direction == "asc" else "desc",
    ]
    order = [primary]
    if table.tie_break and table.tie_break != table.rank_by:
        less = (
            table.tie_measure.direction
            if table.tie_break == TieBreak.MEASURE and table.tie_measure
            else "desc"
        )
        order.append([table.tie_break, less])
    schedule: Any = None
    if table.measure.nature == "flow" and table.schedule == ScheduleKind.LINEAR:
        schedule = "linear"
    elif table.measure.nature == "flow" and table.schedule == ScheduleKind.QUARTERLY:
        schedule = [text(Decimal(str(s)) / 100) for s in table.quarters]
    return {
        "month": str(month),
        "data_through": str(data_through),
        "schedule": schedule,
        "order": order,
        "rounded": table.rank_as_printed,
        "done_direction": table.measure.direction,
        "roundings": {
            "completion": [table.rate_digits, table.rate_rounding],
            "points": [table.points_digits, table.points_rounding],
            "growth": [table.growth_digits, "half_up"],
            "done": [table.value_digits, "half_up"],
        },
        "points_from_rounded": table.points_from_rounded,
        "version": f"{table.code}/{table.version}",
    }


def schedule_of(value: Any) -> Schedule | None:
    if value is None:
        return None
    if value == "linear":
        return Linear()
    first, second, third, fourth = (Decimal(share) for share in value)
    return Quarterly((first, second, third, fourth))


def rounding_of(pair: list[Any]) -> Rounding:
    mode: RoundingMode = "truncate" if pair[1] == "truncate" else "half_up"
    return Rounding(int(pair[0]), mode)


def rule_of(document: Document) -> TableRule:
    """The rule that a run's inputs describe."""
    keys = tuple(Key(column, direction) for column, direction in document["order"])
    by_amount = Key("done", document["done_direction"])
    roundings = {
        column: rounding_of(pair) for column, pair in document["roundings"].items() if column != "done"
    }
    return TableRule(
        month=Month.parse(document["month"]),
        data_through=Month.parse(document["data_through"]),
        schedule=schedule_of(document["schedule"]),
        roundings=roundings,
        points_from_rounded=document["points_from_rounded"],
        rank=RankRule(keys, document["rounded"]),
        rank_by_rate=RankRule((Key("completion"),), document["rounded"]),
        rank_by_amount=RankRule((by_amount,), document["rounded"]),
        version=document["version"],
    )


# ---------------------------------------------------------------- facts ↔ documents


def fact_document(fact: Fact) -> Document:
    if isinstance(fact, Value):
        return {"amount": text(fact.amount), "unit": fact.unit, "ref": fact.ref}
    return {"reason": str(fact.reason), "ref": fact.ref}


def fact_of(document: Document) -> Fact:
    if "amount" in document:
        return Value(Decimal(document["amount"]), document["unit"], document["ref"])
    return Missing(MissingReason(document["reason"]), document["ref"])


def line_document(
    line: LineInput, name: str, published: Mapping[str, Any], quanta: Mapping[str, Decimal]
) -> Document:
    return {
        "unit": line.unit,
        "group": line.group,
        "name": name,
        "ranked": line.ranked,
        "in_total": line.in_total,
        "comparable": line.comparable,
        "state": str(line.return_state),
        "facts": {key: fact_document(fact) for key, fact in sorted(line.facts.items())},
        "published": dict(published),
        "quanta": {key: text(value) for key, value in sorted(quanta.items())},
    }


def line_of(document: Document) -> LineInput:
    return LineInput(
        unit=document["unit"],
        group=document["group"],
        ranked=document["ranked"],
        in_total=document["in_total"],
        comparable=document["comparable"],
        return_state=ReturnState(document["state"]),
        facts={key: fact_of(fact) for key, fact in document["facts"].items()},
    )


def digest(inputs: Document) -> str:
    """SHA-256 of the canonical inputs: the run's key."""
    return hashlib.sha256(canonical_json(inputs)).hexdigest()


# ---------------------------------------------------------------- computing


@dataclass(frozen=True, slots=True)
class Computed:
    """The table, and for each unit code what was printed beside what came out."""

    table: Table
    comparisons: dict[str, dict[str, Comparison]]
    reported: dict[str, Comparison]

    def to_document(self) -> Document:
        """All of it as JSON; the same inputs give the same bytes."""
        return {
            "table": self.table.to_document(),
            "progress": None if self.table.progress is None else text(self.table.progress),
            "comparisons": {
                unit: {column: comparison_document(one) for column, one in sorted(columns.items())}
                for unit, columns in sorted(self.comparisons.items())
            },
            "reported": {column: comparison_document(one) for column, one in sorted(self.reported.items())},
        }


def comparison_document(one: Comparison) -> Document:
    return {
        "published": None if one.published is None else text(one.published),
        "computed": fact_document(one.computed),
        "difference": None if one.difference is None else text(one.difference),
        "kind": str(one.kind),
    }


def compute(inputs: Document) -> Computed:
    """The whole table from its inputs. Pure: reads no clock, no database."""
    rule = rule_of(inputs["rule"])
    lines = [line_of(line) for line in inputs["lines"]]
    reported = line_of(inputs["reported"]) if inputs["reported"] else None
    table = build_table(rule, lines, reported)
    roundings = {column: rounding_of(pair) for column, pair in inputs["rule"]["roundings"].items()}
    compared = {}
    for document in inputs["lines"]:
        line = table.line(document["unit"])
        found = _compare(document, line, table, rule, roundings)
        if "rank" in document["published"]:
            place = line.rank.ranked.position
            fact: Fact = (
                Missing(MissingReason.NOT_APPLICABLE) if place is None else Value(Decimal(place), "position")
            )
            found["rank"] = compare(Decimal(document["published"]["rank"]["value"]), fact, Rounding(0))
        if found:
            compared[document["unit"]] = found
    about_total: dict[str, Comparison] = {}
    if table.reported is not None and isinstance(table.reported.done.exact, Value):
        about_total["done"] = compare(table.reported.done.exact.amount, table.total.done.exact, Rounding(6))
    return Computed(table, compared, about_total)


def _compare(
    document: Document, line: Any, table: Table, rule: TableRule, roundings: Mapping[str, Rounding]
) -> dict[str, Comparison]:
    """What was printed beside what comes out. Inputs printed rounded leave an interval of possible results."""
    interval, found = None, {}
    done, target = line.facts.get("done"), line.facts.get("target")
    quanta = {key: Decimal(value) for key, value in document["quanta"].items()}
    if isinstance(done, Value) and isinstance(target, Value) and quanta.get("done") is not None:
        interval = completion_interval(
            done.amount, target.amount, quanta["done"], quanta.get("target", Decimal(0))
        )
    for column, ours in PRINTED.items():
        printed = document["published"].get(column)
        if printed is None:
            continue
        # A rate printed beside a ratio measure is the ratio itself.
        fact = (
            line.done.exact
            if column == "rate" and document["published"].get("of") == "done"
            else getattr(line, ours).exact
        )
        within = interval if ours == "completion" else None
        if ours == "points" and interval is not None and table.progress is not None:
            within = points_interval(
                interval, table.progress, roundings["completion"] if rule.points_from_rounded else None
            )
        found[ours] = compare(Decimal(printed["value"]), fact, roundings[ours], interval=within)
    return found
