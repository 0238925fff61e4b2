"""Imports over the API: the steps of the pages, for every importer that is registered, with their refusals."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import URLPattern, get_resolver, resolve, reverse

from assessments.models import ImportedFigure, Measure
from capital.models import CapitalEntry
from common import imports
from common.api import ReadViewSet
from common.exporting import XLSX
from common.models import ImportBatch, ImportMapping
from common.views import ListPage
from leads.models import Lead
from organizations.choices import Role
from organizations.models import GroupMembership, Officer, Unit
from projects.models import Project
from tests.support.api import assert_problem
from tests.support.clients import session_api, token_api
from tests.support.factories import GroupFactory, MembershipFactory, OfficerFactory
from tests.support.factories_leads import LeadFactory, yuan
from tests.support.factories_projects import industry, signed_project, terms

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_counters")]
BASE = "/api/v1/imports/"


def sheet(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(api, importer, unit, *rows, **values):
    file = SimpleUploadedFile("名单.xlsx", sheet(*rows))
    return api.post(BASE, {"importer": importer, "unit": unit.pk, "file": file, **values}, format="multipart")


def step(api, pk, name, **body):
    return api.post(f"{BASE}{pk}/{name}/", body, format="json")


def tell(response, code=200):
    assert response.status_code == code, response.content
    return response.json()


def names(model):
    return set(model._base_manager.filter(archived_at=None).values_list("name", flat=True))


def figures():
    return set(ImportedFigure._base_manager.filter(withdrawn=False).values_list("unit__name", "value"))


def capital():
    rows = CapitalEntry._base_manager.filter(archived_at=None)
    return set(rows.values_list("project__number", "basis", "amount", "is_opening"))


CASES = {
    "capital": (
        lambda tree: [
            ("项目编号", "单位", "到位类别", "到位日期", "到位金额", "凭证类型", "出具单位", "凭证号", "凭证日期"),
            (signed_project(tree.town).number, tree.town.name, "设备", date(2026, 6, 20), 300, "发票", "示例机床公司", "演示1", date(2026, 6, 20)),
        ],
        capital,
    ),
    "openings": (
        lambda tree: [
            ("项目编号", "口径", "期初余额", "截止日期", "备注"),
            (signed_project(tree.town).number, "formed", 3000, date(2025, 12, 31), tree.town.name),
        ],
        capital,
    ),
    "units": (
        lambda tree: [("单位名称", "单位代码", "上级单位", "类别"), ("示例新城", "xincheng", tree.county.name, "园区")],
        lambda: names(Unit),
    ),
    "officers": (lambda tree: [("姓名", "单位"), ("宋样例", tree.town.name)], lambda: names(Officer)),
    "memberships": (
        lambda tree: [("单位", "赛区", "开始日期"), (tree.town.name, "一组", date(2026, 1, 1))],
        lambda: set(GroupMembership._base_manager.values_list("unit__name", "group__name")),
    ),
    "figures": (lambda tree: [("单位", "累计完成（万元）"), (tree.town.name, 9050)], figures),
    "leads": (
        lambda tree: [
            ("单位", "项目名称", "投资方", "行业代码", "计划投资（万元）", "来源", "下一步", "下一步日期"),
            (tree.town.name, "示例减速器项目", "澜序机械（示例）有限公司", "3981", 3200, "会展活动", "考察", date(2026, 12, 1)),
        ],
        lambda: names(Lead),
    ),
    "projects": (
        lambda tree: [
            ("协议编号", "单位", "项目名称", "投资方", "行业代码", "签约日期", "协议投资额（万元）", "阶段", "阶段日期"),
            ("示例协1", tree.town.name, "示例电路板项目", "星漪电子（示例）有限公司", "3981", date(2025, 3, 10), 86000, "签约", date(2025, 3, 10)),
        ],
        lambda: names(Project),
    ),
}  # fmt: skip
MONTH = {"year": 2026, "month": 6, "measures": "capital", "scale": "wan"}


def test_every_importer_has_a_case():
    assert {one.code for one in imports.every()} == set(CASES)


@pytest.mark.parametrize("code", CASES)
def test_the_whole_course_of_every_importer(code, tree, pipeline):
    """Upload, preview (nothing written), confirm, undo with a reason: the records are there and gone again."""
    rows, there = CASES[code]
    yuan()
    industry("3981")
    group = GroupFactory(owner=tree.county, name="一组")
    MembershipFactory(group=group, unit=tree.second_town)
    Measure._base_manager.create(code="capital", name="到位资金", unit="yuan", nature="flow")
    api = token_api(Role.BUREAU_STAFF, tree.county)
    sent, before = rows(tree), there()

    batch = tell(send(api, code, tree.county, *sent, **(MONTH if code == "figures" else {})), 201)
    assert (batch["state"], batch["counts"]["total"]) == ("preview", 1)
    (row,) = tell(api.get(f"{BASE}{batch['id']}/rows/"))["results"]
    assert there() == before
    assert (row["number"], row["result"], row["problems"]) == (2, "new", [])
    assert tree.town.name in {*row["cells"].values(), tree.town.name if code == "units" else ""}

    done = tell(step(api, batch["id"], "confirm"))
    assert (done["state"], done["actor_name"], done["counts"]["applied"]) == (
        "confirmed",
        api.user.actor_name,
        1,
    )
    assert len(there() - before) == 1
    assert_problem(step(api, batch["id"], "confirm"), 409, "state")

    assert_problem(step(api, batch["id"], "undo"), 400, "invalid")
    undone = tell(step(api, batch["id"], "undo", reason="发错文件"))
    assert (undone["state"], undone["undo_reason"]) == ("undone", "发错文件")
    assert there() == before


def test_an_officer_brings_in_the_capital_of_his_unit_alone(tree, pipeline):
    """Wrong rows are marked in the file that comes back; parked ones are mended; an entry that was decided on stops the
    undoing, and what isn't his is not found. Opening balances are entered by the bureau only."""
    own, other = signed_project(tree.town), signed_project(tree.second_town, **terms(agreement_number="b"))
    officer, bureau = session_api(Role.OFFICER, tree.town), session_api(Role.BUREAU_STAFF, tree.county)
    header = ("项目编号", "到位类别", "到位日期", "到位金额")
    rows = [
        (number, "设备", date(2026, 6, 20), wan)
        for number, wan in ((own.number, 300), (other.number, 7), (own.number, 0))
    ]
    batch = tell(send(officer, "capital", tree.town, header, *rows), 201)
    pk = batch["id"]
    assert (batch["state"], batch["counts"]["wrong"]) == ("preview", 2)
    assert_problem(step(officer, pk, "confirm"), 409, "wrong")
    assert capital() == set()
    wrong = {
        row["number"]: row["problems"][0]
        for row in tell(officer.get(f"{BASE}{pk}/rows/?only=wrong"))["results"]
    }
    marked = openpyxl.load_workbook(io.BytesIO(officer.get(f"{BASE}{pk}/marked/").content)).active
    for number, ref in ((3, "A3"), (4, "D4")):
        assert wrong[number]["ref"] == ref
        assert wrong[number]["message"] in marked[ref].comment.text
    assert tell(step(officer, pk, "confirm", park=True))["counts"]["parked"] == 2
    assert tell(step(officer, pk, "rows/4", cells={"amount": "12.5"}))["fate"] == "applied"
    assert {(number, amount) for number, _basis, amount, _opening in capital()} == {
        (own.number, 3_000_000),
        (own.number, 125_000),
    }
    stranger = session_api(Role.OFFICER, tree.other_town)
    assert_problem(step(stranger, pk, "undo", reason="x"), 404, "not_found")
    CapitalEntry._base_manager.filter(amount=125_000).update(state="final", rate=1)
    assert_problem(step(bureau, pk, "undo", reason="发错文件"), 409, "later")
    assert len(capital()) == 2
    CapitalEntry._base_manager.filter(amount=125_000).update(state="draft", rate=None)
    assert tell(step(bureau, pk, "undo", reason="发错文件"))["state"] == "undone"
    assert capital() == set()

    balance = (own.number, "formed", 3000, date(2025, 12, 31))
    heads = ("项目编号", "口径", "期初余额", "截止日期")
    done = tell(
        send(bureau, "openings", tree.county, heads, balance, (own.number, "both", 1, date(2025, 12, 31))),
        201,
    )
    assert done["counts"]["wrong"] == 1
    tell(step(bureau, done["id"], "confirm", park=True))
    assert capital() == {(own.number, "formed", 30_000_000, True)}
    assert tell(step(bureau, done["id"], "undo", reason="读错文件"))["state"] == "undone"
    assert capital() == set()


