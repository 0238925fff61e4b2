"""What senders write above their columns, and what it means to us."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy

# Words in senders' headers. They are language, not rules: a word that is missing is matched by hand once.
WORDS: dict[str, tuple[str, ...]] = {
    "code": ("单位代码", "代码", "单位编码", "编码", "unit code", "code"),
    "year": ("年份", "年度", "年", "year"),
    "period": ("月份", "月", "month"),
    "unit": (
        "单位",
        "单位名称",
        "名称",
        "镇办",
        "镇(办)",
        "县区",
        "县(市、区)",
        "县市区",
        "部门",
        "级别",
        "责任单位",
        "unit",
        "unit name",
    ),
    "ytd": ("累计完成", "累计到位资金", "累计到位", "本年累计", "完成数", "累计", "year to date"),
    "month": ("本月完成", "当月完成", "本月到位资金", "this month"),
    "target": ("年度目标", "年度目标任务", "目标任务", "年计划", "任务数", "annual target"),
    "rate": ("占年度目标任务", "完成率", "完成比例", "completion rate"),
    "growth": ("同比", "增速", "同比增长", "growth"),
    "points": ("比时间进度", "超欠进度", "快(+)/慢(-)于时间进度", "points to schedule"),
    "rank": ("排序", "排名", "名次", "位次", "rank"),
    "remark": ("备注", "说明", "remarks"),
}
LABELS = {
    "ytd": gettext_lazy("year to date"),
    "month": gettext_lazy("this month"),
    "target": gettext_lazy("annual target"),
    "rate": gettext_lazy("published rate"),
    "growth": gettext_lazy("published growth"),
    "points": gettext_lazy("published points to schedule"),
    "rank": gettext_lazy("published rank"),
}
VALUES = ("ytd", "month", "target")
PUBLISHED = ("rate", "growth", "points", "rank")
IMPLIED = re.compile("推算|隐含|implied")
SCALES = {"亿": "yi", "100 million": "yi", "万": "wan", "10 thousand": "wan", "": "yuan"}
# At the end of the title or of a part of it: "多元化投资" names no unit.
_SCALE = re.compile(
    r"(亿|万|100 million|10 thousand|)\s*(?:美?元|yuan|US dollars)\s*(?:$|[()（）\[\]【】,，;；/])",
    re.IGNORECASE,
)


def scale_of(title: str) -> str:
    """The unit of money that a header names: "到位资金(万元)" and "外资（万美元）" → "wan"; "" when it names none."""
    found = _SCALE.search(title)
    return SCALES[found[1].lower()] if found else ""
