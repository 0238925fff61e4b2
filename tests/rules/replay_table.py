"""Print the bytes of one computed table. Run in a process of its own to show that nothing depends on the process."""

import sys
from decimal import Decimal

from rules.facts import Missing, MissingReason, Value
from rules.periods import Month, Quarterly
from rules.ranking import Key, LineInput, RankRule, TableRule, build_table
from rules.trace import canonical_json


def table_bytes() -> bytes:
    """A table with ties, a missing return, given growth and a line that is not ranked."""
    facts = {
        "棣花镇": ("25000", "9050", "8000"),
        "商镇": ("25000", "9020", "9020"),
        "竹林关镇": ("25000", "8920", None),
        "龙驹寨": ("50000", "18040", "17000.5"),
    }
    lines = []
    for unit in set(facts):
        target, done, before = facts[unit]
        figures = {
            "target": Value(Decimal(target), "wan"),
            "done": Value(Decimal(done), "wan", f"cell:{unit}"),
        }
        if before is not None:
            figures["before"] = Value(Decimal(before), "wan")
        lines.append(LineInput(unit, "towns", facts={key: figures[key] for key in set(figures)}))
    lines.sort(key=lambda line: line.unit)
    late = {"done": Missing(MissingReason.NOT_REPORTED)}
    lines.append(LineInput("县畜牧中心", "towns", facts=late))
    lines.append(LineInput("全县", "towns", ranked=False, facts=lines[0].facts, in_total=False))
    share = Decimal("0.25")
    rule = TableRule(
        Month(2023, 6),
        schedule=Quarterly((share, share, share, share)),
        rank=RankRule((Key("completion"), Key("growth"), Key("done")), rounded=True),
        version="2023/1",
    )
    return canonical_json(build_table(rule, lines, lines[-1]).to_document())


if __name__ == "__main__":
    sys.stdout.buffer.write(table_bytes())
