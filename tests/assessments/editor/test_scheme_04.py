"""The published method of docs/examples/specialist-teams.yaml, entered through the forms alone."""

import pytest

from assessments.models import SchemeVersion
from rules import scheme as rules
from tests.support.schemes import document

pytestmark = pytest.mark.django_db

ROW = "groups/0/{}/{}"


def new(clerk, kind, pattern, **answers):
    """An indicator by its questions; its address."""
    leads = clerk.fill(f"groups/0/{kind}/new", f"?pattern={pattern}", **answers)
    return leads.partition("/edit/")[2].strip("/")


def test_the_forms_give_the_same_hash_as_the_file(clerk, draft):
    clerk.fill("", title="产业专班招商引资绩效评价", period="quarter")
    clerk.fill("groups/0", title="产业专班", code="teams")
    new(
        clerk,
        "indicators",
        "completion",
        title="新引进省外亿元项目数量",
        full="30",
        figure="新引进省外亿元项目",
        unit="count",
    )
    new(
        clerk,
        "indicators",
        "completion",
        title="当年实际到位资金",
        full="20",
        figure="当年实际到位资金",
        unit="yuan",
    )
    new(
        clerk,
        "indicators",
        "ratio",
        title="产业契合度",
        full="20",
        part="所属产业新项目",
        whole="新引进省外亿元项目",
    )
    new(
        clerk, "indicators", "juries", title="捆绑载体单位打分", full="15",
        who1="捆绑园区评分", weight1="70", who2="捆绑乡镇评分", weight2="30",
    )  # fmt: skip
    new(clerk, "indicators", "jury", title="捆绑招商工作队打分", full="15", figure="工作队评分")
    new(clerk, "bonuses", "items", title="请县领导外出", each="0.5", most="3")
    new(clerk, "bonuses", "items", title="外出推介会", each="3")
    new(clerk, "bonuses", "items", title="活动有效线索", each="0.5")
    new(clerk, "bonuses", "beyond", title="超目标项目", figure="新引进省外亿元项目", each="2", most="6")
    new(
        clerk, "bonuses", "classes", title="重大项目",
        class1="50亿元以上且投资过百分之五", each1="8", class2="10亿元以上且投资过百分之五", each2="4",
    )  # fmt: skip
    new(clerk, "bonuses", "items", title="五百强", figure="五百强投资方", each="10")

    row = SchemeVersion.objects.unscoped(reason="test").get(pk=draft.pk)
    scheme, problems = rules.read(row.document)
    assert problems == ()
    wanted, _problems = rules.read(document())
    titles = {one.title: code for code, one in wanted.inputs.items()}
    for code, one in scheme.inputs.items():
        clerk.fill(f"inputs/{code}", code=titles[one.title], unit=wanted.inputs[titles[one.title]].unit)
    for kind in ("indicators", "bonuses"):
        for number, one in enumerate(getattr(wanted.groups[0], kind)):
            clerk.fill(ROW.format(kind, number), code=one.code)
    row.refresh_from_db()
    assert row.document == rules.write(wanted)
    assert row.sha256 == rules.sha256(wanted)
