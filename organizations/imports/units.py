"""Import of units: found by their code, or by their name under their parent."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import services
from common.access import Action
from common.actors import Actor
from common.models import ImportBatch
from organizations.choices import UnitKind
from organizations.models import Unit
from organizations.selectors import normal_name
from organizations.services import unit_create, unit_update

from .base import SORT, DirectoryImporter, Found, Reader, to_days
from .cells import Row

DAYS = ("valid_from", "valid_to")


class UnitReader(Reader):
    """The parent is named by its code in the plan: it may be a new unit of a row above."""

    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(batch)
        self.root = next(unit for unit in self.by_id.values() if unit.path == batch.scope_path)
        self.by_code = {unit.code: unit for unit in self.by_id.values()}
        self.above: dict[str, str] = {}  # names and codes of new units in this file → code

    def found(self, row: Row) -> Found:
        name, code = row.text("name"), row.text("code")
        if name is None and not row.plan.problems:
            row.problem("name", _("Write the unit's name."))
        unit = self._unit(row, name, code)
        parent = self._parent(row, unit)
        values: dict[str, Any] = {
            "name": name, "short_name": row.text("short_name"), "kind": row.kind("kind"),
            "parent": parent, "sort": row.whole("sort"), "valid_from": row.day("valid_from"), "valid_to": row.day("valid_to"),
        }  # fmt: skip
        if unit is None and not row.plan.problems:
            values["code"] = code
            self._check_new(row, values)
        begins, ends = (values[key] or (unit and getattr(unit, key)) for key in DAYS)
        if begins and ends and ends < begins:
            row.problem("valid_to", _("The last day lies before the first."))
        if unit is None and not row.plan.problems:
            for word in (name, code):
                self.above[normal_name(word or "")] = code or ""
        return unit, values, unit.pk if unit else code

    def _unit(self, row: Row, name: str | None, code: str | None) -> Unit | None:
        if code:
            return self.by_code.get(code)
        units = self.known.get(normal_name(name or ""), [])
        wanted = row.raw("parent")
        if len(units) > 1 and wanted:
            above = self.known.get(normal_name(wanted), [])
            units = [u for u in units if u.parent_id in {a.pk for a in above}]
        if len(units) > 1:
            row.problem("name", _("Several units have this name. Write the code."))
        return units[0] if len(units) == 1 else None

    def _parent(self, row: Row, unit: Unit | None) -> str | None:
        name = row.raw("parent")
        if not name:
            return None if unit else self.root.code
        units = self.known.get(normal_name(name), [])
        if len(units) == 1:
            return units[0].code
        if not units and normal_name(name) in self.above:
            return self.above[normal_name(name)]
        if unit is not None and unit.pk == self.root.pk and unit.parent and name in (unit.parent.name, unit.parent.code):  # fmt: skip
            return None  # the scope's own parent lies outside; it is named, not changed
        row.problem("parent", _("“%(name)s” is not a unit here, nor in a row above. Put its row higher.") % {"name": name})  # fmt: skip
        return None

    def _check_new(self, row: Row, values: dict[str, Any]) -> None:
        if not values["code"]:
            row.problem("code", _("A new unit needs a code."))
        elif Unit.objects.unscoped(reason="whether a code is taken").filter(code=values["code"]).exists():
            row.problem("code", _("The code %(code)s is taken. Choose another.") % {"code": values["code"]})
        if not values["kind"]:
            row.problem("kind", _("A new unit needs a kind."))
        same = [u for u in self.known.get(normal_name(values["name"]), []) if u.name == values["name"]]
        for other in same:
            if other.parent and other.parent.code == values["parent"]:
                words = _("“%(name)s” is there already, with the code %(code)s.")
                row.problem("code", words % {"name": other.name, "code": other.code})


class UnitImporter(DirectoryImporter):
    code = "units"
    label = gettext_lazy("Units")
    title = gettext_lazy("Import units")
    model = Unit
    list_url = "unit_list"
    reader = UnitReader
    columns = (
        ("name", gettext_lazy("name"), True, ("单位名称", "名称", "单位", "name")),
        ("code", gettext_lazy("code"), False, ("单位代码", "代码", "编码", "code")),
        ("short_name", gettext_lazy("short name"), False, ("简称", "short name")),
        ("parent", gettext_lazy("belongs to"), False, ("上级单位", "上级", "隶属", "parent")),
        ("kind", gettext_lazy("kind"), False, ("类别", "类型", "单位类别", "kind")),
        SORT,
        ("valid_from", gettext_lazy("valid from"), False, ("启用日期", "成立日期", "valid from")),
        ("valid_to", gettext_lazy("valid to"), False, ("停用日期", "撤销日期", "valid to")),
    )

    def unknown_names(self, batch: ImportBatch, rows: Any) -> list[str]:
        return []  # a name that isn't known is a new unit

    def present(self, record: Unit, key: str) -> Any:
        if key == "parent":
            return record.parent.code if record.parent else None
        return getattr(record, key)

    def shown(self, field: str, value: Any) -> str:
        return str(UnitKind(value).label) if field == "kind" else super().shown(field, value)

    def create(self, actor: Actor, values: dict[str, Any]) -> Unit:
        return unit_create(actor=actor, **_values(actor, values))

    def change(self, actor: Actor, pk: int, values: dict[str, Any]) -> Unit:
        return unit_update(actor=actor, pk=pk, version=None, **_values(actor, values))


def _values(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    found = to_days(values, *DAYS)
    if found.get("parent"):
        found["parent"] = Unit.objects.visible_to(actor).get(code=found["parent"])
        services.authorize(actor, Action.CHANGE, found["parent"])
    return found
