"""Evaluation rounds over the API: reading, and the form on site by the same services as the page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from capital.filters.rounds import InspectionFilterSet, RoundFilterSet
from capital.models import EvaluationRound, Inspection
from capital.services import inspections
from common.actors import Actor
from common.api import ReadViewSet, RowSerializer
from common.errors import Refused
from projects import confidential
from rules.inspection import Kind

TELLING = ("answers", "reported", "initial", "initial_score", "initial_reason", "final", "final_reason")


class RoundSerializer(RowSerializer):
    class Meta:
        model = EvaluationRound
        fields = (
            "id", "version", "unit", "kind", "period", "name", "basis", "threshold", "own_unit", "sheet", "approval_number",
            "due_on", "state", "decided_at", "published_at", "archived_at", "created_at", "updated_at",
        )  # fmt: skip


class RoundViewSet(ReadViewSet):
    """Evaluation rounds. Units read those that were published and looked at their projects."""

    model = EvaluationRound
    serializer_class = RoundSerializer
    filterset_class = RoundFilterSet
    list_page = "round_list"
    ordering_fields = ("period", "due_on", "updated_at")


class InspectionSerializer(RowSerializer):
    project_name = serializers.SerializerMethodField()
    sheet: Any = serializers.JSONField(source="round.sheet.document", read_only=True)

    class Meta:
        model = Inspection
        fields = (
            "id", "version", "round", "project", "project_name", "team", "state", "visited_on", "sheet", *TELLING, "initial_name",
            "final_name", "archived_at", "created_at", "updated_at",
        )  # fmt: skip

    def get_project_name(self, row: Inspection) -> str:
        return confidential.shown_name(row.project, self.context["request"].user)

    def to_representation(self, instance: Any) -> Any:
        found = super().to_representation(instance)
        if confidential.kept_back(instance.project, self.context["request"].user):
            found |= dict.fromkeys(TELLING)
        return found


class FormSerializer(serializers.Serializer):
    """The form as far as it is filled in. Points and amounts (yuan) are numbers or text, yes and no are
    true and false, a choice is the value of its option."""

    version = serializers.IntegerField()
    visited_on = serializers.DateField(required=False, allow_null=True)
    answers: Any = serializers.DictField(allow_empty=True)


class ResultSerializer(serializers.Serializer):
    version = serializers.IntegerField()
    result = serializers.DecimalField(max_digits=18, decimal_places=2, help_text="Yuan.")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


class InspectionViewSet(ReadViewSet):
    """Inspections. `POST form/` keeps the form, by a member of the team; `POST initial/` gives the team's result,
    `POST final/` the committee's."""

    model = Inspection
    serializer_class = InspectionSerializer
    filterset_class = InspectionFilterSet
    list_page = "inspection_list"
    ordering_fields = ("state", "updated_at", "id")

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("round__sheet", "project__unit")

    @extend_schema(request=FormSerializer, responses=InspectionSerializer)
    @action(detail=True, methods=["post"])
    def form(self, request: Request, pk: str) -> Response:
        row = self.get_object()
        given = self._given(FormSerializer, request)
        saved = inspections.inspection_save(
            actor=cast(Actor, request.user),
            pk=row.pk,
            version=given["version"],
            answers=answers_of(row, given["answers"]),
            visited_on=given.get("visited_on"),
        )
        return self._said(saved)

    @extend_schema(request=ResultSerializer, responses=InspectionSerializer)
    @action(detail=True, methods=["post"], url_path="initial", url_name="initial")
    def give_initial(self, request: Request, pk: str) -> Response:
        return self._result(request, "initial", inspections.inspection_initial)

    @extend_schema(request=ResultSerializer, responses=InspectionSerializer)
    @action(detail=True, methods=["post"], url_path="final", url_name="final")
    def give_final(self, request: Request, pk: str) -> Response:
        return self._result(request, "final", inspections.inspection_final)

    def _result(self, request: Request, name: str, service: Any) -> Response:
        row = self.get_object()
        given = self._given(ResultSerializer, request)
        values = {name: given["result"], "reason": given.get("reason", "")}
        return self._said(service(actor=request.user, pk=row.pk, version=given["version"], **values))

    def _given(self, serializer: Any, request: Request) -> dict[str, Any]:
        given = serializer(data=request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def _said(self, row: Inspection) -> Response:
        return Response(self.get_serializer(row).data)


def answers_of(row: Inspection, sent: dict[str, Any]) -> dict[str, Any]:
    """Answers as the service takes them: numbers of points and amounts as decimals. Raises Refused."""
    numbers = {one.code for one in inspections.sheet_of(row) if one.kind in (Kind.POINTS, Kind.AMOUNT)}
    found = dict(sent)
    for code in numbers & set(sent):
        if sent[code] is None or sent[code] == "":
            continue
        try:
            found[code] = Decimal(str(sent[code]))
        except ArithmeticError as wrong:
            raise Refused(_("“%(value)s” is no number.") % {"value": sent[code]}, code="answer") from wrong
    return found
