"""Import of leads: a row with a number changes that lead, one without is a new one, registered by the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.access import Action
from common.actors import Actor, may
from common.errors import Refused
from common.imports import Cell, Field, Plan
from common.models import ImportBatch, ImportRow
from leads import facts, stages
from leads.choices import Pipeline, Source
from leads.duplicates import Warnings, warnings_for
from leads.models import Introducer, Investor, Lead
from leads.services.investors import investor_archive
from leads.services.leads import lead_archive, lead_assign, lead_register, lead_update, own_officer
from ledger.choices import Zone
from organizations.choices import ENTERING
from organizations.imports.base import UNIT_WORDS, DirectoryForm, DirectoryImporter, Found, to_days
from organizations.models import Officer, Unit
from reference.models import HOME_CURRENCY, Currency, Industry
from rules import stages as rules
from rules.similarity import LeadLike

from .cells import DealReader, DealRow, actor_of, one, two_places

MOST_ROWS = 1_000
RECORDS = {
    "industry": Industry,
    "introducer": Introducer,
    "host": Unit,
    "tip_from": Unit,
    "officer": Officer,
}
DECIMALS = ("amount", "land_mu")
DAYS = ("next_on",)
FIXED = ("unit", "investor", "credit_code", "zone", "contact_name", "contact_phone")


class LeadReader(DealReader):
    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(batch)
        rows = Introducer.objects.visible_to(self.actor).filter(archived_at=None)
        self.introducers = {row.name: row.pk for row in rows}
        self.steps = stages.ladder(Pipeline.LEAD)
        self.own = own_officer(self.actor)
        self.home = home_of(self.actor, batch.scope_path)
        known = [one for some in self.people.values() for one in some]
        self.officers = {one.pk: one for one in (*known, *filter(None, [self.own]))}

    def found(self, row: Any) -> Found:
        lead = self._lead(row)
        unit = self._unit(row, lead)
        values: dict[str, Any] = {
            "officer": self.officer(row, unit), "name": row.text("name"), "industry": self.industry(row),
            "amount": row.money("amount"), "currency": self.currency(row), "land_mu": row.area("land_mu"),
            "source": row.choice("source", Source), "introducer": self._introducer(row),
            "tip_from": self.other_unit(row, "tip_from"), "host": self.other_unit(row, "host"),
            "next_step": row.text("next_step"), "next_on": row.day("next_on"),
        }  # fmt: skip
        given: dict[str, Any] = {
            "unit": unit and unit.pk, "investor": row.raw("investor") or None, "credit_code": row.code("credit_code"),
            "zone": row.choice("zone", Zone), "contact_name": row.raw("contact_name") or None,
            "contact_phone": row.raw("contact_phone") or None,
        }  # fmt: skip
        if lead is not None:
            self._unchanged(row, lead, given)
            return lead, values, lead.pk
        if row.raw("number"):
            return None, values, None
        self._new(row, unit, {**values, **given})
        return None, {**values, **given}, (given["unit"], given["investor"], values["name"])

    def _unit(self, row: DealRow, lead: Lead | None) -> Unit | None:
        """The one named; without a name the lead's own, or the only one for which the sender enters leads."""
        if row.raw("unit"):
            return self.unit(row)
        return (lead.unit if lead else self.home) or self.unit(row)

    def _lead(self, row: DealRow) -> Lead | None:
        number = row.raw("number")
        if not number:
            return None
        rows = Lead.objects.allowed_to(self.actor, Action.CHANGE).filter(archived_at=None)
        lead = rows.select_related("unit", "investor", "contact").filter(number=number).first()
        if lead is None:
            row.problem(
                "number", _("There is no lead %(number)s here that you may change.") % {"number": number}
            )
        return lead

    def _introducer(self, row: DealRow) -> int | None:
        name = row.raw("introducer")
        if name and name not in self.introducers:
            row.problem(
                "introducer", _("“%(name)s” is not among the introducers. Add it first.") % {"name": name}
            )
        return self.introducers.get(name)

    def _unchanged(self, row: DealRow, lead: Lead, given: Mapping[str, Any]) -> None:
        """Whose a lead is and of which investor an import doesn't change."""
        contact = lead.contact
        was = {
            "unit": lead.unit_id,
            "investor": lead.investor.name,
            "credit_code": lead.investor.credit_code,
            "zone": lead.investor.zone,
            "contact_name": contact.name if contact else "",
            "contact_phone": contact.phone if contact else "",
        }
        for key, value in given.items():
            if value is not None and value != was[key]:
                row.problem(key, _("An import doesn't change this. Change it on the lead's page."))

    def _new(self, row: DealRow, unit: Unit | None, values: Mapping[str, Any]) -> None:
        """The questions that registering asks: a name, an investor, a source, the right, the first stage's facts."""
        for key in ("name", "investor", "source"):
            if values[key] is None and row.raw(key) == "":
                row.problem(key, _("A new lead needs this."))
        if values["source"] == Source.TIP and values["tip_from"] is None:
            row.problem("tip_from", _("Which department gave the tip?"))
        if values["contact_phone"] and not values["contact_name"]:
            row.problem("contact_name", _("Whose telephone is this? Enter the name."))
        if unit is None or row.plan.problems:
            return
        if not may(self.actor, Action.CREATE, Lead.Scope.kind, path=unit.path):
            row.problem("unit", _("You may not register leads for this unit."))
            return
        officer = values["officer"] or (self.own.pk if self.own else None)
        assigns = may(self.actor, Action.ASSIGN, Lead.Scope.kind, path=unit.path)
        if not assigns and officer != (self.own.pk if self.own else None):
            row.problem(
                "officer", _("You enter your own leads. Those of others are entered by who assigns them.")
            )
            return
        lead = Lead(unit=unit, **typed({key: values[key] for key in RECORDED if values[key] is not None}))
        lead.officer = self.officers[officer] if officer else None
        lead.investor = Investor(name=values["investor"], credit_code=values["credit_code"] or "")
        has = facts.held_by(Pipeline.LEAD, lead)
        if values["contact_name"]:
            has |= {"contact"}
        here = rules.Situation(None, stages.roles_on(lead, self.actor), has)
        said = rules.verdict(self.steps.rules, here, self.steps.first.code)
        for missing in stages.in_words(self.steps, said.missing):
            key = next((name for name in missing.fields if name in row.cells), "name")
            row.problem(key, _("“%(stage)s” asks for: %(fact)s.") % {"stage": missing.stage_label, "fact": missing.label})  # fmt: skip
        if not said.allowed and not said.missing:
            row.problem("unit", _("Your role does not move leads into the first stage."))


