"""Projects over the API: the same scope, filters and services as the pages."""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common import changelog, services
from common.access import Action
from common.actors import Actor, may_somewhere
from common.api import ReadViewSet, RowSerializer, RowViewSet
from common.errors import Denied
from leads.models import Attachment, Investor, Lead
from leads.stage_api import MoveMixin
from ledger.choices import Mode, Role
from organizations.models import Officer, Unit
from projects import confidential
from projects.api_fields import Scoped, chosen
from projects.attribution_api import AttributionMixin, AttributionSerializer
from projects.choices import ObligationKind
from projects.filters.projects import ProjectFilterSet
from projects.forms import parts
from projects.models import (
    Agreement,
    Commitment,
    HalfYear,
    LandParcel,
    Obligation,
    PlannedPayment,
    Project,
    ProjectInvestor,
)
from projects.services import Share, project_move, project_sign, project_update
from reference.models import Currency, Industry

KEPT = ("id", "version", "archived_at", "created_at", "updated_at")
# What everybody may read who sees a confidential project; the rest is null, lists are empty.
OPEN = frozenset(
    {
        *KEPT, "number", "unit", "host", "stage", "stage_on", "due_on", "signed_on", "stale_on",
        "code_name", "confidential_until",
    }
)  # fmt: skip


class ProjectSerializer(RowSerializer):
    stage: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    registered_code = serializers.CharField(max_length=40, required=False, allow_blank=True)

    class Meta:
        model = Project
        fields: tuple[str, ...] = (
            "id", "version", "number", "national_code", "lead", "unit", "host", "name", "code_name", "confidential_until",
            "industry", "sector", "mode", "signed_on", "contract_amount", "currency", "registered_capital",
            "registered_currency", "fixed_assets", "land_mu", "start_due", "completion_due", "production_due",
            "capacity_due", "leader", "registered_name", "registered_code", "is_opening", "note", "stage", "stage_on",
            "due_on", "last_sign_on", "stale_on", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = (
            *KEPT, "number", "lead", "unit", "sector", "signed_on", "contract_amount", "currency", "is_opening", "stage_on",
            "due_on", "last_sign_on", "stale_on",
        )  # fmt: skip

    def build_relational_field(self, field_name: str, relation_info: Any) -> Any:
        """A liaison leader is chosen among the leaders above the project, as on the page."""
        field_class, kwargs = super().build_relational_field(field_name, relation_info)
        if field_name == "leader" and "queryset" in kwargs and isinstance(self.instance, Project):
            kwargs["queryset"] = parts.leaders(self.instance.unit, self.instance.host)
        return field_class, kwargs

    def to_representation(self, instance: Any) -> Any:
        """Who may not recognise a confidential project reads its code name, and nothing that would tell."""
        found = super().to_representation(instance)
        if confidential.kept_back(instance, self.context["request"].user):
            found = {
                name: value if name in OPEN else [] if isinstance(value, list) else None
                for name, value in found.items()
            }
            found["name"] = instance.code_name
        return found


class AgreementSerializer(RowSerializer):
    class Meta:
        model = Agreement
        fields = ("id", "version", "kind", "number", "signed_on", "amount", "file", "note")


class ProjectInvestorSerializer(RowSerializer):
    class Meta:
        model = ProjectInvestor
        fields = ("id", "version", "investor", "percent")


class PlannedPaymentSerializer(RowSerializer):
    class Meta:
        model = PlannedPayment
        fields = ("month", "amount")


class CommitmentSerializer(RowSerializer):
    class Meta:
        model = Commitment
        fields = (
            "id", "version", "text", "incentive", "legal_basis", "review_number", "review_on", "review_file", "responsible",
            "due_on", "kept_on", "outcome",
        )  # fmt: skip


class ObligationSerializer(RowSerializer):
    class Meta:
        model = Obligation
        fields = (
            "id", "version", "kind", "text", "target", "due_on", "finding", "actual", "checked_on", "checked_by", "remark",
        )  # fmt: skip


class ParcelSerializer(RowSerializer):
    class Meta:
        model = LandParcel
        fields = (
            "id", "version", "number", "area_mu", "plot_ratio", "grant_fee", "granted_on", "fee_paid_on", "contract",
        )  # fmt: skip


class HalfYearSerializer(RowSerializer):
    class Meta:
        model = HalfYear
        fields = ("id", "version", "year", "half", "tax_paid", "tax_refunded", "output", "source")


class ProjectDetailSerializer(ProjectSerializer):
    """One project with everything that hangs on it."""

    agreements: Any = AgreementSerializer(many=True, read_only=True)
    attributions: Any = AttributionSerializer(many=True, read_only=True)
    investors: Any = ProjectInvestorSerializer(many=True, read_only=True)
    plan: Any = PlannedPaymentSerializer(many=True, read_only=True)
    commitments: Any = CommitmentSerializer(many=True, read_only=True)
    obligations: Any = ObligationSerializer(many=True, read_only=True)
    parcels: Any = ParcelSerializer(many=True, read_only=True)
    half_years: Any = HalfYearSerializer(many=True, read_only=True)

    class Meta(ProjectSerializer.Meta):
        fields = (
            *ProjectSerializer.Meta.fields, "agreements", "attributions", "investors", "plan", "commitments", "obligations",
            "parcels", "half_years",
        )  # fmt: skip


class ProjectViewSet(AttributionMixin, MoveMixin, mixins.UpdateModelMixin, ReadViewSet):
    """Signed projects in the caller's scope. Amounts in the currency's own unit (yuan), land in mu, shares as parts of
    1. A project begins by `POST /leads/{id}/sign/`; its stage changes by `move`. What is confidential is null for
    those outside, its `name` is the code name; opening it is written down."""

    model = Project
    serializer_class = ProjectSerializer
    filterset_class = ProjectFilterSet
    list_page = "project_list"
    http_method_names = ["get", "post", "patch", "head", "options"]
    ordering_fields = ("pinyin", "contract_amount", "signed_on", "due_on", "stage_on", "updated_at")
    update_service = staticmethod(project_update)
    move_service = staticmethod(project_move)
    perform_update = RowViewSet.perform_update

    def rows(self, queryset: Any) -> Any:
        found = queryset.select_related("stage", "unit", "host", "currency", "registered_currency")
        if self.action != "retrieve":
            return found
        return found.prefetch_related(
            "agreements", "attributions__shares", "investors", "plan", "commitments", "obligations", "parcels", "half_years"
        )  # fmt: skip

    def kept_in_order(self, actor: Any) -> Any:
        return dict.fromkeys(("pinyin", "contract_amount"), confidential.hidden(actor))

    def get_serializer_class(self) -> Any:
        return ProjectDetailSerializer if self.action == "retrieve" else super().get_serializer_class()

    def opened(self, row: Project) -> bool:
        actor = cast(Actor, self.request.user)
        confidential.look(actor, row)
        return not confidential.kept_back(row, actor)

    def get_object(self) -> Any:
        project = super().get_object()
        actor = cast(Actor, self.request.user)
        confidential.look(actor, project)
        if self.action == "partial_update" and confidential.kept_back(project, actor):
            raise Denied
        return project


class PartSerializer(serializers.Serializer):
    investor: Any = Scoped(Investor)
    percent = serializers.DecimalField(max_digits=7, decimal_places=4)


class MonthSerializer(serializers.Serializer):
    month = serializers.DateField(help_text="Any day of the month.")
    amount = serializers.DecimalField(max_digits=18, decimal_places=2)


class SignedShareSerializer(serializers.Serializer):
    """A part of 1 of one dimension. Officers and the leader only in their own dimensions."""

    role = serializers.ChoiceField(choices=[one for one in Role.choices if one[0] != Role.REFERRER])
    unit: Any = Scoped(Unit)
    officer: Any = Scoped(Officer, required=False, allow_null=True)
    leader = serializers.IntegerField(required=False, allow_null=True)
    share = serializers.DecimalField(max_digits=9, decimal_places=8)


class PromisedSerializer(RowSerializer):
    class Meta:
        model = Commitment
        fields = ("text", "incentive", "legal_basis", "review_number", "review_on", "responsible", "due_on")


class OwedSerializer(RowSerializer):
    kind = serializers.ChoiceField(choices=ObligationKind.choices)

    class Meta:
        model = Obligation
        fields = ("kind", "text", "target", "due_on")


class SignSerializer(serializers.Serializer):
    """What is not given comes from the lead. `version` is the lead's. Amounts in the currency's own unit."""

    version = serializers.IntegerField()
    agreement_number = serializers.CharField(max_length=60)
    signed_on = serializers.DateField()
    amount = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=0)
    currency: Any = serializers.SlugRelatedField(
        slug_field="code", queryset=Currency._base_manager.all(), required=False
    )
    file: Any = serializers.IntegerField(required=False, help_text="A file of the lead.")
    name = serializers.CharField(max_length=120, required=False)
    industry: Any = Scoped(Industry, required=False)
    host: Any = Scoped(Unit, required=False)
    land_mu = serializers.DecimalField(max_digits=12, decimal_places=2, required=False)
    leader: Any = serializers.IntegerField(required=False, help_text="A leader above the unit or the host.")
    mode = serializers.ChoiceField(choices=Mode.choices, required=False)
    national_code = serializers.CharField(max_length=24, required=False, allow_blank=True)
    registered_capital = serializers.DecimalField(max_digits=18, decimal_places=2, required=False)
    registered_currency: Any = serializers.SlugRelatedField(
        slug_field="code", queryset=Currency._base_manager.all(), required=False
    )
    fixed_assets = serializers.DecimalField(max_digits=18, decimal_places=2, required=False)
    start_due = serializers.DateField(required=False, allow_null=True)
    completion_due = serializers.DateField(required=False, allow_null=True)
    production_due = serializers.DateField(required=False, allow_null=True)
    capacity_due = serializers.DateField(required=False, allow_null=True)
    confidential_until = serializers.DateField(required=False, allow_null=True)
    code_name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    note = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    investors: Any = PartSerializer(many=True, required=False)
    plan: Any = MonthSerializer(many=True, required=False)
    shares: Any = SignedShareSerializer(many=True, required=False)
    commitments: Any = PromisedSerializer(many=True, required=False)
    obligations: Any = OwedSerializer(many=True, required=False)

    def signed(self, lead: Any) -> dict[str, Any]:
        """For `project_sign`. Raises ValidationError for a file or a leader that can't be chosen."""
        given = dict(self.validated_data)
        host = given.get("host") or lead.host or lead.unit
        leaders = parts.leaders(lead.unit, host)
        if "file" in given:
            papers = Attachment._base_manager.filter(lead=lead, archived_at=None)
            given["file"] = chosen(papers, given["file"], "file")
        if "leader" in given:
            given["leader"] = chosen(leaders, given["leader"], "leader")
        shares: dict[str, list[Share]] = {}
        for one in given.pop("shares", ()):
            led = chosen(leaders, one["leader"], "shares").pk if one.get("leader") else None
            officer = one["officer"].pk if one.get("officer") else None
            shares.setdefault(one["role"], []).append(Share(one["unit"].pk, one["share"], officer, led))
        return {
            **given,
            "shares": shares,
            "investors": [(one["investor"], one["percent"]) for one in given.get("investors", ())],
            "plan": {one["month"]: one["amount"] for one in given.get("plan", ())},
        }


class LeadSignView(APIView):
    """Sign a lead: it becomes a project."""

    @extend_schema(request=SignSerializer, responses={201: ProjectSerializer}, operation_id="leads_sign")
    def post(self, request: Request, pk: int) -> Response:
        actor = cast(Actor, request.user)
        if not may_somewhere(actor, Action.CREATE, "project"):
            raise Denied
        lead = services.get_visible(Lead, pk, actor)
        services.authorize(actor, Action.CHANGE, lead)
        given = SignSerializer(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        with changelog.acting(actor, request_id=getattr(request._request, "request_id", "")):
            project = project_sign(actor=actor, lead_pk=lead.pk, **given.signed(lead))
        return Response(ProjectSerializer(project, context={"request": request}).data, status=201)
