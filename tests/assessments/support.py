"""A small county with a clerk, two towns and a department, and sheets as senders make them."""

import io
from datetime import date

import openpyxl

from assessments import services
from assessments.models import ImportedFigure, Target
from common import imports
from common.actors import System
from organizations import services as org
from organizations.models import User
from rules.periods import Month

TESTS = System("tests")
PASSWORD = "Danfeng-2026-y"
JUNE = {
    "year": 2023,
    "month": 6,
    "measures": ["capital"],
    "scale": "wan",
    "target_kind": "firm",
    "holds_from": 1,
    "implied": False,
}
HEADER = ["单位", "年度目标（万元）", "累计完成（万元）"]


def sheet(header, *rows, title="2023年1-6月完成情况", name="Sheet1", others=()):
    """A sender's .xlsx: a title, a header, rows; further sheets as (name, rows)."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = name
    for row in ([title], header, *rows):
        page.append(list(row))
    for other, lines in others:
        added = book.create_sheet(other)
        for line in lines:
            added.append(list(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class County:
    """丹凤县 with its group of towns. `clerk` keeps it, `head` leads one of its towns."""

    def __init__(self):
        make = org.unit_create
        self.city = make(actor=TESTS, parent=None, name="商洛市", code="shangluo", kind="city")
        self.unit = make(actor=TESTS, parent=self.city, name="丹凤县", code="danfeng", kind="county")
        self.dihua = make(actor=TESTS, parent=self.unit, name="棣花镇", code="dihua", kind="town", sort=1)
        self.shangzhen = make(
            actor=TESTS, parent=self.unit, name="商镇", code="shangzhen", kind="town", sort=2
        )
        self.zhulinguan = make(
            actor=TESTS, parent=self.unit, name="竹林关镇", code="zhulinguan", kind="town", sort=3
        )
        self.elsewhere = make(actor=TESTS, parent=self.city, name="洛南县", code="luonan", kind="county")
        self.towns = (self.dihua, self.shangzhen, self.zhulinguan)
        self.group = org.group_create(actor=TESTS, owner=self.unit, code="towns", name="镇组")
        for order, town in enumerate(self.towns):
            org.membership_add(actor=TESTS, group=self.group, unit=town, begins=date(2020, 1, 1), sort=order)
        self.capital = services.measure_create(actor=TESTS, code="capital", name="到位资金", unit="yuan")
        self.signed = services.measure_create(
            actor=TESTS, code="signed", name="签约项目", unit="count", sort=1
        )
        self.table = self.make_table()
        self.clerk = self.person("clerk", "bureau_staff", self.unit)

    def make_table(self, code="towns-capital", **changes):
        values = {"group": self.group, "measure": self.capital, "name": "到位资金", "rank_by": "completion"}
        return services.rankingtable_create(actor=TESTS, code=code, **{**values, **changes})

    def person(self, username, role, unit):
        user = org.user_create(
            actor=TESTS, username=username, name=username, unit=unit, password="Danfeng-2026-x"
        )
        org.password_set(actor=TESTS, user=user, password=PASSWORD)
        org.role_grant(actor=TESTS, user=user, role=role, unit=unit, valid_from=date(2020, 1, 1))
        return User._base_manager.get(pk=user.pk)

    def start(self, data, filename="六月.xlsx", **params):
        sheet_name = params.pop("sheet", "")
        return imports.start(
            actor=self.clerk, importer="figures", data=data, filename=filename, scope_path=self.unit.path,
            params={**JUNE, **params}, sheet=sheet_name,
        )  # fmt: skip

    def write(self, *rows, header=HEADER, park=False, filename="六月.xlsx", **params):
        """Import rows of (unit, target, done) and confirm them; the confirmed batch."""
        batch = self.start(sheet(header, *rows), filename, **params)
        assert batch.state == "preview", imports.unknown_names(batch)
        return imports.confirm(actor=self.clerk, pk=batch.pk, park=park)

    def compute(self, month="2023-06", through=None, table=None):
        """The month's run, read back; its lines by unit code."""
        run, _new = services.run_compute(
            actor=self.clerk,
            table=table or self.table,
            month=Month.parse(month),
            data_through=through and Month.parse(through),
        )
        return run

    def figures(self, **where):
        return ImportedFigure.objects.unscoped(reason="tests").filter(**where)

    def current(self, unit, measure="capital", **where):
        return self.figures(unit=unit, measure__code=measure, superseded_at=None, **where).get()

    def targets(self, **where):
        return Target.objects.unscoped(reason="tests").filter(**where)

    def measure(self, **values):
        return services.measure_create(actor=TESTS, **values)
