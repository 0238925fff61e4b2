"""Follow-ups, tasks and files over the API: the same services as the pages."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from common import files
from common.actors import Actor
from common.api import ReadViewSet, RowSerializer, RowViewSet
from common.filters import RowFilterSet
from leads import confidential, dossier
from leads.choices import Evidence
from leads.filters.work import TaskFilterSet
from leads.models import Attachment, FollowUp, Task
from leads.services import files as file_services
from leads.services import follow_ups, tasks

KEPT = ("id", "version", "archived_at", "created_at", "updated_at")


def actor_of(request: Request) -> Actor:
    """Who is signed in: the API lets nobody else through."""
    return cast(Actor, request.user)


def with_pk(values: dict[str, Any]) -> dict[str, Any]:
    """Services of the dossier take the lead's id: they look for it by themselves."""
    lead = values.pop("lead", None)
    return values | ({"lead": lead.pk} if lead else {})


class FollowUpFilterSet(RowFilterSet):
    search_fields = ("text", "people", "lead__name")
    on = django_filters.DateFromToRangeFilter(field_name="on")

    class Meta:
        model = FollowUp
        fields = ("q", "lead", "kind", "on")


class FollowUpSerializer(RowSerializer):
    points = serializers.CharField(write_only=True, required=False, allow_blank=True, max_length=4000)
    points_due = serializers.DateField(write_only=True, required=False, allow_null=True)
    next_step = serializers.CharField(write_only=True, required=False, allow_blank=True, max_length=200)
    next_on = serializers.DateField(write_only=True, required=False, allow_null=True)

    class Meta:
        model = FollowUp
        fields = (
            "id", "version", "lead", "unit", "kind", "on", "people", "text", "author", "points", "points_due",
            "next_step", "next_on", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = (*KEPT, "unit", "author")


class FollowUpViewSet(RowViewSet):
    """Talks with investors. Each line of `points` becomes a task; `next_step` replaces the lead's own."""

    model = FollowUp
    serializer_class = FollowUpSerializer
    filterset_class = FollowUpFilterSet
    ordering_fields = ("on", "updated_at")

    def perform_create(self, serializer: Any) -> None:
        values = with_pk(dict(serializer.validated_data))
        serializer.instance = follow_ups.follow_up_add(actor=actor_of(self.request), **values)

    @staticmethod
    def update_service(*, actor: Any, pk: int, version: int | None, **values: Any) -> FollowUp:
        """What was entered along with the talk is not changed with it, and a talk stays at its lead."""
        kept = {k: v for k, v in values.items() if k in ("kind", "on", "people", "text")}
        return follow_ups.follow_up_update(actor=actor, pk=pk, version=version, **kept)


class TaskSerializer(RowSerializer):
    class Meta:
        model = Task
        fields = (
            "id", "version", "lead", "title", "assignee", "due_on", "remind_days", "follow_up", "done_on", "outcome",
            "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = (*KEPT, "follow_up", "done_on", "outcome")


class DoneSerializer(serializers.Serializer):
    outcome = serializers.CharField(required=False, allow_blank=True, max_length=500)


class TaskViewSet(RowViewSet):
    """What is to be done for leads and projects. `POST done/` finishes a task, `POST reopen/` takes it up again."""

    model = Task
    serializer_class = TaskSerializer
    filterset_class = TaskFilterSet
    list_page = "task_list"
    ordering_fields = ("due_on", "updated_at")

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = tasks.task_add(
            actor=actor_of(self.request), **with_pk(dict(serializer.validated_data))
        )

    @staticmethod
    def update_service(*, actor: Any, pk: int, version: int | None, **values: Any) -> Task:
        values.pop("lead", None)  # a task stays at its lead
        return tasks.task_update(actor=actor, pk=pk, version=version, **values)

    @extend_schema(request=DoneSerializer, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def done(self, request: Request, pk: str) -> Response:
        task = self.get_object()
        given = DoneSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        row = tasks.task_done(actor=actor_of(request), pk=task.pk, **given.validated_data)
        return Response(self.get_serializer(row).data)

    @extend_schema(request=None, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        row = tasks.task_reopen(actor=actor_of(request), pk=self.get_object().pk)
        return Response(self.get_serializer(row).data)


class AttachmentFilterSet(RowFilterSet):
    search_fields = ("name", "note")

    class Meta:
        model = Attachment
        fields = ("q", "lead", "kind")


class AttachmentSerializer(RowSerializer):
    size = serializers.IntegerField(source="stored.size", read_only=True)
    sha256 = serializers.CharField(source="stored.sha256", read_only=True)

    class Meta:
        model = Attachment
        fields = (
            "id", "version", "lead", "name", "kind", "on", "note", "size", "sha256", "author_name", "archived_at",
            "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = (*KEPT, "author_name")


class UploadSerializer(serializers.Serializer):
    lead = serializers.IntegerField()
    file = serializers.FileField()
    kind = serializers.ChoiceField(choices=Evidence.choices, default=Evidence.OTHER)
    on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200)


class AttachmentViewSet(ReadViewSet):
    """Files of leads and projects. `POST` takes a file as multipart/form-data; `content/` hands it out."""

    model = Attachment
    serializer_class = AttachmentSerializer
    filterset_class = AttachmentFilterSet
    ordering_fields = ("id",)
    parser_classes = (MultiPartParser,)
    http_method_names = ("get", "post", "head", "options")

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("stored")

    @extend_schema(request=UploadSerializer, responses={201: AttachmentSerializer})
    def create(self, request: Request) -> Response:
        given = UploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        upload = values.pop("file")
        dossier.keep(actor_of(request), values["lead"])  # before anything is stored
        row = file_services.attachment_add(
            actor=actor_of(request), stored=files.store(upload), name=upload.name, **values
        )
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(responses={(200, "*/*"): bytes})
    @action(detail=True, methods=["get"])
    def content(self, request: Request, pk: str) -> Any:
        row = self.get_object()
        confidential.look(actor_of(request), dossier.read(actor_of(request), row.lead_id))
        return files.respond(row.stored, row.name)
