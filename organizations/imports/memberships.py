"""Import of the members of competition groups: found by group, unit and first day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.actors import Actor
from common.models import ImportBatch
from organizations.models import CompetitionGroup, GroupMembership, Unit
from organizations.selectors import normal_name
from organizations.services import membership_add, membership_update

from .base import SORT, UNIT_WORDS, DirectoryImporter, Found, Reader, to_days
from .cells import Row

DAYS = ("begins", "ends")


def first_day(member: GroupMembership) -> date | None:
    return member.valid.lower


def last_day(member: GroupMembership) -> date | None:
    return member.valid.upper - timedelta(days=1) if member.valid.upper else None


class MembershipReader(Reader):
    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(batch)
        self.groups: dict[str, dict[int, CompetitionGroup]] = defaultdict(dict)
        groups = CompetitionGroup.objects.unscoped(reason="groups of an import's own scope").filter(
            owner__path__startswith=batch.scope_path, archived_at=None
        )
        for group in groups.select_related("owner"):
            for word in (group.name, group.code):
                self.groups[normal_name(word)][group.pk] = group
        self.members: dict[tuple[int, int], list[GroupMembership]] = defaultdict(list)
        rows = GroupMembership.objects.filter(
            group__owner__path__startswith=batch.scope_path, archived_at=None
        )
        for member in rows.order_by("valid"):
            self.members[member.group_id, member.unit_id].append(member)

    def found(self, row: Row) -> Found:
        group, unit = self._group(row), self.unit(row)
        begins, ends = row.day("begins"), row.day("ends")
        values: dict[str, Any] = {
            "ends": ends, "ranked": row.yes("ranked"), "in_total": row.yes("in_total"), "sort": row.whole("sort"),
        }  # fmt: skip
        if group is None or unit is None or row.plan.problems:
            return None, values, None
        if not unit.path.startswith(group.owner.path):
            words = _("“%(unit)s” does not belong to “%(owner)s”, which runs the group.")
            row.problem("unit", words % {"unit": unit, "owner": group.owner})
        member = self._member(self.members[group.pk, unit.pk], begins)
        if member is None:
            begins = begins or clock.today().replace(month=1, day=1)
            values |= {"group": group.pk, "unit": unit.pk, "begins": begins}
            self._check_free(row, self.members[group.pk, unit.pk], begins, ends)
        else:
            begins = first_day(member)
        if begins and ends and ends < begins:
            row.problem("ends", _("The last day lies before the first."))
        return member, values, (group.pk, unit.pk, begins)

    def _group(self, row: Row) -> CompetitionGroup | None:
        name = row.raw("group")
        groups = list(self.groups.get(normal_name(name), {}).values()) if name else []
        if len(groups) == 1:
            return groups[0]
        if groups:
            row.problem("group", _("Several groups have this name. Write the code."))
        else:
            row.problem("group", _("“%(name)s” is no group here. Add the group first.") % {"name": name})
        return None

    @staticmethod
    def _member(members: list[GroupMembership], begins: date | None) -> GroupMembership | None:
        """The one that began on that day; without a day the one of today."""
        if begins:
            return next((m for m in members if first_day(m) == begins), None)
        return next((m for m in members if clock.today() in m.valid), None)

    @staticmethod
    def _check_free(row: Row, members: list[GroupMembership], begins: date, ends: date | None) -> None:
        for member in members:
            last, first = last_day(member), first_day(member)
            if (last is None or last >= begins) and (ends is None or first is None or first <= ends):
                words = _("The unit is in this group from %(first)s. Name that day, or end it first.")
                row.problem("begins" if "begins" in row.cells else "unit", words % {"first": first})


class MembershipImporter(DirectoryImporter):
    code = "memberships"
    label = gettext_lazy("Members of groups")
    title = gettext_lazy("Import members of groups")
    model = GroupMembership
    list_url = "group_list"
    reader = MembershipReader
    columns = (
        ("group", gettext_lazy("competition group"), True, ("赛区", "分组", "组别", "组", "group")),
        ("unit", gettext_lazy("unit"), True, UNIT_WORDS),
        ("begins", gettext_lazy("from"), False, ("起始日期", "开始日期", "起", "from")),
        ("ends", gettext_lazy("to"), False, ("截止日期", "结束日期", "止", "to")),
        ("ranked", gettext_lazy("ranked"), False, ("参加排名", "是否排名", "ranked")),
        (
            "in_total",
            gettext_lazy("counts in the group's sum"),
            False,
            ("计入合计", "是否计入合计", "in total"),
        ),
        SORT,
    )

    def present(self, record: GroupMembership, key: str) -> Any:
        return last_day(record) if key == "ends" else getattr(record, key)

    def owner_of(self, record: GroupMembership) -> Any:
        return record.group

    def create(self, actor: Actor, values: dict[str, Any]) -> GroupMembership:
        found = to_days(values, *DAYS)
        found["group"] = CompetitionGroup._base_manager.get(pk=found["group"])
        found["unit"] = Unit._base_manager.get(pk=found["unit"])
        return membership_add(actor=actor, **found)

    def change(self, actor: Actor, pk: int, values: dict[str, Any]) -> GroupMembership:
        return membership_update(actor=actor, pk=pk, **to_days(values, *DAYS))
