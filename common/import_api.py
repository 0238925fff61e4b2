"""Imports over the API: the steps of the import pages by the same services (`common/imports/`)."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import FileResponse, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from common import exporting, imports, services
from common.access import Action
from common.actors import Actor
from common.api import ReadViewSet
from common.errors import Denied, NotVisible
from common.filters import RowFilterSet
from common.import_serializers import (
    AnswersSerializer,
    ConfirmSerializer,
    ImportBatchSerializer,
    ImportDetailSerializer,
    ImportRowSerializer,
    KindSerializer,
    MendSerializer,
    QuestionsSerializer,
    StartSerializer,
    UndoSerializer,
)
from common.models import ImportBatch, ImportRow
from common.rest import JSONParser

State, Result = ImportBatch.State, ImportRow.Result


class ImportBatchFilterSet(RowFilterSet):
    search_fields = ("filename", "actor_name")

    class Meta:
        model = ImportBatch
        fields = ("q", "importer", "state")


def parameters(form: Any) -> list[dict[str, Any]]:
    """The fields of an importer's form as a program must know them."""
    return [
        {
            "name": name,
            "label": str(field.label),
            "required": field.required,
            "several": isinstance(field, (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)),
            "choices": [str(value) for value, _label in field.choices]
            if hasattr(field, "choices") and not isinstance(field, forms.ModelChoiceField)
            else [],
        }
        for name, field in form.fields.items()
    ]


def cleaned(form: Any) -> Any:
    """A valid form. Raises ValidationError by field."""
    if not form.is_valid():
        raise serializers.ValidationError({name: list(errors) for name, errors in form.errors.items()})
    return form


def binary(code: int = 200) -> Any:
    return {(code, "application/octet-stream"): OpenApiTypes.BINARY}


