from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.admission import Comparison, Finding, Limit, State, admit, judge, override
from rules.facts import Missing, MissingReason, Value
from rules.money import Rounding
from rules.perland import land_figures, per_mu
from rules.trace import Trace, canonical_json
from tests.rules.cases import documents, fact, number, params, shown

CALM = settings(deadline=None, derandomize=True, max_examples=100)
LETTER = {"p": State.PASSED, "f": State.FAILED, "o": State.OPEN}
TWO = Rounding(2)


def limits(document):
    return [
        Limit(
            row["code"],
            f"gate.{row['code']}",
            Comparison(row["comparison"]),
            frozenset(row["value"]) if isinstance(row["value"], list) else number(row["value"]),
            row.get("unit", ""),
            row.get("required", True),
        )
        for row in document["limits"]
    ]


def findings(document, case):
    units = {row["code"]: row.get("unit", "") for row in document["limits"]}
    return [
        Finding(code, frozenset(value) if isinstance(value, list) else fact(value, units[code]))
        for code, value in case["findings"].items()
    ]


HUZHOU = limits(dict(documents("admission"))["huzhou"])


@pytest.mark.parametrize(("document", "case"), params("admission", "huzhou"))
def test_the_gate(document, case):
    found = admit(limits(document), findings(document, case), version="3")

    assert [judged.state for judged in found.checks] == [LETTER[letter] for letter in case["states"]]
    assert [judged.trace.reason for judged in found.checks if judged.trace.reason] == case.get("reasons", [])
    assert found.outcome == case["outcome"]
    assert found.trace.children == tuple(judged.trace for judged in found.checks)
    document = found.trace.to_document()
    assert canonical_json(Trace.from_document(document).to_document()) == canonical_json(document)


@pytest.mark.parametrize(("document", "case"), params("perland", "per_mu"))
def test_per_mu(document, case):
    found = per_mu(
        "tax_per_mu",
        fact(case["amount"], case.get("unit", "yuan")),
        fact(case["land"], "mu"),
        TWO,
        unit=case.get("per", "wan"),
    )

    assert shown(found.fact) == case["expect"]
    assert found.trace.unit == f"{case.get('per', 'wan')}_per_mu"
    assert found.trace.reason == (case["expect"] if isinstance(case["expect"], str) else None)


def test_a_gate_tests_the_exact_figure_and_explains_it():
    """11,999,999 yuan on 40 mu are 29.9999975 wan: printed 30.00, and below 30."""
    land = Value(Decimal(40), "mu", "land:1")
    tax = land_figures({"tax_per_mu": Value(Decimal(11_999_999), "yuan")}, land, TWO)["tax_per_mu"]

    found = judge(HUZHOU[0], Finding("tax_per_mu", tax.exact, tax.trace), version="3")

    assert shown(tax.fact) == Decimal("30.00")
    assert found.state is State.FAILED
    assert found.trace.child("tax_per_mu").operands[1].ref == "land:1"
    assert [(p.path, p.value, p.version) for p in found.trace.parameters] == [
        ("limits.tax_per_mu.required", "true", "3"),
        ("limits.tax_per_mu.value", "30", "3"),
    ]


def test_codes_are_written_into_the_trace():
    found = judge(HUZHOU[5], Finding("forbidden", frozenset({"C39", "C26"})))

    assert found.trace.operation == "limit_none_of"
    assert [p.value for p in found.trace.parameters] == ["true", "C26", "C26,C39"]


@pytest.mark.parametrize(
    ("value", "found", "state"),
    [
        (Decimal(2), Value(Decimal("2.0"), "level"), State.PASSED),
        (Decimal(2), Value(Decimal("2.1"), "level"), State.FAILED),
        (frozenset({"a"}), frozenset({"a"}), State.PASSED),
        (frozenset({"a"}), frozenset({"a", "b"}), State.FAILED),
    ],
)
def test_equal(value, found, state):
    limit = Limit("x", "gate.x", Comparison.EQ, value, "level")

    assert judge(limit, Finding("x", found)).state is state


def test_mistakes_in_the_data_are_refused():
    with pytest.raises(ValueError, match="doesn't go"):
        Limit("x", "gate.x", Comparison.GE, frozenset({"a"}))
    with pytest.raises(ValueError, match="doesn't go"):
        Limit("x", "gate.x", Comparison.ONE_OF, Decimal(1))
    with pytest.raises(TypeError):
        Limit("x", "gate.x", Comparison.GE, 1.5)
    with pytest.raises(ValueError, match="not in yuan"):
        judge(HUZHOU[0], Finding("tax_per_mu", Value(Decimal(30), "yuan")))
    with pytest.raises(ValueError, match="not codes"):
        judge(HUZHOU[0], Finding("tax_per_mu", frozenset({"C39"})))
    with pytest.raises(ValueError, match="not a number"):
        judge(HUZHOU[4], Finding("industry", Value(Decimal(39), "")))
    with pytest.raises(ValueError, match="one limit"):
        admit(HUZHOU, [Finding("industry"), Finding("industry")])
    with pytest.raises(ValueError, match="one limit"):
        admit([HUZHOU[0], HUZHOU[0]], [])
    with pytest.raises(ValueError, match="can't be used"):
        per_mu("x", Value(Decimal(1), "USD"), Value(Decimal(1), "mu"), TWO)
    with pytest.raises(ValueError, match="can't be used"):
        per_mu("x", Value(Decimal(1), "yuan"), Value(Decimal(1), "hectare"), TWO)


def test_the_committee_overrides_with_a_reason():
    failed = admit(HUZHOU, [Finding("plot_ratio", Value(Decimal(1), "ratio"))])

    decision = override(failed, State.PASSED, " single storey by nature ")

    assert (decision.outcome, decision.reason) == (State.PASSED, "single storey by nature")
    assert decision.admission.outcome is State.FAILED
    assert override(admit(HUZHOU, []), State.FAILED, "no").outcome is State.FAILED
    for outcome, reason in ((State.PASSED, " "), (State.FAILED, "same"), (State.OPEN, "wait")):
        with pytest.raises(ValueError):
            override(failed, outcome, reason)


def test_checks_are_found_by_code():
    found = admit(HUZHOU, [])

    assert found.check("plot_ratio").limit.value == Decimal("1.5")
    with pytest.raises(KeyError):
        found.check("moon")


amounts = st.integers(-2, 60).map(lambda n: Value(Decimal(n * 10), "wan_per_mu"))
values = st.one_of(amounts, st.none(), st.just(Missing(MissingReason.NO_LAND)))
gates = st.lists(
    st.tuples(st.sampled_from([Comparison.GE, Comparison.LE]), st.integers(0, 60), st.booleans(), values),
    max_size=6,
)


@CALM
@given(gates)
def test_the_outcome_follows_from_the_required_checks(gate):
    rows = [
        (
            Limit(str(n), "gate.x", comparison, Decimal(limit * 10), "wan_per_mu", required),
            Finding(str(n), value),
        )
        for n, (comparison, limit, required, value) in enumerate(gate)
    ]

    found = admit([limit for limit, _ in rows], [finding for _, finding in reversed(rows)])

    needed = [judged.state for judged in found.checks if judged.limit.required]
    assert (found.outcome is State.FAILED) is (State.FAILED in needed)
    assert (found.outcome is State.PASSED) is all(state is State.PASSED for state in needed)
    for judged, (_, finding) in zip(found.checks, rows, strict=True):
        assert (judged.state is State.OPEN) is not isinstance(finding.value, Value)
