"""Rows that are named in what the API is sent."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class Scoped(serializers.PrimaryKeyRelatedField):
    """A row that the caller may see."""

    def __init__(self, model: Any = None, **kwargs: Any) -> None:
        self.model = model
        super().__init__(queryset=model._base_manager.all(), **kwargs)

    def get_queryset(self) -> Any:
        return self.model.objects.visible_to(self.context["request"].user).filter(archived_at=None)


def chosen(rows: Any, pk: int, field: str) -> Any:
    """The row of this key among those that can be chosen. Raises ValidationError for the field."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise serializers.ValidationError({field: [f"{pk} can't be chosen."]})
    return found