RECORDED = ("name", "industry", "amount", "currency", "land_mu", "source", "introducer", "tip_from", "host", "officer", "next_step", "next_on")  # fmt: skip


class LeadFileForm(DirectoryForm):
    kind = "lead"


class LeadImporter(DirectoryImporter):
    code = "leads"
    kind = LeadFileForm.kind
    form_class = LeadFileForm
    label = gettext_lazy("Leads")
    title = gettext_lazy("Import leads")
    model = Lead
    personal = True
    list_url = "lead_list"
    reader = LeadReader
    row_class = DealRow
    numbers = ("amount", "land_mu")
    columns = (
        ("number", gettext_lazy("number"), False, ("线索编号", "编号", "number")),
        ("unit", gettext_lazy("unit"), True, UNIT_WORDS),
        ("officer", gettext_lazy("officer"), False, ("招商专员", "专员", "负责人", "officer")),
        ("name", gettext_lazy("project idea"), True, ("项目名称", "投资意向", "线索名称", "项目意向", "project idea")),
        ("investor", gettext_lazy("investor"), True, ("投资方", "投资企业", "企业名称", "investor")),
        ("credit_code", gettext_lazy("unified social credit code"), False, ("统一社会信用代码", "信用代码", "credit code")),
        ("zone", gettext_lazy("at home"), False, ("资金来源地", "投资方所在地", "at home")),
        ("industry", gettext_lazy("industry"), False, ("行业代码", "行业", "国民经济行业", "industry")),
        ("amount", gettext_lazy("planned investment"), False, ("计划投资", "拟投资额", "投资额", "总投资", "planned investment")),
        ("currency", gettext_lazy("currency"), False, ("币种", "currency")),
        ("land_mu", gettext_lazy("land in mu"), False, ("用地需求", "用地", "用地面积", "land")),
        ("source", gettext_lazy("source"), False, ("线索来源", "来源", "source")),
        ("tip_from", gettext_lazy("tip from"), False, ("提供部门", "线索提供部门", "tip from")),
        ("introducer", gettext_lazy("introducer"), False, ("引荐人", "介绍人", "introducer")),
        ("host", gettext_lazy("park or place intended"), False, ("意向落地", "拟落户园区", "host")),
        ("contact_name", gettext_lazy("contact"), False, ("联系人", "contact")),
        ("contact_phone", gettext_lazy("telephone"), False, ("联系电话", "电话", "手机", "telephone")),
        ("next_step", gettext_lazy("next step"), False, ("下一步", "下一步工作", "next step")),
        ("next_on", gettext_lazy("next step on"), False, ("下一步日期", "下一步时间", "计划日期", "next step on")),
    )  # fmt: skip

    def fields(self, batch: ImportBatch) -> list[Field]:
        """Who enters leads for one unit only needs no column for it."""
        home = home_of(actor_of(batch), batch.scope_path)
        found = super().fields(batch)
        return [replace(one, required=False) if home and one.key == "unit" else one for one in found]

    def choices(self, key: str) -> list[str]:
        found: dict[str, Any] = {"source": Source, "zone": Zone}
        return [str(one_.label) for one_ in found.get(key, ())]

    def plan(self, batch: ImportBatch, rows: Sequence[Mapping[str, Cell]]) -> list[Plan]:
        if len(rows) > MOST_ROWS:
            raise Refused(_("At most %(n)s rows at once. Divide the file.") % {"n": MOST_ROWS}, code="rows")
        plans = super().plan(batch, rows)
        self._warn(batch, [plan for plan in plans if plan.result == ImportRow.Result.NEW and plan.steps])
        return plans

    def warnings(self, batch: ImportBatch) -> list[str]:
        like = sum(any("note" in step for step in row.plan) for row in batch.rows.all())
        return (
            [_("%(n)s rows may be there already. Look at what is said beside them.") % {"n": like}]
            if like
            else []
        )

    def _warn(self, batch: ImportBatch, plans: list[Plan]) -> None:
        """Beside each new row what is like it in any unit, as far as the sender may know."""
        typed_ = [_like(plan.steps[0]["values"]) for plan in plans]
        for plan, said in zip(plans, warnings_for(self.reader(batch).actor, typed_, limit=3), strict=True):
            if said.hits:
                plan.steps.append({"note": _told(said)})

    def present(self, record: Lead, key: str) -> Any:
        if key in RECORDS or key == "currency":
            return getattr(record, f"{key}_id")
        value = getattr(record, key)
        return two_places(value) if key in DECIMALS and value is not None else value

    def shown(self, field: str, value: Any) -> str:
        if field in RECORDS and value:
            return str(one(RECORDS[field], value))
        if field == "source" and value:
            return str(Source(value).label)
        if field == "amount" and value:
            return f"{(Decimal(value) / 10_000).normalize():f}"
        return super().shown(field, value)

    def create(self, actor: Actor, values: dict[str, Any]) -> Lead:
        rest = dict(values)
        company = {"investor_name": rest.pop("investor"), "credit_code": rest.pop("credit_code", "")}
        people = {key: rest.pop(key) for key in ("contact_name", "contact_phone") if key in rest}
        zone = rest.pop("zone", Zone.OUTSIDE_PROVINCE)
        unit = one(Unit, rest.pop("unit"))
        return lead_register(actor=actor, unit=unit, zone=zone, **company, **people, **typed(rest))

    def change(self, actor: Actor, pk: int, values: dict[str, Any]) -> Lead:
        """Officer and facts, each by its own service. Back to nobody there is no way but the pool."""
        rest = dict(values)
        lead = one(Lead, pk)
        if "officer" in rest:
            officer = one(Officer, rest.pop("officer"))
            if officer is None:
                raise Refused(
                    _("“%(name)s” had no officer before. Assign it by hand.") % {"name": lead}, code="later"
                )
            lead = lead_assign(actor=actor, pk=pk, version=None, officer=officer, reason=_("import"))
        return lead_update(actor=actor, pk=pk, version=None, **typed(rest)) if rest else lead

    def write(self, batch: ImportBatch, row: ImportRow, actor: Actor) -> None:
        newest = Investor._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
        super().write(batch, row, actor)
        step = row.plan[0]
        if step["do"] == "create":
            investor = Lead._base_manager.get(pk=step["pk"]).investor_id
            row.plan = [{**step, "investor": investor if investor > newest else None}, *row.plan[1:]]
            row.save(update_fields=["plan"])

    def _remove(self, actor: Actor, record: Lead, step: Mapping[str, Any]) -> None:
        """The lead is archived and counts no longer; its investor too, when the import brought it and nobody else
        follows it by now."""
        reason = _("import undone")
        lead_archive(actor=actor, pk=record.pk, version=None, reason=reason)
        if (
            step.get("investor")
            and not Lead._base_manager.filter(investor=step["investor"], archived_at=None).exists()
        ):
            investor_archive(actor=actor, pk=step["investor"], version=None, reason=reason)