HEADER = ("姓名", "单位")


@pytest.fixture
def api(tree):
    return session_api(Role.BUREAU_STAFF, tree.county)


def test_unknown_columns_and_names_are_asked_for_answered_and_remembered(api, tree):
    batch = tell(send(api, "officers", tree.county, ("人员", "在哪儿"), ("宋样例", "龙驹")), 201)
    assert (batch["state"], batch["ignored"]) == ("mapping", ["人员", "在哪儿"])
    url = f"{BASE}{batch['id']}/matching/"
    asked = tell(api.get(url))
    assert [(t["number"], t["title"], t["sample"], t["field"]) for t in asked["titles"]] == [
        (0, "人员", "宋样例", ""), (1, "在哪儿", "龙驹", ""),
    ]  # fmt: skip
    assert {"name", "unit"} <= {field["key"] for field in asked["fields"] if field["required"]}

    columns = {"0": "name", "1": "unit"}
    for wrong in ({"0": "nothing"}, {"one": "name"}, {"0": 5, "1": []}):
        assert_problem(api.post(url, {"columns": wrong}, format="json"), 400, "invalid")
    assert_problem(api.post(url, {}, format="json"), 400, "invalid")
    assert_problem(api.post(url, {"columns": {"0": "name"}}, format="json"), 409, "columns")
    assert_problem(api.post(url, {"columns": columns, "sheet": "none"}, format="json"), 409, "no_sheet")
    assert tell(api.post(url, {"columns": columns}, format="json"))["counts"]["wrong"] == 1
    asked = tell(api.get(url))
    assert [one["name"] for one in asked["names"]] == ["龙驹"]
    assert tree.town.pk in {unit["id"] for unit in asked["units"]}

    elsewhere = {"columns": columns, "names": {"龙驹": tree.other_county.pk}}
    assert_problem(api.post(url, elsewhere, format="json"), 409, "names")
    told = tell(api.post(url, {"columns": columns, "names": {"龙驹": tree.town.pk}}, format="json"))
    assert (told["state"], told["columns"], told["counts"]["new"]) == ("preview", columns, 1)
    tell(step(api, batch["id"], "confirm"))
    assert Officer._base_manager.get(name="宋样例").unit == tree.town
    again = tell(send(api, "officers", tree.county, ("人员", "在哪儿"), ("何样例", "龙驹")), 201)
    assert again["state"] == "preview"
    assert_problem(api.get(f"{BASE}{again['id'] + 1}/matching/"), 404, "not_found")
    assert_problem(api.get(url), 404, "not_found")  # answered, imported


