"""Leads from Excel: new and changed ones, what is wrong beside its cell, likely duplicates, all or nothing, undo.

Names, numbers and companies are invented; the credit code is the example of GB 32100-2015.
"""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from common import imports
from common.errors import Denied, Refused
from common.models import ImportBatch
from leads.models import Contact, FirstContact, Handover, Investor, Lead
from ledger.models import Posting
from organizations.choices import Role
from organizations.models import User
from tests.support.clients import client_of, user_with
from tests.support.factories import OfficerFactory, RoleGrantFactory, UnitFactory
from tests.support.factories_leads import IntroducerFactory, InvestorFactory, LeadFactory, yuan
from tests.support.factories_projects import dollars, industry
from tests.support.pipeline import ask

pytestmark = pytest.mark.django_db
CODE = "91350100M000100Y43"
HEADER = (
    "编号", "单位", "专员", "项目名称", "投资方", "统一社会信用代码", "行业代码", "计划投资（万元）", "币种", "用地（亩）",
    "来源", "引荐人", "联系人", "联系电话", "下一步", "下一步日期",
)  # fmt: skip


@pytest.fixture(autouse=True)
def english(pipeline):
    yuan()
    industry("3981")
    with translation.override("en"):
        yield


@pytest.fixture
def clerk(tree):
    return user_with(Role.BUREAU_STAFF, tree.county)


@pytest.fixture
def officer(tree):
    return OfficerFactory(unit=tree.town, name="宋样例")


