"""Targets over the API: read, set, changed from a month on, withdrawn."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from assessments import services
from assessments.api import SourceSerializer
from assessments.choices import QuartersIn, TargetKind
from assessments.filters import TargetFilterSet
from assessments.models import Measure, Target
from assessments.targets import composed as made
from assessments.targets.places import MODELS, YEARS, Given, Holder, holder_of
from common.access import Action
from common.api import ReadViewSet, RowSerializer
from common.services import authorize

AMOUNT = {"max_digits": 24, "decimal_places": 6, "min_value": Decimal(0)}


class HolderSerializer(serializers.Serializer):
    """Whose: a unit, a post, an officer; `group`: each unit of the group without a target of its own; `rest`: each unit below
    that unit without one."""

    sort = serializers.ChoiceField(choices=list(MODELS))
    pk = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class TargetLineSerializer(serializers.Serializer):
    """So many of a measure that counts pieces; `fills`: measures of later lines that its surplus may fill."""

    of = serializers.SlugField(max_length=40)
    needed = serializers.DecimalField(**AMOUNT)  # type: ignore[arg-type]
    fills = serializers.ListField(
        child=serializers.SlugField(max_length=40), default=list, max_length=made.MOST
    )


class ComposedSerializer(serializers.Serializer):
    """What a target is made of; the hardest line first."""

    lines = TargetLineSerializer(many=True, min_length=1, max_length=made.MOST)  # type: ignore[call-arg]
    fill_down = serializers.BooleanField(default=False)


class TargetSerializer(RowSerializer):
    """`value` and amounts by quarter are in yuan, US dollars or pieces; shares by quarter in per cent. `implied`: derived, not
    printed. `source` is null for what a person entered."""

    source = serializers.SerializerMethodField()  # type: ignore[assignment]
    holder = serializers.SerializerMethodField()
    composed = serializers.SerializerMethodField()

    class Meta:
        model = Target
        fields = (
            "id", "version", "holder", "unit", "post", "officer", "group", "residual", "measure", "year", "holds_from", "kind", "value",
            "quarters_in", "quarter_1", "quarter_2", "quarter_3", "quarter_4", "composed", "implied", "source", "entered_name",
            "reason", "document_no", "recorded_at", "superseded_at", "superseded_by", "withdrawn", "withdrawn_name",
            "withdrawn_reason",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(SourceSerializer(allow_null=True))
    def get_source(self, row: Target) -> Any:
        return SourceSerializer(row).data if row.batch_id else None

    @extend_schema_field(HolderSerializer)
    def get_holder(self, row: Target) -> Any:
        return holder_of(row)._asdict()

    @extend_schema_field(ComposedSerializer(allow_null=True))
    def get_composed(self, row: Target) -> Any:
        return row.composed


class GivenSerializer(serializers.Serializer):
    """What a target is to be. `value` may be left out with lines or with amounts by quarter: then it is their sum."""

    value = serializers.DecimalField(**AMOUNT, required=False, allow_null=True)  # type: ignore[arg-type]
    quarters_in = serializers.ChoiceField(choices=QuartersIn.choices, required=False)
    quarters = serializers.ListField(
        child=serializers.DecimalField(**AMOUNT),  # type: ignore[arg-type]
        min_length=4,
        max_length=4,
        required=False,
    )
    composed = ComposedSerializer(required=False)
    holds_from = serializers.IntegerField(min_value=1, max_value=12, default=1)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)
    document_no = serializers.CharField(max_length=100, required=False, allow_blank=True)

    def given(self) -> dict[str, Any]:
        """Arguments of the services."""
        data = self.validated_data
        lines = data.get("composed")
        composed = made.Composed(
            lines=tuple(made.Line(of=one["of"], needed=one["needed"], fills=tuple(one["fills"])) for one in lines["lines"]),
            fill_down=lines["fill_down"],
        ) if lines else None  # fmt: skip
        quarters = tuple(data["quarters"]) if data.get("quarters") else None
        given = Given(data.get("value"), quarters, data.get("quarters_in", ""), composed)
        more = {name: data.get(name, "") for name in ("reason", "document_no")}
        return {"given": given, "holds_from": data["holds_from"], **more}


class NewTargetSerializer(GivenSerializer):
    """A target that isn't there yet."""

    holder = HolderSerializer()
    measure = serializers.PrimaryKeyRelatedField(queryset=Measure._base_manager.none())
    year = serializers.IntegerField(min_value=YEARS[0], max_value=YEARS[-1])
    kind = serializers.ChoiceField(choices=TargetKind.choices, default=TargetKind.FIRM)

    def get_fields(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_fields()
        user = getattr(self.context.get("request"), "user", None)
        if user is not None and user.is_authenticated:
            found["measure"].queryset = Measure.objects.visible_to(user).filter(archived_at=None)
        return found


class ChangedTargetSerializer(GivenSerializer):
    """`version` is the one that was read; a change needs its reason."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    reason = serializers.CharField(max_length=500)


class WithdrawnSerializer(serializers.Serializer):
    """`version` is the one that was read."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    reason = serializers.CharField(max_length=500)


class TargetViewSet(ReadViewSet):
    """Annual targets in the caller's scope; current ones unless `history=yes`. Nothing is overwritten: a change is a row of
    its own that holds from its month on."""

    model = Target
    serializer_class = TargetSerializer
    filterset_class = TargetFilterSet
    list_page = "target_list"
    ordering_fields = ("year", "holds_from", "recorded_at")
    http_method_names = ["get", "post", "head", "options"]

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("batch")

    @extend_schema(request=NewTargetSerializer, responses={201: TargetSerializer})
    def create(self, request: Any) -> Response:
        """Set a target that isn't there yet."""
        sent = NewTargetSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        row = services.target_set(
            actor=request.user,
            holder=Holder(**data["holder"]),
            measure=data["measure"],
            year=data["year"],
            kind=data["kind"],
            **sent.given(),
        )
        return Response(TargetSerializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ChangedTargetSerializer, responses=TargetSerializer)
    @action(detail=True, methods=["post"])
    def change(self, request: Any, pk: str) -> Response:
        """Another target from a month on; the same month corrects it. The answer is the new row."""
        authorize(request.user, Action.CHANGE, self.get_object())
        sent = ChangedTargetSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        row = services.target_change(
            actor=request.user,
            pk=int(pk),
            version=sent.validated_data["version"],
            **sent.given(),
        )
        return Response(TargetSerializer(row).data)

    @extend_schema(request=WithdrawnSerializer, responses=TargetSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Any, pk: str) -> Response:
        """Take back what a person entered; what it replaced holds again."""
        authorize(request.user, Action.ARCHIVE, self.get_object())
        sent = WithdrawnSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        row = services.target_withdraw(actor=request.user, pk=int(pk), **sent.validated_data)
        return Response(TargetSerializer(row).data)