def test_wrong_rows_park_mark_and_mend(api, tree):
    batch = tell(
        send(api, "officers", tree.county, HEADER, ("宋样例", tree.town.name), ("何样例", "无此镇")), 201
    )
    pk = batch["id"]
    tell(step(api, pk, "matching", columns={"0": "name", "1": "unit"}))
    assert_problem(step(api, pk, "confirm"), 409, "wrong")
    assert not Officer._base_manager.exists()
    (wrong,) = tell(api.get(f"{BASE}{pk}/rows/?only=wrong"))["results"]
    assert [(p["field"], p["ref"]) for p in wrong["problems"]] == [("unit", "B3")]
    assert_problem(api.get(f"{BASE}{pk}/rows/?only=odd"), 400, "invalid")
    marked = api.get(f"{BASE}{pk}/marked/")
    comment = openpyxl.load_workbook(io.BytesIO(marked.content)).active["B3"].comment
    assert wrong["problems"][0]["message"] in comment.text
    sent = api.get(f"{BASE}{pk}/file/")
    assert openpyxl.load_workbook(io.BytesIO(b"".join(sent.streaming_content))).active["A3"].value == "何样例"
    assert sent["Content-Disposition"].startswith("attachment")

    done = tell(step(api, pk, "confirm", park=True))
    assert (done["counts"]["applied"], done["counts"]["parked"]) == (1, 1)
    assert names(Officer) == {"宋样例"}
    assert_problem(step(api, pk, "rows/3", cells={"unit": "还是没有"}), 409, "wrong")
    assert tell(step(api, pk, "rows/3", cells={"unit": tree.second_town.name}))["fate"] == "applied"
    assert Officer._base_manager.get(name="何样例").unit == tree.second_town
    assert_problem(step(api, pk, "rows/3", cells={"unit": tree.town.name}), 409, "fate")


