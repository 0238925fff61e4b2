"""Certificates, pool, transfers, disputes and screenings over the API: the same services as the pages."""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.access import Action
from common.actors import Actor
from common.api import ReadViewSet, RowSerializer
from common.services import authorize
from leads import confidential
from leads.certificates import is_genuine
from leads.choices import Custody, Ruling
from leads.filters.protection import (
    CertificateFilterSet,
    DisputeFilterSet,
    PoolFilterSet,
    ScreeningFilterSet,
    TransferFilterSet,
)
from leads.models import Dispute, FirstContact, Lead, LeadTransfer, Screening, ScreeningCheck
from leads.services import disputes, protection, screenings, transfers
from organizations.models import Officer, Unit

POSTS = ["get", "post", "head", "options"]


def given(view: Any, body: type[serializers.Serializer]) -> dict[str, Any]:
    """The checked body of a POST. Raises ValidationError (400)."""
    found = body(data=view.request.data, context=view.get_serializer_context())
    found.is_valid(raise_exception=True)
    return dict(found.validated_data)


class Guarded(ReadViewSet):
    """Reading, and actions of their own in place of create and change."""

    @property
    def actor(self) -> Actor:
        """Who calls: nobody gets here without signing in."""
        return cast(Actor, self.request.user)


class CertificateSerializer(RowSerializer):
    genuine = serializers.SerializerMethodField()

    class Meta:
        model = FirstContact
        fields = (
            "id", "number", "lead", "unit", "unit_name", "officer_name", "investor_name", "lead_name", "issued_at",
            "first_until", "sha256", "genuine",
        )  # fmt: skip
        read_only_fields = fields

    def get_genuine(self, paper: FirstContact) -> bool:
        return is_genuine(paper)


class CertificateViewSet(Guarded):
    """First-contact certificates of leads in the caller's scope; `genuine` compares the check sum anew."""

    model = FirstContact
    serializer_class = CertificateSerializer
    filterset_class = CertificateFilterSet
    ordering_fields = ("number", "issued_at")

    def rows(self, queryset: Any) -> Any:
        return queryset.exclude(
            lead__in=Lead.objects.unscoped(reason="names kept back").filter(confidential.hidden(self.actor))
        )


class PoolSerializer(RowSerializer):
    name = serializers.SerializerMethodField()
    zone = serializers.CharField(source="investor.zone", read_only=True)

    class Meta:
        model = Lead
        fields = (
            "id",
            "version",
            "number",
            "name",
            "industry",
            "sector",
            "zone",
            "amount",
            "currency",
            "unit",
            "pooled_on",
        )
        read_only_fields = fields

    def get_name(self, lead: Lead) -> str:
        return confidential.shown_name(lead, self.context["request"].user)

    def to_representation(self, instance: Any) -> Any:
        """What would tell a confidential lead is null, as on its page."""
        found = super().to_representation(instance)
        told = confidential.told(instance, self.context["request"].user)
        if told is None:
            return found
        shown = {"id", "version", "name", *told}
        return {name: value if name in shown else None for name, value in found.items()}


class ClaimBody(serializers.Serializer):
    officer = serializers.IntegerField(required=False, help_text="Id of the officer; yourself when left out.")


class PoolViewSet(Guarded):
    """Leads that nobody follows, open to every officer: the idea, never the investor's name or people. `amount` in
    the currency's own unit."""

    model = Lead
    serializer_class = PoolSerializer
    filterset_class = PoolFilterSet
    list_page = "pool_list"
    ordering_fields = ("pinyin", "amount", "pooled_on")
    http_method_names = POSTS

    def rows(self, queryset: Any) -> Any:
        return queryset.filter(custody=Custody.POOL, merged_into=None).select_related(
            "unit", "investor", "officer"
        )

    def kept_in_order(self, actor: Any) -> Any:
        return dict.fromkeys(("pinyin", "amount"), confidential.hidden(actor))

    @extend_schema(request=ClaimBody)
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, pk: str) -> Response:
        """Take the lead for yourself, or for `officer`. 409 when it is taken, at the limit, or in the rest period."""
        protection.may_take(self.actor, self.get_object())
        lead = protection.lead_claim(
            actor=self.actor, pk=int(pk), officer=given(self, ClaimBody).get("officer")
        )
        return Response({"id": lead.pk, "unit": lead.unit_id, "officer": lead.officer_id,
                         "protected_until": lead.protected_until})  # fmt: skip


