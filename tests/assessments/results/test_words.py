"""Every code that a scoring gives has words, and no sentence shows a code (docs/schemes.md; DOMAIN §8)."""

import re
from decimal import Decimal

import pytest
from django.utils import translation

from assessments.explaining import Sources, Teller, documents, gain_words, reason_words
from assessments.explaining.numbers import figure
from assessments.explaining.reasons import COMPARE, DONE, THEN
from rules import ranking
from rules import scheme as rules
from rules.facts import MissingReason, Value
from rules.scheme.document import IfMissing
from rules.scheme.kernel.results import NOT_QUALIFIED, VETOED
from tests.rules.cases import params
from tests.rules.replay_scheme import scheme_of
from tests.rules.test_scheme import build
from tests.rules.test_scheme_questions import GROUP, facts_of
from tests.support.schemes import document

# A code that a document chose may be a unit's name in the cases; what the kernel writes has an underscore or a dot.
RAW = re.compile(r"\b[a-z]+(?:[_.][a-z0-9]+)+\b")


def told(scheme, facts):
    teller = Teller(scheme, facts, Sources(scheme))
    result = rules.score(scheme, facts, "case/1")
    return [(line, teller.line(line)) for group in result.groups for line in group.lines]


@pytest.mark.parametrize(("source", "case"), params("scheme"))
def test_every_worked_case_is_told_without_a_code(source, case):
    scheme, facts = build(source, case)
    # In the cases a title is often the code itself.
    names = [one.title for one in scheme.inputs.values()]
    for group in scheme.groups:
        names += [one.title for one in (*group.indicators, *group.bonuses, *group.deductions, *group.vetoes)]
    for line, said in told(scheme, facts):
        texts = [
            re.sub("|".join(map(re.escape, sorted(names, key=len, reverse=True))), "", one)
            for one in said.words()
        ]
        assert not [text for text in texts if RAW.search(text) or "%(" in text], line.unit
        assert said.value in said.text if isinstance(line.total, Value) else "no total" in said.text
        assert documents(said)["rows"]


def test_the_guides_example_reads_as_it_is_reckoned_there():
    """docs/schemes.md: nine months are due, 9/12 of 400 million = 300 million; 350 of 300 = 116.67 %, capped."""
    scheme, problems = rules.read(document())
    facts, more = rules.read_facts(document("specialist-teams-2026-09"), scheme)
    assert problems == more == ()
    said = {line.unit: tree for line, tree in told(scheme, facts)}
    indicators, bonuses = said["equipment"].rows
    assert indicators.rows[1].text == (
        "当年实际到位资金 350.00 million yuan of 300.00 million yuan due by 2026-09 (firm target) = 116.67%; "
        "20.00 marks at 100.00% → 20.00"
    )
    assert [row.value for row in indicators.rows[1].rows] == ["350.00 million yuan", "300.00 million yuan"]
    projects = indicators.rows[0]
    assert (projects.value, projects.of) == ("10.00", "30")  # 1 of 3 due: a third of 30
    assert projects.text.startswith("新引进省外亿元项目 1 of 3 due by 2026-09 (firm target) = 33.33%; ")
    food = said["food"]
    assert food.text == "no total: not reported"
    assert food.rows[0].rows[1].notes == ("not reported.", "Without it there is no total.")
    top = said["new-materials"]
    assert top.text.endswith(f" = {top.value}")
    assert [row.label for row in top.rows] == ["Indicators", "Bonuses"]
    assert bonuses.value == "0.00"


def test_what_a_place_would_take_is_told_with_the_targets_completion():
    """C has 30 + 10, B 30 + 36 = 66: with 94 of its target of 100 C has 56.4 + 10 = 66.4; see test_scheme_questions."""
    money = {**GROUP["indicators"][0], "value": {"kind": "completion", "of": "a", "target": {"of": "a"}}}
    scheme = scheme_of({**GROUP, "indicators": [money, GROUP["indicators"][1]]})
    facts = facts_of(scheme=scheme)
    for code in "ABC":
        facts = rules.with_target(facts, code, "a", "firm", Decimal(100))
    assert gain_words(scheme, facts, "C")[0][0] == (
        "a: 44 more (50 → 94) would give place 2. Completion of the target: 50.00% → 94.00%."
    )
    assert gain_words(scheme, facts, "A") == ([], False)
    assert gain_words(scheme, facts, "C", most=5) == ([], True)


def test_amounts_keep_their_size_in_both_languages():
    """350,000,000 yuan is 35,000 times 10,000 and 350 times a million."""
    assert figure(Decimal(350000000), "yuan") == "350.00 million yuan"
    with translation.override("zh-hans"):
        assert figure(Decimal(350000000), "yuan") == "35,000.00 万元"
        assert figure(Decimal("350000001.5"), "yuan") == "35,000.00015 万元"


def test_sources_lead_to_their_pages():
    named = document()
    named["inputs"]["arrived"]["measure"] = "arrived_capital"
    scheme, _problems = rules.read(named)
    sources = Sources(scheme, 7, 9, {"arrived_capital": 3})
    assert [one.url for one in sources("figure:12,given:4", "arrived")] == ["/figures/12/", "/given/4/"]
    assert [one.url for one in sources("target:5")] == ["/targets/5/"]
    versions = Sources(scheme, 7, 9, {}, {"target:5": "5.00 (10 thousand yuan), from month 8 of 2026"})
    assert [one.label for one in versions("target:5,target:6")] == [
        "see the target: 5.00 (10 thousand yuan), from month 8 of 2026", "see the target",
    ]  # fmt: skip
    assert (
        sources("cells:arrived_capital:202609:88", "arrived")[0].url
        == "/measures/3/units/7/rows/?run=9&input=arrived"
    )
    assert sources("cells:hidden:202609:88", "arrived") == sources("elsewhere") == sources(None) == ()


def test_the_sums_of_the_parts_are_the_total():
    """Indicators, bonuses and deductions as told add up to the traced total, scaled parts too."""
    for source, case in [(one.values[0], one.values[1]) for one in params("scheme")]:
        scheme, facts = build(source, case)
        for line, said in told(scheme, facts):
            trace = line.trace
            if trace.operation != "sum" or trace.limited is None or trace.raw != trace.limited:
                continue
            limits = [one for one in trace.parameters if "_most" in one.path]
            parts = {
                row.label: Decimal(row.value.replace(",", "").replace("−", "-"))
                for row in said.rows
                if row.kind == "part"
            }
            whole = parts.get("Indicators", 0) + parts.get("Bonuses", 0) - parts.get("Deductions", 0)
            if not limits:
                assert abs(whole - trace.raw) < Decimal("0.001"), (case["name"], line.unit)


def test_every_reason_and_way_has_words():
    for reason in MissingReason:
        assert reason_words(str(reason)) != str(reason)
    for code in (NOT_QUALIFIED, VETOED, ranking.NOT_RANKED, "gate"):
        assert reason_words(code)
    ways = IfMissing.model_fields["otherwise"].annotation.__args__[0].__args__
    assert set(ways) == set(DONE)
    assert set(THEN) == {"zero", "unranked", "last", "grade"}
    assert set(COMPARE) == {"at_least", "above", "at_most", "below", "equal"}
