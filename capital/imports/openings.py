"""Import of opening balances: a row for each running project, basis and year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from capital.choices import Basis, EntryState
from capital.imports.entries import EntryFileForm
from capital.models import CapitalEntry
from capital.services import openings
from common import clock
from common.access import Action
from common.actors import Actor, may
from common.models import ImportBatch
from leads.imports.cells import DealReader, DealRow, two_places
from organizations.imports.base import DirectoryImporter, Found
from organizations.imports.cells import Row
from projects import confidential
from projects.models import Project
from reference.selectors import RateMissing, rate_on


class OpeningReader(DealReader):
    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(batch)
        rows = Project.objects.visible_to(self.actor).filter(
            unit__path__startswith=batch.scope_path, archived_at=None
        )
        rows = rows.exclude(confidential.hidden(self.actor)).select_related("unit")
        self.projects = {one.number: one for one in rows}
        self.there = {
            (one.project_id, one.basis, one.occurred_on.year): one
            for one in CapitalEntry.objects.visible_to(self.actor).filter(is_opening=True, archived_at=None)
        }

    def found(self, row: Any) -> Found:
        project = self._project(row)
        basis = row.choice("basis", Basis)
        if not row.raw("basis"):
            row.problem("basis", _("Write whether it arrived or was formed: the two are never added."))
        as_of, amount, currency = row.day("as_of"), row.money("amount"), self.currency(row)
        if as_of is None and not row.raw("as_of"):
            row.problem("as_of", _("Write the day up to which it counts."))
        if as_of is not None and as_of > clock.today():
            row.problem("as_of", _("This day is still to come."))
        if amount is not None and Decimal(amount) <= 0 or (amount is None and not row.raw("amount")):
            row.problem("amount", _("An opening balance is above zero. Leave out projects that had nothing."))
        identity = (project and project.pk, basis, as_of and as_of.year)
        values = {"amount": amount, "note": row.text("note")}
        there = self.there.get(identity) if project and as_of and basis else None
        if there is not None:
            self._still_open(row, there, amount, currency)
            return there, values, identity
        if project is not None and as_of is not None:
            try:
                rate_on(currency or str(project.currency_id), as_of)
            except RateMissing as lacking:
                row.problem("currency", str(lacking))
        more = {"project": project and project.pk, "basis": basis, "as_of": as_of, "currency": currency}
        return None, {**values, **more}, identity

    def _project(self, row: Row) -> Project | None:
        number = row.raw("project")
        project = self.projects.get(number)
        if project is None:
            row.problem("project", _("There is no project %(number)s here.") % {"number": number or "—"})
        elif not may(self.actor, Action.IMPORT, CapitalEntry.Scope.kind, path=project.unit.path):
            row.problem("project", _("You may not enter capital for this unit."))
        return project

    def _still_open(self, row: Row, there: CapitalEntry, amount: str | None, currency: str | None) -> None:
        if currency is not None and currency != there.currency_id:
            row.problem("currency", _("An import doesn't change the currency. Take the balance back first."))
        if there.state != EntryState.DRAFT and amount not in (None, two_places(there.amount)):
            row.problem("amount", _("%(number)s is confirmed already.") % {"number": there.number})


class OpeningImporter(DirectoryImporter):
    code = "openings"
    kind = EntryFileForm.kind
    form_class = EntryFileForm
    label = gettext_lazy("Opening balances")
    title = gettext_lazy("Import opening balances")
    model = CapitalEntry
    list_url = "opening_list"
    reader = OpeningReader
    row_class = DealRow
    numbers = ("amount",)
    columns = (
        ("project", gettext_lazy("project number"), True, ("项目编号", "编号", "project number")),
        ("basis", gettext_lazy("basis"), True, ("口径", "到位口径", "basis")),
        ("amount", pgettext_lazy("opening", "amount, ten thousands"), True, ("期初余额", "金额", "累计到位", "期初金额", "amount")),
        ("as_of", gettext_lazy("as of"), True, ("截止日期", "截至日期", "as of")),
        ("currency", gettext_lazy("currency"), False, ("币种", "currency")),
        ("note", gettext_lazy("note"), False, ("备注", "说明", "note")),
    )  # fmt: skip

    def choices(self, key: str) -> list[str]:
        return [str(one.label) for one in Basis] if key == "basis" else []

    def present(self, record: CapitalEntry, key: str) -> Any:
        return two_places(record.amount) if key == "amount" else getattr(record, key)

    def shown(self, field: str, value: Any) -> str:
        if field == "amount" and value:
            return f"{(Decimal(value) / 10_000).normalize():f}"
        return super().shown(field, value)

    def create(self, actor: Actor, values: dict[str, Any]) -> CapitalEntry:
        rest = dict(values)
        return openings.opening_create(
            actor=actor,
            project=Project._base_manager.select_related("unit", "lead__investor").get(pk=rest["project"]),
            basis=rest["basis"],
            amount=Decimal(rest["amount"]),
            as_of=date.fromisoformat(rest["as_of"]),
            currency=rest.get("currency") or "",
            note=rest.get("note") or "",
        )

    def change(self, actor: Actor, pk: int, values: dict[str, Any]) -> CapitalEntry:
        amount = values.get("amount")
        return openings.opening_update(
            actor=actor,
            pk=pk,
            version=None,
            amount=Decimal(amount) if amount else None,
            note=values.get("note"),
        )

    def _remove(self, actor: Actor, record: CapitalEntry, step: Mapping[str, Any]) -> None:
        openings.opening_remove(actor=actor, pk=record.pk, version=None, reason=_("import undone"))
