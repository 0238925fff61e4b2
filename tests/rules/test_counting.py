"""What counts as capital in place: worked cases, properties, and documents that are wrong."""

import copy
from datetime import date
from decimal import Decimal

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.counting import SCHEMA, Movement, Project, Size, Tax, Why, count, empty, read
from rules.money import add, multiply
from rules.trace import Trace, canonical_json
from tests.rules.cases import number, params

CALM = settings(deadline=None, derandomize=True, max_examples=60)
D = Decimal
WHOLE = {"kind", "zone", "fund_source", "mode", "sector", "industry", "currency"}


def document(values):
    found = copy.deepcopy({**empty(), **values})
    jsonschema.validate(found, SCHEMA)
    return found


def rule_of(values):
    rule, problems = read(document(values), "9")
    assert problems == ()
    return rule


def movement(row, ref, kind=Movement):
    day, amount, more = row
    whole = number(amount)
    parts = {int(unit): number(part) for unit, part in more.get("parts", {1: amount}).items()}
    return kind(
        ref,
        day,
        more.get("period", day.year * 100 + day.month),
        whole,
        parts,
        **{name: number(more[name]) for name in ("own", "yuan") if name in more},
        **{name: more[name] for name in WHOLE & set(more)},
    )


def project(key, given):
    size = given.get("contract", {})
    return Project(
        key,
        (
            *(movement(row, f"{key}.{n}") for n, row in enumerate(given.get("lines", []))),
            *(movement(row, f"{key}.t{n}", Tax) for n, row in enumerate(given.get("tax", []))),
        ),
        sector=given.get("sector", ""),
        place=given.get("place", "elsewhere"),
        contract=Size(number(size["amount"])) if size else Size(),
        signed=given.get("signed"),
        excluded=given.get("excluded"),
    )


def summed(mappings):
    found = {}
    for one in mappings:
        for key, amount in one.items():
            found[key] = add([found.get(key, D(0)), amount])
    return found


@pytest.mark.parametrize(("_file", "case"), params("counting"))
def test_worked_cases(_file, case):
    rule = rule_of(case["rule"])
    projects = [project(key, given) for key, given in enumerate(case["projects"])]

    for step in case["expect"]:
        found = count(
            rule, projects, year=case["year"], through=step["through"], level=case.get("level", "county")
        )
        own = add(one.own for one in found)
        assert own == step["own"], step
        assert add(one.prior for one in found) == step.get("prior", 0), step
        if "why" in step or "path" in step:
            assert str(found[0].why) == step.get("why", "counted")
            assert str(found[0].path) == step.get("path", "assets")
        if "whys" in step:
            assert [str(one.why) for one in found] == step["whys"]
        if "parts" in step:
            assert summed(one.parts for one in found) == step["parts"]
        if "left_out" in step:
            assert summed(one.left_out for one in found) == step["left_out"]
        for one in found:
            trace = one.trace.to_document()
            assert canonical_json(Trace.from_document(trace).to_document()) == canonical_json(trace)
            assert one.trace.limited == one.own
            assert (one.trace.reason is None) == (one.why is Why.COUNTED)


def test_the_trace_names_the_parameters_that_were_read():
    rule = rule_of(
        {
            "threshold": {"lines": [{"amount": "500"}]},
            "real_estate": {"industries": ["70"], "factor": "10"},
        }
    )
    one = count(
        rule,
        [project(7, {"tax": [[date(2026, 6, 30), 40, {"industry": "7010"}]]})],
        year=2026,
        through=202606,
    )[0]

    # 400 after the factor reach nothing: the line is held against the tax itself, 40.
    assert one.why is Why.BELOW_LINE
    assert [(p.path, p.value, p.version) for p in one.trace.parameters] == [
        ("threshold.amount", "500", "9"),
        ("threshold.of", "counted", "9"),
        ("real_estate.factor", "10", "9"),
    ]
    assert one.trace.operands[0].ref == "project:7"


# ---------------------------------------------------------------- properties

days = st.dates(date(2025, 1, 1), date(2026, 12, 31))
zones = st.sampled_from(["abroad", "outside_province", "inside_city"])
kinds = st.sampled_from(["registered", "equipment", "plant"])
industries = st.sampled_from(["3911", "7010"])


