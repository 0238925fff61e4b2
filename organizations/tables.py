from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.masking import mask_phone
from common.tables import NUMBER, RowTable
from organizations.models import (
    ApiToken,
    CompetitionGroup,
    GroupMembership,
    Officer,
    Post,
    RoleGrant,
    ServiceRecord,
    Unit,
    UnitAlias,
    User,
)


class UnitTable(RowTable):
    name = tables.Column(_("name"), linkify=("unit_detail", {"pk": tables.A("pk")}), order_by=("pinyin",))
    parent = tables.Column(_("belongs to"), order_by=("parent__pinyin",))
    aliases = tables.Column(_("other names"), empty_values=(), orderable=False)

    class Meta(RowTable.Meta):
        model = Unit
        fields = (
            "name",
            "short_name",
            "code",
            "kind",
            "parent",
            "aliases",
            "valid_from",
            "valid_to",
            "sort",
            "updated_at",
        )
        sequence = fields
        optional = ("valid_from", "valid_to", "sort", "updated_at")

    def render_aliases(self, record: Unit) -> str:
        return "、".join(a.name for a in record.aliases.all())

    def value_aliases(self, record: Unit) -> str:
        return self.render_aliases(record)


class GroupTable(RowTable):
    name = tables.Column(_("name"), linkify=("group_detail", {"pk": tables.A("pk")}))
    members = tables.Column(_("units today"), attrs=NUMBER, orderable=False)

    class Meta(RowTable.Meta):
        model = CompetitionGroup
        fields = ("name", "code", "owner", "members", "sort", "updated_at")
        sequence = fields
        optional = ("sort", "updated_at")


class MembershipTable(RowTable):
    unit = tables.Column(_("unit"), linkify=("unit_detail", {"pk": tables.A("unit_id")}))
    begins = tables.Column(_("from"), accessor="valid__lower", orderable=False)
    ends = tables.TemplateColumn(
        '{% if record.valid.upper %}{{ record.last_day|date:"Y-m-d" }}{% elif record.may_end %}'
        '{% load i18n %}<a href="{% url "membership_end" record.pk %}">{% trans "end" %}</a>{% endif %}',
        verbose_name=_("to"),
        orderable=False,
    )

    change = tables.TemplateColumn(
        '{% if record.may_end %}{% load i18n %}<a href="{% url "membership_update" record.pk %}">'
        '{% trans "change" %}</a>{% endif %}',
        verbose_name="",
        accessor="pk",
        orderable=False,
        exclude_from_export=True,
    )

    class Meta(RowTable.Meta):
        model = GroupMembership
        fields = ("unit", "begins", "ends", "ranked", "in_total", "unit_type", "counts_in", "change")
        sequence = fields
        orderable = False


class AliasTable(RowTable):
    remove = tables.TemplateColumn(
        '{% load i18n %}<form method="post" action="{% url "alias_remove" record.pk %}">{% csrf_token %}'
        '<button class="btn btn-sm btn-ghost">{% trans "forget" %}</button></form>',
        verbose_name="",
        orderable=False,
        exclude_from_export=True,
    )

    class Meta(RowTable.Meta):
        model = UnitAlias
        fields = ("name", "created_at", "remove")
        orderable = False


class PostTable(RowTable):
    name = tables.Column(_("name"), linkify=("post_detail", {"pk": tables.A("pk")}))

    class Meta(RowTable.Meta):
        model = Post
        fields = ("name", "unit", "is_head", "sort", "updated_at")
        optional = ("sort", "updated_at")


class OfficerTable(RowTable):
    name = tables.Column(
        pgettext_lazy("person", "name"),
        linkify=("officer_detail", {"pk": tables.A("pk")}),
        order_by=("pinyin",),
    )
    phone = tables.Column(_("telephone"), orderable=False)

    class Meta(RowTable.Meta):
        model = Officer
        fields = ("name", "unit", "post", "phone", "joined_on", "left_on", "updated_at")
        optional = ("left_on", "updated_at")

    def render_phone(self, value: str) -> str:
        return mask_phone(value)

    def value_phone(self, value: str) -> str:
        """Exports are masked too; a full number is read one by one, and logged."""
        return mask_phone(value)


class ServiceTable(RowTable):
    class Meta(RowTable.Meta):
        model = ServiceRecord
        fields = ("kind", "begins", "ends", "note")
        orderable = False


class UserTable(RowTable):
    username = tables.Column(_("user name"), linkify=("user_detail", {"pk": tables.A("pk")}))

    class Meta(RowTable.Meta):
        model = User
        fields = ("username", "name", "unit", "is_active", "last_login", "updated_at")
        optional = ("updated_at",)


class RoleGrantTable(RowTable):
    user = tables.Column(
        _("account"), linkify=("role_detail", {"pk": tables.A("pk")}), order_by=("user__username",)
    )

    class Meta(RowTable.Meta):
        model = RoleGrant
        fields = ("user", "role", "unit", "valid_from", "valid_to", "updated_at")
        optional = ("updated_at",)


class ApiTokenTable(RowTable):
    name = tables.Column(
        pgettext_lazy("token", "name"),
        linkify=("apitoken_detail", {"pk": tables.A("pk")}),
        order_by=("name", "pk"),
    )
    user = tables.Column(_("account"), order_by=("user__username", "pk"))
    created_at = tables.Column(_("created"))

    class Meta(RowTable.Meta):
        model = ApiToken
        fields = ("name", "user", "hint", "created_at", "expires_at", "last_used_at", "updated_at")
        optional = ("updated_at",)


def with_right_to_end(rows: Any, may_end: bool) -> list[GroupMembership]:
    """Memberships for MembershipTable, with what its last column asks."""
    found = list(rows)
    for row in found:
        row.may_end = may_end
        row.last_day = row.valid.upper - timedelta(days=1) if row.valid.upper else None
    return found
