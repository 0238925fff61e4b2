"""A part of the demo: published tables of four places, brought in the way a clerk brings them in.

Each table becomes an Excel file as its sender would have made it, is imported, confirmed, ranked and
published by the services; nothing is written past them. Facts and sources stand in the YAML files.
"""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from openpyxl import Workbook
from openpyxl.styles import Font

from assessments import services
from assessments.models import Measure, RankingRun, RankingTable
from common import imports
from common.errors import Refused
from organizations import demo
from organizations import services as org
from organizations.choices import Role, UnitKind
from organizations.demo import DEMO, ROOT, Account, account_make, unit
from organizations.models import CompetitionGroup, Unit, User
from rules.periods import Month

FOLDER = Path(__file__).resolve().parent
PLACES = ("danfeng", "suzhou", "luan", "kaiping")
BUREAU = "demo-bureau"


ACCOUNTS = (
    Account("clerk", "演示·考核员", Role.BUREAU_STAFF, ROOT),
    Account("leader", "演示·分管领导", Role.LEADER, ROOT),
    Account("committee", "演示·评审委员", Role.COMMITTEE, ROOT),
    Account("evaluator", "演示·考评员", Role.EVALUATOR, ROOT),
    Account("finance", "演示·财务", Role.FINANCE, ROOT),
    Account("head", "演示·棣花镇负责人", Role.UNIT_HEAD, "danfeng-dihua"),
    Account("officer", "演示·招商专员", Role.OFFICER, "danfeng-dihua"),
    Account("client", "演示·政务服务中心", Role.SERVICE_CLIENT, "danfeng"),
    Account("sysadmin", "演示·系统管理员", Role.SYSTEM_ADMIN, ROOT),
    Account("secadmin", "演示·安全管理员", Role.SECURITY_ADMIN, ROOT),
    Account("auditor", "演示·审计管理员", Role.AUDIT_ADMIN, ROOT),
)


def is_loaded() -> bool:
    return Unit.objects.unscoped(reason="is the demo here").filter(code=ROOT).exists()