@st.composite
def lines(draw, least=0):
    day = draw(days)
    first, second = (D(draw(st.integers(least, 900))) for _ in range(2))
    late = draw(st.integers(0, 3))
    month = day.year * 100 + day.month
    period = min(month + late, day.year * 100 + 13)
    return Movement(
        f"l{draw(st.integers())}",
        day,
        period,
        first + second,
        {1: first, 2: second},
        kind=draw(kinds),
        zone=draw(zones),
        sector="secondary",
        industry=draw(industries),
        currency="USD" if draw(st.booleans()) else "CNY",
    )


def projects(least=0):
    return st.lists(st.lists(lines(least), max_size=5), min_size=1, max_size=4).map(
        lambda many: [Project(key, tuple(some), signed=date(2025, 3, 1)) for key, some in enumerate(many)]
    )


documents = st.fixed_dictionaries(
    {},
    optional={
        "kinds": st.just({"registered": "60", "plant": "33.3"}),
        "zone_percent": st.just({"abroad": "120"}),
        "levels": st.just({"city": {"zones": ["abroad"]}}),
        "threshold": st.fixed_dictionaries(
            {"lines": st.just([{"amount": "700", "own": {"USD": "300"}}])},
            optional={"over": st.sampled_from(["year", "life"]), "scaled": st.booleans()},
        ),
        "real_estate": st.just({"industries": ["70"], "factor": "10"}),
        "kept_days": st.integers(1, 100),
        "window": st.just({"years": 1, "since": "signed"}),
    },
)


@CALM
@given(documents, projects(least=-900), st.sampled_from(["city", "county"]), st.integers(1, 13))
def test_parts_add_up_and_order_does_not_matter(given_rule, some, level, month):
    rule, when = rule_of(given_rule), {"year": 2026, "through": 202600 + month, "level": level}

    found = count(rule, some, **when)

    for one in found:
        assert add(one.parts.values()) == one.own
        assert add(one.prior_parts.values()) == one.prior
    turned = [Project(one.key, tuple(reversed(one.movements)), signed=one.signed) for one in reversed(some)]
    assert [(o.key, o.why, o.own, o.prior, o.parts) for o in count(rule, turned, **when)] == [
        (o.key, o.why, o.own, o.prior, o.parts) for o in found
    ]


@CALM
@given(documents, projects(), st.integers(1, 12))
def test_leaving_a_project_out_never_raises_the_year(given_rule, some, month):
    """Holds for figures that aren't negative: who takes out a loss gains."""
    rule, through = rule_of(given_rule), 202600 + month
    less = [Project(one.key, one.movements, signed=one.signed, excluded=date(2000, 1, 1)) for one in some[:1]]

    before = add(one.own for one in count(rule, some, year=2026, through=through))
    after = add(one.own for one in count(rule, [*less, *some[1:]], year=2026, through=through))

    assert after <= before


@CALM
@given(projects(), st.integers(1, 12))
def test_without_conditions_everything_counts(some, month):
    through = 202600 + month
    rule = rule_of({})

    found = count(rule, some, year=2026, through=through)

    everything = [m for one in some for m in one.movements if m.period <= through]
    assert add(one.own for one in found) == add(m.whole for m in everything if m.day.year == 2026)
    late = [m for m in everything if m.day.year == 2025 and m.period > 202513]
    assert add(one.prior for one in found) == add(m.whole for m in late)


@CALM
@given(documents, projects())
def test_own_and_prior_of_a_year_are_all_that_moved_in_it(given_rule, some):
    """A year's own figure and its prior-year adjustments together are the growth of the sum of all years."""
    rule = rule_of(given_rule)

    def ever(through):
        years = {m.day.year for one in some for m in one.movements} | {2025, 2026, 2027}
        return add(one.own for year in years for one in count(rule, some, year=year, through=through))

    found = count(rule, some, year=2026, through=202612)
    assert add([*(o.own for o in found), *(o.prior for o in found)]) == ever(202612) - add(
        one.own for year in (2024, 2025) for one in count(rule, some, year=year, through=202513)
    )


