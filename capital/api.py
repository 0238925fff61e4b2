"""Entries, vouchers, returns and duties over the API: the same scope, filters and services as the pages."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from capital.filters.entries import CapitalEntryFilterSet
from capital.filters.returns import DutyFilterSet, MonthlyReturnFilterSet
from capital.filters.vouchers import VoucherFilterSet
from capital.models import Allocation, CapitalEntry, MonthlyReturn, ReportingDuty, Voucher
from capital.readable import hidden_entries, hidden_vouchers, told
from capital.selectors import with_sums
from capital.services.entries import entries_report, entry_create, entry_update, entry_withdraw
from capital.services.returns import duty_create, duty_update, return_file
from capital.services.vouchers import allocation_set, voucher_create, voucher_update
from capital.views.vouchers import with_kept
from common import files, services
from common.access import Action
from common.actors import may_somewhere
from common.api import ReadViewSet, RowSerializer, RowViewSet
from common.errors import Denied
from common.rest import JSONParser
from organizations.models import Unit
from projects import confidential

KEPT = ("id", "version", "archived_at", "created_at", "updated_at")
# What everybody may read of an entry whose project is confidential; the rest is null.
OPEN = frozenset({*KEPT, "number", "project", "unit", "period", "occurred_on", "state"})
OPEN_VOUCHER = frozenset({*KEPT, "unit", "dated", "type"})


def somewhere(request: Request, wanted: Action, model: Any) -> None:
    """Raises Denied for who may do this nowhere, whatever he sends."""
    if not may_somewhere(request.user, wanted, model.Scope.kind):  # type: ignore[arg-type]
        raise Denied


class AllocationSerializer(RowSerializer):
    class Meta:
        model = Allocation
        fields = ("id", "version", "voucher", "entry", "amount", "split_name")


class EntrySerializer(RowSerializer):
    """`amount` in the currency's own unit (yuan, dollars). `preliminary_sum` and `final_sum` are what is recognised of
    it, null while nobody decided."""

    preliminary_sum: Any = serializers.DecimalField(
        max_digits=24, decimal_places=2, read_only=True, allow_null=True
    )
    final_sum: Any = serializers.DecimalField(
        max_digits=24, decimal_places=2, read_only=True, allow_null=True
    )
    request_key: Any = serializers.CharField(max_length=80, required=False, write_only=True)

    class Meta:
        model = CapitalEntry
        fields: tuple[str, ...] = (
            "id", "version", "number", "project", "unit", "period", "kind", "basis", "occurred_on", "amount", "currency",
            "rate", "rate_note", "funder", "zone", "fund_source", "mode", "note", "state", "is_opening", "replaces",
            "preliminary_sum", "final_sum", "entered_name", "reported_at", "request_key", "archived_at", "created_at",
            "updated_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = (
            *KEPT, "number", "period", "rate", "rate_note", "state", "is_opening", "replaces", "entered_name", "reported_at",
        )  # fmt: skip
        extra_kwargs = {
            name: {"required": False} for name in ("unit", "basis", "currency", "zone", "fund_source", "mode")
        }

    def to_representation(self, instance: Any) -> Any:
        found = super().to_representation(instance)
        if not told(instance, self.context["request"].user):
            found = {name: value if name in OPEN else None for name, value in found.items()}
        return found


class EntryDetailSerializer(EntrySerializer):
    """One entry with the vouchers that prove it."""

    allocations: Any = serializers.SerializerMethodField()

    class Meta(EntrySerializer.Meta):
        fields = (*EntrySerializer.Meta.fields, "allocations")

    @extend_schema_field(AllocationSerializer(many=True))
    def get_allocations(self, row: CapitalEntry) -> Any:
        return AllocationSerializer(row.allocations.filter(archived_at=None), many=True).data


class EntryChangeSerializer(EntrySerializer):
    """Project and unit of an entry stay."""

    request_key = None

    class Meta(EntrySerializer.Meta):
        fields = tuple(name for name in EntrySerializer.Meta.fields if name != "request_key")
        read_only_fields = (*EntrySerializer.Meta.read_only_fields, "project", "unit")


class PksSerializer(serializers.Serializer):
    ids = serializers.ListField(child=serializers.IntegerField(), min_length=1, max_length=500)


class WithdrawSerializer(serializers.Serializer):
    version = serializers.IntegerField()
    reason = serializers.CharField(max_length=500)


class EntryViewSet(RowViewSet):
    """Entries of capital in place in the caller's scope. A new one is a draft; `report` makes drafts count as
    reported, `withdraw` takes one back. What counts is said by recognition. What is confidential is null for those
    outside the project."""

    model = CapitalEntry
    serializer_class = EntrySerializer
    filterset_class = CapitalEntryFilterSet
    list_page = "entry_list"
    ordering_fields = ("occurred_on", "amount", "period", "number", "updated_at")
    create_service = staticmethod(entry_create)
    update_service = staticmethod(entry_update)

    def get_serializer_class(self) -> Any:
        if self.action == "retrieve":
            return EntryDetailSerializer
        return EntryChangeSerializer if self.action in ("update", "partial_update") else EntrySerializer

    def kept_in_order(self, actor: Any) -> Any:
        return {"amount": hidden_entries(actor)}

    def rows(self, queryset: Any) -> Any:
        return with_sums(queryset).select_related("project__unit", "currency")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        confidential.look(request.user, self.get_object().project)  # type: ignore[arg-type]
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(request=PksSerializer, responses=EntrySerializer(many=True))
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def report(self, request: Request) -> Response:
        """Report drafts, all or none."""
        somewhere(request, Action.CHANGE, self.model)
        given = PksSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        rows = entries_report(actor=request.user, pks=given.validated_data["ids"])  # type: ignore[arg-type]
        return Response(self._shown([one.pk for one in rows]))

    @extend_schema(request=WithdrawSerializer, responses=EntrySerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take an entry back while nothing of it is recognised."""
        services.authorize(request.user, Action.CHANGE, self.get_object())  # type: ignore[arg-type]
        given = WithdrawSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        row = entry_withdraw(actor=request.user, pk=self.get_object().pk, **given.validated_data)  # type: ignore[arg-type]
        return Response(self._shown([row.pk])[0])

    def _shown(self, pks: list[int]) -> Any:
        rows = self.get_queryset().filter(pk__in=pks).order_by("pk")
        return EntrySerializer(rows, many=True, context=self.get_serializer_context()).data