class TransferSerializer(RowSerializer):
    class Meta:
        model = LeadTransfer
        fields = (
            "id", "version", "lead", "from_unit", "to_unit", "reason", "keeps_credit", "state", "officer", "proposed_by",
            "answered_by", "answered_at", "answer", "created_at", "updated_at", "archived_at",
        )  # fmt: skip
        read_only_fields = fields


class ProposeBody(serializers.Serializer):
    lead = serializers.IntegerField()
    lead_version = serializers.IntegerField()
    to_unit = serializers.PrimaryKeyRelatedField(queryset=Unit._base_manager.filter(archived_at=None))
    reason = serializers.CharField(max_length=500)
    keeps_credit = serializers.BooleanField(required=False, default=False)


class VersionBody(serializers.Serializer):
    version = serializers.IntegerField()


class AgreeBody(VersionBody):
    officer = serializers.PrimaryKeyRelatedField(
        queryset=Officer._base_manager.filter(archived_at=None), required=False
    )
    answer = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class RefuseBody(VersionBody):
    answer = serializers.CharField(max_length=500)


class TransferViewSet(Guarded):
    """Leads offered to another unit. POST offers one; the receiving unit answers by `agree` or `refuse`."""

    model = LeadTransfer
    serializer_class = TransferSerializer
    filterset_class = TransferFilterSet
    list_page = "transfer_list"
    ordering_fields = ("created_at", "state")
    http_method_names = POSTS

    @extend_schema(request=ProposeBody)
    def create(self, request: Request) -> Response:
        """Offer a lead. Nothing moves before the other unit consents."""
        values = given(self, ProposeBody)
        row = transfers.transfer_propose(actor=self.actor, version=values.pop("lead_version"), **values)
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(request=AgreeBody)
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, pk: str) -> Response:
        """Consent: the lead moves to this unit."""
        authorize(self.actor, Action.CHANGE, self.get_object())
        return self.answer(transfers.transfer_agree, AgreeBody, pk)

    @extend_schema(request=RefuseBody)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: str) -> Response:
        """Decline, with a reason."""
        authorize(self.actor, Action.CHANGE, self.get_object())
        return self.answer(transfers.transfer_refuse, RefuseBody, pk)

    @extend_schema(request=VersionBody)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take the offer back."""
        transfers.may_withdraw(self.actor, self.get_object())
        return self.answer(transfers.transfer_withdraw, VersionBody, pk)

    def answer(self, service: Any, body: Any, pk: str) -> Response:
        row = service(actor=self.actor, pk=int(pk), **given(self, body))
        return Response(self.get_serializer(row).data)


class DisputeSerializer(RowSerializer):
    """The contested lead itself is not in the answer: each side sees its own."""

    class Meta:
        model = Dispute
        fields = (
            "id", "version", "number", "respondent", "claimant", "investor_name", "claim", "state", "due_on", "opened_by",
            "ruling", "reasons", "decided_by", "decided_at", "created_at", "updated_at", "archived_at",
        )  # fmt: skip
        read_only_fields = fields


class DisputeBody(serializers.Serializer):
    claimant = serializers.PrimaryKeyRelatedField(queryset=Unit._base_manager.filter(archived_at=None))
    investor_name = serializers.CharField(max_length=120)
    claimant_lead = serializers.IntegerField(required=False)
    claim = serializers.CharField(max_length=4000)


class StatementBody(serializers.Serializer):
    text = serializers.CharField(max_length=4000)


class HearBody(VersionBody):
    minutes = serializers.CharField(max_length=4000)


class DecideBody(VersionBody):
    ruling = serializers.ChoiceField(choices=Ruling.choices)
    reasons = serializers.CharField(max_length=4000)
    officer = serializers.PrimaryKeyRelatedField(
        queryset=Officer._base_manager.filter(archived_at=None), required=False
    )


class DisputeViewSet(Guarded):
    """Two units claim one investor. POST opens; `state` puts a side's case on record; the bureau above both hears and
    decides."""

    model = Dispute
    serializer_class = DisputeSerializer
    filterset_class = DisputeFilterSet
    list_page = "dispute_list"
    ordering_fields = ("number", "due_on")
    http_method_names = POSTS

    @extend_schema(request=DisputeBody)
    def create(self, request: Request) -> Response:
        """Open a dispute in the name of a unit of yours."""
        row = disputes.dispute_open(actor=self.actor, **given(self, DisputeBody))
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(request=StatementBody)
    @action(detail=True, methods=["post"], url_path="state")
    def argue(self, request: Request, pk: str) -> Response:
        """Put your side's case on record."""
        disputes.side_of(self.actor, self.get_object())
        said = disputes.dispute_state(actor=self.actor, pk=int(pk), **given(self, StatementBody))
        return Response({"id": said.pk, "unit": said.unit_id, "at": said.at}, status=201)

    @extend_schema(request=HearBody)
    @action(detail=True, methods=["post"])
    def hear(self, request: Request, pk: str) -> Response:
        """Enter the minutes of the hearing."""
        disputes.must_be_neutral(self.actor, self.get_object())
        return self.step(disputes.dispute_hear, HearBody, pk)

    @extend_schema(request=DecideBody)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Rule, with reasons. `move` gives the lead to the claimant."""
        disputes.must_be_neutral(self.actor, self.get_object())
        return self.step(disputes.dispute_decide, DecideBody, pk)

    @extend_schema(request=VersionBody)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Give the claim up."""
        disputes.must_be_claimant(self.actor, self.get_object())
        return self.step(disputes.dispute_withdraw, VersionBody, pk)

    def step(self, service: Any, body: Any, pk: str) -> Response:
        row = service(actor=self.actor, pk=int(pk), **given(self, body))
        return Response(self.get_serializer(row).data)


