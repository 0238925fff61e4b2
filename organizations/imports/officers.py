"""Import of officers: found by their name in their unit."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common.actors import Actor
from common.masking import mask_phone
from common.models import ImportBatch
from organizations.models import Officer, Post, Unit
from organizations.services import officer_create, officer_update

from .base import UNIT_WORDS, DirectoryImporter, Found, Reader, to_days
from .cells import Row

DAYS = ("joined_on", "left_on")


class OfficerReader(Reader):
    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(batch)
        self.people: dict[tuple[int, str], list[Officer]] = defaultdict(list)
        inside = {"unit__path__startswith": batch.scope_path, "archived_at": None}
        for officer in Officer.objects.unscoped(reason="people of an import's own scope").filter(**inside):
            self.people[officer.unit_id, officer.name].append(officer)
        posts = Post.objects.unscoped(reason="posts of an import's own scope").filter(**inside)
        self.posts = {(post.unit_id, post.name): post.pk for post in posts}

    def found(self, row: Row) -> Found:
        unit, name = self.unit(row), row.text("name")
        if name is None:
            row.problem("name", _("Write the person's name."))
        phone = row.text("phone")
        officer = self._officer(row, unit, name, phone) if unit and name else None
        values: dict[str, Any] = {
            "phone": phone, "post": self._post(row, unit), "joined_on": row.day("joined_on"), "left_on": row.day("left_on"),
        }  # fmt: skip
        if officer is None:
            values |= {"unit": unit and unit.pk, "name": name}
        begins, ends = (values[key] or (officer and getattr(officer, key)) for key in DAYS)
        if begins and ends and ends < begins:
            row.problem("left_on", _("The last day lies before the first."))
        # Two people of one name in one unit are told apart by their telephone numbers.
        return officer, values, officer.pk if officer else (unit and unit.pk, name, phone)

    def _officer(self, row: Row, unit: Unit, name: str, phone: str | None) -> Officer | None:
        same = self.people.get((unit.pk, name), [])
        if len(same) > 1:
            same = [officer for officer in same if officer.phone == phone]
            if len(same) != 1:
                row.problem("name", _("Several people in this unit have this name. Change them by hand."))
        return same[0] if same else None

    def _post(self, row: Row, unit: Unit | None) -> int | None:
        name = row.raw("post")
        if not name or unit is None:
            return None
        if (unit.pk, name) not in self.posts:
            words = _("“%(unit)s” has no post “%(post)s”. Add the post first.")
            row.problem("post", words % {"unit": unit, "post": name})
            return None
        return self.posts[unit.pk, name]


class OfficerImporter(DirectoryImporter):
    code = "officers"
    label = gettext_lazy("Officers")
    title = gettext_lazy("Import officers")
    model = Officer
    personal = True
    list_url = "officer_list"
    reader = OfficerReader
    columns = (
        ("name", pgettext_lazy("person", "name"), True, ("姓名", "name")),
        ("unit", gettext_lazy("unit"), True, UNIT_WORDS),
        ("phone", gettext_lazy("telephone"), False, ("电话", "手机", "手机号", "联系电话", "telephone")),
        ("post", gettext_lazy("post"), False, ("岗位", "职务", "post")),
        ("joined_on", gettext_lazy("joined on"), False, ("到岗日期", "入职日期", "joined on")),
        ("left_on", gettext_lazy("left on"), False, ("离岗日期", "离职日期", "left on")),
    )

    def present(self, record: Officer, key: str) -> Any:
        return record.post_id if key == "post" else getattr(record, key)

    def shown(self, field: str, value: Any) -> str:
        if field == "phone":
            return mask_phone(value)
        if field == "post" and value:
            return Post._base_manager.get(pk=value).name
        return super().shown(field, value)

    def create(self, actor: Actor, values: dict[str, Any]) -> Officer:
        return officer_create(actor=actor, **_values(values))

    def change(self, actor: Actor, pk: int, values: dict[str, Any]) -> Officer:
        return officer_update(actor=actor, pk=pk, version=None, **_values(values))


def _values(values: dict[str, Any]) -> dict[str, Any]:
    found = to_days(values, *DAYS)
    if "unit" in found:
        found["unit"] = Unit._base_manager.get(pk=found["unit"])
    if found.get("post"):
        found["post"] = Post._base_manager.get(pk=found["post"])
    return found
