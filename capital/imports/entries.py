"""Import of entries: a row with the number of a draft changes it, one without is a new draft, with its voucher when
one is named. A row that says what an entry says already writes nothing, so a file may be sent twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capital.choices import Basis, EntryKind, EntryState, VoucherType
from capital.models import CapitalEntry
from capital.models.entries import BUILT, PAID_IN
from capital.services.entries import entry_update, entry_withdraw
from capital.services.rows import OPEN_STATES
from capital.services.together import entry_with_voucher
from capital.services.vouchers import voucher_archive
from common import clock
from common.access import Action
from common.actors import Actor, may
from common.errors import Refused
from common.imports import Cell, Plan
from common.models import ImportBatch, ImportRow
from leads.imports.cells import DealReader, DealRow, one, two_places
from leads.models import Investor
from ledger.choices import FundSource, Mode, Zone
from organizations.imports.base import UNIT_WORDS, DirectoryForm, DirectoryImporter, Found, to_days
from organizations.models import Unit
from organizations.selectors import normal_name
from projects import confidential
from projects.models import Project, ProjectInvestor
from reference.models import Currency

MOST_ROWS = 2_000
RECORDS = {"project": Project, "unit": Unit, "funder": Investor}
NEEDED = ("kind", "occurred_on", "amount")
VOUCHER = ("voucher_type", "voucher_issuer", "voucher_number", "voucher_dated")


class EntryReader(DealReader):
    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(batch)
        self.entries: dict[int, dict[tuple[Any, ...], list[CapitalEntry]]] = {}  # by project
        rows = Project.objects.visible_to(self.actor).filter(archived_at=None, merged_into=None)
        self.projects: dict[str, list[Project]] = {}
        for row in rows.exclude(confidential.hidden(self.actor)).select_related("unit"):
            for word in {row.number, row.national_code, normal_name(row.name)} - {""}:
                self.projects.setdefault(word, []).append(row)
        parts = ProjectInvestor.objects.filter(archived_at=None).select_related("investor")
        self.funders = {
            (part.project_id, normal_name(part.investor.name)): part.investor_id
            for part in parts.filter(
                project__in=[one_.pk for some in self.projects.values() for one_ in some]
            )
        }

    def found(self, row: Any) -> Found:
        entry = self._entry(row)
        project = entry.project if entry else self._project(row)
        unit = self.unit(row) if row.raw("unit") else (project.unit if project else None)
        kind = row.choice("kind", EntryKind)
        values: dict[str, Any] = {
            "kind": kind, "basis": self._basis(row, kind), "occurred_on": row.day("occurred_on"),
            "amount": row.money("amount"), "currency": self.currency(row), "funder": self._funder(row, project),
            "zone": row.choice("zone", Zone), "fund_source": row.choice("fund_source", FundSource),
            "mode": row.choice("mode", Mode), "note": row.text("note"),
        }  # fmt: skip
        if entry is not None:
            self._unchanged(row, entry, project, unit)
            return entry, values, entry.pk
        given = {"project": project and project.pk, "unit": unit and unit.pk, **self._voucher(row)}
        self._new(row, project, unit, values)
        identity = (
            given["project"],
            given["unit"],
            *(values[name] for name in ("kind", "basis", "occurred_on", "amount", "fund_source")),
        )
        there = self._there(project, unit, values) if not row.plan.problems else None
        if there is not None:
            return there, {}, identity
        return None, {**values, **given}, identity

    def _entry(self, row: DealRow) -> CapitalEntry | None:
        number = row.raw("number")
        if not number:
            return None
        rows = CapitalEntry.objects.allowed_to(self.actor, Action.CHANGE).filter(archived_at=None)
        entry = rows.select_related("project__unit", "unit").filter(number=number).first()
        if entry is None or confidential.kept_back(entry.project, self.actor):
            row.problem(
                "number", _("There is no entry %(number)s here that you may change.") % {"number": number}
            )
            return None
        if entry.state != EntryState.DRAFT:
            row.problem("number", _("It was reported and stays as it is. Withdraw it and enter it again."))
        return entry

    def _project(self, row: DealRow) -> Project | None:
        name = row.raw("project")
        if not name:
            if not row.raw("number"):
                row.problem("project", _("Write the project's number or name."))
            return None
        same = self.projects.get(name) or self.projects.get(normal_name(name)) or []
        if len(same) == 1:
            return same[0]
        about = {"name": name, "numbers": "、".join(one_.number for one_ in same)}
        row.problem(
            "project",
            _("Several projects are called “%(name)s”: %(numbers)s. Write the number.") % about
            if same
            else _("There is no project “%(name)s” here.") % about,
        )
        return None

    def _funder(self, row: DealRow, project: Project | None) -> int | None:
        name = row.raw("funder")
        if not name or project is None:
            return None
        found = self.funders.get((project.pk, normal_name(name)))
        if found is None:
            row.problem("funder", _("“%(name)s” is none of the project's investors.") % {"name": name})
        return found

    def _basis(self, row: DealRow, kind: str | None) -> str | None:
        """The one that follows from the kind; what is written must not say the other."""
        written = row.choice("basis", Basis)
        if kind is None or kind == EntryKind.OTHER:
            if kind and written is None:
                row.problem("basis", _("Say whether this is money that arrived or assets that were formed."))
            return written
        follows = Basis.ARRIVED if kind in PAID_IN else Basis.FORMED
        assert kind in PAID_IN or kind in BUILT
        if written not in (None, follows):
            row.problem("basis", _("Money paid in has arrived; equipment, plant and land are assets formed."))
        return follows.value

    def _voucher(self, row: DealRow) -> dict[str, Any]:
        found = {
            "voucher_type": row.choice("voucher_type", VoucherType),
            "voucher_issuer": row.raw("voucher_issuer") or None,
            "voucher_number": row.raw("voucher_number") or None,
            "voucher_dated": row.day("voucher_dated"),
        }
        if any(found.values()):
            for name in VOUCHER:
                if not found[name] and not row.raw(name):
                    row.problem(name, _("A voucher is its type, issuer, number and date."))
        return found

    def _unchanged(self, row: DealRow, entry: CapitalEntry, project: Any, unit: Unit | None) -> None:
        """Whose an entry is and of which project an import doesn't change."""
        if row.raw("project") and (other := self._project(row)) and other.pk != entry.project_id:
            row.problem("project", _("An import doesn't move an entry to another project."))
        if row.raw("unit") and unit and unit.pk != entry.unit_id:
            row.problem("unit", _("An import doesn't move an entry to another unit."))
        if any(row.raw(name) for name in VOUCHER):
            row.problem("voucher_number", _("Add a voucher to an entry on its page."))

    def _new(
        self, row: DealRow, project: Project | None, unit: Unit | None, values: Mapping[str, Any]
    ) -> None:
        for key in NEEDED:
            if values[key] is None and not row.raw(key):
                row.problem(key, _("An entry needs this."))
        if values["amount"] is not None and not Decimal(values["amount"]):
            row.problem("amount", _("An entry is above 0; who has nothing to report files a nil return."))
        if values["occurred_on"] and values["occurred_on"] > clock.today():
            row.problem("occurred_on", _("This day is still to come."))
        if unit is not None and not may(self.actor, Action.CREATE, CapitalEntry.Scope.kind, path=unit.path):
            row.problem("unit", _("You may not enter capital for this unit."))

    def _there(
        self, project: Project | None, unit: Unit | None, values: Mapping[str, Any]
    ) -> CapitalEntry | None:
        """The entry that says what the row says already."""
        if project is None or unit is None:
            return None
        same = self._entries_of(project).get(
            (
                unit.pk,
                values["kind"],
                values["basis"],
                values["occurred_on"],
                Decimal(values["amount"]),
                values["fund_source"] or FundSource.OWN,
            ),
            [],
        )
        wanted = values["currency"]
        return next((entry for entry in same if wanted in (None, "", entry.currency_id)), None)

    def _entries_of(self, project: Project) -> dict[tuple[Any, ...], list[CapitalEntry]]:
        """What a project has, by what makes two entries the same; read once for all of its rows."""
        if project.pk not in self.entries:
            found: dict[tuple[Any, ...], list[CapitalEntry]] = {}
            rows = CapitalEntry.objects.visible_to(self.actor).filter(project=project, archived_at=None)
            for one_ in rows.exclude(state=EntryState.WITHDRAWN).order_by("-occurred_on", "-pk"):
                key = (one_.unit_id, one_.kind, one_.basis, one_.occurred_on, one_.amount, one_.fund_source)
                found.setdefault(key, []).append(one_)
            self.entries[project.pk] = found
        return self.entries[project.pk]