class CheckSerializer(serializers.ModelSerializer):
    code = serializers.CharField(source="check_def.code")

    class Meta:
        model = ScreeningCheck
        fields = ("code", "limit", "value", "answer", "result", "remark", "checked_by", "checked_at")
        read_only_fields = fields


class ScreeningSerializer(RowSerializer):
    checks = CheckSerializer(many=True, read_only=True)
    admitted = serializers.BooleanField(read_only=True)

    class Meta:
        model = Screening
        fields = (
            "id", "version", "lead", "gate", "outcome", "admitted", "override_reason", "overridden_by", "overridden_at",
            "checks", "created_at", "updated_at", "archived_at",
        )  # fmt: skip
        read_only_fields = fields


class BeginBody(serializers.Serializer):
    lead = serializers.IntegerField()
    again = serializers.BooleanField(required=False, default=False)


class FindingBody(serializers.Serializer):
    code = serializers.CharField(max_length=30)
    value = serializers.DecimalField(max_digits=18, decimal_places=4, required=False, allow_null=True)
    answer = serializers.BooleanField(required=False, allow_null=True, default=None)
    remark = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class RecordBody(VersionBody):
    findings = FindingBody(many=True)


class OverrideBody(VersionBody):
    reason = serializers.CharField(max_length=2000)


class ScreeningViewSet(Guarded):
    """Quick reviews of leads: POST begins one, `record` enters what was found, `override` is the committee's."""

    model = Screening
    serializer_class = ScreeningSerializer
    filterset_class = ScreeningFilterSet
    ordering_fields = ("created_at", "outcome")
    http_method_names = POSTS

    def rows(self, queryset: Any) -> Any:
        hidden = Lead.objects.unscoped(reason="names kept back").filter(confidential.hidden(self.actor))
        return queryset.exclude(lead__in=hidden).prefetch_related("checks__check_def")

    @extend_schema(request=BeginBody)
    def create(self, request: Request) -> Response:
        """Begin the review of a lead with the gate in force."""
        row = screenings.screening_begin(actor=self.actor, **given(self, BeginBody))
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(request=RecordBody)
    @action(detail=True, methods=["post"])
    def record(self, request: Request, pk: str) -> Response:
        """Enter findings by the codes of the checks."""
        authorize(self.actor, Action.CHANGE, self.get_object())
        values = given(self, RecordBody)
        found = {
            one["code"]: screenings.Found(one.get("value"), one["answer"], one["remark"])
            for one in values["findings"]
        }
        row = screenings.screening_record(
            actor=self.actor, pk=int(pk), version=values["version"], findings=found
        )
        return Response(self.get_serializer(row).data)

    @extend_schema(request=OverrideBody)
    @action(detail=True, methods=["post"])
    def override(self, request: Request, pk: str) -> Response:
        """Admit what the gate did not, with a reason: the committee."""
        authorize(self.actor, Action.DECIDE, self.get_object())
        row = screenings.screening_override(actor=self.actor, pk=int(pk), **given(self, OverrideBody))
        return Response(self.get_serializer(row).data)