def sheet(*rows, header=HEADER):
    book = openpyxl.Workbook()
    for row in (header, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def start(clerk, *rows, header=HEADER):
    data = sheet(*rows, header=header)
    batch = imports.start(
        actor=clerk, importer="leads", data=data, filename="线索.xlsx", scope_path=clerk.unit.path, params={}
    )
    assert batch.state == ImportBatch.State.PREVIEW, batch.columns
    return batch


def line(**values):
    """A row by the header's names; what isn't said stays empty."""
    return tuple(values.get(name.split("（")[0]) for name in HEADER)


def full(tree, **values):
    given = {
        "单位": tree.town.name, "专员": "宋样例", "项目名称": "示例减速器项目", "投资方": "澜序机械（示例）有限公司",
        "行业代码": "3981", "计划投资": "3.2亿元", "用地": 60, "来源": "展会活动", "联系人": "沈样例", "联系电话": "10000000001",
        "下一步": "考察", "下一步日期": date(2026, 12, 1), **values,
    }  # fmt: skip
    return line(**given)


def source(code):
    """The word of a source in the language that is active."""
    return str(dict(Lead._meta.get_field("source").choices)[code])


def problems(batch):
    return {row.number: {p["field"] for p in row.problems} for row in batch.rows.exclude(problems=[])}


def counted():
    return sum(line.qty for line in Posting._base_manager.filter(kind="lead.handed_in", role="assessed"))


def test_new_leads_are_registered_as_by_hand(clerk, tree, officer):
    """3.2亿元 is 320 million yuan. The second has neither code nor officer, and is in dollars."""
    dollars()
    IntroducerFactory(unit=tree.county, name="霍样例")
    batch = start(
        clerk,
        full(tree, 来源=source("event"), 统一社会信用代码=CODE.lower()),
        full(tree, 专员=None, 项目名称="示例二号", 投资方="Demo Bay Inc.", 计划投资="1,200", 币种="usd",
             来源=source("agent"), 引荐人="霍样例", 用地=None),
    )  # fmt: skip
    assert list(batch.rows.values_list("result", flat=True)) == ["new", "new"]
    assert not Lead._base_manager.exists()
    imports.confirm(actor=clerk, pk=batch.pk)
    one, two = Lead._base_manager.order_by("pk")
    assert (one.amount, one.land_mu, one.sector) == (Decimal(320_000_000), 60, "secondary")
    assert (one.officer, one.unit, one.investor.credit_code) == (officer, tree.town, CODE)
    assert (one.contact.name, one.contact.phone) == ("沈样例", "10000000001")
    assert (one.next_step, one.next_on, one.stage.code) == ("考察", date(2026, 12, 1), "registered")
    assert (two.amount, two.currency_id, two.introducer.name) == (Decimal(12_000_000), "USD", "霍样例")
    assert two.land_mu is None
    assert counted() == 2
    assert FirstContact._base_manager.count() == Handover._base_manager.count() == 2
    assert one.protected_until is not None

    imports.undo(actor=clerk, pk=batch.pk, reason="发错文件")
    assert not Lead._base_manager.filter(archived_at=None).exists()
    assert not Investor._base_manager.filter(archived_at=None).exists()  # the import had brought them
    assert counted() == 0


def test_what_a_number_names_is_changed_and_given_back(clerk, tree, officer):
    other = OfficerFactory(unit=tree.town, name="梁样例")
    lead = LeadFactory(unit=tree.town, officer=officer, amount=Decimal(50_000_000), number="L2026-000777")
    row = line(
        编号=lead.number,
        单位=tree.town.name,
        项目名称="改名的项目",
        投资方=lead.investor.name,
        计划投资=8000,
        专员="梁样例",
    )
    batch = start(clerk, row)
    changed = {step["field"]: step["before"] for step in batch.rows.get().plan if "field" in step}
    assert changed == {"officer": "宋样例", "name": lead.name, "amount": "5000"}
    imports.confirm(actor=clerk, pk=batch.pk)
    now = Lead._base_manager.get()
    assert (now.name, now.amount, now.officer, now.land_mu) == ("改名的项目", 80_000_000, other, lead.land_mu)
    assert list(start(clerk, row).rows.values_list("result", flat=True)) == ["unchanged"]
    imports.undo(actor=clerk, pk=batch.pk, reason="回退")
    now.refresh_from_db()
    assert (now.name, now.amount, now.officer) == (lead.name, 50_000_000, officer)


def test_wrong_rows_say_where_and_nothing_is_written(clerk, tree, officer):
    """Each row breaks one thing; the numbers are those of the sheet, the header is row 1."""
    held = LeadFactory(unit=tree.town, officer=officer, number="L2026-000778")
    away = LeadFactory(unit=UnitFactory(), number="L2026-000779")
    ask("lead", "registered", "source", "next_step")
    good = {"来源": source("event")}
    batch = start(
        clerk,
        full(tree, **good),
        full(tree, **good, 项目名称="甲", 统一社会信用代码="91350100M000100Y44"),
        full(tree, **good, 项目名称="乙", 行业代码="9999"),
        full(tree, **good, 项目名称="丙", 行业代码="C"),
        full(tree, **good, 项目名称="丁", 计划投资="约三千"),
        full(tree, **good, 项目名称="戊", 专员="无此人"),
        full(tree, 项目名称="己", 来源="道听途说"),
        full(tree, 项目名称="庚", 来源=source("tip")),
        full(tree, **good, 项目名称="辛", 投资方=None),
        full(tree, **good, 项目名称="癸", 联系人=None),
        full(tree, **good, 项目名称="子", 下一步=None),
        full(tree, **good, 项目名称="丑", 引荐人="无此人"),
        full(tree, **good),
        line(编号=held.number, 单位=tree.town.name, 项目名称="寅", 投资方="另一家（示例）"),
        line(编号=away.number, 单位=tree.town.name, 项目名称="卯", 投资方=away.investor.name),
    )  # fmt: skip
    assert problems(batch) == {
        3: {"credit_code"}, 4: {"industry"}, 5: {"industry"}, 6: {"amount"}, 7: {"officer"}, 8: {"source"},
        9: {"tip_from"}, 10: {"investor"}, 11: {"contact_name"}, 12: {"next_step"}, 13: {"introducer"},
        14: {"number"}, 15: {"investor"}, 16: {"number"},
    }  # fmt: skip
    with pytest.raises(Refused, match="wrong"):
        imports.confirm(actor=clerk, pk=batch.pk)
    assert Lead._base_manager.count() == 2
    marked = openpyxl.load_workbook(io.BytesIO(imports.marked_file(batch))).active
    assert "9999" in marked["G4"].comment.text
    assert marked["G2"].comment is None


def test_a_refusal_while_writing_takes_all_back(clerk, tree, officer, monkeypatch):
    """The second row is refused by the service although the preview had let it pass."""
    batch = start(
        clerk,
        full(tree, 来源=source("event")),
        full(tree, 来源=source("event"), 项目名称="示例二号", 投资方="砚川材料（示例）有限公司"),
    )
    from leads.services import hooks

    def refuse(*, actor, lead):
        if lead.name == "示例二号":
            raise Refused("not today")

    monkeypatch.setattr(hooks, "registered", [*hooks.registered, refuse])
    with pytest.raises(Refused, match="not today"):
        imports.confirm(actor=clerk, pk=batch.pk)
    assert not Lead._base_manager.exists()
    assert not Contact._base_manager.exists()


def test_likely_duplicates_are_told_beside_the_row(clerk, tree, officer, client):
    """Another county's lead of the same investor: unit, stage and day are told, its idea is not."""
    there = InvestorFactory(unit=tree.other_county, name="澜序机械（示例）有限公司")
    LeadFactory(unit=tree.other_county, investor=there, name="秘而不宣的项目")
    batch = start(
        clerk, full(tree, 来源=source("event")), full(tree, 来源=source("event"), 投资方="全新家具（示例）厂")
    )
    page = client_of(clerk).get(reverse("import_detail", args=[batch.pk]))
    reasons = [row["reason"] for row in page.context["rows"]]
    assert tree.other_county.name in reasons[0]
    assert "秘而不宣" not in page.content.decode()
    assert reasons[1] == ""
    assert any("1" in warning for warning in page.context["warnings"])


def test_who_may_import_and_the_template(clerk, tree, officer):
    with pytest.raises(Denied):
        start(user_with(Role.LEADER, tree.town), full(tree, 来源=source("event")))
    browser = client_of(clerk)
    assert "importer=leads" in browser.get(reverse("lead_list")).content.decode()
    answer = browser.get(reverse("directory_template", args=["leads"]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    header = [cell.value for cell in book.worksheets[0][1]]
    assert len(header) == 19
    filled = dict.fromkeys(header)
    filled |= {
        gettext("unit"): tree.town.name,
        gettext("project idea"): "甲",
        gettext("investor"): "乙（示例）",
        gettext("source"): source("event"),
    }
    batch = start(clerk, tuple(filled.values()), header=header)
    assert not problems(batch)


def test_an_officer_brings_his_own_list(tree, officer):
    """He imports leads into his own unit, follows his own file and no other, and gets nothing else to import."""
    user = user_with(Role.OFFICER, tree.town)
    other = user_with(Role.OFFICER, tree.town)
    own = OfficerFactory(unit=tree.town, name="祝样例", user=user)
    assert problems(start(user, full(tree, 来源=source("event")))) == {2: {"officer"}}  # a colleague's lead
    batch = start(user, full(tree, 来源=source("event"), 专员=None))
    assert not problems(batch)
    client = client_of(user)
    assert client.get(reverse("import_detail", args=[batch.pk])).status_code == 200
    assert client_of(other).get(reverse("import_detail", args=[batch.pk])).status_code == 404
    imports.confirm(actor=user, pk=batch.pk)
    lead = Lead.objects.visible_to(user).get()
    assert (lead.name, lead.unit, lead.officer) == ("示例减速器项目", tree.town, own)
    offered = [tab["url"] for tab in client.get(reverse("import_list")).context["tabs"]]
    assert "?importer=leads" in offered
    assert not {"?importer=figures", "?importer=units", "?importer=officers"} & set(offered)
    assert client.get(reverse("import_list") + "?importer=figures").status_code == 403
    assert client.get(reverse("directory_template", args=["units"])).status_code == 403
    with pytest.raises(Denied):
        imports.start(
            actor=user, importer="leads", data=sheet(full(tree)), filename="x.xlsx",
            scope_path=tree.county.path, params={},
        )  # fmt: skip


def test_an_officer_of_one_unit_needs_not_write_it(tree):
    """A file without the column and a row with an empty cell are his unit's; who enters for more must say which."""
    user = user_with(Role.OFFICER, tree.town)
    OfficerFactory(unit=tree.town, user=user)
    rest = [name for name in HEADER if name != "单位"]
    row = dict(zip(HEADER, full(tree, 来源=source("event"), 专员=None), strict=True))
    batch = start(user, tuple(row[name] for name in rest), header=rest)
    assert not problems(batch)
    assert not problems(start(user, tuple({**row, "单位": None}.values())))
    imports.confirm(actor=user, pk=batch.pk)
    assert Lead._base_manager.get().unit == tree.town

    RoleGrantFactory(user=user, unit=tree.other_town)
    unnamed = tuple({**row, "单位": None, "项目名称": "示例三号"}.values())
    wider = User._base_manager.select_related("unit").get(pk=user.pk)
    assert problems(start(wider, unnamed)) == {2: {"unit"}}
    assert problems(start(user_with(Role.BUREAU_STAFF, tree.county), unnamed)) == {2: {"unit"}}
