"""The grid of targets and the forms of one: what they show, what they save, what they refuse without losing anything."""

import io
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from assessments import services
from assessments.models import Target
from assessments.targets.places import Given, Holder
from common.models import ExportLog
from organizations import services as org
from tests.assessments.support import TESTS
from tests.support.clients import sign_in
from tests.support.suite import state_of
from tests.support.world import sheet

pytestmark = pytest.mark.django_db
URL = "/targets/grid/"
WAN = 10_000


def place(county, more=""):
    return f"year=2023&place=g{county.group.pk}{more}"


def boxes(page, query):
    """What a browser would send back of the grid."""
    got = page.get(f"{URL}?{query}")
    assert got.status_code == 200
    form = got.content.decode().split('class="ip-gridform"', 1)[1]
    found = re.findall(r'<input[^>]*\bname="([^"]+)"[^>]*\bvalue="([^"]*)"', form)
    return {name: value for name, value in found if name not in ("csrfmiddlewaretoken", "fill")}


def name(holder, measure, kind="firm", sort="unit", part=""):
    return f"t-{sort}-{holder.pk}-{measure.pk}-{kind}{part}"


def values(county):
    rows = county.targets(superseded_at=None).order_by("holds_from")
    return {(str(r.holder), r.kind, r.holds_from): r.value for r in rows}


def test_targets_are_typed_changed_and_taken_out(county, page):
    """The town's 1.2亿 is 12,000; the sum of the towns, 13,000, stands beside the county's own 15,000."""
    first, second, own = (name(u, county.capital) for u in (county.dihua, county.shangzhen, county.unit))
    rest = name(county.unit, county.capital, sort="rest")
    services.target_set(
        actor=county.person("above", "bureau_staff", county.city), holder=Holder("unit", county.unit.pk),
        measure=county.capital, year=2023, given=Given(Decimal(15_000) * WAN),
    )  # fmt: skip
    shown = boxes(page, place(county))
    assert own not in shown  # its own target is read here, and set above it
    sent = {**shown, first: "1.2亿", second: "1,000", own: "9", rest: "400"}
    assert page.post(URL, sent).status_code == 302
    assert values(county) == {
        ("棣花镇", "firm", 1): 12_000 * WAN, ("商镇", "firm", 1): 1_000 * WAN, ("丹凤县", "firm", 1): 15_000 * WAN,
        ("others of 丹凤县", "firm", 1): 400 * WAN,
    }  # fmt: skip
    shown = page.get(f"{URL}?{place(county)}")
    total = shown.context["sums"][0]
    assert (total["sum"], total["own"], total["difference"]) == (
        13_400,
        15_000,
        -1_600,
    )  # the third town: the rest's 400
    assert "400.00 · 丹凤县" in shown.content.decode()
    again = boxes(page, place(county))
    assert (again[first], again[second]) == ("12000", "1000")
    assert page.post(URL, again).status_code == 302
    assert len(values(county)) == 4  # nothing changed
    changed = {**again, first: "9000", second: ""}
    refused = page.post(URL, changed)
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    assert page.post(URL, {**changed, "reason": "县政府调整", "document_no": "8号"}).status_code == 302
    assert values(county)["棣花镇", "firm", 1] == 9_000 * WAN
    old = county.targets(unit=county.dihua, superseded_at__isnull=False).get()
    assert (old.value, old.superseded_by.reason, old.superseded_by.entered_name) == (
        12_000 * WAN,
        "县政府调整",
        "clerk",
    )
    gone = county.targets(unit=county.shangzhen).get()
    assert (gone.withdrawn, gone.withdrawn_name, gone.withdrawn_reason) == (True, "clerk", "县政府调整")


def test_a_change_from_august_leaves_the_months_before(county, page):
    box = name(county.dihua, county.capital)
    assert page.post(URL, {**boxes(page, place(county)), box: "1000"}).status_code == 302
    august = {**boxes(page, place(county, "&month=8")), box: "1200", "reason": "调整"}
    assert page.post(URL, august).status_code == 302
    assert boxes(page, place(county))[box] == "1000"
    assert boxes(page, place(county, "&month=7"))[box] == "1000"
    later = page.get(f"{URL}?{place(county, '&month=9')}").content.decode()
    assert "since month 8" in later
    emptied = {**boxes(page, place(county, "&month=9")), box: "", "reason": "取消"}
    answer = page.post(URL, emptied)
    assert answer.status_code == 422
    assert "It holds since month 8" in answer.content.decode()
    row = county.targets(holds_from=8).get()
    versions = page.get(f"/targets/{row.pk}/").content.decode()
    for text in ("1,200.00", "1,000.00", "调整", "clerk", "from month 8 of 2023"):
        assert text in versions