class EntryFileForm(DirectoryForm):
    kind = "capital_entry"


class EntryImporter(DirectoryImporter):
    code = "capital"
    kind = EntryFileForm.kind
    form_class = EntryFileForm
    label = gettext_lazy("Capital in place")
    title = gettext_lazy("Import capital in place")
    model = CapitalEntry
    list_url = "entry_list"
    reader = EntryReader
    row_class = DealRow
    numbers = ("amount",)
    columns = (
        ("project", gettext_lazy("project"), True, ("项目编号", "项目名称", "项目", "project")),
        ("kind", gettext_lazy("kind"), True, ("到位类别", "类别", "资金类别", "kind")),
        ("occurred_on", gettext_lazy("date"), True, ("到位日期", "日期", "发生日期", "date")),
        ("amount", gettext_lazy("amount"), True, ("到位金额", "金额", "金额（万元）", "amount")),
        ("basis", gettext_lazy("basis"), False, ("口径", "统计口径", "basis")),
        ("currency", gettext_lazy("currency"), False, ("币种", "currency")),
        ("unit", gettext_lazy("unit"), False, UNIT_WORDS),
        ("funder", gettext_lazy("funder"), False, ("出资方", "出资人", "投资方", "funder")),
        ("zone", gettext_lazy("zone of the funder"), False, ("资金来源地", "出资方所在地", "zone")),
        ("fund_source", gettext_lazy("source of funds"), False, ("资金来源", "资金性质", "source of funds")),
        ("mode", gettext_lazy("mode"), False, ("投资方式", "mode")),
        ("voucher_type", gettext_lazy("type of the voucher"), False, ("凭证类型", "凭证种类", "voucher type")),
        ("voucher_issuer", gettext_lazy("issuer"), False, ("出具单位", "开具单位", "issuer")),
        ("voucher_number", gettext_lazy("voucher number"), False, ("凭证号", "凭证编号", "票据号", "voucher number")),
        ("voucher_dated", gettext_lazy("date of the voucher"), False, ("凭证日期", "开具日期", "voucher date")),
        ("note", gettext_lazy("note"), False, ("备注", "说明", "note")),
        ("number", gettext_lazy("number"), False, ("到位编号", "记录编号", "entry number")),
    )  # fmt: skip

    def choices(self, key: str) -> list[str]:
        lists: dict[str, Any] = {
            "kind": EntryKind, "basis": Basis, "zone": Zone, "fund_source": FundSource, "mode": Mode,
            "voucher_type": VoucherType,
        }  # fmt: skip
        return [str(one_.label) for one_ in lists[key]] if key in lists else super().choices(key)

    def plan(self, batch: ImportBatch, rows: Sequence[Mapping[str, Cell]]) -> list[Plan]:
        if len(rows) > MOST_ROWS:
            raise Refused(_("At most %(n)s rows at once. Divide the file.") % {"n": MOST_ROWS}, code="rows")
        return super().plan(batch, rows)

    def present(self, record: CapitalEntry, key: str) -> Any:
        if key in RECORDS or key == "currency":
            return getattr(record, f"{key}_id")
        value = getattr(record, key)
        return two_places(value) if key == "amount" else value

    def shown(self, field: str, value: Any) -> str:
        if field in RECORDS and value:
            return str(one(RECORDS[field], value))
        if field == "amount" and value:
            return f"{(Decimal(value) / 10_000).normalize():f}"
        return super().shown(field, value.isoformat() if isinstance(value, date) else value)

    def create(self, actor: Actor, values: dict[str, Any]) -> CapitalEntry:
        rest = typed(values)
        voucher = {name.removeprefix("voucher_"): rest.pop(name, None) for name in VOUCHER}
        return entry_with_voucher(actor=actor, voucher=voucher if voucher["number"] else None, **rest)

    def change(self, actor: Actor, pk: int, values: dict[str, Any]) -> CapitalEntry:
        return entry_update(actor=actor, pk=pk, version=None, **typed(values))

    def undo(self, batch: ImportBatch, actor: Actor) -> None:
        """What was entered is withdrawn with the vouchers that came along, also when it was reported since; refused
        as soon as somebody decided about one of them, or changed it."""
        rows = batch.rows.filter(fate=ImportRow.Fate.APPLIED).order_by("-number")
        steps = [row.plan[0] for row in rows if row.plan[0]["do"] != "nothing"]
        for step in steps:
            entry = CapitalEntry._base_manager.filter(pk=step["pk"]).first()
            if step["do"] == "change":
                if entry is None or entry.version != step["version"]:
                    raise Refused(
                        _("“%(name)s” was changed after this import. Change it by hand.")
                        % {"name": entry or step["pk"]},
                        code="later",
                    )
                self.change(actor, entry.pk, step["was"])
            elif entry is not None and entry.archived_at is None and entry.state != EntryState.WITHDRAWN:
                self._take_back(actor, entry, step)

    def _take_back(self, actor: Actor, entry: CapitalEntry, step: Mapping[str, Any]) -> None:
        reported = 1 if entry.state != EntryState.DRAFT else 0
        if entry.state not in OPEN_STATES or entry.version > step["version"] + reported:
            raise Refused(
                _(
                    "Entry %(number)s was decided on or changed after this import, so it can't be undone as a whole."
                )
                % {"number": entry.number},
                code="later",
            )
        vouchers = list(entry.allocations.filter(archived_at=None).values_list("voucher", flat=True))
        reason = _("import undone")
        entry_withdraw(actor=actor, pk=entry.pk, version=None, reason=reason)
        if step["values"].get("voucher_number"):
            for pk in vouchers:
                voucher_archive(actor=actor, pk=pk, version=None, reason=reason, needs=Action.CHANGE)


def typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a plan as the services take them."""
    found = to_days(dict(values), "occurred_on", "voucher_dated")
    for key, value in found.items():
        if key in RECORDS:
            found[key] = one(RECORDS[key], value)
        elif key == "currency" and value:
            found[key] = Currency._base_manager.get(code=value)
        elif key == "amount" and value is not None:
            found[key] = Decimal(value)
    return found