class ImportViewSet(ReadViewSet):
    """Imports of Excel and CSV files in the caller's scope. `POST` takes the file in and matches it, nothing is
    written before `confirm/`, and then all rows or none."""

    model = ImportBatch
    serializer_class = ImportBatchSerializer
    filterset_class = ImportBatchFilterSet
    ordering_fields = ("id", "confirmed_at")
    http_method_names = ("get", "post", "head", "options")

    @property
    def actor(self) -> Actor:
        return cast(Actor, self.request.user)

    def get_serializer_class(self) -> Any:
        return ImportBatchSerializer if self.action == "list" else ImportDetailSerializer

    def get_parsers(self) -> Any:
        start = getattr(self, "action_map", {}).get("post") == "create"
        return [MultiPartParser()] if start else [JSONParser()]

    def batch(self, *, needs: Action | None = None, personal: bool = False) -> ImportBatch:
        """The batch of the address. Raises NotVisible; Denied without the right to `needs`, or when it names personal
        data and the caller only reads imports."""
        batch: ImportBatch = self.get_object()
        if needs or (personal and imports.importer_of(batch).personal):
            services.authorize(self.actor, needs or Action.IMPORT, batch)
        return batch

    def given(self, serializer: type[serializers.Serializer]) -> dict[str, Any]:
        found = serializer(data=self.request.data)
        found.is_valid(raise_exception=True)
        return dict(found.validated_data)

    def told(self, batch: ImportBatch, code: int = 200) -> Response:
        return Response(
            ImportDetailSerializer(batch, context=self.get_serializer_context()).data, status=code
        )

    def may_import(self) -> None:
        if not imports.offered_to(self.actor):
            raise Denied

    @extend_schema(request={"multipart/form-data": StartSerializer}, responses={201: ImportDetailSerializer})
    def create(self, request: Request) -> Response:
        """Take a file in. The answer is in state `preview`, or `mapping` when columns or names are not known."""
        self.may_import()
        given = self.given(StartSerializer)
        machine = imports.importer_of(given["importer"])
        scope_path, params = cleaned(machine.form_class(request.data, actor=self.actor)).target()
        file = given["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            raise imports.too_large(file.size)
        batch = imports.start(
            actor=self.actor,
            importer=machine.code,
            data=file.read(),
            filename=file.name,
            scope_path=scope_path,
            params=params,
            sheet=given.get("sheet", ""),
        )
        return self.told(batch, 201)

    @extend_schema(responses=KindSerializer(many=True), filters=False)
    @action(detail=False, pagination_class=None)
    def kinds(self, request: Request) -> Response:
        """What can be imported, and what to send with it."""
        self.may_import()
        found = []
        for one in imports.offered_to(self.actor):
            template = one.template_form
            found.append(
                {
                    "code": one.code,
                    "label": str(one.label),
                    "parameters": parameters(one.form_class(actor=self.actor)),
                    "template_parameters": parameters(template(actor=self.actor)) if template else [],
                }
            )
        return Response(found)

    @extend_schema(
        parameters=[OpenApiParameter("code", str, OpenApiParameter.PATH, description="Code of a kind.")],
        responses={(200, exporting.XLSX): OpenApiTypes.BINARY},
        filters=False,
    )
    @action(detail=False, url_path=r"kinds/(?P<code>[a-z_.]+)/template", pagination_class=None)
    def template(self, request: Request, code: str) -> HttpResponse:
        """The Excel template of a kind; its parameters go into the address."""
        self.may_import()
        if code not in {one.code for one in imports.every()}:
            raise NotVisible
        machine = imports.importer_of(code)
        if machine not in imports.offered_to(self.actor):
            raise Denied
        given: dict[str, Any] = {}
        if form_class := machine.template_form:
            given = cleaned(form_class(request.query_params, actor=self.actor)).cleaned_data
        response = HttpResponse(machine.template(self.actor, **given), content_type=exporting.XLSX)
        response["Content-Disposition"] = f'attachment; filename="{machine.code}.xlsx"'
        return response

    @extend_schema(responses=QuestionsSerializer)
    @action(detail=True)
    def matching(self, request: Request, pk: str) -> Response:
        """What is asked about columns and names, with what is matched so far."""
        batch = self.batch(needs=Action.IMPORT)
        if batch.state not in (State.MAPPING, State.PREVIEW):
            raise NotVisible
        return Response(QuestionsSerializer(imports.questions(batch, self.actor)).data)

    @extend_schema(request=AnswersSerializer, responses=ImportDetailSerializer)
    @matching.mapping.post
    def answer(self, request: Request, pk: str) -> Response:
        """Answer, and see the preview. Names that are left open make their rows wrong."""
        batch, given = self.batch(needs=Action.IMPORT), self.given(AnswersSerializer)
        if "columns" not in given:
            if given.get("sheet", batch.sheet) == batch.sheet:
                raise serializers.ValidationError({"columns": "Say which column is which field."})
            return self.told(imports.choose_sheet(actor=self.actor, pk=batch.pk, sheet=given["sheet"]))
        known = {field.key for field in imports.importer_of(batch).fields(batch)} | {""}
        if strange := sorted(set(given["columns"].values()) - known):
            raise serializers.ValidationError({"columns": [f"There is no field “{key}”." for key in strange]})
        batch = imports.remap(
            actor=self.actor,
            pk=batch.pk,
            sheet=given.get("sheet", batch.sheet),
            header_row=given.get("header_row", batch.header_row),
            columns=given["columns"],
            names=given.get("names", {}),
            remember=given["remember"],
        )
        return self.told(batch)

    @extend_schema(
        parameters=[
            OpenApiParameter("only", str, enum=Result.values, description="Rows of this result only.")
        ],
        responses=ImportRowSerializer(many=True),
        filters=False,
    )
    @action(detail=True, url_path="rows", url_name="rows")
    def lines(self, request: Request, pk: str) -> Response:
        """The rows with what they will do, and what is wrong with them."""
        found = self.batch(personal=True).rows.all()
        only = request.query_params.get("only", "")
        if only and only not in Result.values:
            raise serializers.ValidationError({"only": f"One of: {', '.join(Result.values)}."})
        page = self.paginate_queryset(found.filter(result=only) if only else found)
        return self.get_paginated_response(ImportRowSerializer(page, many=True).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("number", int, OpenApiParameter.PATH, description="Of the row in the file.")
        ],
        request=MendSerializer,
        responses=ImportRowSerializer,
    )
    @action(detail=True, methods=["post"], url_path=r"rows/(?P<number>[0-9]{1,7})")
    def mend(self, request: Request, pk: str, number: str) -> Response:
        """Correct a parked row; it is written with its batch."""
        batch, given = self.batch(needs=Action.IMPORT), self.given(MendSerializer)
        row = imports.mend(actor=self.actor, pk=batch.pk, number=int(number), cells=given["cells"])
        return Response(ImportRowSerializer(row).data)

    @extend_schema(request=ConfirmSerializer, responses=ImportDetailSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Write all rows or none. 409 `wrong` while rows are wrong, `changed` when the preview is out of date."""
        batch, given = self.batch(needs=Action.IMPORT), self.given(ConfirmSerializer)
        return self.told(imports.confirm(actor=self.actor, pk=batch.pk, **given))

    @extend_schema(request=None, responses=ImportDetailSerializer)
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, pk: str) -> Response:
        """Drop what was not confirmed."""
        return self.told(imports.discard(actor=self.actor, pk=self.batch(needs=Action.IMPORT).pk))

    @extend_schema(request=UndoSerializer, responses=ImportDetailSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Take a confirmed import back. 409 when a later change stands on it."""
        batch, given = self.batch(needs=Action.IMPORT), self.given(UndoSerializer)
        return self.told(imports.undo(actor=self.actor, pk=batch.pk, **given))

    @extend_schema(responses=binary())
    @action(detail=True)
    def file(self, request: Request, pk: str) -> FileResponse:
        """The file as it was sent."""
        batch = self.batch(personal=True)
        content = batch.file.content.open("rb")
        return FileResponse(
            content, as_attachment=True, filename=batch.filename, content_type="application/octet-stream"
        )

    @extend_schema(responses={(200, exporting.XLSX): OpenApiTypes.BINARY})
    @action(detail=True)
    def marked(self, request: Request, pk: str) -> HttpResponse:
        """The file as .xlsx with its wrong cells coloured, the reasons as comments."""
        batch = self.batch(personal=True)
        response = HttpResponse(imports.marked_file(batch), content_type=exporting.XLSX)
        response["Content-Disposition"] = f'attachment; filename="marked-{batch.pk}.xlsx"'
        return response
