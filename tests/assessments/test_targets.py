"""Targets in the database: the traps of DOMAIN §11, whose target holds, and what may not be set. Amounts in yuan; 万 is ten
thousand, as the traps are given."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from assessments import services
from assessments.models import Target
from assessments.targets import composed as made
from assessments.targets.places import Given, Holder, Place, in_force
from assessments.targets.reading import Origin, targets
from assessments.targets.saying import said
from common import imports
from common.errors import Denied, NotVisible, Refused, Stale
from organizations import services as org
from organizations.models import Unit
from rules import scheme as rules
from tests.assessments.support import TESTS
from tests.assessments.targeting import SHARES, WAN, change, put, unit, wan
from tests.support.clients import sign_in

pytestmark = pytest.mark.django_db


def api_of(county, name, role, unit):
    api = APIClient()
    sign_in(api, county.person(name, role, unit))
    return api


def refused(code, call, **values):
    with pytest.raises(Refused) as problem:
        call(**values)
    assert problem.value.code == code, problem.value
    return problem.value


def line(run, code):
    found = run.lines.get(unit__code=code)
    return found.completion, found.points


def rate(amount):
    return Decimal(amount).quantize(Decimal("0.01"))


def scored(indicator, facts, month="2023-06", targets=None, through=None):
    """The total that a scheme with one indicator gives a unit with these facts and targets."""
    indicator = {"code": "one", "title": "one", **indicator}
    inputs = {code: {"unit": "count", "title": code} for code in (*facts, "money")}
    scheme, problems = rules.read(
        {
            "schema": 1, "code": "trap", "title": "trap", "period": "year", "full": None, "inputs": inputs,
            "groups": [{"code": "g", "title": "g", "least": None, "indicators": [indicator]}],
        }
    )  # fmt: skip
    assert scheme, problems
    row = {
        "code": "a",
        "group": "g",
        "facts": {k: str(v) for k, v in facts.items()},
        "targets": targets or {},
    }
    facts, problems = rules.read_facts(
        {"schema": 1, "month": month, "units": [row], **({"data_through": through} if through else {})},
        scheme,
    )
    assert facts, problems
    return rules.score(scheme, facts, "trap/1").groups[0].lines[0].total.amount


def points(month, held, done, through=None):
    """Points to schedule by a target as it holds."""
    given = held.given().model_dump(mode="json", exclude_none=True)
    value = {"kind": "points_to_schedule", "of": "money", "target": {"of": "money"}}
    indicator = {"full": 1, "value": value, "rule": {"kind": "given", "out_of": 1, "most": None}}
    return rate(scored(indicator, {"money": done}, month, {"money": {"firm": given}}, through))


def test_a_target_raised_from_august_leaves_july_as_it_was(county):
    """July 700 of 1,000 = 70.00, 7/12 → +11.67; August 800 of 1,200 = 66.67, 8/12 → 0.00 (DOMAIN §11)."""
    row = put(county, unit(county.dihua), wan(1000))
    header = ["单位", "累计完成（万元）"]
    county.write(("棣花镇", 700), header=header, month=7, filename="七月.xlsx")
    july = county.compute("2023-07")
    change(county, row, wan(1200), holds_from=8)
    county.write(("棣花镇", 800), header=header, month=8, filename="八月.xlsx")
    august = county.compute("2023-08")
    assert county.compute("2023-07") == july  # the same inputs: nothing about July changed
    assert tuple(map(rate, line(july, "dihua"))) == (rate(70), rate("11.67"))
    assert tuple(map(rate, line(august, "dihua"))) == (rate("66.67"), rate(0))
    assert county.targets(superseded_at=None).count() == 2
    held = {
        m: targets([county.dihua], [county.capital], 2023, m)[county.dihua.pk, "capital", "firm"]
        for m in (7, 8)
    }
    assert said(held[7], county.capital, 2023) == "1,000.00 (10 thousand yuan), for the year 2023"
    assert said(held[8], county.capital, 2023) == "1,200.00 (10 thousand yuan), from month 8 of 2023"


def test_a_schedule_is_the_schemes_or_the_targets_own(county):
    """350 of 1,000 in May: 35 − 41.67 = −6.67; by quarters 15 + 25 × 2/3 = 31.67 → +3.33, as shares and as amounts."""

    def held(row):
        found = targets([row], [county.capital], 2023, 5)
        return found[row.pk, "capital", "firm"]

    for town, given in (
        (county.dihua, wan(1000)),
        (county.shangzhen, wan(1000, quarters=SHARES, quarters_in="percent")),
        (county.zhulinguan, Given(quarters=tuple(one * 10 * WAN for one in SHARES), quarters_in="amount")),
    ):
        put(county, unit(town), given)
    done = 350 * WAN
    assert points("2023-05", held(county.dihua), done) == rate("-6.67")
    assert points("2023-05", held(county.shangzhen), done) == rate("3.33")
    assert held(county.zhulinguan).value == 1000 * WAN
    assert points("2023-05", held(county.zhulinguan), done) == rate("3.33")


def test_lagged_data_are_held_against_the_month_of_the_data(county):
    """A March circular with data to February: 100 of 600 = 16.67, 2/12 due = 16.67 → 0.00, not −8.33 (DOMAIN §11)."""
    put(county, unit(county.dihua), wan(600))
    county.write(("棣花镇", 100), header=["单位", "累计完成（万元）"], month=2, filename="二月.xlsx")
    assert rate(line(county.compute("2023-03", through="2023-02"), "dihua")[1]) == rate(0)
    held = targets([county.dihua], [county.capital], 2023, 3)[county.dihua.pk, "capital", "firm"]
    assert points("2023-03", held, 100 * WAN, through="2023-02") == rate(0)


@pytest.fixture
def large(county):
    """Measures of a composed target: 2 industrial ≥10亿, 1 logistics ≥10亿, 3 industrial ≥5亿."""
    codes = ("big", "logistics", "middle")
    return [county.measure(code=code, name=code, unit="count") for code in codes]


def lines(fill_down, *needed):
    given = zip(("big", "logistics", "middle"), needed or (2, 1, 3), strict=True)
    fills = {"big": ("middle",)}
    rows = tuple(made.Line(of=code, needed=Decimal(n), fills=fills.get(code, ())) for code, n in given)
    return made.Composed(lines=rows, fill_down=fill_down)


@pytest.mark.parametrize(("fill_down", "met"), [(True, 5), (False, 3)])
def test_a_composed_target(county, large, fill_down, met):
    """4 industrial ≥10亿 and one of 6亿: 5 of 6 when surplus fills down, else 3 of 6 (DOMAIN §11)."""
    put(county, unit(county.dihua), Given(composed=lines(fill_down)), measure=county.signed)
    found = targets([county.dihua], [county.signed, *large], 2023, 6)
    held = found[county.dihua.pk, "signed", "firm"]
    assert (held.value, [one.needed for one in held.lines]) == (6, [2, 1, 3])
    assert found[county.dihua.pk, "big", "firm"].value == 2
    assert found[county.dihua.pk, "big", "firm"].origin is Origin.LINE
    indicator = {
        "full": 6,
        "value": held.composed.figure().model_dump(mode="json"),
        "rule": {"kind": "proportional"},
    }
    assert scored(indicator, {"big": 4, "logistics": 0, "middle": 1}) == met


def test_those_without_a_target_take_their_groups_or_the_general_one(county):
    """60, 50 and 10 million by group, the development zone on its own, everyone else 4 million (DOMAIN §1)."""
    zone = org.unit_create(actor=TESTS, parent=county.unit, name="开发区", code="zone", kind="park")
    groups = {}
    for code, name, town in (("first", "一组", county.dihua), ("second", "二组", county.shangzhen)):
        groups[code] = org.group_create(actor=TESTS, owner=county.unit, code=code, name=name)
        org.membership_add(actor=TESTS, group=groups[code], unit=town, begins=date(2020, 1, 1))
    for code, amount in (("first", 6000), ("second", 5000)):
        put(county, Holder("group", groups[code].pk), wan(amount))
    put(county, Holder("rest", county.unit.pk), wan(400))
    own = put(county, unit(zone), wan(9999))
    everyone = [*county.towns, zone, county.unit, county.elsewhere]
    with CaptureQueriesContext(connection) as seen:
        found = targets(everyone, [county.capital, county.signed], 2023, 6)
    assert len(seen) == 3
    now = {pk: (one.value / WAN, one.origin, one.whose) for (pk, _code, _which), one in found.items()}
    assert now == {
        county.dihua.pk: (6000, Origin.GROUP, "一组"),
        county.shangzhen.pk: (5000, Origin.GROUP, "二组"),
        county.zhulinguan.pk: (400, Origin.REST, "丹凤县"),
        zone.pk: (9999, Origin.OWN, ""),
    }
    assert found[zone.pk, "capital", "firm"].ref == f"target:{own.pk}"
    words = said(found[county.dihua.pk, "capital", "firm"], county.capital, 2023)
    assert (
        words
        == "6,000.00 (10 thousand yuan), for the year 2023, no target of its own: that of the group 一组"
    )


def test_a_successor_takes_over_the_targets_of_those_it_replaced(county):
    """Two towns merged from 1 July on: in June each has its own, in July the new one the sum of both."""
    for town, amount in ((county.dihua, 600), (county.shangzhen, 400)):
        put(county, unit(town), wan(amount))
    new = org.unit_create(actor=TESTS, parent=county.unit, name="新镇", code="new-town", kind="town")
    Unit._base_manager.filter(pk__in=(county.dihua.pk, county.shangzhen.pk)).update(
        successor=new, valid_to=date(2023, 6, 30)
    )
    june, july = (targets([new], [county.capital], 2023, month) for month in (6, 7))
    assert june == {}
    held = july[new.pk, "capital", "firm"]
    assert (held.value, held.origin) == (1000 * WAN, Origin.CARRIED)
    put(county, unit(new), wan(1100))
    assert targets([new], [county.capital], 2023, 7)[new.pk, "capital", "firm"].value == 1100 * WAN


def test_nothing_is_overwritten(county):
    """A correction of the same month supersedes; taken back, the old one holds again."""
    row = put(county, unit(county.dihua), wan(1000))
    refused("held", put, county=county, holder=unit(county.dihua), given=wan(1))
    refused("no_reason", change, county=county, row=row, given=wan(900), holds_from=1, reason=" ")
    refused("unchanged", change, county=county, row=row, given=wan(1000), holds_from=1)
    new = change(county, row, wan(900), holds_from=1)
    row.refresh_from_db()
    assert (row.superseded_by, row.value, new.reason, new.document_no) == (
        new, 1000 * WAN, "县政府调整", "丹政发〔2023〕8号",
    )  # fmt: skip
    with pytest.raises(Stale):
        services.target_change(
            actor=county.clerk, pk=new.pk, version=7, holds_from=1, given=wan(1), reason="x"
        )
    refused("superseded", change, county=county, row=row, given=wan(1), holds_from=1)
    refused(
        "no_reason", services.target_withdraw, actor=county.clerk, pk=new.pk, version=new.version, reason=""
    )
    gone = services.target_withdraw(actor=county.clerk, pk=new.pk, version=new.version, reason="录错")
    assert (gone.withdrawn, gone.withdrawn_name, gone.withdrawn_reason) == (True, "clerk", "录错")
    assert (
        targets([county.dihua], [county.capital], 2023, 1)[county.dihua.pk, "capital", "firm"].value
        == 1000 * WAN
    )


def test_imports_and_hands_replace_each_other(county):
    county.write(("棣花镇", 25000, 9050))
    row = county.targets().get()
    new = change(county, row, wan(26000), holds_from=1)
    batch = row.batch
    refused("later", imports.undo, actor=county.clerk, pk=batch.pk, reason="x")
    refused("imported", services.target_withdraw, actor=county.clerk, pk=row.pk, version=None, reason="x")
    later = county.write(("棣花镇", 27000, 9050), filename="更正.xlsx")
    new.refresh_from_db()
    assert new.superseded_by.value == 27000 * WAN
    imports.undo(actor=county.clerk, pk=later.pk, reason="传错")
    new.refresh_from_db()
    assert new.superseded_at is None
    services.target_withdraw(actor=county.clerk, pk=new.pk, version=new.version, reason="录错")
    imports.undo(actor=county.clerk, pk=batch.pk, reason="传错")
    assert targets([county.dihua], [county.capital], 2023, 6) == {}


WRONG = [
    (Given(), "wrong"),
    (Given(Decimal(-1)), "wrong"),
    (wan(1000, quarters=(Decimal(25),) * 3 + (Decimal(24),), quarters_in="percent"), "wrong"),
    (wan(1000, quarters=(Decimal(250),) * 4, quarters_in="amount"), "wrong"),
    (
        wan(1000, quarters=(Decimal(-5), Decimal(35), Decimal(35), Decimal(35)), quarters_in="percent"),
        "wrong",
    ),
    (Given(composed=lines(True, 0, 1, 1)), "composed"),
    (Given(composed=made.Composed(lines=(made.Line(of="capital", needed=Decimal(1)),))), "composed"),
    (Given(composed=made.Composed(lines=(made.Line(of="big", needed=Decimal(1)),) * 2)), "composed"),
    (
        Given(composed=made.Composed(lines=(made.Line(of="big", needed=Decimal(1), fills=("big",)),))),
        "composed",
    ),
]


@pytest.mark.parametrize(("given", "code"), WRONG)
def test_what_makes_no_sense_is_refused(county, large, given, code):
    refused(code, put, county=county, holder=unit(county.dihua), given=given)
    assert not county.targets().exists()


def test_who_may_set_which(county):
    post = org.post_create(actor=TESTS, unit=county.dihua, name="镇长")
    officer = org.officer_create(actor=TESTS, unit=county.dihua, name="标记甲")
    for holder in (Holder("post", post.pk), Holder("officer", officer.pk), unit(county.dihua)):
        row = put(county, holder, wan(100))
        assert row.unit == county.dihua
    assert (
        targets([county.dihua], [county.capital], 2023, 1)[county.dihua.pk, "capital", "firm"].ref
        == f"target:{row.pk}"
    )
    head = county.person("head", "unit_head", county.dihua)
    assert set(Target.objects.visible_to(head)) == set(county.targets())
    for actor, holder, error in (
        (head, unit(county.shangzhen), Denied),
        (head, unit(county.dihua), Denied),
        (county.clerk, unit(county.elsewhere), Denied),
        (county.clerk, unit(county.city), Denied),
        (county.clerk, Holder("post", 999_999), NotVisible),
    ):
        with pytest.raises(error):
            put(county, holder, wan(1), actor=actor, kind="stretch")
    with pytest.raises(Denied):
        services.target_change(actor=head, pk=row.pk, version=None, holds_from=1, given=wan(1), reason="x")
    assert county.targets().count() == 3


@pytest.mark.parametrize(
    "values", [{"residual": False}, {"entered_name": ""}, {"quarters_in": "percent"}, {"holds_from": 13}]
)
def test_the_database_holds_the_rules_too(county, values):
    row = put(county, Holder("group", county.group.pk), wan(100))
    with pytest.raises(IntegrityError), transaction.atomic():
        Target._base_manager.filter(pk=row.pk).update(**values)


def test_a_grid_of_many_is_saved_in_as_many_queries_as_one_of_few(county):
    def save(number):
        cells = {
            Place(unit(town), measure.pk, kind): Given(Decimal(number))
            for town in county.towns[: 1 if number < 3 else 3]
            for measure in (county.capital, county.signed)
            for kind in ("firm", "stretch")
        }
        seen = {Place(unit(r.unit), r.measure_id, r.kind): r.pk for r in county.targets(superseded_at=None)}
        seen = {place: pk for place, pk in seen.items() if place in cells}
        with CaptureQueriesContext(connection) as asked:
            saved = services.targets_set(
                actor=county.clerk, year=2023, holds_from=1, cells=cells, seen=seen, reason="调整"
            )
        return saved, len(asked)

    save(1)
    few, queries = save(2)
    assert (few.created, few.changed) == (0, 4)
    save(3)
    many, more = save(4)
    assert (many.created, many.changed) == (0, 12)
    assert more <= queries
    place = Place(unit(county.dihua), county.capital.pk, "firm")
    refused(
        "changed", services.targets_set, actor=county.clerk, year=2023, holds_from=1, cells={place: wan(1)}, seen={}, reason="x"
    )  # fmt: skip
    now = in_force([place], 2023, 1)[place]
    refused(
        "wrong", services.targets_set, actor=county.clerk, year=2023, holds_from=5, cells={place: None}, seen={place: now.pk},
        reason="x",
    )  # fmt: skip


def test_over_the_api(county):
    api, head = (api_of(county, name, role, unit) for name, role, unit in (
        ("keeper", "bureau_staff", county.unit), ("head", "unit_head", county.dihua),
    ))  # fmt: skip
    holder = {"sort": "unit", "pk": county.dihua.pk}
    sent = {
        "holder": holder,
        "measure": county.capital.pk,
        "year": 2023,
        "value": "10000000.00",
        "reason": "年初下达",
    }
    assert head.post("/api/v1/targets/", sent, format="json").status_code == 403
    assert api.post("/api/v1/targets/", {**sent, "value": "-1"}, format="json").status_code == 400
    made_ = api.post("/api/v1/targets/", sent, format="json")
    assert made_.status_code == 201, made_.content
    row = made_.json()
    assert (row["value"], row["holder"], row["source"], row["entered_name"]) == (
        "10000000.000000",
        holder,
        None,
        "keeper",
    )
    again = api.post("/api/v1/targets/", sent, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "held")
    url = f"/api/v1/targets/{row['id']}/"
    change = {"version": row["version"], "holds_from": 8, "value": "12000000", "reason": "调整"}
    change |= {"quarters": [15, 25, 30, 30], "quarters_in": "percent"}
    assert head.post(f"{url}change/", change, format="json").status_code == 403
    assert api.post(f"{url}change/", {**change, "version": 9}, format="json").status_code == 409
    new = api.post(f"{url}change/", change, format="json").json()
    assert (new["holds_from"], new["quarter_2"], new["id"] != row["id"]) == (8, "25.000000", True)
    gone = api.post(
        f"/api/v1/targets/{new['id']}/withdraw/", {"version": new["version"], "reason": "录错"}, format="json"
    )
    assert gone.json()["withdrawn"] is True
    assert [one["id"] for one in head.get("/api/v1/targets/").json()["results"]] == [row["id"]]
