import unicodedata
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.similarity import Bounds, CompanyLike, LeadLike, company_level, level, normal, similarity
from tests.rules.cases import number, params

CALM = settings(deadline=None, derandomize=True, max_examples=100)
CENT = Decimal("0.01")


def shown(match):
    return None if match is None else [match.level, match.reason, match.similarity.quantize(CENT)]


@pytest.mark.parametrize(("document", "case"), params("similarity", "normal"))
def test_normal_names(document, case):
    assert normal(case["text"]) == case["expect"]


@pytest.mark.parametrize(("document", "case"), params("similarity", "dice"))
def test_similarity_cases(document, case):
    assert similarity(case["a"], case["b"]).quantize(CENT) == case["expect"]


@pytest.mark.parametrize(("document", "case"), params("similarity", "leads"))
def test_lead_cases(document, case):
    a, b = (
        LeadLike(**{**lead, "amount": number(lead["amount"]) if "amount" in lead else None})
        for lead in (case["a"], case["b"])
    )

    assert shown(level(a, b)) == case["expect"]
    assert shown(level(b, a)) == case["expect"]


@pytest.mark.parametrize(("document", "case"), params("similarity", "companies"))
def test_company_cases(document, case):
    a, b = CompanyLike(**case["a"]), CompanyLike(**case["b"])

    found = company_level(a, b)

    assert shown(found) == case["expect"]
    assert (found is not None and found.different_codes) is case.get("codes", False)
    assert company_level(b, a) == found


def test_bounds_are_settings():
    a, b = CompanyLike(name="星禾智造"), CompanyLike(name="星禾智能")  # 66.67 %

    assert company_level(a, b, Bounds(low=Decimal(70))) is None
    assert company_level(a, b, Bounds(high=Decimal(65))).level == 3
    assert company_level(a, CompanyLike(name="星禾智造合作社")).level == 4
    assert company_level(a, CompanyLike(name="星禾智造合作社"), Bounds(legal_forms=("合作社",))).level == 2
    near = [
        LeadLike(name=name, investor_key=7, amount=Decimal(amount))
        for name, amount in (("a", 80), ("b", 100))
    ]
    assert level(*near) is None
    assert level(*near, Bounds(amount_within=Decimal(20))).level == 4


@pytest.mark.parametrize("settings", [{"low": 90}, {"low": 0}, {"high": 101}, {"amount_within": -1}])
def test_bounds_that_make_no_sense(settings):
    with pytest.raises(ValueError):
        Bounds(**{name: Decimal(value) for name, value in settings.items()})


names = st.text("星禾智造云帆有限公司集团(（ Aａ-", max_size=8)
codes = st.sampled_from(["", "91X", "91Y"])
leads = st.builds(
    LeadLike,
    st.sampled_from([None, 1, 2]),
    names,
    st.sampled_from([None, 7, 8]),
    names,
    codes,
    codes,
    st.one_of(st.none(), st.integers(0, 12).map(Decimal)),
    st.sampled_from(["CNY", "USD"]),
)


@CALM
@given(leads, leads)
def test_comparing_leads_is_symmetric(a, b):
    assert level(a, b) == level(b, a)


@CALM
@given(st.builds(CompanyLike, names, names, codes), st.builds(CompanyLike, names, names, codes))
def test_comparing_companies_is_symmetric(a, b):
    found = company_level(a, b)

    assert found == company_level(b, a)
    assert found is None or not found.different_codes or found.level == 4


@CALM
@given(leads)
def test_a_copy_is_found(lead):
    """Whatever is typed a second time with an investor and a name is at least level 2."""
    copy = replace(lead, key=None)
    found = level(copy, copy)

    if normal(lead.name) and (lead.investor_key is not None or normal(lead.investor_name)):
        assert found.level <= 2


@CALM
@given(st.text(max_size=12), st.text(max_size=12))
def test_similarity_has_its_bounds(a, b):
    found = similarity(a, b)

    assert 0 <= found <= 100
    assert found == similarity(b, a)
    assert similarity(a, a) == (100 if a else 0)


@CALM
@given(st.one_of(names, st.text(max_size=12)))
def test_normal_is_done_once_and_ignores_width_and_case(name):
    found = normal(name)

    assert normal(found) == found
    assert bool(found) is bool("".join(unicodedata.normalize("NFKC", name).split()))
    assert normal(f"  {name}　") == found
