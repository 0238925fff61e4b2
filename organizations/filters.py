from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.filters import RowFilterSet
from organizations.choices import Role, UnitKind
from organizations.models import ApiToken, CompetitionGroup, Officer, Post, RoleGrant, Unit, User


class UnitFilterSet(RowFilterSet):
    search_fields = ("name", "short_name", "code", "pinyin")
    kind = django_filters.ChoiceFilter(choices=UnitKind.choices, empty_label=_("all"), label=_("Kind"))
    below = django_filters.ModelChoiceFilter(
        queryset=Unit._base_manager.none(), method="in_tree", label=_("Below")
    )

    class Meta:
        model = Unit
        fields = ("q", "kind", "below")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.filters["below"].queryset = (
            Unit.objects.visible_to(self.request.user).filter(children__isnull=False).distinct()
        )

    def in_tree(self, queryset: QuerySet, name: str, value: Unit) -> QuerySet:
        return queryset.filter(path__startswith=value.path)


class GroupFilterSet(RowFilterSet):
    search_fields = ("name", "code")

    class Meta:
        model = CompetitionGroup
        fields = ("q",)


class PostFilterSet(RowFilterSet):
    search_fields = ("name", "unit__name")

    class Meta:
        model = Post
        fields = ("q", "is_head")


class OfficerFilterSet(RowFilterSet):
    search_fields = ("name", "pinyin", "unit__name")

    class Meta:
        model = Officer
        fields = ("q", "unit")


class UserFilterSet(RowFilterSet):
    search_fields = ("username", "name", "unit__name")

    class Meta:
        model = User
        fields = ("q", "unit", "is_active")


class RoleGrantFilterSet(RowFilterSet):
    search_fields = ("user__name", "user__username", "unit__name")
    role = django_filters.ChoiceFilter(choices=Role.choices, empty_label=_("all"), label=_("Role"))

    class Meta:
        model = RoleGrant
        fields = ("q", "role", "unit")


class ApiTokenFilterSet(RowFilterSet):
    search_fields = ("name", "user__name", "user__username")

    class Meta:
        model = ApiToken
        fields = ("q",)
