"""What imports say over the API, and what they are told (`common/import_api.py`)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common import imports
from common.api import RowSerializer
from common.models import ImportBatch, ImportRow

State = ImportBatch.State


class ImportBatchSerializer(RowSerializer):
    class Meta:
        model = ImportBatch
        fields = (
            "id", "version", "importer", "filename", "sheet", "header_row", "state", "actor_name", "created_at",
            "confirmed_at", "undone_at", "undone_by", "undo_reason",
        )  # fmt: skip
        read_only_fields = fields


class CountsSerializer(serializers.Serializer):
    """Rows by what they will do (`new` to `wrong`) and by what became of them (`applied`, `parked`)."""

    total = serializers.IntegerField()
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    wrong = serializers.IntegerField()
    applied = serializers.IntegerField()
    parked = serializers.IntegerField()


class ImportDetailSerializer(ImportBatchSerializer):
    """`state` says what comes next: `mapping` asks for answers (`matching/`), `preview` is ready to be confirmed.
    `columns`: number of the file's column → field. `ignored`: headers that nothing is taken from."""

    about = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()
    ignored = serializers.SerializerMethodField()

    class Meta(ImportBatchSerializer.Meta):
        fields = (*ImportBatchSerializer.Meta.fields, "about", "columns", "counts", "warnings", "ignored")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]
        extra_kwargs = {
            "columns": {"help_text": "Number of the file's column, from 0, to the key of a field."}
        }

    def get_about(self, batch: ImportBatch) -> str:
        return imports.importer_of(batch).about(batch)

    @extend_schema_field(CountsSerializer)
    def get_counts(self, batch: ImportBatch) -> Any:
        return imports.counts(batch)

    def get_warnings(self, batch: ImportBatch) -> list[str]:
        return imports.importer_of(batch).warnings(batch) if batch.state == State.PREVIEW else []

    def get_ignored(self, batch: ImportBatch) -> list[str]:
        return list(batch.params.get("ignored", ()))


class StartSerializer(serializers.Serializer):
    """`importer` is the code of a kind. The kind's own parameters (`kinds/` names them, `unit` is one of all) are
    further parts of the same form."""

    importer = serializers.CharField(max_length=40)
    file = serializers.FileField(max_length=200)
    sheet = serializers.CharField(
        max_length=100, required=False, help_text="The likeliest one when left out."
    )
    unit = serializers.IntegerField(required=False, help_text="Units below this one are meant.")


class ParameterSerializer(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    required = serializers.BooleanField()  # type: ignore[assignment]
    several = serializers.BooleanField()
    choices = serializers.ListField(
        child=serializers.CharField(), help_text="Empty: anything, or a row's id."
    )


class KindSerializer(serializers.Serializer):
    """What can be imported. `parameters` go with the file, `template_parameters` with the template."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    parameters = ParameterSerializer(many=True)
    template_parameters = ParameterSerializer(many=True)


class TitleSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    title = serializers.CharField()
    sample = serializers.CharField()
    field = serializers.CharField()


class FieldSerializer(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    required = serializers.BooleanField()  # type: ignore[assignment]


class NameSerializer(serializers.Serializer):
    name = serializers.CharField()
    guess = serializers.IntegerField(allow_null=True)


class UnitChoiceSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class QuestionsSerializer(serializers.Serializer):
    """What is asked. `titles` are the file's columns (`field`: matched with), `names` are units that nobody knows,
    `units` those that they may be."""

    sheet = serializers.CharField()
    sheets = serializers.ListField(child=serializers.CharField())
    header_row = serializers.IntegerField()
    rows = serializers.IntegerField()
    titles = TitleSerializer(many=True)
    fields = FieldSerializer(many=True)  # type: ignore[assignment]
    names = NameSerializer(many=True)
    units = serializers.SerializerMethodField()

    @extend_schema_field(UnitChoiceSerializer(many=True))
    def get_units(self, asked: imports.Questions) -> Any:
        return [{"id": pk, "name": name} for pk, name in asked.units]


class AnswersSerializer(serializers.Serializer):
    """`columns`: number of the file's column → field ("" for none); all of them, what is left out is not taken.
    `names`: sender's name → unit. `remember`: know them next time. Another `sheet` alone is matched anew."""

    sheet = serializers.CharField(max_length=100, required=False)
    header_row = serializers.IntegerField(min_value=1, max_value=settings.IMPORT_MAX_ROWS, required=False)
    columns = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=100), required=False
    )
    names = serializers.DictField(child=serializers.IntegerField(), required=False)
    remember = serializers.BooleanField(default=True)

    def validate_columns(self, value: dict[str, str]) -> dict[str, str]:
        if not all(key.isascii() and key.isdigit() and len(key) < 6 for key in value):
            raise serializers.ValidationError("The keys are numbers of columns, from 0.")
        return value


class ConfirmSerializer(serializers.Serializer):
    park = serializers.BooleanField(
        default=False, help_text="Import the right rows, keep the wrong ones aside."
    )


class UndoSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class MendSerializer(serializers.Serializer):
    cells = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=200))


class ProblemSerializer(serializers.Serializer):
    field = serializers.CharField()
    ref = serializers.CharField()
    message = serializers.CharField()


class ImportRowSerializer(serializers.ModelSerializer):
    """A row of the file: `cells` by field as sent, `before` what stands there now, `notes` what to know of it."""

    cells = serializers.SerializerMethodField()
    before = serializers.SerializerMethodField()
    problems = ProblemSerializer(many=True)
    notes = serializers.SerializerMethodField()

    class Meta:
        model = ImportRow
        fields = ("number", "result", "fate", "cells", "before", "problems", "notes")

    def get_cells(self, row: ImportRow) -> dict[str, str]:
        return {key: cell["value"] for key, cell in row.cells.items()}

    def get_before(self, row: ImportRow) -> dict[str, str]:
        steps = [step for step in row.plan if step.get("before") is not None and "field" in step]
        return {step["field"]: str(step["before"]) for step in steps}

    def get_notes(self, row: ImportRow) -> list[str]:
        return [str(step["note"]) for step in row.plan if "note" in step]
