"""`capital/shipped/counting.yaml` and `signals.yaml` into rows, by `manage.py pipeline load`: what is missing is created, what
is there belongs to the bureau."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from capital.choices import RuleState
from capital.models import CountingRule, SignalTerms
from capital.rulebook import SHARED, digest
from common import clock
from leads import shipping
from rules.counting import read

FOLDER = Path(__file__).parent / "shipped"
RULES, TERMS = "counting", "signals"


def load_rules(document: list[dict[str, Any]]) -> shipping.Loaded:
    """Rules by their code; one that has any version counts as there."""
    codes = set(CountingRule.objects.unscoped(reason=SHARED).values_list("code", flat=True))
    rows = [
        CountingRule(**one, sha256=digest(one["document"])) for one in document if one["code"] not in codes
    ]
    for row in rows:
        if not read(row.document)[1]:
            row.state, row.published_at, row.published_name = RuleState.PUBLISHED, clock.now(), "InvestPro"
    if rows:
        CountingRule.objects.unscoped(reason=SHARED).bulk_create(rows)
    return shipping.Loaded(RULES, len(rows), len(document) - len(rows))


def load_terms(document: list[dict[str, Any]]) -> shipping.Loaded:
    """Thresholds, when there are none at all."""
    there = SignalTerms.objects.unscoped(reason=SHARED).count()
    if there:
        return shipping.Loaded(TERMS, 0, there)
    SignalTerms.objects.unscoped(reason=SHARED).bulk_create(SignalTerms(**values) for values in document)
    return shipping.Loaded(TERMS, len(document), 0)


def count_rules() -> int:
    return CountingRule.objects.unscoped(reason=SHARED).filter(archived_at=None).count()


def count_terms() -> int:
    return SignalTerms.objects.unscoped(reason=SHARED).filter(archived_at=None).count()
