"""Who is assessed by a scheme, and with whose figures: parts, successors, types (DOMAIN §1, §4)."""

from datetime import date
from decimal import Decimal

import pytest

from common.errors import Refused
from ledger.choices import Kind
from organizations import services as org
from organizations.models import GroupMembership, Unit
from tests.assessments.measures.support import book, measure
from tests.assessments.support import TESTS
from tests.support.scheme_towns import compute, facts_of, publish, scheme_of, towns


def test_who_is_a_member_on_the_last_day_is_assessed(county, scheme):
    row = GroupMembership.objects.get(unit=county.dihua)
    row.valid = (date(2020, 1, 1), date(2023, 6, 15))
    row.save()
    new = GroupMembership.objects.get(unit=county.shangzhen)
    new.ranked = False
    new.save()
    units = facts_of(scheme)
    assert {code: unit.ranked for code, unit in units.items()} == {"shangzhen": False, "zhulinguan": True}


def test_a_composite_has_the_figures_of_its_parts(county, scheme):
    whole = org.unit_create(actor=TESTS, parent=county.unit, name="联合镇", code="joint", kind="department")
    GroupMembership.objects.filter(unit__in=[county.dihua, county.shangzhen]).update(counts_in=whole)
    run = compute(county, scheme)
    lines = {line.unit.code: line for line in run.lines.select_related("unit")}
    # (150 + 100) of (200 + 100) = 83.33
    assert lines["joint"].total == Decimal("83.33")
    assert lines["joint"].place == 1
    assert lines["dihua"].place is None
    assert lines["dihua"].reason == "not_ranked"


def test_a_member_that_others_are_part_of_does_not_lose_its_own_figures(county):
    """One signed by a town, scored as part of another: fine while that one has none of its own, else refused."""
    measure("projects", "signed_projects")
    document = towns()
    document["inputs"]["signed"]["measure"] = "projects"
    row = scheme_of(county.clerk, county.unit, document, county.group)
    publish(county.clerk, row)
    GroupMembership.objects.filter(unit=county.dihua).update(counts_in=county.shangzhen)
    june = date(2023, 6, 10)
    book(Kind.SIGNED, june, county.dihua)
    assert facts_of(row)["shangzhen"].made_of == ("dihua",)
    # Below it in the tree, its part's figures stand in its own as well: nothing is lost.
    Unit.objects.unscoped(reason="tests").filter(pk=county.dihua.pk).update(
        parent=county.shangzhen, path=county.shangzhen.path + f"{county.dihua.pk}."
    )
    assert facts_of(row)["shangzhen"].made_of == ("dihua",)
    book(Kind.SIGNED, june, county.shangzhen)
    with pytest.raises(Refused) as refused:
        compute(county, row)
    assert (refused.value.code, "签约项目" in str(refused.value)) == ("own_figures", True)


def test_a_unit_that_changed_its_type_has_its_spells(county):
    document = towns()
    document |= {"types": {"town": "镇", "park": "园区"}, "period": "half"}
    row = scheme_of(county.clerk, county.unit, document, county.group)
    publish(county.clerk, row)
    member = GroupMembership.objects.get(unit=county.dihua)
    member.valid = (date(2020, 1, 1), date(2023, 3, 15))
    member.save()
    # A town on the last days of January and February, a park on those of March to June.
    GroupMembership.objects.create(
        group=county.group, unit=county.dihua, valid=(date(2023, 3, 15), None), unit_type="park"
    )
    units = facts_of(row)
    assert units["dihua"].type == "park"
    assert [(one.type, one.months) for one in units["dihua"].spells] == [("town", 2), ("park", 4)]
    assert units["shangzhen"].type == "town"
    assert units["shangzhen"].spells == ()


def test_figures_of_a_unit_that_is_gone_follow_its_successor(county, scheme):
    GroupMembership.objects.filter(unit=county.dihua).update(valid=(date(2020, 1, 1), date(2023, 2, 1)))
    Unit.objects.unscoped(reason="tests").filter(pk=county.dihua.pk).update(
        successor=county.zhulinguan, valid_to=date(2023, 1, 31)
    )
    found = facts_of(scheme)["zhulinguan"]
    assert found.facts["capital"].value == Decimal(1_500_000)
    assert found.targets["capital"]["firm"].value == Decimal(2_000_000)
    for still in (date(2023, 6, 30), None):  # its last day is still its own, and without one it isn't gone
        Unit.objects.unscoped(reason="tests").filter(pk=county.dihua.pk).update(valid_to=still)
        found = facts_of(scheme)["zhulinguan"]
        assert found.facts["capital"].missing == "not_reported"
        assert not found.targets


def test_growth_and_completion_of_a_unit_that_took_over_another_are_a_break(county):
    """Worked out of its own figures alone they would say too little, while the other is within what is compared: the year
    for its completion, the year before as well for its growth."""
    county.write(("棣花镇", 200, 150), ("商镇", 100, 100))
    document = towns()
    for code, base in (("done", "completion"), ("grown", "growth")):
        measure(code, base, of=county.capital)
        document["inputs"][code] = {"title": code, "unit": "percent", "measure": code}
    row = scheme_of(county.clerk, county.unit, document, county.group)
    publish(county.clerk, row)
    GroupMembership.objects.filter(unit=county.dihua).update(valid=(date(2020, 1, 1), date(2022, 2, 1)))
    gone = Unit.objects.unscoped(reason="tests").filter(pk=county.dihua.pk)

    def told(last_day):
        gone.update(successor=county.shangzhen, valid_to=last_day)
        facts = facts_of(row)["shangzhen"].facts
        return [getattr(facts[code], "missing", None) or facts[code].value for code in ("done", "grown")]

    broken = "break_in_definition"
    assert told(date(2023, 1, 31)) == [broken, broken]
    assert told(date(2022, 12, 31)) == [100, broken]
    assert told(date(2021, 12, 31)) == [100, "no_base"]