def test_percentages_are_exact():
    """33.3 % of 0.01 yuan are 0.00333: nothing is rounded before a table prints it."""
    rule = rule_of({"kinds": {"plant": "33.3"}, "zone_percent": {"abroad": "120"}})
    one = project(1, {"lines": [[date(2026, 1, 1), D("0.01"), {"kind": "plant", "zone": "abroad"}]]})

    assert count(rule, [one], year=2026, through=202601)[0].own == multiply(D("0.01"), D("0.3996"))


def test_parts_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="add up"):
        Movement("x", date(2026, 1, 1), 202601, D(10), {1: D(4), 2: D(5)})


# ---------------------------------------------------------------- documents

WRONG = [
    ({"schema": 2}, "schema", "unknown_schema"),
    ({"colour": "red"}, "colour", "unknown"),
    ({"basis": "both"}, "basis", "not_allowed"),
    ({"state": "reported"}, "state", "not_allowed"),
    ({"sectors": ["fourth"]}, "sectors", "not_allowed"),
    ({"industries": ["K"]}, "industries", "not_an_industry"),
    ({"industries": ["70"], "never": ["70"]}, "never", "contradicts"),
    ({"kinds": {"plant": "abc"}}, "kinds.plant", "not_a_number"),
    ({"kinds": {"plant": "1001"}}, "kinds.plant", "too_large"),
    ({"kinds": {"shares": "1"}}, "kinds.shares", "not_allowed"),
    ({"basis": "formed", "kinds": {"registered": "100"}}, "kinds.registered", "other_basis"),
    ({"basis": "arrived", "kinds": {"plant": "100"}}, "kinds.plant", "other_basis"),
    ({"zone_percent": {"abroad": 120}}, "zone_percent.abroad", "not_a_number"),
    ({"levels": {"city": {"zones": []}}}, "levels.city.zones", "nothing_counts"),
    ({"levels": {"village": {}}}, "levels.village", "not_allowed"),
    ({"threshold": {"lines": []}}, "threshold.lines", "needed"),
    ({"threshold": {"lines": [{"amount": ""}]}}, "threshold.lines.0.amount", "needed"),
    ({"threshold": {"lines": [{"amount": "-5"}]}}, "threshold.lines.0.amount", "not_a_number"),
    ({"threshold": {"lines": [{"amount": "5"}, {"amount": "9"}]}}, "threshold.lines.1", "never_reached"),
    (
        {"threshold": {"lines": [{"amount": "5", "own": {"dollar": "1"}}]}},
        "threshold.lines.0.own.dollar",
        "not_a_currency",
    ),
    (
        {"threshold": {"lines": [{"amount": "5", "own": ["USD"]}]}},
        "threshold.lines.0.own",
        "not_an_object",
    ),
    ({"threshold": {"lines": [{"amount": "5"}], "scaled": "yes"}}, "threshold.scaled", "not_allowed"),
    ({"real_estate": {"industries": [], "factor": "10"}}, "real_estate.industries", "needed"),
    ({"real_estate": {"industries": ["70"], "factor": ""}}, "real_estate.factor", "needed"),
    (
        {"real_estate": {"industries": ["70"], "factor": "10", "retained": "101"}},
        "real_estate.retained",
        "above_100",
    ),
    ({"kept_days": 0}, "kept_days", "not_a_number"),
    ({"window": {"years": None}}, "window.years", "needed"),
    ({"window": {"years": 99}}, "window.years", "not_a_number"),
    ([], "", "not_an_object"),
]


@pytest.mark.parametrize(
    ("values", "path", "code"), WRONG, ids=[f"{path}:{code}" for _v, path, code in WRONG]
)
def test_a_problem_knows_its_place(values, path, code):
    given = {"schema": 1, **values} if isinstance(values, dict) else values

    rule, problems = read(given)

    assert (path, code) in [(one.path, one.code) for one in problems]
    # What could be read is good enough for a preview.
    count(rule, [project(1, {"lines": [[date(2026, 1, 1), 5, {}]]})], year=2026, through=202601)
