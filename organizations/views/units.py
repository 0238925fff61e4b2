"""Pages of units and competition groups."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock, services
from common.access import Action
from common.scope import may_on
from common.views import (
    ArchivePage,
    CreatePage,
    Crumbs,
    DetailPage,
    ListPage,
    Page,
    RowPicker,
    UpdatePage,
    write,
)
from common.views.rows import FormPage
from organizations import services as org
from organizations.filters import GroupFilterSet, UnitFilterSet
from organizations.forms import (
    AliasForm,
    GroupForm,
    MembershipChangeForm,
    MembershipEndForm,
    MembershipForm,
    UnitForm,
)
from organizations.models import CompetitionGroup, GroupMembership, Unit, UnitAlias
from organizations.tables import AliasTable, GroupTable, MembershipTable, UnitTable, with_right_to_end

ADMIN = (_("Administration"), "")


class UnitNouns:
    model = Unit
    kind = "unit"
    url_prefix = "unit"
    crumbs: Crumbs = (ADMIN, (_("Units"), "unit_list"))


class UnitList(UnitNouns, ListPage):
    title = _("Units")
    sub = _("Everything that carries a target and can be ranked")
    table_class = UnitTable
    filterset_class = UnitFilterSet
    create_label = _("New unit")
    importer = "units"
    crumbs: Crumbs = (ADMIN,)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("parent").prefetch_related("aliases")


class UnitPick(UnitNouns, RowPicker):
    search_fields = ("name", "short_name", "code", "pinyin")

    @classmethod
    def rows(cls, queryset: Any) -> Any:
        return queryset.select_related("parent")

    @classmethod
    def label(cls, row: Unit) -> str:
        return row.name

    @classmethod
    def hint(cls, row: Unit) -> str:
        return row.parent.name if row.parent else ""


class UnitDetail(UnitNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        unit = self.get_object()
        return [
            {
                "title": _("Facts"),
                "rows": [
                    (_("short name"), unit.short_name),
                    (_("code"), unit.code),
                    (_("kind"), unit.get_kind_display()),
                    (_("belongs to"), unit.parent),
                    (_("valid from"), unit.valid_from),
                    (_("valid to"), unit.valid_to),
                    (_("successor"), unit.successor),
                ],
            }
        ]

    def related(self) -> list[dict[str, Any]]:
        unit, user = self.get_object(), self.actor
        children = (
            Unit.objects.visible_to(user).filter(parent=unit, archived_at=None).select_related("parent")
        )
        aliases: dict[str, Any] = {
            "title": _("Other names in senders' sheets"),
            "table": AliasTable(unit.aliases.all()),
        }
        if may_on(user, Action.CHANGE, unit):
            aliases["add_url"] = reverse("alias_add", args=[unit.pk])
        found = [aliases]
        if children:
            found.append(
                {
                    "title": _("Units below"),
                    "table": UnitTable(
                        children.prefetch_related("aliases"), chosen=("name", "code", "kind", "aliases")
                    ),
                }
            )
        return found


class UnitCreate(UnitNouns, CreatePage):
    title = _("New unit")
    form_class = UnitForm
    service = staticmethod(org.unit_create)


class UnitUpdate(UnitNouns, UpdatePage):
    form_class = UnitForm
    service = staticmethod(org.unit_update)


class UnitArchive(UnitNouns, ArchivePage):
    service = staticmethod(org.unit_archive)


class AliasAdd(UnitNouns, FormPage):
    needs = Action.CHANGE
    form_class = AliasForm
    title = _("Another name of a unit")

    def check(self) -> None:
        self.unit = services.get_visible(Unit, self.kwargs["pk"], self.actor)
        services.authorize(self.actor, Action.CHANGE, self.unit)

    def run(self, form: Any) -> Any:
        return org.alias_add(actor=self.actor, unit=self.unit, name=form.cleaned_data["name"])

    def done_url(self, result: Any) -> str:
        return reverse("unit_detail", args=[self.unit.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sub=self.unit.name, cancel_url=self.done_url(None), **kwargs)


class AliasRemove(Page):
    kind = "unit"
    needs = Action.CHANGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        alias = get_object_or_404(UnitAlias, pk=pk)
        services.get_visible(Unit, alias.unit_id, self.actor)
        write(request, lambda: org.alias_remove(actor=self.actor, pk=pk), said=_("The name is forgotten."))
        return HttpResponseRedirect(reverse("unit_detail", args=[alias.unit_id]))


class GroupNouns:
    model = CompetitionGroup
    kind = "group"
    url_prefix = "group"
    crumbs: Crumbs = (ADMIN, (_("Competition groups"), "group_list"))


class GroupList(GroupNouns, ListPage):
    title = _("Competition groups")
    sub = _("Units that are ranked against each other")
    table_class = GroupTable
    filterset_class = GroupFilterSet
    create_label = _("New group")
    importer = "memberships"
    crumbs: Crumbs = (ADMIN,)

    def rows(self, queryset: Any) -> Any:
        today = Q(memberships__valid__contains=clock.today(), memberships__archived_at=None)
        return queryset.select_related("owner").annotate(
            members=Count("memberships", filter=today, distinct=True)
        )


class GroupDetail(GroupNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        group = self.get_object()
        return [{"title": _("Facts"), "rows": [(_("code"), group.code), (_("run by"), group.owner)]}]

    def related(self) -> list[dict[str, Any]]:
        group = self.get_object()
        may_change = may_on(self.actor, Action.CHANGE, group)
        rows = with_right_to_end(
            group.memberships.filter(archived_at=None).select_related("unit", "counts_in"), may_change
        )
        found: dict[str, Any] = {"title": _("Units in the group"), "table": MembershipTable(rows)}
        if may_change:
            found["add_url"] = reverse("membership_add", args=[group.pk])
        return [found]


class GroupCreate(GroupNouns, CreatePage):
    title = _("New group")
    form_class = GroupForm
    service = staticmethod(org.group_create)


class GroupUpdate(GroupNouns, UpdatePage):
    form_class = GroupForm
    service = staticmethod(org.group_update)


class GroupArchive(GroupNouns, ArchivePage):
    service = staticmethod(org.group_archive)


class GroupPart(GroupNouns, FormPage):
    """A form about one group's members."""

    needs = Action.CHANGE

    def group_pk(self) -> int:
        return self.kwargs["pk"]

    def check(self) -> None:
        self.group = services.get_visible(CompetitionGroup, self.group_pk(), self.actor)
        services.authorize(self.actor, Action.CHANGE, self.group)

    def done_url(self, result: Any) -> str:
        return reverse("group_detail", args=[self.group.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sub=self.group.name, cancel_url=self.done_url(None), **kwargs)


class MembershipAdd(GroupPart):
    title = _("Put a unit into the group")
    form_class = MembershipForm

    def make_form(self, data: Any = None) -> Any:
        return MembershipForm(data, actor=self.actor, group=self.group)

    def run(self, form: Any) -> Any:
        return org.membership_add(actor=self.actor, group=self.group, **form.cleaned_data)


class MembershipUpdate(GroupPart):
    title = _("A unit in the group")
    form_class = MembershipChangeForm

    def group_pk(self) -> int:
        self.member = get_object_or_404(
            GroupMembership.objects.select_related("group__owner", "unit"), pk=self.kwargs["pk"]
        )
        return self.member.group_id

    def make_form(self, data: Any = None) -> Any:
        return MembershipChangeForm(data, actor=self.actor, member=self.member)

    def run(self, form: Any) -> Any:
        return org.membership_update(actor=self.actor, pk=self.member.pk, **form.cleaned_data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        return {**found, "sub": f"{self.group.name}: {self.member.unit.label}"}


class MembershipEnd(GroupPart):
    title = _("Take a unit out of the group")
    form_class = MembershipEndForm

    def group_pk(self) -> int:
        return get_object_or_404(GroupMembership, pk=self.kwargs["pk"]).group_id

    def run(self, form: Any) -> Any:
        return org.membership_end(
            actor=self.actor, pk=self.kwargs["pk"], last_day=form.cleaned_data["last_day"]
        )