def test_quarters_as_shares_and_as_amounts(county, page):
    query = place(county, "&quarters=1&which=both")
    shares = [name(county.dihua, county.capital, part=f"-q{n}") for n in (1, 2, 3, 4)]
    amounts = [name(county.shangzhen, county.capital, "stretch", part=f"-q{n}") for n in (1, 2, 3, 4)]
    sent = {**boxes(page, query), name(county.dihua, county.capital): "1000"}
    sent |= dict(zip(shares, ("15%", "25％", "30%", "30 %"), strict=True))
    sent |= dict(zip(amounts, ("150", "250", "300", "300"), strict=True))
    assert page.post(URL, sent).status_code == 302
    row, other = (county.targets(unit=u).get() for u in (county.dihua, county.shangzhen))
    assert (row.quarters_in, row.quarters) == ("percent", (15, 25, 30, 30))
    assert (other.quarters_in, other.value, other.kind) == ("amount", 1000 * WAN, "stretch")
    again = boxes(page, query)
    assert [again[one] for one in shares] == ["15%", "25%", "30%", "30%"]
    assert [again[one] for one in amounts] == ["150", "250", "300", "300"]
    before = state_of(Target)
    for wrong in (
        {shares[3]: "29%"},
        {shares[3]: ""},
        {shares[3]: "300"},
        {shares[3]: "x%"},
        {amounts[0]: "151"},
    ):
        answer = page.post(URL, {**again, **wrong, "reason": "x"})
        assert answer.status_code == 422, wrong
        assert answer.content.decode().count('aria-invalid="true"') >= 1
        assert f'value="{next(iter(wrong.values()))}"' in answer.content.decode()
        assert state_of(Target) == before


def test_bad_input_loses_nothing(county, page):
    good, bad = name(county.dihua, county.capital), name(county.shangzhen, county.capital)
    sent = {**boxes(page, place(county)), good: "250"}
    before = state_of(Target)
    for text in ("十二", "-3", "NaN", "1e400", "0.00000000001"):
        answer = page.post(URL, {**sent, bad: text})
        assert answer.status_code == 422
        html = answer.content.decode()
        assert 'value="250"' in html
        assert f'value="{text}"' in html
        assert html.count('aria-invalid="true"') == 1
        assert "nothing that you typed is lost" in html
        assert state_of(Target) == before
    for query in ("year=1", "year=x", "month=13", "month=0"):
        assert page.get(f"{URL}?{query}").status_code == 400, query
    for query in ("place=g999999", "place=u999999", "which=x", "holders=x", f"place=u{county.elsewhere.pk}"):
        assert page.get(f"{URL}?{query}").status_code == 404, query


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(county, page):
    box = name(county.dihua, county.capital)
    mine = {**boxes(page, place(county)), box: "1"}
    assert page.post(URL, {**boxes(page, place(county)), box: "2"}).status_code == 302
    before = state_of(Target)
    answer = page.post(URL, {**mine, "reason": "x"})
    assert answer.status_code == 422
    assert "changed by somebody else" in answer.content.decode()
    assert state_of(Target) == before


def test_who_sees_and_who_saves(county, page):
    assert (
        page.post(URL, {**boxes(page, place(county)), name(county.dihua, county.capital): "777"}).status_code
        == 302
    )
    head = sign_in(Client(), county.person("head", "unit_head", county.dihua))
    seen = head.get(f"{URL}?year=2023")
    html = seen.content.decode()
    assert "777" in html
    assert "ip-cell" not in html
    assert head.get(f"{URL}?{place(county)}").status_code == 404  # the county's group is not his
    sent = {"year": 2023, "place": f"u{county.dihua.pk}", "month": 1, name(county.dihua, county.capital): "1"}
    before = state_of(Target)
    assert head.post(URL, sent).status_code in (
        302,
        403,
    )  # he has no boxes: nothing is read from what he sends
    assert head.get("/targets/new/").status_code == 403
    assert state_of(Target) == before


def test_posts_and_persons(county, page):
    post = org.post_create(actor=TESTS, unit=county.dihua, name="镇长")
    officer = org.officer_create(actor=TESTS, unit=county.shangzhen, name="标记甲")
    for sort, row in (("post", post), ("officer", officer)):
        query = place(county, f"&holders={sort}")
        box = name(row, county.capital, sort=sort)
        assert page.post(URL, {**boxes(page, query), box: "100"}).status_code == 302
        assert boxes(page, query)[box] == "100"
    assert {str(r.holder) for r in county.targets()} == {str(post), "标记甲"}