def test_what_changed_since_the_preview_is_shown_again(api, tree):
    officer = OfficerFactory(unit=tree.town, name="宋样例")
    rows = (("姓名", "单位", "电话"), ("宋样例", tree.town.name, "13700001111"))
    batch = tell(send(api, "officers", tree.county, *rows), 201)
    assert batch["counts"]["changed"] == 1
    Officer._base_manager.filter(pk=officer.pk).update(phone="13700001111")
    assert_problem(step(api, batch["id"], "confirm"), 409, "changed")
    assert tell(api.get(f"{BASE}{batch['id']}/"))["counts"]["unchanged"] == 1
    assert tell(step(api, batch["id"], "discard"))["state"] == "discarded"


def test_what_can_be_sent_is_described_and_the_rest_is_refused(api, tree, settings):
    kinds = {one["code"]: one for one in tell(api.get(f"{BASE}kinds/"))}
    assert set(kinds) == set(CASES)
    asked = {one["name"]: one for one in kinds["figures"]["parameters"]}
    assert (asked["month"]["choices"][-1], asked["measures"]["several"], asked["unit"]["required"]) == (
        "12",
        True,
        True,
    )
    before = ImportBatch._base_manager.count()
    rows = (HEADER, ("宋样例", tree.town.name))
    assert_problem(send(api, "nothing", tree.county, *rows), 409, "importer")
    for unit in (tree.other_county, tree.city):
        assert "unit" in assert_problem(send(api, "officers", unit, *rows), 400, "invalid")["fields"]
    assert "measures" in assert_problem(send(api, "figures", tree.county, *rows), 400, "invalid")["fields"]
    text = SimpleUploadedFile("名单.xlsx", b"PK\x03\x04 broken")
    refused = api.post(
        BASE, {"importer": "officers", "unit": tree.county.pk, "file": text}, format="multipart"
    )
    assert refused.status_code == 409
    settings.IMPORT_MAX_BYTES = 100
    assert_problem(send(api, "officers", tree.county, *rows), 409, "too_large")
    assert_problem(send(session_api(Role.LEADER, tree.county), "officers", tree.county, *rows), 403, "denied")
    assert ImportBatch._base_manager.count() == before
    assert not ImportMapping.objects.exists()


def test_templates_are_those_of_the_pages(api, tree, pipeline):
    for code in ("units", "leads", "projects"):
        page = api.get(reverse("directory_template", args=[code]))
        file = api.get(f"{BASE}kinds/{code}/template/")
        first, second = (openpyxl.load_workbook(io.BytesIO(one.content)) for one in (page, file))
        assert [[c.value for c in r] for r in first.active] == [[c.value for c in r] for r in second.active]
    assert_problem(api.get(f"{BASE}kinds/nothing/template/"), 404, "not_found")
    lacking = assert_problem(api.get(f"{BASE}kinds/figures/template/"), 400, "invalid")
    assert {"group", "year", "month", "measures"} <= set(lacking["fields"])
    group = GroupFactory(owner=tree.county)
    MembershipFactory(group=group, unit=tree.town)
    measure = Measure._base_manager.create(code="capital", name="到位资金", unit="yuan", nature="flow")
    given = {"group": group.pk, "year": 2026, "month": 6, "measures": [measure.pk], "scale": "wan"}
    found = api.get(f"{BASE}kinds/figures/template/", given)
    assert found["Content-Type"] == XLSX
    cells = [c.value for sheet in openpyxl.load_workbook(io.BytesIO(found.content)) for r in sheet for c in r]
    assert tree.town.name in cells


