"""Properties that hold for every input (DESIGN §8), looked for by Hypothesis."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.facts import Missing, MissingReason, Value
from rules.money import Rounding, add, split
from rules.periods import Linear, Month, Quarterly, progress
from rules.ranking import (
    Key,
    LineInput,
    RankRule,
    ReturnState,
    TableRule,
    build_table,
    compare,
    completion,
    completion_interval,
    rank,
)
from rules.trace import Operand, Parameter, Trace, canonical_json

CALM = settings(deadline=None, derandomize=True, max_examples=100)

amounts = st.decimals(min_value=-(10**14), max_value=10**14, places=2)
positive = st.decimals(min_value=Decimal("0.01"), max_value=10**14, places=2)
few = st.integers(-3, 3).map(Decimal)  # small numbers, so that ties are common
missing = st.sampled_from(list(MissingReason)).map(Missing)
roundings = st.builds(Rounding, st.integers(0, 6), st.sampled_from(["half_up", "truncate"]))
directions = st.sampled_from(["desc", "asc"])


def facts(numbers=few):
    return st.one_of(numbers.map(lambda amount: Value(amount, "count")), missing)


@st.composite
def races(draw):
    """Lines of one group and a rule with zero to two tie-breakers."""
    units = draw(st.lists(st.sampled_from("ABCDEFGHIJ"), unique=True, max_size=8))
    columns = ["done", "second", "third"][: draw(st.integers(1, 3))]
    lines = [
        LineInput(
            unit,
            "group",
            ranked=draw(st.sampled_from([True, True, True, False])),
            facts={column: draw(facts()) for column in columns},
        )
        for unit in units
    ]
    return lines, RankRule(tuple(Key(column, draw(directions)) for column in columns))


@st.composite
def shares(draw):
    weights = draw(st.lists(st.integers(0, 1000), min_size=1, max_size=7).filter(any))
    cuts = [Decimal(weight * 10_000 // sum(weights)) / 10_000 for weight in weights]
    cuts[-1] += 1 - sum(cuts)
    return cuts


@st.composite
def quarters(draw):
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=3, max_size=3)))
    ends = [0, *cuts, 100]
    return Quarterly(tuple(Decimal(ends[i + 1] - ends[i]) / 100 for i in range(4)))


def positions(ranked):
    return {place.unit: place.position for place in ranked}


@CALM
@given(races())
def test_positions_are_a_competition_ranking(race):
    lines, rule = race
    ranked = rank(lines, rule)
    found = [place.position for place in ranked if place.position is not None]

    assert sorted(place.unit for place in ranked) == sorted(line.unit for line in lines)
    assert found == sorted(found)
    for place in ranked:
        if place.position is None:
            assert place.reason is not None
        else:
            assert place.reason is None
            assert place.position == 1 + sum(other < place.position for other in found)
            assert place.tied is (found.count(place.position) > 1)


@CALM
@given(races(), st.randoms(use_true_random=False))
def test_positions_dont_depend_on_the_order_given(race, random):
    lines, rule = race
    shuffled = list(lines)
    random.shuffle(shuffled)
    before, after = rank(lines, rule), rank(shuffled, rule)

    assert {place.unit: place for place in before} == {place.unit: place for place in after}
    in_race = [place.unit for place in before if place.position is not None]
    assert in_race == [place.unit for place in after if place.position is not None]


@CALM
@given(races())
def test_a_place_is_one_more_than_the_number_of_better_units(race):
    """The definition, counted pair by pair without sorting."""
    lines, rule = race

    def better(mine, other):
        for key in rule.order_by:
            one, two = mine.facts[key.column], other.facts[key.column]
            if isinstance(one, Missing) or isinstance(two, Missing):
                if isinstance(one, Missing) and isinstance(two, Missing):
                    continue
                return isinstance(two, Missing)
            if one.amount != two.amount:
                return (one.amount > two.amount) is (key.direction == "desc")
        return False

    racing = [line for line in lines if line.ranked and isinstance(line.facts["done"], Value)]
    expected = {line.unit: 1 + sum(better(other, line) for other in racing) for line in racing}

    assert {unit: place for unit, place in positions(rank(lines, rule)).items() if place} == expected


@CALM
@given(races(), st.integers(0, 7), st.integers(1, 5), st.integers(0, 2))
def test_a_better_fact_never_ranks_worse(race, index, gain, column):
    lines, rule = race
    if not lines:
        return
    index %= len(lines)
    key = rule.order_by[column % len(rule.order_by)]
    line = lines[index]
    fact = line.facts[key.column]
    if isinstance(fact, Missing):
        return
    step = gain if key.direction == "desc" else -gain
    better = replace(line, facts={**line.facts, key.column: Value(fact.amount + step, fact.unit)})
    before = positions(rank(lines, rule))[line.unit]
    after = positions(rank([*lines[:index], better, *lines[index + 1 :]], rule))[line.unit]

    if before is None:
        assert after is None
    else:
        assert after is not None
        assert after <= before


@CALM
@given(races())
def test_missing_never_stands_before_a_value(race):
    lines, rule = race
    ranked = rank(lines, rule)
    by_unit = {line.unit: line for line in lines}
    kinds = []
    for place in ranked:
        line = by_unit[place.unit]
        absent = isinstance(line.facts["done"], Missing)
        kinds.append(2 if not line.ranked else 1 if absent else 0)
        assert (place.position is None) is (kinds[-1] > 0)

    assert kinds == sorted(kinds)


@CALM
@given(races())
def test_the_deciding_column_is_the_first_that_differs(race):
    lines, rule = race
    by_unit = {line.unit: line for line in lines}
    ranked = [place for place in rank(lines, rule) if place.position is not None]
    for before, place in zip(ranked, ranked[1:], strict=False):
        differing = [
            key.column
            for key in rule.order_by
            if getattr(by_unit[before.unit].facts[key.column], "amount", None)
            != getattr(by_unit[place.unit].facts[key.column], "amount", None)
        ]
        assert place.decided_by == (differing[0] if differing else None)


@CALM
@given(amounts, shares())
def test_a_split_adds_up_exactly(total, parts_of_one):
    parts = split(total, parts_of_one)

    assert len(parts) == len(parts_of_one)
    assert add(parts) == total
    largest = parts_of_one.index(max(parts_of_one))
    for index, (part, share) in enumerate(zip(parts, parts_of_one, strict=True)):
        assert part % Decimal("0.01") == 0
        assert part == 0 or (part > 0) is (total > 0)
        if index != largest:
            assert 0 <= abs(Fraction(total) * Fraction(share)) - abs(Fraction(part)) < Fraction(1, 100)


@CALM
@given(amounts, roundings)
def test_rounding_stays_within_its_step(value, rounding):
    rounded = rounding.apply(value)
    gap = abs(Fraction(value) - Fraction(rounded))
    step = Fraction(rounding.quantum)

    assert gap <= step / 2 if rounding.mode == "half_up" else gap < step
    assert rounding.apply(rounded) == rounded
    if rounding.mode == "truncate":
        assert abs(rounded) <= abs(value)


@CALM
@given(amounts, positive, roundings)
def test_a_rate_is_rounded_from_the_exact_fraction(done, target, rounding):
    """Against integer arithmetic: no digit of the quotient may be lost before it is rounded."""
    fact, trace = completion(Value(done, "yuan"), Value(target, "yuan"), rounding)
    exact = Fraction(done) / Fraction(target) * 100
    scaled = abs(exact) * 10**rounding.digits
    whole = int(scaled + Fraction(1, 2)) if rounding.mode == "half_up" else int(scaled)
    expected = Fraction(whole, 10**rounding.digits)

    assert Fraction(fact.amount) == (expected if exact >= 0 else -expected)
    assert trace.rounded == fact.amount


@CALM
@given(st.one_of(st.just(Linear()), quarters()))
def test_a_schedule_rises_to_one_hundred(schedule):
    course = [progress(schedule, month) for month in range(1, 13)]

    assert course == sorted(course)
    assert course[0] >= 0
    assert course[-1] == 100
    if isinstance(schedule, Quarterly):
        ends = [Fraction(add(schedule.shares[: n + 1])) * 100 for n in range(4)]
        assert [Fraction(course[n]) for n in (2, 5, 8, 11)] == ends


@CALM
@given(positive, positive, st.sampled_from(["0.1", "1", "0.01"]), roundings)
def test_a_rate_from_unrounded_inputs_is_always_explained(done, target, step, rounding):
    """Print the inputs rounded, the rate from the unrounded ones: the comparison must agree."""
    quantum = Decimal(step)
    printed = Rounding(-quantum.as_tuple().exponent)
    shown_done, shown_target = printed.apply(done), printed.apply(target)
    interval = completion_interval(shown_done, shown_target, quantum, quantum)
    if interval is None:
        return
    published, _ = completion(Value(done, "yuan"), Value(target, "yuan"), rounding)
    computed, _ = completion(Value(shown_done, "yuan"), Value(shown_target, "yuan"), rounding)

    assert compare(published.amount, computed, rounding, interval=interval).agrees


traces = st.deferred(
    lambda: st.builds(
        Trace,
        key=st.text(max_size=5),
        label_key=st.text(max_size=5),
        operation=st.text(max_size=5),
        operands=st.lists(operands, max_size=2).map(tuple),
        parameters=st.lists(
            st.builds(Parameter, st.text(max_size=5), st.text(max_size=5), st.text(max_size=5)), max_size=2
        ).map(tuple),
        raw=numbers,
        limited=numbers,
        rounded=numbers,
        unit=texts,
        reason=texts,
        children=st.lists(traces, max_size=2).map(tuple),
    )
)
numbers = st.one_of(
    st.none(), st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)
)
texts = st.one_of(st.none(), st.text(max_size=5))
operands = st.builds(Operand, st.text(max_size=5), numbers, texts, texts, texts)


@settings(CALM, max_examples=50)
@given(traces)
def test_a_trace_survives_storage(trace):
    data = canonical_json(trace.to_document())
    again = Trace.from_document(json.loads(data))

    assert again == trace
    assert canonical_json(again.to_document()) == data


@st.composite
def tables(draw):
    units = draw(st.lists(st.sampled_from("ABCDEF"), unique=True, max_size=6))
    columns = ("target", "done", "month", "before")
    lines = [
        LineInput(
            unit,
            "group",
            ranked=draw(st.booleans()),
            facts={column: draw(facts(amounts)) for column in columns if draw(st.booleans())},
            return_state=draw(st.sampled_from(list(ReturnState))),
            in_total=draw(st.booleans()),
            comparable=draw(st.booleans()),
        )
        for unit in units
    ]
    month = draw(st.integers(1, 12))
    rule = TableRule(
        Month(2026, month),
        schedule=draw(st.one_of(st.none(), st.just(Linear()), quarters())),
        data_through=draw(
            st.one_of(st.none(), st.integers(1, month).map(lambda number: Month(2026, number)))
        ),
        points_from_rounded=draw(st.booleans()),
        rank=RankRule((Key("completion"), Key("done")), rounded=draw(st.booleans())),
    )
    return rule, lines


@settings(CALM, max_examples=50)
@given(tables())
def test_a_table_keeps_every_line_and_adds_up(given_table):
    rule, lines = given_table
    table = build_table(rule, lines)
    done = [line.facts.get("done") for line in lines if line.in_total]
    values = [fact.amount for fact in done if isinstance(fact, Value)]

    assert sorted(line.unit for line in table.lines) == sorted(line.unit for line in lines)
    if values:
        assert table.total.done.exact.amount == add(values)
    else:
        assert isinstance(table.total.done.exact, Missing)
    for line in table.lines:
        if not line.ranked:
            places = (line.rank, line.rank_by_rate, line.rank_by_amount)
            assert {place.ranked.position for place in places} == {None}
        for cell in (line.completion, line.points, line.growth):
            assert isinstance(cell.fact, Missing) is (cell.trace.reason is not None)


@settings(CALM, max_examples=50)
@given(tables(), st.randoms(use_true_random=False))
def test_a_table_doesnt_depend_on_the_order_given(given_table, random):
    rule, lines = given_table
    shuffled = list(lines)
    random.shuffle(shuffled)
    one, two = build_table(rule, lines), build_table(rule, shuffled)

    assert {line.unit: line for line in one.lines} == {line.unit: line for line in two.lines}
    assert one.total == two.total
