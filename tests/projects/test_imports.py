"""Running projects from Excel: taken over with their stage, changed, refused in their cells, taken back whole."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation

from common import imports
from common.errors import Refused
from common.models import ImportBatch
from leads.models import Investor, Lead
from ledger.choices import Cause, Kind, Role
from ledger.models import Posting
from organizations.choices import Role as Held
from projects.models import Project
from tests.support.clients import user_with
from tests.support.factories import OfficerFactory
from tests.support.factories_leads import yuan
from tests.support.factories_projects import dollars, industry

pytestmark = pytest.mark.django_db
CODE = "91350100M000100Y43"  # GB 32100-2015, its own example
HEADER = (
    "协议编号", "单位", "项目名称", "投资方", "行业代码", "签约日期", "协议投资额（万元）", "币种", "阶段", "阶段日期", "专员",
    "项目公司", "项目公司信用代码", "固定资产投资（万元）",
)  # fmt: skip


@pytest.fixture(autouse=True)
def english(pipeline):
    yuan()
    industry("3981")
    with translation.override("en"):
        yield


@pytest.fixture
def clerk(tree):
    OfficerFactory(unit=tree.town, name="宋样例")
    return user_with(Held.BUREAU_STAFF, tree.county)


def start(clerk, *rows):
    book = openpyxl.Workbook()
    for row in (HEADER, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    batch = imports.start(
        actor=clerk, importer="projects", data=out.getvalue(), filename="项目.xlsx", scope_path=clerk.unit.path,
        params={},
    )  # fmt: skip
    assert batch.state == ImportBatch.State.PREVIEW, batch.columns
    return batch


def full(tree, **values):
    given = {
        "协议编号": "示例协1", "单位": tree.town.name, "项目名称": "示例电路板项目", "投资方": "星漪电子（示例）有限公司",
        "行业代码": "3981", "签约日期": date(2025, 3, 10), "协议投资额": 86000, "阶段": "开工", "阶段日期": "2026年2月1日",
        "专员": "宋样例", "固定资产投资": "6亿元", **values,
    }  # fmt: skip
    return tuple(given.get(name.split("（")[0]) for name in HEADER)


def sums():
    """What counts in the assessed dimension: {kind: sum}."""
    found = {}
    for line in Posting._base_manager.filter(role=Role.ASSESSED):
        found[line.kind] = found.get(line.kind, Decimal(0)) + line.base_qty
    return {kind: total for kind, total in found.items() if total}


def problems(batch):
    return {row.number: {p["field"] for p in row.problems} for row in batch.rows.exclude(problems=[])}


def test_a_running_project_is_taken_over_and_back(clerk, tree):
    """860 million yuan; started, so registered and permitted by then too."""
    row = full(tree)
    batch = start(clerk, row)
    assert not Project._base_manager.exists()
    imports.confirm(actor=clerk, pk=batch.pk)
    project = Project._base_manager.get()
    assert (project.contract_amount, project.fixed_assets) == (860_000_000, 600_000_000)
    assert (project.stage.code, project.stage_on, project.is_opening) == ("started", date(2026, 2, 1), True)
    assert (project.lead.officer.name, project.host, project.unit) == ("宋样例", tree.town, tree.town)
    assert sums() == {
        Kind.SIGNED: 1, Kind.CONTRACT: 860_000_000, Kind.REGISTERED: 1, Kind.PERMITTED: 1, Kind.STARTED: 1,
    }  # fmt: skip
    assert set(Posting._base_manager.values_list("cause", flat=True)) == {Cause.OPENING}
    assert list(start(clerk, row).rows.values_list("result", flat=True)) == ["unchanged"]

    imports.undo(actor=clerk, pk=batch.pk, reason="重复导入")
    assert sums() == {}
    assert not Project._base_manager.filter(archived_at=None).exists()
    assert not Lead._base_manager.filter(archived_at=None).exists()


def test_facts_change_and_amounts_do_not(clerk, tree):
    imports.confirm(actor=clerk, pk=start(clerk, full(tree)).pk)
    batch = start(clerk, full(tree, 项目公司="云杉星漪（示例）有限公司", 项目公司信用代码=CODE))
    assert list(batch.rows.values_list("result", flat=True)) == ["changed"]
    imports.confirm(actor=clerk, pk=batch.pk)
    assert Project._base_manager.get().registered_code == CODE
    assert problems(start(clerk, full(tree, 协议投资额=90000, 阶段="投产"))) == {2: {"amount", "stage"}}
    imports.undo(actor=clerk, pk=batch.pk, reason="回退")
    assert Project._base_manager.get().registered_code == ""


def test_wrong_rows(clerk, tree):
    dollars(on=date(2026, 6, 1))
    batch = start(
        clerk,
        full(tree),
        full(tree, 协议编号="示例协2", 阶段="封顶"),
        full(tree, 协议编号="示例协3", 阶段="停滞"),
        full(tree, 协议编号="示例协4", 阶段日期=date(2025, 1, 1)),
        full(tree, 协议编号="示例协5", 签约日期=date(2999, 1, 1), 阶段日期=date(2999, 1, 2)),
        full(tree, 协议编号="示例协6", 行业代码=None, 投资方=None),
        full(tree, 协议编号="示例协7", 币种="USD"),  # no rate on that day
        full(tree, 协议编号="示例协8", 项目公司信用代码="123"),
        full(tree, 协议编号=None, 项目名称="无编号"),
        full(tree),
    )
    assert problems(batch) == {
        3: {"stage"}, 4: {"stage"}, 5: {"stage_on"}, 6: {"signed_on", "stage_on"}, 7: {"industry", "investor"},
        8: {"currency"}, 9: {"registered_code"}, 10: {"agreement_number"}, 11: {"agreement_number"},
    }  # fmt: skip
    with pytest.raises(Refused, match="wrong"):
        imports.confirm(actor=clerk, pk=batch.pk)
    imports.confirm(actor=clerk, pk=batch.pk, park=True)
    assert Project._base_manager.count() == Investor._base_manager.count() == 1