def test_personal_data_is_for_who_imports_and_nothing_for_other_units(api, tree):
    """A leader reads imports; the file of one with telephone numbers, its rows and marks stay closed to him."""
    rows = (("姓名", "单位", "电话"), ("标记人", tree.town.name, "13700001111"))
    pk = tell(send(api, "officers", tree.county, *rows), 201)["id"]
    leader, stranger = (
        session_api(Role.LEADER, tree.county),
        session_api(Role.BUREAU_STAFF, tree.other_county),
    )
    assert tell(leader.get(f"{BASE}{pk}/"))["counts"]["total"] == 1
    for name in ("rows", "file", "marked"):
        assert_problem(leader.get(f"{BASE}{pk}/{name}/"), 403, "denied")
        assert_problem(stranger.get(f"{BASE}{pk}/{name}/"), 404, "not_found")
    assert_problem(stranger.get(f"{BASE}{pk}/"), 404, "not_found")
    assert tell(stranger.get(BASE))["results"] == []
    assert [one["id"] for one in tell(leader.get(f"{BASE}?importer=officers&state=preview"))["results"]] == [
        pk
    ]


def test_a_list_is_given_as_the_file_of_its_page(api, tree, pipeline):
    """The same rows, columns, order and masking; the right to it and the log line are those of the page."""
    officers = [OfficerFactory(unit=tree.town, name=f"宋样例{n}", phone="13700001111") for n in range(3)]
    OfficerFactory(unit=tree.second_town, name="何样例", phone="13700002222")
    query = f"unit={tree.town.pk}&columns=name&columns=phone&sort=-name"
    page = api.get(f"{reverse('officer_list')}?{query}&format=xlsx")
    file = api.get(f"/api/v1/officers/?{query}&format=xlsx")
    first, second = (openpyxl.load_workbook(io.BytesIO(one.content)).active for one in (page, file))
    found = [[cell.value for cell in row] for row in second]
    assert found == [[cell.value for cell in row] for row in first]
    assert [row[0] for row in found[1:]] == sorted((o.name for o in officers), reverse=True)
    assert {row[1] for row in found[1:]} == {"137****1111"}
    LeadFactory(unit=tree.town, name="示例减速器项目")
    csv = api.get("/api/v1/leads/", headers={"Accept": "text/csv"})
    assert "示例减速器项目" in b"".join(csv.streaming_content).decode("utf-8-sig")
    assert csv["Content-Type"].startswith("text/csv")

    assert "unit" in assert_problem(api.get("/api/v1/officers/?format=xlsx&unit=0"), 400, "invalid")["fields"]
    assert_problem(api.get("/api/v1/officers/?format=xlsx&ordering=pinyin"), 400, "invalid")
    assert_problem(api.get("/api/v1/officers/?format=pdf"), 404, "not_found")
    assert_problem(api.get(f"/api/v1/officers/{officers[0].pk}/?format=xlsx"), 404, "not_found")
    assert_problem(session_api(Role.OFFICER, tree.county).get("/api/v1/officers/?format=xlsx"), 403, "denied")


def test_every_api_list_with_a_page_is_given_as_a_file():
    pages, lists = {}, {}
    for pattern in patterns(get_resolver().url_patterns):
        view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
        if view and issubclass(view, ListPage):
            pages.setdefault(view.model, set()).add(pattern.name)
        elif view and issubclass(view, ReadViewSet):
            lists[view] = view.list_page
    wrong = {
        view.__name__: page
        for view, page in lists.items()
        if page not in pages.get(view.model, {""})
        or (
            page
            and not issubclass(view.filterset_class, resolve(reverse(page)).func.view_class.filterset_class)
        )
    }
    assert wrong == {}


def patterns(found):
    for one in found:
        yield from [one] if isinstance(one, URLPattern) else patterns(one.url_patterns)


def test_the_api_document_is_whole(tmp_path):
    """No warning (a field whose type it can't tell, two choice sets of one name), and valid OpenAPI."""
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "schema.yml"))
    text = (tmp_path / "schema.yml").read_text()
    for path in ("imports/{id}/confirm/", "imports/kinds/{code}/template/", "imports/{id}/matching/"):
        assert f"/api/v1/{path}:" in text