def test_a_workbook_is_handed_out_and_read_back_into_the_boxes(county, page):
    services.target_set(
        actor=county.clerk, holder=Holder("unit", county.dihua.pk), measure=county.capital, year=2023, given=Given(Decimal(5) * WAN)
    )  # fmt: skip
    handed = page.get(f"{URL}?{place(county)}&format=xlsx")
    book = load_workbook(io.BytesIO(handed.content)).active
    table = [list(row) for row in book.iter_rows(values_only=True)]
    assert table[0][:3] == ["code", "holder", "到位资金 firm (10 thousand yuan)"]
    lines = {row[0]: row for row in table[1:] if row[0]}
    assert lines["dihua"][1:3] == ["棣花镇", 5]
    assert ExportLog.objects.count() == 1
    lines["shangzhen"][2] = "1,200.5"
    stranger = ["x", "谁", 5]
    upload = SimpleUploadedFile("目标.xlsx", sheet([table[0], *lines.values(), stranger]))
    before = state_of(Target)
    sent = {**boxes(page, place(county)), name(county.zhulinguan, county.capital): "7", "fill": "1"}
    answer = page.post(URL, {**sent, "sheet": upload})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Not in this grid: x" in html
    assert re.search(rf'name="{name(county.shangzhen, county.capital)}" value="1200.5"', html)
    assert re.search(rf'name="{name(county.zhulinguan, county.capital)}" value="7"', html)
    assert page.post(URL, {**sent, "sheet": SimpleUploadedFile("a.xlsx", b"no workbook")}).status_code == 422
    assert page.post(URL, sent).status_code == 422
    assert state_of(Target) == before


def composed_form(county, large):
    return {
        "unit": county.dihua.pk, "measure": county.signed.pk, "year": 2023, "kind": "firm", "holds_from": 1, "value": "", "quarters": "",
        "of_1": large[0].pk, "needed_1": 2, "fills_1": 3, "of_2": large[1].pk, "needed_2": 1, "of_3": large[2].pk, "needed_3": 3,
        "fill_down": "on",
    }  # fmt: skip


def test_one_target_is_set_changed_and_withdrawn_by_form(county, page):
    large = [county.measure(code=code, name=code, unit="count") for code in ("big", "logistics", "middle")]
    sent = composed_form(county, large)
    before = state_of(Target)
    for wrong in (
        {"needed_2": ""},
        {"fills_1": 6},
        {"value": "7"},
        {"unit": ""},
        {"group": county.group.pk},
        {"fills_3": 1},
    ):
        assert page.post("/targets/new/", {**sent, **wrong}).status_code == 422, wrong
        assert state_of(Target) == before
    assert page.post("/targets/new/", sent).status_code == 302
    row = county.targets().get()
    assert (row.value, row.composed["fill_down"], row.composed["lines"][0]) == (
        6, True, {"of": "big", "needed": "2", "fills": ["middle"]},
    )  # fmt: skip
    assert (
        "big 2、logistics 1、middle 3; surplus fills down" in page.get(f"/targets/{row.pk}/").content.decode()
    )
    grid = page.get(f"{URL}?{place(county)}").content.decode()
    assert "made of lines" in grid
    form = page.get(f"/targets/{row.pk}/change/").context["form"]
    assert (form["of_1"].value(), form["needed_1"].value(), form["fills_1"].value()) == (large[0].pk, 2, 3)
    change = {**sent, "version": row.version, "needed_3": 4, "holds_from": 8}
    assert page.post(f"/targets/{row.pk}/change/", change).status_code == 422  # no reason
    assert page.post(f"/targets/{row.pk}/change/", {**change, "reason": "加压"}).status_code == 302
    new = county.targets(holds_from=8).get()
    assert (new.value, new.reason) == (7, "加压")
    gone = page.post(f"/targets/{new.pk}/withdraw/", {"version": new.version, "reason": "录错"})
    assert gone.status_code == 302
    new.refresh_from_db()
    assert new.withdrawn


def test_the_measures_are_those_with_targets_or_those_that_are_picked(county, page):
    other = county.measure(code="other", name="其他", unit="count", sort=9)

    def codes(query):
        return [one.measure.code for one in page.get(f"{URL}?{query}").context["grid"].columns]

    assert codes(place(county)) == ["capital"]  # what the group is ranked by
    services.target_set(
        actor=county.clerk, holder=Holder("unit", county.dihua.pk), measure=county.signed, year=2023, given=Given(Decimal(3))
    )  # fmt: skip
    assert codes(place(county)) == ["capital", "signed"]
    assert codes(place(county, f"&measure={other.pk}&pick=1")) == ["other"]
    assert codes(place(county, f"&measure={other.pk}")) == ["capital", "signed"]


def test_thirty_towns_take_as_many_queries_as_three(county, page):
    def asked():
        with CaptureQueriesContext(connection) as seen:
            assert page.get(f"{URL}?year=2023&place=u{county.unit.pk}").status_code == 200
        return [q["sql"][:200] for q in seen]

    asked()
    few = asked()
    for n in range(27):
        org.unit_create(actor=TESTS, parent=county.unit, name=f"第{n}镇", code=f"t{n}", kind="town")
    many = asked()
    assert len(many) == len(few), "\n".join(many)
