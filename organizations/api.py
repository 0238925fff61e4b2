from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api import RowSerializer, RowViewSet
from common.masking import mask_phone
from organizations import services
from organizations.filters import GroupFilterSet, OfficerFilterSet, UnitFilterSet
from organizations.models import CompetitionGroup, Officer, Unit


class UnitSerializer(RowSerializer):
    class Meta:
        model = Unit
        fields = (
            "id", "version", "parent", "code", "name", "short_name", "kind", "sort",
            "valid_from", "valid_to", "successor", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = ("id", "version", "archived_at", "created_at", "updated_at")
        extra_kwargs = {"parent": {"required": True}}

    def validate_parent(self, value: Unit | None) -> Unit:
        """Only the city, which the installation made, belongs to nothing."""
        if value is None:
            self.fields["parent"].fail("null")
        return value


class UnitViewSet(RowViewSet):
    """Units in the caller's scope."""

    model = Unit
    serializer_class = UnitSerializer
    filterset_class = UnitFilterSet
    list_page = "unit_list"
    ordering_fields = ("sort", "pinyin", "code", "updated_at")
    create_service = staticmethod(services.unit_create)
    update_service = staticmethod(services.unit_update)


class GroupSerializer(RowSerializer):
    class Meta:
        model = CompetitionGroup
        fields = ("id", "version", "owner", "code", "name", "sort", "archived_at", "created_at", "updated_at")
        read_only_fields = ("id", "version", "archived_at", "created_at", "updated_at")


class GroupViewSet(RowViewSet):
    """Competition groups that the caller runs or belongs to."""

    model = CompetitionGroup
    serializer_class = GroupSerializer
    filterset_class = GroupFilterSet
    list_page = "group_list"
    ordering_fields = ("sort", "code", "updated_at")
    create_service = staticmethod(services.group_create)
    update_service = staticmethod(services.group_update)


class OfficerSerializer(RowSerializer):
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)

    class Meta:
        model = Officer
        fields = (
            "id", "version", "unit", "name", "phone", "post", "joined_on", "left_on",
            "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = ("id", "version", "archived_at", "created_at", "updated_at")

    def to_representation(self, instance: Any) -> Any:
        """Telephone numbers leave masked; there is no unmasked read over the API."""
        return {**super().to_representation(instance), "phone": mask_phone(instance.phone)}


class OfficerViewSet(RowViewSet):
    """Officers in the caller's scope."""

    model = Officer
    serializer_class = OfficerSerializer
    filterset_class = OfficerFilterSet
    list_page = "officer_list"
    ordering_fields = ("pinyin", "updated_at")
    create_service = staticmethod(services.officer_create)
    update_service = staticmethod(services.officer_update)
