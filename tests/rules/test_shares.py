from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.money import add
from rules.shares import Credit, Line, Version, at_least, counted, credit, largest, split, version_on, whole
from tests.rules.cases import number, params

CALM = settings(deadline=None, derandomize=True, max_examples=100)
CENT = Decimal("0.01")


@pytest.mark.parametrize(("document", "case"), params("shares", "split"))
def test_split_cases(document, case):
    shares = {holder: number(share) for holder, share in case["shares"].items()}

    assert split(number(case["total"]), shares, number(case.get("quantum", CENT))) == case["expect"]


@pytest.mark.parametrize(("document", "case"), params("shares", "credit"))
def test_credit_cases(document, case):
    lines = [Line(subject, holder, number(s), number(w)) for subject, holder, s, w in case["lines"]]
    mode = Credit(case["mode"])

    above = at_least(lines, number(case["line"]))

    assert credit(above, mode) == case["amounts"]
    assert credit(counted(above), mode) == case["counts"]
    assert whole(above) == case["whole"]
    assert whole(counted(above)) == case["count"]


def test_the_transfer_trap():
    """DOMAIN §11: A until 30 June, B from 1 July; 800 of 20 June recorded on 15 July, 500 of 5 August."""
    change = date(2026, 7, 1)
    versions = [Version({"A": Decimal(1)}, end=change), Version({"B": Decimal(1)}, start=change)]
    # The day of recording isn't even asked for.
    entries = [(date(2026, 6, 20), Decimal(800)), (date(2026, 8, 5), Decimal(500))]

    lines = [
        Line((day, amount), holder, share, amount)
        for day, amount in entries
        for holder, share in version_on(versions, day).shares.items()
    ]

    assert credit(lines, Credit.SHARE) == {"A": 800, "B": 500}
    assert whole(lines) == 1300


@pytest.mark.parametrize(
    ("day", "expect"),
    [
        (date(2026, 2, 28), None),
        (date(2026, 3, 1), 0),
        (date(2026, 6, 30), 0),
        (date(2026, 7, 1), 1),
        (date(2026, 8, 31), 1),
        (date(2026, 9, 1), None),
    ],
)
def test_the_end_of_a_version_is_not_in_it(day, expect):
    shares = {"A": Decimal(1)}
    versions = [
        Version(shares, date(2026, 3, 1), date(2026, 7, 1)),
        Version(shares, date(2026, 7, 1), date(2026, 9, 1)),
    ]

    assert version_on(versions, day) is (None if expect is None else versions[expect])


def test_overlapping_and_empty_versions_are_refused():
    shares = {"A": Decimal(1)}
    with pytest.raises(ValueError, match="several"):
        version_on([Version(shares), Version(shares, date(2026, 1, 1))], date(2026, 5, 1))
    with pytest.raises(ValueError, match="a day"):
        Version(shares, date(2026, 1, 1), date(2026, 1, 1))


@pytest.mark.parametrize("shares", [{}, {"A": "0.9"}, {"A": "1", "B": "0"}, {"A": "1.2", "B": "-0.2"}])
def test_wrong_shares(shares):
    shares = {holder: Decimal(share) for holder, share in shares.items()}
    for refused in (lambda: split(Decimal(1), shares), lambda: largest(shares)):
        with pytest.raises(ValueError, match="shares"):
            refused()


def test_a_total_must_be_in_whole_steps_and_floats_are_refused():
    with pytest.raises(ValueError, match="multiple"):
        split(Decimal("0.001"), {"A": Decimal(1)})
    with pytest.raises(TypeError):
        split(Decimal(1), {"A": 1.0})


def test_lines_must_fit_together():
    one = Line("p", "A", Decimal("0.5"), Decimal(10))
    with pytest.raises(ValueError, match="different wholes"):
        credit([one, replace(one, holder="B", amount=Decimal(9))], Credit.SHARE)
    with pytest.raises(ValueError, match="twice"):
        credit([one, one], Credit.SHARE)
    for mode in (Credit.SHARE, Credit.LEAD):
        with pytest.raises(ValueError, match="shares"):
            credit([one], mode)


@st.composite
def shared(draw):
    weights = draw(st.lists(st.integers(1, 1000), min_size=1, max_size=6))
    cuts = [Decimal(weight * 10_000 // sum(weights) or 1) / 10_000 for weight in weights]
    cuts[cuts.index(max(cuts))] += 1 - sum(cuts)
    return dict(zip(draw(st.permutations("ABCDEF")), cuts, strict=False))


totals = st.decimals(min_value=-(10**14), max_value=10**14, places=2)


@CALM
@given(totals, shared())
def test_parts_add_up_mirror_and_stay_close(total, shares):
    parts = split(total, shares)

    assert add(parts.values()) == total
    assert split(-total, dict(reversed(shares.items()))) == {holder: -part for holder, part in parts.items()}
    lead = largest(shares)
    for holder, part in parts.items():
        assert abs(part - total * shares[holder]) < CENT * (len(shares) if holder == lead else 1)
        assert part * total >= 0


@CALM
@given(st.lists(st.tuples(totals, shared()), max_size=4))
def test_shares_and_leads_add_up_to_the_city(subjects):
    lines = [
        Line(subject, holder, share, amount)
        for subject, (amount, shares) in enumerate(subjects)
        for holder, share in shares.items()
    ]

    for mode in (Credit.SHARE, Credit.LEAD):
        assert add(credit(lines, mode).values()) == whole(lines) == add(amount for amount, _ in subjects)


@CALM
@given(st.lists(st.integers(1, 100), min_size=1, max_size=5), st.integers(-10, 600))
def test_versions_without_gaps_hold_one_at_a_time(lengths, offset):
    start, versions = date(2026, 1, 1), []
    for length in lengths:
        versions.append(Version({length: Decimal(1)}, start, start + timedelta(length)))
        start += timedelta(length)
    day = date(2026, 1, 1) + timedelta(offset)

    found = version_on(versions, day)

    assert (found is not None) is (0 <= offset < sum(lengths))
    assert found is None or found.start <= day < found.end
