"""`leads/shipped/protection.yaml` and `gates.yaml` into rows: what is missing is created, what is there belongs to
the bureau."""

from __future__ import annotations

from typing import Any

from leads import shipping
from leads.models import Gate, GateCheck, ProtectionTerms
from leads.terms import SHARED

STEP = 10  # between the places of two checks
TERMS, GATES = "protection", "gates"


def load_terms(document: list[dict[str, Any]]) -> shipping.Loaded:
    """Rules of protection, when there are none at all: once the bureau has its own, ours would fill gaps that
    it left on purpose."""
    there = ProtectionTerms.objects.unscoped(reason=SHARED).count()
    if there:
        return shipping.Loaded(TERMS, 0, there)
    rows = [ProtectionTerms(**values) for values in document]
    ProtectionTerms.objects.unscoped(reason=SHARED).bulk_create(rows)
    return shipping.Loaded(TERMS, len(rows), 0)


def load_gates(document: list[dict[str, Any]]) -> shipping.Loaded:
    """Gates by their code with their checks; one that was archived or changed counts as there."""
    codes = set(Gate.objects.unscoped(reason=SHARED).values_list("code", flat=True))
    created = kept = 0
    for values in document:
        if values["code"] in codes:
            kept += 1
            continue
        gate = Gate._base_manager.create(**{k: v for k, v in values.items() if k != "checks"})
        checks = [GateCheck(gate=gate, sort=n * STEP, **one) for n, one in enumerate(values["checks"], 1)]
        GateCheck.objects.unscoped(reason=SHARED).bulk_create(checks)
        created += 1 + len(checks)
    return shipping.Loaded(GATES, created, kept)


def count_terms() -> int:
    return ProtectionTerms.objects.unscoped(reason=SHARED).filter(archived_at=None).count()


def count_gates() -> int:
    return Gate.objects.unscoped(reason=SHARED).filter(archived_at=None).count()


def register() -> None:
    """Called once, when the app is ready."""
    shipping.ships(TERMS, load_terms, count_terms)
    shipping.ships(GATES, load_gates, count_gates)
