"""Stages over the API: reading the ladders, what a record lacks, and moving it, as the pages do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common import services
from common.access import Action
from common.api import ReadViewSet, RowSerializer
from leads import facts, stages
from leads.filters.stages import StageFilterSet
from leads.models import Stage, StageReason


class ReasonSerializer(RowSerializer):
    class Meta:
        model = StageReason
        fields = ("code", "name", "name_en")


class StageSerializer(RowSerializer):
    reasons: Any = ReasonSerializer(many=True, read_only=True)

    class Meta:
        model = Stage
        fields = (
            "id", "version", "pipeline", "code", "name", "name_en", "kind", "sort", "facts", "evidence", "movers",
            "due_days", "stale_days", "reasons", "archived_at", "created_at", "updated_at",
        )  # fmt: skip


class StageViewSet(ReadViewSet):
    """The stages of leads and projects with what each asks for. The bureau changes them on the pages."""

    model = Stage
    serializer_class = StageSerializer
    filterset_class = StageFilterSet
    list_page = "stage_list"
    ordering_fields = ("sort", "code")

    def rows(self, queryset: Any) -> Any:
        offered = StageReason._base_manager.filter(archived_at=None).order_by("sort", "code")
        return queryset.prefetch_related(Prefetch("reasons", offered))


class NeedSerializer(serializers.Serializer):
    """One thing that a stage asks for and the record lacks. `fields` may be given along with the move."""

    kind = serializers.ChoiceField(choices=("fact", "evidence"))
    code = serializers.CharField()
    label: Any = serializers.CharField()
    stage = serializers.CharField()
    stage_label = serializers.CharField()
    fields: Any = serializers.ListField(child=serializers.CharField())


class MissingSerializer(serializers.Serializer):
    """`stage` is the one asked about; null at the end of the ladder."""

    stage = serializers.CharField(allow_null=True)
    allowed = serializers.BooleanField()
    missing: Any = NeedSerializer(many=True)


class MoveSerializer(serializers.Serializer):
    """`values` are missing facts by field name; those that name a row take its id."""

    version = serializers.IntegerField()
    target = serializers.CharField()
    on = serializers.DateField(required=False)
    reason_code = serializers.CharField(required=False, allow_blank=True)
    reason_text = serializers.CharField(required=False, allow_blank=True, max_length=500)
    values: Any = serializers.DictField(required=False)


class MoveMixin:
    """`POST .../{id}/move/` and `GET .../{id}/missing/?target=` for a view set whose records run along a ladder.

    A leaf names `move_service`.
    """

    move_service: Callable[..., Any]
    model: Any

    def opened(self, row: Any) -> bool:
        """A leaf may write down who opens a record. False: this caller isn't told what it lacks."""
        return True

    @extend_schema(request=MoveSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        """Move the record to another stage. 409 `missing_facts` lists in `fields.missing` what it still lacks."""
        actor: Any = request.user
        row = services.get_visible(self.model, pk, actor)
        services.authorize(actor, Action.CHANGE, row)
        self.opened(row)
        given = MoveSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = dict(given.validated_data)
        asked["values"] = self._cleaned(row, asked.get("values") or {})
        moved = type(self).move_service(actor=actor, pk=row.pk, **asked)
        return Response(self.get_serializer(moved).data)  # type: ignore[attr-defined]

    @extend_schema(responses=MissingSerializer)
    @action(detail=True, methods=["get"])
    def missing(self, request: Request, pk: str) -> Response:
        """What the record lacks for the next stage, or for the one named by `target`."""
        actor: Any = request.user
        row = services.get_visible(self.model, pk, actor)
        steps = stages.ladder(stages.track_of(row).pipeline)
        target = request.query_params.get("target", "")
        following = steps.row(target) if target else stages.next_stage(row, actor, steps=steps)
        if following is None:
            return Response({"stage": None, "allowed": False, "missing": []})
        said = stages.verdict_for(row, actor, following.code, steps=steps)
        told = self.opened(row)
        needs = [one.as_dict() for one in stages.in_words(steps, said.missing)] if told else []
        return Response({"stage": following.code, "allowed": said.allowed, "missing": needs})

    def _cleaned(self, row: Any, values: dict[str, Any]) -> dict[str, Any]:
        """JSON values as the serializer reads them, rows by their id. What supplies no fact stays as it is, for
        the service to refuse."""
        known = {name for f in facts.catalogue(stages.track_of(row).pipeline).values() for name in f.fields}
        own = {name: value for name, value in values.items() if name in known}
        part = self.get_serializer(row, data=own, partial=True)  # type: ignore[attr-defined]
        part.is_valid(raise_exception=True)
        return {**{name: value for name, value in values.items() if name not in known}, **part.validated_data}
