"""A scheme in words: nothing that the document says is left out, and every change of it is said (DOMAIN §8)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from assessments.schemes.diff import differences
from assessments.schemes.telling import (
    Section,
    condition_words,
    figure_words,
    indicator_words,
    place_words,
    rule_words,
    tell,
)
from assessments.schemes.telling.labels import CHOICES, FIELDS, SPECIAL
from rules import scheme as rules
from rules.scheme.checks import walk
from tests.support.schemes import document

EVERY = rules.parse((Path("tests/support") / "every_construct.yaml").read_text())
OTHERS = {field: sorted(value for one, value in CHOICES if one == field) for field, _value in CHOICES}
OTHERS |= {
    "equal": OTHERS["end"],
    "single": OTHERS["end"],
    "otherwise": OTHERS["missing"],
    "no_target": ["zero"],
}
# What stands in the document but isn't used with the other settings.
UNUSED = ("rule.short.points", "6.rule.direction", "points.out_of", "points.worth", "points.after")


def scheme_of(content: Any) -> rules.Scheme:
    found, _problems = rules.read(content)
    assert found, _problems
    return found


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def leaves(value: Any, path: tuple = ()) -> Iterator[tuple]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from leaves(one, (*path, key))
    elif isinstance(value, (list, tuple)):
        for number, one in enumerate(value):
            yield from leaves(one, (*path, number))
    elif value is not None:
        yield path


def changed(value: Any, path: tuple, new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, Mapping):
        return {key: changed(one, path[1:], new) if key == path[0] else one for key, one in value.items()}
    return [changed(one, path[1:], new) if at == path[0] else one for at, one in enumerate(value)]


def other(full: Any, path: tuple) -> rules.Scheme | None:
    """The document with another value at that place; None where no other fits."""
    old = full
    for step in path:
        old = old[step]
    if isinstance(old, bool):
        candidates: list = [not old]
    elif isinstance(old, int):
        candidates = [old + 1, old - 1]
    elif old.lstrip("-").replace(".", "").isdigit():
        candidates = [str(int(float(old)) + 1)]
    else:
        candidates = [f"{old}x", *(one for one in OTHERS.get(path[-1], ()) if one != old)]
    for one in candidates:
        found, _problems = rules.read(changed(full, path, one))
        if found is not None:
            return found
    return None


def plain(sections: tuple[Section, ...]) -> list:
    """What is read on the page, without the places."""

    def items(rows):
        return [(row.title, row.aside, row.sentences, items(row.items)) for row in rows]

    return [(section.title, items(section.items)) for section in sections]


def test_the_document_of_the_tests_is_in_order_and_uses_every_part():
    scheme, problems = rules.read(EVERY)
    assert problems == ()
    kinds = {getattr(part, "kind", None) for _path, part in walk(scheme)} - {None}
    assert kinds == {value for field, value in CHOICES if field == "kind"}


def test_every_leaf_is_told_and_every_change_of_it_is_said():
    scheme = scheme_of(EVERY)
    full = scheme.model_dump(mode="json", by_alias=True)
    told, silent, unsaid, tried = plain(tell(scheme)), [], [], 0
    for path in leaves(full):
        new = other(full, path)
        if new is None or new == scheme:
            continue
        tried += 1
        if path[-1] != "code" and not ".".join(map(str, path)).endswith(UNUSED) and plain(tell(new)) == told:
            silent.append(path)
        said = [str(one) for one in differences(scheme, new)]
        if not said or any("{" in one or "Decimal(" in one for one in said):
            unsaid.append((path, said))
    assert tried > 250
    assert silent == [], silent
    assert unsaid == [], unsaid
    assert differences(scheme, scheme) == ()


def test_every_field_has_a_name():
    for _path, part in walk(scheme_of(EVERY)):
        for name in type(part).model_fields:
            label = "schema" if name == "format" else name
            assert label in FIELDS or (type(part).__name__, label) in SPECIAL


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "i1",
            "“到位资金” in per cent of the part now due of the unit's own stretch target for “到位资金”",
        ),
        ("i3", "growth of “到位资金” over “上年到位资金” in per cent"),
        ("i8", "sum of “项目数” × 2, “大项目数”"),
        ("i10", "per cent met of: 2 of “大项目数”, the unit's own firm target for “项目数” of “项目数”; what “大项目数” has over fills “项目数”"),
    ],
)  # fmt: skip
def test_figures(code, said):
    scheme = scheme_of(EVERY)
    row = next(one for one in scheme.groups[0].indicators if one.code == code)
    assert figure_words(row.value, scheme) == said


def test_rules_and_conditions():
    scheme = scheme_of(EVERY)
    rows = {row.code: row for row in scheme.groups[0].indicators}
    assert rule_words(rows["i3"], scheme) == (
        "Marks by band: from 0% on 2 marks, from 10% on 5 marks; below that 1 marks.",
    )
    assert rule_words(rows["i12"], scheme) == (
        "Full marks less what is missing: “项目数” must reach 12, each one missing −0.2 marks, "
        "“大项目数” must reach the unit's own firm target for “大项目数”, each one missing −1 marks.",
    )
    veto = scheme.groups[0].vetoes[1].when[0]
    assert condition_words(veto, scheme) == "growth of “到位资金” over “上年到位资金” in per cent is below 0%"
    assert indicator_words(rows["i13"], scheme) == (
        "The sum of its parts: “甲项” (3 marks), “乙项” (2 marks).",
        "Without a figure: no total and no place.",
    )


def test_a_diff_reads_as_people_say_it():
    old = document()
    new = document()
    group = new["groups"][0]
    group["indicators"][0]["full"] = 25
    group["indicators"][2]["full"] = 25
    group["indicators"][0]["value"]["target"] = {"of": "new_projects", "which": "stretch", "phased": True}
    group["indicators"][1]["rule"] = {"kind": "min_max", "low": 50}
    del group["bonuses"][1]
    group["bonuses"][0]["rule"]["most"] = 4
    new["inputs"]["jury"] = {"title": "评委评分", "unit": "points"}
    said = [str(one) for one in differences(scheme_of(old), scheme_of(new))]
    group = "group “产业专班” › indicator "
    target = "the part now due of the unit's own %s target for “新引进省外亿元项目”"
    assert said == [
        "input “评委评分” added",
        f"{group}“新引进省外亿元项目数量” › full marks: 30 → 25",
        f"{group}“新引进省外亿元项目数量” › target: {target % 'firm'} → {target % 'stretch'}",
        f"{group}“当年实际到位资金” › rule: Marks in proportion to the figure: full marks at 100. "
        "Never more than full marks. → The group's worst gets 50% of full marks, its best 100%, the others in "
        "between by their figure (more is better). If all have the same: the upper end; alone in the group: "
        "the upper end.",
        f"{group}“产业契合度” › full marks: 20 → 25",
        "group “产业专班” › bonuses › indicator “请县领导外出” › at most: 3 → 4",
        "group “产业专班” › bonuses: indicator “外出推介会” taken out",
    ]


def test_a_place_of_a_document_in_words():
    content = document()
    assert place_words("groups.0.indicators.1.rule.kind", content) == (
        "“产业专班” › indicators › “当年实际到位资金” › rule › kind"
    )
    assert place_words("inputs.arrived.unit", content) == "“当年实际到位资金” › unit of measure"