@transaction.atomic
def load() -> dict[str, int]:
    """Load the demo into an empty installation. Raises Refused when there are other units already."""
    if Unit.objects.unscoped(reason="only into an empty installation").exists():
        raise Refused("This installation already has units. The demo is only loaded into an empty one.")
    root = org.unit_create(
        actor=DEMO, parent=None, name="公开通报示例", short_name="示例", code=ROOT, kind=UnitKind.REGION
    )
    bureau = org.unit_create(
        actor=DEMO, parent=root, name="演示招商局", code=BUREAU, kind=UnitKind.BUREAU, sort=0
    )
    places = [yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")) for name in PLACES]
    for number, place in enumerate(places, start=1):
        _units(place, root, number)
    _accounts(bureau)
    clerk = User.objects.unscoped(reason="the demo's clerk").get(username="clerk")
    for place in places:
        make_measures(place)
        make_groups(place)
        make_tables(place)
        for file in place["files"]:
            import_file(file, clerk)
        publish_runs(place, clerk)
    _people()
    return {
        "units": Unit.objects.unscoped(reason="count").count(),
        "runs": RankingRun.objects.unscoped(reason="count").count(),
    }


def _units(place: dict[str, Any], root: Unit, number: int) -> None:
    made: dict[str, Unit] = {}
    for order, row in enumerate(place["units"]):
        parent = made[row["parent"]] if "parent" in row else root
        made[row["code"]] = org.unit_create(
            actor=DEMO,
            parent=parent,
            name=row["name"],
            short_name=row.get("short_name", ""),
            code=row["code"],
            kind=row["kind"],
            sort=number * 100 + order,
        )
        for alias in row.get("aliases", ()):
            org.alias_add(actor=DEMO, unit=made[row["code"]], name=alias)


def make_groups(place: dict[str, Any]) -> None:
    for order, row in enumerate(place["groups"]):
        group = org.group_create(
            actor=DEMO, owner=unit(row["owner"]), code=row["code"], name=row["name"], sort=order
        )
        begins = date.fromisoformat(str(row["from"]))
        for position, code in enumerate([*row["members"], *row.get("unranked", ())]):
            ranked = code in row["members"]
            org.membership_add(
                actor=DEMO,
                group=group,
                unit=unit(code),
                begins=begins,
                ranked=ranked,
                in_total=ranked and not row.get("no_sum"),
                sort=position,
            )


def make_measures(place: dict[str, Any]) -> None:
    for order, row in enumerate(place["measures"]):
        parts = {
            key: Measure.objects.unscoped(reason="demo data").get(code=row[key])
            for key in ("numerator", "denominator")
            if key in row
        }
        services.measure_create(actor=DEMO, **{"sort": order, **row, **parts})


def make_tables(place: dict[str, Any]) -> None:
    for row in place["tables"]:
        values = dict(row)
        values["group"] = CompetitionGroup.objects.unscoped(reason="demo data").get(code=row["group"])
        for key in ("measure", "tie_measure"):
            if key in row:
                values[key] = Measure.objects.unscoped(reason="demo data").get(code=row[key])
        if "reported_total" in row:
            values["reported_total"] = unit(row["reported_total"])
        services.rankingtable_create(actor=DEMO, **values)


def sheet_file(file: dict[str, Any]) -> bytes:
    """The sender's workbook: a title, a header, rows; one sheet for each printed table."""
    book = Workbook()
    del book["Sheet"]
    for table in file["sheets"]:
        sheet = book.create_sheet(table["sheet"])
        sheet.append([table["title"]])
        sheet["A1"].font = Font(bold=True, size=14)
        sheet.append(table["header"])
        for row in table["rows"]:
            sheet.append([Decimal(str(v)) if isinstance(v, float) else v for v in row])
        for column in "ABCDEF":
            sheet.column_dimensions[column].width = 18
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def import_file(file: dict[str, Any], clerk: User) -> None:
    data, path = sheet_file(file), unit(file["scope"]).path
    for table in file["sheets"]:
        batch = imports.start(
            actor=clerk,
            importer="figures",
            data=data,
            filename=file["name"],
            scope_path=path,
            params={"holds_from": 1, "target_kind": "firm", "implied": False, **table["params"]},
            sheet=table["sheet"],
        )
        if columns := table.get("columns"):
            imports.remap(
                actor=clerk,
                pk=batch.pk,
                sheet=batch.sheet,
                header_row=batch.header_row,
                columns=columns,
                names={},
                remember=True,
            )
        imports.confirm(actor=clerk, pk=batch.pk)


def publish_runs(place: dict[str, Any], clerk: User) -> None:
    for code, months in place["months"].items():
        tables = (
            RankingTable.objects.unscoped(reason="demo data")
            .filter(group__code=code)
            .order_by("sort", "code")
        )
        for table in tables.select_related("group__owner"):
            for month in months:
                run, _new = services.run_compute(actor=clerk, table=table, month=Month.parse(str(month)))
                services.run_publish(actor=clerk, pk=run.pk)


def _accounts(bureau: Unit) -> None:
    for account in ACCOUNTS:
        account_make(account, bureau if account.unit == ROOT else None)


def _people() -> None:
    town = unit("danfeng-dihua")
    head = org.post_create(actor=DEMO, unit=town, name="党委书记", is_head=True)
    user = User.objects.unscoped(reason="demo data").get(username="officer")
    org.post_create(actor=DEMO, unit=town, name="镇长", sort=1)
    officer = org.officer_create(
        actor=DEMO, unit=town, name="演示·招商专员", phone="00000000000", joined_on=date(2023, 1, 3)
    )
    org.officer_update(actor=DEMO, pk=officer.pk, version=officer.version, user=user)
    org.service_record_add(
        actor=DEMO, officer=officer, kind="front_line", begins=date(2023, 1, 3), note="驻点招商（示例）"
    )
    org.officer_create(actor=DEMO, unit=town, name="演示·负责人", post=head)


def register() -> None:
    """Called once, when the app is ready."""
    demo.register(demo.Part("tables", 10, is_loaded, load, ACCOUNTS))
