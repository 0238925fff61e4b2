"""Schemes over the API: their versions with the document, and asking for a result (results: `api_results.py`)."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments import services
from assessments.models import Scheme, SchemeRun, SchemeVersion
from assessments.schemes.rulebook import needed_on, storable
from assessments.schemes.tables import SchemeFilterSet, SchemeVersionFilterSet
from assessments.schemes.words import problem_text
from common import clock
from common.access import Action
from common.actors import Actor
from common.api import RowSerializer, RowViewSet
from common.services import authorize


class SchemeSerializer(RowSerializer):
    class Meta:
        model = Scheme
        fields = ("id", "version", "owner", "code", "name", "archived_at", "created_at", "updated_at")
        read_only_fields = ("id", "version", "archived_at", "created_at", "updated_at")

    def get_fields(self) -> Any:
        found = super().get_fields()
        if self.instance is not None and not isinstance(self.instance, (list, tuple)):
            found["code"].read_only = True  # it stands in documents and runs
        return found


class RunRequest(serializers.Serializer):
    """Which period: `month` is its last one, 13 the year with its final account."""

    year = serializers.IntegerField(min_value=2000, max_value=2100)
    month = serializers.IntegerField(min_value=1, max_value=13)
    data_through = serializers.IntegerField(min_value=1, max_value=12, required=False)


class JobAnswer(serializers.Serializer):
    """The job that computes it."""

    job = serializers.IntegerField()
    state = serializers.CharField()


class SchemeViewSet(RowViewSet):
    """Methods by which units are assessed. `POST {id}/compute/` asks a worker for a result."""

    model = Scheme
    serializer_class = SchemeSerializer
    filterset_class = SchemeFilterSet
    list_page = "scheme_list"
    ordering_fields = ("code", "name")
    create_service = staticmethod(services.scheme_create)
    update_service = staticmethod(services.scheme_update)

    def rows(self, queryset: Any) -> Any:
        return queryset.distinct()

    @extend_schema(request=RunRequest, responses={202: JobAnswer})
    @action(detail=True, methods=["post"])
    def compute(self, request: Request, pk: str | None = None) -> Response:
        """Ask for a result of the period that ends in a month."""
        scheme, actor = self.get_object(), cast(Actor, request.user)
        authorize(actor, Action.RUN, SchemeRun(version=needed_on(scheme, clock.today())))
        given = RunRequest(data=request.data)
        given.is_valid(raise_exception=True)
        job = services.schemerun_request(actor=actor, scheme=scheme, **given.validated_data)
        return Response({"job": job.pk, "state": job.state}, status=status.HTTP_202_ACCEPTED)


class SchemeProblemSerializer(serializers.Serializer):
    """Something that keeps a draft from being checked, with its place in the document."""

    path = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class SchemeVersionSerializer(RowSerializer):
    """`document` as docs/schemes.md describes it (docs/schemas/scheme-1.json); `sha256` of its normal form, empty while it
    can't be read. A new one is a draft; its document may be changed until it is published."""

    document = serializers.JSONField()
    problems = serializers.SerializerMethodField()

    class Meta:
        model = SchemeVersion
        fields = (
            "id", "version", "scheme", "number", "source", "since", "until", "document", "sha256", "state", "problems",
            "published_at", "published_name", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = (
            "id", "version", "number", "sha256", "state", "problems", "published_at", "published_name", "archived_at",
            "created_at", "updated_at",
        )  # fmt: skip

    def get_fields(self) -> Any:
        found = super().get_fields()
        if isinstance(self.instance, SchemeVersion):
            found["scheme"].read_only = True
        return found

    def validate_document(self, value: Any) -> Any:
        if not isinstance(value, dict):
            raise serializers.ValidationError(_("This holds no method."))
        try:
            return storable(value)
        except ValidationError as problem:
            raise serializers.ValidationError(problem.message_dict["document"]) from None

    @extend_schema_field(SchemeProblemSerializer(many=True))
    def get_problems(self, row: SchemeVersion) -> list[dict[str, str]]:
        if row.state == "published":
            return []
        return [
            {"path": one.path, "code": one.code, "message": problem_text(one)}
            for one in services.problems_of(row)
        ]


class SchemeVersionViewSet(RowViewSet):
    """Versions of methods. Checking, trying out and publishing are done on the pages."""

    model = SchemeVersion
    serializer_class = SchemeVersionSerializer
    filterset_class = SchemeVersionFilterSet
    ordering_fields = ("scheme", "number", "since")
    create_service = staticmethod(services.schemeversion_draft)
    update_service = staticmethod(services.schemeversion_change)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("scheme").distinct()
