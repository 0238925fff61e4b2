"""Import of projects that are running already: each is taken over with its stage, agreement and amount.

A row whose agreement number the unit already has is that project: its other facts may change, amount and stage
have ways of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.access import Action
from common.actors import Actor, may
from common.errors import Refused
from common.imports import Cell, Plan
from common.models import ImportBatch
from leads import stages
from leads.choices import Pipeline, Source
from leads.imports.cells import DealReader, DealRow, one, two_places
from leads.models import Lead
from leads.services.investors import investor_found
from leads.services.leads import signed_archive
from ledger.choices import Mode, Zone
from organizations.imports.base import UNIT_WORDS, DirectoryForm, DirectoryImporter, Found, to_days
from organizations.models import Officer, Unit
from projects import confidential, schedule
from projects.models import Agreement, Project
from projects.services import project_archive, project_open, project_update
from reference.models import HOME_CURRENCY, Currency, Industry
from reference.selectors import RateMissing, rate_on

MOST_ROWS = 1_000
RECORDS = {"industry": Industry, "host": Unit, "officer": Officer}
DECIMALS = ("amount", "land_mu", "registered_capital", "fixed_assets")
DAYS = ("signed_on", "stage_on", "start_due", "completion_due", "production_due", "capacity_due")
NEEDED = ("name", "investor", "industry", "signed_on", "amount", "stage", "stage_on")


class ProjectReader(DealReader):
    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(batch)
        self.steps = stages.ladder(Pipeline.PROJECT)
        self.stages = {
            word: row.code for row in self.steps.rows.values() for word in (row.code, row.name, row.label)
        }

    def found(self, row: Any) -> Found:
        unit, number = self.unit(row), row.raw("agreement_number")
        if not number:
            row.problem("agreement_number", _("Write the number of the agreement; it tells projects apart."))
        project = self._project(unit, number)
        values: dict[str, Any] = {
            "name": row.text("name"), "industry": self.industry(row), "host": self.other_unit(row, "host"),
            "mode": row.choice("mode", Mode), "land_mu": row.area("land_mu"),
            "registered_name": row.text("registered_name"), "registered_code": row.code("registered_code"),
            "registered_capital": row.money("registered_capital"), "fixed_assets": row.money("fixed_assets"),
            **{key: row.day(key) for key in DAYS[2:]},
        }  # fmt: skip
        given: dict[str, Any] = {
            "unit": unit and unit.pk, "investor": row.raw("investor") or None, "credit_code": row.code("credit_code"),
            "zone": row.choice("zone", Zone), "officer": self.officer(row, unit), "source": row.choice("source", Source),
            "signed_on": row.day("signed_on"), "amount": row.money("amount"), "currency": self.currency(row),
            "stage": self._stage(row), "stage_on": row.day("stage_on"),
        }  # fmt: skip
        for key in schedule.too_early({k: values[k] or getattr(project, k, None) for k in schedule.PLANNED}):
            row.problem(key, schedule.TOO_EARLY)
        identity = (unit and unit.pk, number)
        if project is not None:
            self._unchanged(row, project, given)
            return project, values, identity
        self._new(row, unit, {**values, **given})
        return None, {**values, **given, "agreement_number": number}, identity

    def _project(self, unit: Unit | None, number: str) -> Project | None:
        if unit is None or not number:
            return None
        found = Agreement.objects.filter(
            project__unit=unit, number=number, archived_at=None, project__archived_at=None
        )
        pk = found.values_list("project", flat=True).first()
        rows = Project.objects.allowed_to(self.actor, Action.CHANGE).exclude(confidential.hidden(self.actor))
        rows = rows.select_related("lead__investor", "stage")
        return rows.filter(pk=pk).first() if pk else None

    def _stage(self, row: DealRow) -> str | None:
        word = row.raw("stage")
        if not word:
            return None
        if word not in self.stages:
            known = "、".join(one_.label for one_ in self.steps.main)
            row.problem("stage", _("There is no stage “%(stage)s”. One of: %(known)s.") % {"stage": word, "known": known})  # fmt: skip
            return None
        if self.stages[word] not in {one_.code for one_ in self.steps.main}:
            row.problem(
                "stage", _("Take it over in the stage before it was suspended or ended, then move it.")
            )
        return self.stages[word]

    def _unchanged(self, row: DealRow, project: Project, given: Mapping[str, Any]) -> None:
        """What an agreement, a move or an attribution changes is no matter of an import."""
        lead = project.lead
        was = {
            "investor": lead.investor.name, "credit_code": lead.investor.credit_code, "zone": lead.investor.zone,
            "officer": lead.officer_id, "source": lead.source, "signed_on": project.signed_on,
            "amount": two_places(project.contract_amount), "currency": project.currency_id,
            "stage": project.stage.code, "stage_on": project.stage_on, "unit": project.unit_id,
        }  # fmt: skip
        for key, value in given.items():
            if value is not None and value != was[key]:
                row.problem(key, _("An import doesn't change this. Change it on the project's page."))

    def _new(self, row: DealRow, unit: Unit | None, values: Mapping[str, Any]) -> None:
        for key in NEEDED:
            if values[key] is None and not row.raw(key):
                row.problem(key, _("A project that is taken over needs this."))
        signed, since, today = values["signed_on"], values["stage_on"], clock.today()
        for key, day in (("signed_on", signed), ("stage_on", since)):
            if day and day > today:
                row.problem(key, _("This day is still to come."))
        if signed and since and since < signed:
            row.problem("stage_on", _("The stage can't begin before the signing."))
        if unit is not None and not may(self.actor, Action.IMPORT, Project.Scope.kind, path=unit.path):
            row.problem("unit", _("You may not enter projects for this unit."))
        if signed and values["currency"]:
            try:
                rate_on(values["currency"], signed)
            except RateMissing as lacking:
                row.problem("currency", str(lacking))


class ProjectFileForm(DirectoryForm):
    kind = "project"


class ProjectImporter(DirectoryImporter):
    code = "projects"
    kind = ProjectFileForm.kind
    form_class = ProjectFileForm
    label = gettext_lazy("Projects")
    title = gettext_lazy("Import running projects")
    model = Project
    list_url = "project_list"
    reader = ProjectReader
    row_class = DealRow
    numbers = DECIMALS
    columns = (
        ("agreement_number", gettext_lazy("agreement number"), True, ("协议编号", "合同编号", "agreement number")),
        ("unit", gettext_lazy("unit"), True, UNIT_WORDS),
        ("name", gettext_lazy("name"), True, ("项目名称", "项目", "name")),
        ("investor", gettext_lazy("investor"), False, ("投资方", "投资企业", "investor")),
        ("credit_code", gettext_lazy("unified social credit code"), False, ("投资方信用代码", "统一社会信用代码", "credit code")),
        ("zone", gettext_lazy("at home"), False, ("资金来源地", "投资方所在地", "at home")),
        ("industry", gettext_lazy("industry"), False, ("行业代码", "行业", "industry")),
        ("signed_on", gettext_lazy("signed on"), False, ("签约日期", "签约时间", "signed on")),
        ("amount", gettext_lazy("contract amount"), False, ("协议投资额", "合同金额", "协议金额", "contract amount")),
        ("currency", gettext_lazy("currency"), False, ("币种", "currency")),
        ("stage", gettext_lazy("stage"), False, ("当前阶段", "阶段", "项目阶段", "stage")),
        ("stage_on", gettext_lazy("in this stage since"), False, ("进入阶段日期", "阶段日期", "in this stage since")),
        ("host", gettext_lazy("landing place"), False, ("落地单位", "落地园区", "承接单位", "landing place")),
        ("officer", gettext_lazy("officer"), False, ("招商专员", "专员", "officer")),
        ("source", gettext_lazy("source"), False, ("项目来源", "来源", "source")),
        ("mode", gettext_lazy("mode"), False, ("投资方式", "mode")),
        ("land_mu", gettext_lazy("land in mu"), False, ("用地", "用地面积", "land")),
        ("registered_name", gettext_lazy("registered enterprise"), False, ("注册企业", "项目公司", "registered enterprise")),
        ("registered_code", gettext_lazy("its credit code"), False, ("项目公司信用代码", "注册企业信用代码", "its credit code")),
        ("registered_capital", gettext_lazy("registered capital"), False, ("注册资本", "registered capital")),
        ("fixed_assets", gettext_lazy("planned fixed assets"), False, ("计划固定资产投资", "固定资产投资", "fixed assets")),
        ("start_due", gettext_lazy("start planned"), False, ("计划开工", "计划开工日期", "start planned")),
        ("completion_due", gettext_lazy("completion planned"), False, ("计划竣工", "计划竣工日期", "completion planned")),
        ("production_due", gettext_lazy("production planned"), False, ("计划投产", "计划投产日期", "production planned")),
        ("capacity_due", gettext_lazy("full capacity planned"), False, ("计划达产", "计划达产日期", "full capacity planned")),
    )  # fmt: skip

    def choices(self, key: str) -> list[str]:
        if key == "stage":
            return [row.label for row in stages.ladder(Pipeline.PROJECT).main]
        found: dict[str, Any] = {"source": Source, "zone": Zone, "mode": Mode}
        return [str(one_.label) for one_ in found.get(key, ())]

    def plan(self, batch: ImportBatch, rows: Sequence[Mapping[str, Cell]]) -> list[Plan]:
        if len(rows) > MOST_ROWS:
            raise Refused(_("At most %(n)s rows at once. Divide the file.") % {"n": MOST_ROWS}, code="rows")
        return super().plan(batch, rows)

    def present(self, record: Project, key: str) -> Any:
        if key in RECORDS:
            return getattr(record, f"{key}_id")
        value = getattr(record, key)
        return two_places(value) if key in DECIMALS and value is not None else value

    def shown(self, field: str, value: Any) -> str:
        if field in RECORDS and value:
            return str(one(RECORDS[field], value))
        if field in DECIMALS and field != "land_mu" and value:
            return f"{(Decimal(value) / 10_000).normalize():f}"
        return super().shown(field, value.isoformat() if isinstance(value, date) else value)

    def create(self, actor: Actor, values: dict[str, Any]) -> Project:
        rest = typed(values)
        unit = one(Unit, rest.pop("unit"))
        investor = investor_found(
            actor=actor,
            unit=unit,
            name=rest.pop("investor"),
            zone=rest.pop("zone", Zone.OUTSIDE_PROVINCE),
            credit_code=rest.pop("credit_code", ""),
        )
        return project_open(actor=actor, unit=unit, investor=investor, **rest)

    def change(self, actor: Actor, pk: int, values: dict[str, Any]) -> Project:
        return project_update(actor=actor, pk=pk, version=None, **typed(values))

    def _remove(self, actor: Actor, record: Project, step: Mapping[str, Any]) -> None:
        """The project and the lead made with it are archived; the books take back what they said of them."""
        reason = _("import undone")
        project_archive(actor=actor, pk=record.pk, version=None, reason=reason)
        lead = Lead._base_manager.get(pk=record.lead_id)
        if lead.archived_at is None:
            signed_archive(actor=actor, pk=lead.pk, reason=reason)


def typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a plan as the services take them."""
    found = to_days(dict(values), *DAYS)
    for key, value in found.items():
        if key in RECORDS:
            found[key] = one(RECORDS[key], value)
        elif key == "currency":
            found[key] = Currency._base_manager.get(code=value or HOME_CURRENCY)
        elif key in DECIMALS and value is not None:
            found[key] = Decimal(value)
        elif key in ("registered_name", "registered_code"):
            found[key] = value or ""
    return found
