"""Print the bytes of one scoring. Run in a process of its own to show that nothing depends on the process."""

import sys

from rules import scheme as schemes
from rules.trace import canonical_json

NAMES = ("a", "b", "late", "false_projects")
UNITS = ("棣花镇", "商镇", "竹林关镇", "龙驹寨", "武关镇")
GROUP = {
    "indicators": [
        {
            "code": "money",
            "title": "money",
            "full": 60,
            "value": {"kind": "completion", "of": "a", "target": 100},
            "rule": {"kind": "proportional"},
            "missing": {"reasons": {"not_applicable": "leave_out"}},
        },
        {
            "code": "among",
            "title": "among",
            "full": 40,
            "value": {"kind": "share_of_group", "of": "b"},
            "rule": {"kind": "min_max", "low": 50},
            "missing": {"otherwise": "zero"},
        },
    ],
    "bonuses": [{"code": "more", "title": "more", "value": "b", "rule": {"kind": "per_item", "each": "0.3"}}],
    "bonus_most": 10,
    "deductions": [
        {"code": "late", "title": "late", "value": "late", "rule": {"kind": "per_item", "each": 1}}
    ],
    "deduction_most": 6,
    "vetoes": [
        {
            "code": "fraud",
            "title": "fraud",
            "when": [{"figure": "false_projects", "compare": "above", "than": 390}],
            "then": "zero",
        }
    ],
}


def scheme_of(group=None):
    """A scheme of one group."""
    document = {
        "schema": 1,
        "code": "case",
        "title": "case",
        "period": "year",
        "full": None,
        "inputs": {name: {"title": name, "unit": "count"} for name in NAMES},
        "groups": [{"code": "g", "title": "g", **(group or GROUP)}],
    }
    scheme, problems = schemes.read(document)
    assert not problems, problems
    return scheme


SCHEME = scheme_of()


def facts_of(rows):
    """Facts of the first units, one row each."""
    units = [{"code": code, "group": "g", "facts": row} for code, row in zip(UNITS, rows, strict=False)]
    facts, problems = schemes.read_facts({"schema": 1, "month": "2026-06", "units": units}, SCHEME)
    assert not problems, problems
    return facts


def result_bytes() -> bytes:
    """Units with thirds, ties, a missing figure, one that doesn't apply, and a veto."""
    rows = [
        {"a": "33", "b": "1", "late": "2", "false_projects": "0"},
        {"a": "100", "b": "2", "late": "0", "false_projects": "0"},
        {"a": {"missing": "not_applicable"}, "b": "3", "late": "0", "false_projects": "0"},
        {"a": {"missing": "not_reported"}, "b": "3", "late": "9", "false_projects": "0"},
        {"a": "100", "b": {"missing": "not_reported"}, "late": "1", "false_projects": "391"},
    ]
    return canonical_json(schemes.score(SCHEME, facts_of(rows), "2026/1").to_document())


if __name__ == "__main__":
    sys.stdout.buffer.write(result_bytes())
