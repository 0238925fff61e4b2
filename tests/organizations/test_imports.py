"""Units, members of groups and officers from Excel: preview, all or nothing, undo."""

import io
from datetime import date

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from common import imports
from common.errors import Denied, Refused
from common.models import ImportBatch, ImportRow
from organizations import services as org
from organizations.choices import Role
from organizations.models import GroupMembership, Officer, Unit, UnitAlias
from tests.support.clients import client_for, client_of, user_with
from tests.support.factories import (
    TESTS,
    GroupFactory,
    MembershipFactory,
    OfficerFactory,
    PostFactory,
    UnitAliasFactory,
)
from tests.support.suite import state_of

pytestmark = pytest.mark.django_db
PHONE = "13700001111"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def clerk(tree):
    return user_with(Role.BUREAU_STAFF, tree.county)


def sheet(header, *rows):
    book = openpyxl.Workbook()
    for row in (header, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def start(clerk, importer, header, *rows):
    return imports.start(
        actor=clerk,
        importer=importer,
        data=sheet(header, *rows),
        filename="名单.xlsx",
        scope_path=clerk.unit.path,
        params={},
    )


def write(clerk, importer, header, *rows):
    batch = start(clerk, importer, header, *rows)
    assert batch.state == ImportBatch.State.PREVIEW, batch.columns
    return imports.confirm(actor=clerk, pk=batch.pk)


def results(batch):
    return list(batch.rows.values_list("result", flat=True))


def problems(batch):
    return {
        row.number: [(p["field"], p["ref"]) for p in row.problems] for row in batch.rows.exclude(problems=[])
    }


UNITS = ("单位名称", "单位代码", "上级单位", "类别", "简称", "启用日期")


def test_units_new_changed_unchanged(clerk, tree):
    """Two new ones of which the second lies below the first; one renamed; one as it is."""
    rows = (
        ("商山新城", "shangshan", None, "园区", None, "2026年1月1日"),
        ("城北街道", "chengbei", "商山新城", "镇", "城北", None),
        ("龙驹镇", "longjuzhai", None, None, None, None),
        ("棣花镇", "dihua", "丹凤县", "镇", None, None),
    )
    batch = start(clerk, "units", UNITS, *rows)
    assert results(batch) == ["new", "new", "changed", "unchanged"]
    assert batch.rows.get(number=4).plan[1] == {"field": "name", "before": "龙驹寨镇"}
    assert not Unit._base_manager.filter(code="shangshan").exists()
    imports.confirm(actor=clerk, pk=batch.pk)
    new, below = Unit._base_manager.get(code="shangshan"), Unit._base_manager.get(code="chengbei")
    assert (new.parent, new.kind, new.valid_from) == (tree.county, "park", date(2026, 1, 1))
    assert (below.parent, below.path, below.short_name) == (new, f"{new.path}{below.pk:06d}.", "城北")
    tree.town.refresh_from_db()
    assert (tree.town.name, tree.town.pinyin, tree.town.parent) == ("龙驹镇", "longjuzhen ljz", tree.county)
    assert results(start(clerk, "units", UNITS, *rows)) == ["unchanged"] * 4

    imports.undo(actor=clerk, pk=batch.pk, reason="发错文件")
    assert not Unit._base_manager.filter(code__in=("shangshan", "chengbei")).exists()
    tree.town.refresh_from_db()
    assert tree.town.name == "龙驹寨镇"


def test_a_unit_moves_to_another_parent_and_back(clerk, tree):
    batch = write(clerk, "units", UNITS, ("棣花镇", "dihua", "龙驹寨镇", None, None, None))
    tree.second_town.refresh_from_db()
    assert tree.second_town.path.startswith(tree.town.path)
    imports.undo(actor=clerk, pk=batch.pk, reason="回退")
    tree.second_town.refresh_from_db()
    assert tree.second_town.parent == tree.county


def test_wrong_units_are_told_in_their_cells_and_nothing_is_written(clerk, tree):
    batch = start(
        clerk, "units", UNITS,
        ("甲镇", "hekou", None, "镇", None, None),  # the code of a unit in another county
        ("乙镇", None, None, "镇", None, None),
        ("丙镇", "bing", None, "飞地", None, None),
        ("丁镇", "ding", "没有的县", "镇", None, None),
        ("戊镇", "wu", None, "镇", None, "明年"),
        ("己镇", "ji", None, "镇", None, None),
        ("己镇", "ji", None, "镇", None, None),
        ("庚" * 101, "geng", None, "镇", None, None),
        (None, "xin", None, "镇", None, None),
    )  # fmt: skip
    assert problems(batch) == {
        2: [("code", "B2")],
        3: [("code", "B3")],
        4: [("kind", "D4")],
        5: [("parent", "C5")],
        6: [("valid_from", "F6")],
        8: [("name", "A8")],
        9: [("name", "A9")],
        10: [("name", "A10")],
    }
    assert "河口镇" not in str(list(batch.rows.values_list("problems", flat=True)))
    before = state_of(Unit)
    with pytest.raises(Refused, match="wrong"):
        imports.confirm(actor=clerk, pk=batch.pk)
    assert state_of(Unit) == before
    marked = openpyxl.load_workbook(io.BytesIO(imports.marked_file(batch))).active
    assert "hekou" in marked["B2"].comment.text


def test_all_or_nothing(clerk, tree, monkeypatch):
    """The second row breaks while it is written: the first is not there either."""
    made = org.unit_create

    def breaks(**values):
        if values["name"] == "乙镇":
            raise RuntimeError("power cut")
        return made(**values)

    monkeypatch.setattr("organizations.imports.units.unit_create", breaks)
    batch = start(
        clerk, "units", UNITS, ("甲镇", "jia", None, "镇", None, None), ("乙镇", "yi", None, "镇", None, None)
    )
    before = state_of(Unit)
    with pytest.raises(RuntimeError):
        imports.confirm(actor=clerk, pk=batch.pk)
    assert state_of(Unit) == before


def test_what_was_touched_later_is_not_undone(clerk, tree):
    new = write(clerk, "units", UNITS, ("甲镇", "jia", None, "镇", None, None))
    unit = Unit._base_manager.get(code="jia")
    alias = UnitAliasFactory(unit=unit)
    with pytest.raises(Refused, match="in use"):
        imports.undo(actor=clerk, pk=new.pk, reason="x")
    alias.delete()
    later = write(clerk, "units", UNITS, ("甲镇", "jia", None, "镇", None, None))
    with pytest.raises(Refused, match="later import"):
        imports.undo(actor=clerk, pk=new.pk, reason="x")
    imports.undo(actor=clerk, pk=later.pk, reason="x")
    org.unit_update(actor=TESTS, pk=unit.pk, version=None, short_name="甲")
    with pytest.raises(Refused, match="changed after"):
        imports.undo(actor=clerk, pk=new.pk, reason="x")
    assert Unit._base_manager.filter(code="jia").exists()


OFFICERS = ("姓名", "单位", "电话", "职务", "到岗日期")


def test_officers_new_changed_unchanged(clerk, tree):
    post = PostFactory(unit=tree.town, name="招商办主任")
    known = OfficerFactory(unit=tree.town, name="周敏", phone="13812341234")
    namesake = OfficerFactory(unit=tree.second_town, name="周敏")
    batch = start(
        clerk, "officers", OFFICERS,
        ("周敏", "龙驹寨镇", PHONE, None, None),
        ("李想", "龙驹寨镇", None, "招商办主任", date(2026, 3, 1)),
        ("周敏", "棣花镇", None, None, None),
    )  # fmt: skip
    assert results(batch) == ["changed", "new", "unchanged"]
    assert batch.rows.get(number=2).plan[1] == {"field": "phone", "before": "138****1234"}
    imports.confirm(actor=clerk, pk=batch.pk)
    known.refresh_from_db()
    assert (known.phone, known.version) == (PHONE, 2)
    new = Officer._base_manager.get(name="李想")
    assert (new.unit, new.post, new.joined_on, new.pinyin) == (
        tree.town,
        post,
        date(2026, 3, 1),
        "lixiang lx",
    )
    imports.undo(actor=clerk, pk=batch.pk, reason="发错文件")
    known.refresh_from_db()
    assert known.phone == "13812341234"
    assert set(Officer._base_manager.all()) == {known, namesake}


def test_wrong_officers(clerk, tree):
    for phone in ("1", "2"):
        OfficerFactory(unit=tree.town, name="王强", phone=phone)
    batch = start(
        clerk, "officers", OFFICERS,
        ("王强", "龙驹寨镇", "3", None, None),
        ("王强", "龙驹寨镇", "2", None, None),
        ("李想", "龙驹寨镇", None, "局长", None),
        ("", "龙驹寨镇", None, None, None),
    )  # fmt: skip
    assert problems(batch) == {2: [("name", "A2")], 4: [("post", "D4")], 5: [("name", "A5")]}


def test_an_unknown_unit_is_matched_once_and_learned(clerk, tree):
    batch = start(clerk, "officers", OFFICERS, ("李想", "龙驹寨街办", None, None, None))
    assert batch.state == ImportBatch.State.MAPPING
    batch = imports.remap(
        actor=clerk, pk=batch.pk, sheet=batch.sheet, header_row=batch.header_row, columns=batch.columns,
        names={"龙驹寨街办": tree.town.pk},
    )  # fmt: skip
    assert results(batch) == ["new"]
    assert UnitAlias.objects.get().unit == tree.town
    assert results(start(clerk, "officers", OFFICERS, ("李想", "龙驹寨街办", None, None, None))) == ["new"]


MEMBERS = ("赛区", "单位", "起始日期", "截止日期", "参加排名", "排序")


def test_members_new_changed_unchanged(clerk, tree):
    group = GroupFactory(owner=tree.county, name="镇组", code="towns")
    begin = date(2026, 1, 1)
    known = MembershipFactory(group=group, unit=tree.town, valid=(begin, None))
    batch = start(
        clerk, "memberships", MEMBERS,
        ("镇组", "龙驹寨镇", "2026/1/1", "2026-06-30", "否", 3),
        ("towns", "棣花镇", "2026-01-01", None, "是", None),
    )  # fmt: skip
    assert results(batch) == ["changed", "new"]
    shown = {step["field"]: step["before"] for step in batch.rows.get(number=2).plan[1:]}
    assert set(shown) == {"ends", "ranked", "sort"}
    imports.confirm(actor=clerk, pk=batch.pk)
    known.refresh_from_db()
    assert (known.valid.upper, known.ranked, known.sort) == (date(2026, 7, 1), False, 3)
    new = GroupMembership.objects.get(unit=tree.second_town)
    assert (new.valid.lower, new.valid.upper, new.ranked) == (begin, None, True)
    imports.undo(actor=clerk, pk=batch.pk, reason="回退")
    known.refresh_from_db()
    assert (known.valid.upper, known.ranked, known.sort) == (None, True, 0)
    assert list(GroupMembership.objects.all()) == [known]


def test_wrong_members(clerk, tree):
    group = GroupFactory(owner=tree.county, name="镇组", code="towns")
    GroupFactory(owner=tree.other_county, name="外县组")
    MembershipFactory(group=group, unit=tree.town, valid=(date(2026, 1, 1), None))
    batch = start(
        clerk, "memberships", MEMBERS,
        ("外县组", "龙驹寨镇", None, None, None, None),
        ("镇组", "龙驹寨镇", "2026-05-01", None, None, None),  # it is in the group since January
        ("镇组", "棣花镇", "2026-05-01", "2026-04-30", None, None),
        ("镇组", "棣花镇", "2026-05-01", None, "也许", "-1"),
    )  # fmt: skip
    assert problems(batch) == {
        2: [("group", "A2")],
        3: [("begins", "C3")],
        4: [("ends", "D4")],
        5: [("ranked", "E5"), ("sort", "F5")],
    }


@pytest.mark.parametrize("code", ["units", "memberships", "officers"])
def test_the_template_is_known_to_its_import(clerk, tree, code):
    """Downloaded, with one row typed into it and sent back: every column is matched without asking."""
    GroupFactory(owner=tree.county, name="镇组", code="towns")
    client = client_of(clerk)
    data = client.get(reverse("directory_template", args=[code])).content
    book = openpyxl.load_workbook(io.BytesIO(data))
    importer = imports.importer_of(code)
    typed = {"name": "新单位", "code": "xin", "kind": "镇", "unit": "龙驹寨镇", "group": "镇组"}
    for number, column in enumerate(importer.columns, start=1):
        book.worksheets[0].cell(2, number, typed.get(column[0]))
    out = io.BytesIO()
    book.save(out)
    url = f"{reverse('import_list')}?importer={code}"
    assert client.get(url).context["title"] == importer.title
    response = client.post(url, {"unit": clerk.unit_id, "file": io.BytesIO(out.getvalue())})
    assert response.status_code == 302, response.context["form"].errors
    batch = ImportBatch._base_manager.get()
    assert list(batch.columns.values()) == [column[0] for column in importer.columns]
    assert results(batch) == ["new"]
    page = client.get(response["Location"]).content.decode()
    assert "龙驹寨镇" in page or "新单位" in page
    client.post(response["Location"], {"action": "confirm"})
    assert list(ImportRow.objects.values_list("fate", flat=True)) == ["applied"]
    assert client.get(response["Location"]).status_code == 200


def test_who_only_reads_imports_sees_no_telephone_numbers(clerk, tree):
    batch = start(clerk, "officers", OFFICERS, ("李想", "龙驹寨镇", PHONE, None, None))
    reader = client_for(Role.LEADER, tree.county)
    for name in ("import_detail", "import_file", "import_marked"):
        assert reader.get(reverse(name, args=[batch.pk])).status_code == 403
    imports.confirm(actor=clerk, pk=batch.pk)
    page = reader.get(reverse("import_detail", args=[batch.pk]))
    assert (page.status_code, PHONE in page.content.decode()) == (200, False)
    assert reader.get(reverse("import_file", args=[batch.pk])).status_code == 403


def test_lists_lead_to_their_import(clerk, tree):
    client = client_of(clerk)
    for name, code in (("unit_list", "units"), ("group_list", "memberships"), ("officer_list", "officers")):
        wanted = f"{reverse('import_list')}?importer={code}"
        assert wanted in client.get(reverse(name)).content.decode()
        assert wanted not in client_for(Role.LEADER, tree.county).get(reverse(name)).content.decode()
    assert imports.default() == "figures"


def test_another_countys_directory_is_not_touched(clerk, tree):
    with pytest.raises(Denied):
        imports.start(
            actor=clerk, importer="units", data=sheet(UNITS, ("甲镇", "jia", None, "镇", None, None)),
            filename="a.xlsx", scope_path=tree.other_county.path, params={},
        )  # fmt: skip
    batch = start(clerk, "units", UNITS, ("河口镇", None, "青石县", "镇", None, None))
    assert problems(batch) == {2: [("parent", "C2")]}
    batch = start(clerk, "memberships", MEMBERS, ("没有", "河口镇", None, None, None, None))
    assert batch.state == ImportBatch.State.MAPPING