class VoucherSerializer(RowSerializer):
    """`amount` and `used` in the currency's own unit. `file` sends the document (multipart)."""

    used: Any = serializers.DecimalField(max_digits=24, decimal_places=2, read_only=True)
    sha256: Any = serializers.CharField(source="stored.sha256", read_only=True, default=None, allow_null=True)
    file: Any = serializers.FileField(write_only=True, required=False)

    class Meta:
        model = Voucher
        fields: tuple[str, ...] = (
            "id", "version", "unit", "type", "issuer", "number", "dated", "amount", "currency", "payer", "payee", "note",
            "used", "file_name", "sha256", "file", "entered_name", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = (*KEPT, "file_name", "entered_name")
        extra_kwargs = {"currency": {"required": False}}

    def to_representation(self, instance: Any) -> Any:
        found = super().to_representation(instance)
        if getattr(instance, "kept", False):
            found = {name: value if name in OPEN_VOUCHER else None for name, value in found.items()}
        return found


class VoucherDetailSerializer(VoucherSerializer):
    """One voucher with what it proves, in whatever unit."""

    allocations: Any = serializers.SerializerMethodField()

    class Meta(VoucherSerializer.Meta):
        fields = (*VoucherSerializer.Meta.fields, "allocations")

    @extend_schema_field(AllocationSerializer(many=True))
    def get_allocations(self, row: Voucher) -> Any:
        return AllocationSerializer(row.allocations.filter(archived_at=None), many=True).data


class VoucherChangeSerializer(VoucherSerializer):
    """The unit that recorded a voucher stays."""

    class Meta(VoucherSerializer.Meta):
        read_only_fields = (*VoucherSerializer.Meta.read_only_fields, "unit")


class UseSerializer(serializers.Serializer):
    """`amount` of the voucher proves the entry; 0 takes it back. `split`: the written split with another unit."""

    entry = serializers.IntegerField()
    amount = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=0)
    split = serializers.FileField(required=False)


def voucher_made(*, actor: Any, **values: Any) -> Voucher:
    return voucher_create(actor=actor, **_with_file(values))


def voucher_changed(*, actor: Any, pk: int, version: int, **values: Any) -> Voucher:
    return voucher_update(actor=actor, pk=pk, version=version, **_with_file(values))