def home_of(actor: Actor, scope_path: str) -> Unit | None:
    """The unit of who enters for exactly one, when it lies within the import; else None. A query."""
    reached = Q(pk__in=())
    for grant in actor.grants():
        if grant.role in ENTERING:
            reached |= Q(path__startswith=grant.path)
    units = Unit.objects.unscoped(reason="for how many somebody enters").filter(reached, archived_at=None)[:2]
    return units[0] if len(units) == 1 and units[0].path.startswith(scope_path) else None


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
        elif key == "next_step":
            found[key] = value or ""
    return found


def _like(values: Mapping[str, Any]) -> LeadLike:
    return LeadLike(
        name=values.get("name") or "",
        investor_name=values.get("investor") or "",
        credit_code=values.get("credit_code") or "",
        amount=Decimal(values["amount"]) if values.get("amount") else None,
        currency=values.get("currency") or HOME_CURRENCY,
    )


def _told(said: Warnings) -> str:
    """Likely duplicates in a line: unit, stage and day; the name only of what may be seen."""
    parts = [
        _("a confidential record")
        if hit.confidential
        else "，".join(filter(None, (hit.idea or hit.name, hit.unit, hit.stage, f"{hit.on or ''}")))
        for hit in said.hits
    ]
    return _("May be there already: %(found)s.") % {"found": "；".join(parts)}