def _with_file(values: dict[str, Any]) -> dict[str, Any]:
    upload = values.pop("file", None)
    return {**values, "stored": files.store(upload), "file_name": upload.name} if upload else values


class VoucherViewSet(RowViewSet):
    """Vouchers in the caller's scope. `use` lets one prove an entry, never beyond its amount; the same slip or file
    is refused wherever it is, with a pointer to unit and date."""

    model = Voucher
    serializer_class = VoucherSerializer
    filterset_class = VoucherFilterSet
    list_page = "voucher_list"
    ordering_fields = ("dated", "amount", "number", "updated_at")
    parser_classes = (JSONParser, MultiPartParser)
    create_service = staticmethod(voucher_made)
    update_service = staticmethod(voucher_changed)

    def get_serializer_class(self) -> Any:
        if self.action == "retrieve":
            return VoucherDetailSerializer
        return VoucherChangeSerializer if self.action in ("update", "partial_update") else VoucherSerializer

    def kept_in_order(self, actor: Any) -> Any:
        return dict.fromkeys(("amount", "number"), hidden_vouchers(actor))

    def rows(self, queryset: Any) -> Any:
        return with_kept(queryset, self.request.user).select_related("stored", "currency")

    @extend_schema(request=UseSerializer, responses=AllocationSerializer)
    @action(detail=True, methods=["post"])
    def use(self, request: Request, pk: str) -> Response:
        """Let a part of the voucher prove an entry."""
        services.authorize(request.user, Action.CHANGE, self.get_object())  # type: ignore[arg-type]
        given = UseSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values, split = given.validated_data, given.validated_data.get("split")
        with transaction.atomic():
            part = allocation_set(
                actor=request.user,  # type: ignore[arg-type]
                voucher=self.get_object().pk,
                entry=values["entry"],
                amount=values["amount"],
                split=files.store(split) if split else None,
                split_name=split.name if split else "",
            )
        return Response(AllocationSerializer(part).data if part else None)


class ReturnSerializer(RowSerializer):
    class Meta:
        model = MonthlyReturn
        fields = (
            "id", "version", "unit", "period", "state", "preparer", "checker", "responsible", "scan_name", "filed_at",
            "filed_name", "late", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = (*KEPT, "state", "scan_name", "filed_at", "filed_name", "late")


class ReturnFileSerializer(serializers.Serializer):
    """File a return: `period` is year × 100 + month; `nil` says that there was nothing to report."""

    unit = serializers.IntegerField()
    period = serializers.IntegerField(min_value=200001, max_value=210013)
    preparer = serializers.CharField(max_length=60)
    checker = serializers.CharField(max_length=60, required=False, allow_blank=True)
    responsible = serializers.CharField(max_length=60, required=False, allow_blank=True)
    nil = serializers.BooleanField(required=False)
    version = serializers.IntegerField(required=False)

    def validate_period(self, value: int) -> int:
        if not 1 <= value % 100 <= 13:
            raise serializers.ValidationError("year × 100 + month")
        return value


class ReturnViewSet(ReadViewSet):
    """Monthly returns that were filed. One that is missing is no row."""

    model = MonthlyReturn
    serializer_class = ReturnSerializer
    filterset_class = MonthlyReturnFilterSet
    ordering_fields = ("period", "filed_at", "updated_at")

    @extend_schema(request=ReturnFileSerializer, responses={201: ReturnSerializer})
    def create(self, request: Request) -> Response:
        """File a return; the unit's drafts of the month are reported with it."""
        somewhere(request, Action.CREATE, self.model)
        given = ReturnFileSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        row = return_file(actor=request.user, unit=Unit(pk=values.pop("unit")), **values)  # type: ignore[arg-type]
        return Response(ReturnSerializer(row, context=self.get_serializer_context()).data, status=201)


class DutySerializer(RowSerializer):
    class Meta:
        model = ReportingDuty
        fields = ("id", "version", "unit", "since", "until", "archived_at", "created_at", "updated_at")
        read_only_fields = KEPT


class DutyViewSet(RowViewSet):
    """Which units file a return every month, from when on and until when."""

    model = ReportingDuty
    serializer_class = DutySerializer
    filterset_class = DutyFilterSet
    list_page = "duty_list"
    ordering_fields = ("since", "updated_at")
    create_service = staticmethod(duty_create)
    update_service = staticmethod(duty_update)
