"""Investors, people, introducers, offers and leads over the API: the same services as the pages."""

from __future__ import annotations

from typing import Any, cast

from rest_framework import serializers

from common.actors import Actor
from common.api import RowSerializer, RowViewSet
from common.masking import mask_mail, mask_phone
from leads import confidential
from leads.filters.leads import LeadFilterSet
from leads.filters.registers import (
    ContactFilterSet,
    IntroducerFilterSet,
    InvestorFilterSet,
    OfferFilterSet,
)
from leads.models import Contact, Introducer, Investor, Lead, OfferedProject
from leads.services import investors, registers
from leads.services import leads as lead_services
from leads.services.moves import lead_move
from leads.stage_api import MoveMixin
from ledger.choices import Zone

KEPT = ("id", "version", "archived_at", "created_at", "updated_at")


class InvestorSerializer(RowSerializer):
    credit_code = serializers.CharField(max_length=40, required=False, allow_blank=True)

    class Meta:
        model = Investor
        fields = (
            "id", "version", "unit", "name", "short_name", "credit_code", "zone", "region", "country", "industry",
            "honours", "note", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = KEPT


class InvestorViewSet(RowViewSet):
    """Companies and people who may invest, in the caller's scope. `credit_code` is checked by GB 32100-2015 and
    may be empty; `q` finds by name, pinyin (also its initials) and credit code."""

    model = Investor
    serializer_class = InvestorSerializer
    filterset_class = InvestorFilterSet
    list_page = "investor_list"
    ordering_fields = ("pinyin", "updated_at")
    create_service = staticmethod(investors.investor_create)
    update_service = staticmethod(investors.investor_update)


class ContactSerializer(RowSerializer):
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    email = serializers.EmailField(required=False, allow_blank=True)

    class Meta:
        model = Contact
        fields = (
            "id", "version", "investor", "unit", "name", "title", "phone", "email", "note",
            "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = KEPT

    def validate_investor(self, value: Investor) -> Investor:
        """A person stays with the investor he was entered at."""
        if self.instance is not None and self.instance.investor_id != value.pk:
            raise serializers.ValidationError("A contact does not move to another investor.")
        return value

    def to_representation(self, instance: Any) -> Any:
        """Telephone and mail leave masked; there is no unmasked read over the API."""
        found = super().to_representation(instance)
        return {**found, "phone": mask_phone(instance.phone), "email": mask_mail(instance.email)}


class ContactViewSet(RowViewSet):
    """People at investors, known to the caller's unit. Telephone and mail are masked."""

    model = Contact
    serializer_class = ContactSerializer
    filterset_class = ContactFilterSet
    ordering_fields = ("name", "updated_at")
    create_service = staticmethod(investors.contact_create)
    update_service = staticmethod(investors.contact_update)


class IntroducerSerializer(RowSerializer):
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    credit_code = serializers.CharField(max_length=40, required=False, allow_blank=True)

    class Meta:
        model = Introducer
        fields = (
            "id", "version", "unit", "kind", "name", "credit_code", "employer", "phone", "outside", "agreement_from",
            "agreement_to", "note", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = KEPT

    def to_representation(self, instance: Any) -> Any:
        return {**super().to_representation(instance), "phone": mask_phone(instance.phone)}


class IntroducerViewSet(RowViewSet):
    """Introducers and agents known to the caller's unit. Telephones are masked."""

    model = Introducer
    serializer_class = IntroducerSerializer
    filterset_class = IntroducerFilterSet
    list_page = "introducer_list"
    ordering_fields = ("pinyin", "updated_at")
    create_service = staticmethod(registers.introducer_create)
    update_service = staticmethod(registers.introducer_update)


class OfferSerializer(RowSerializer):
    class Meta:
        model = OfferedProject
        fields = (
            "id", "version", "unit", "name", "industry", "amount", "currency", "land_mu", "park", "summary", "state",
            "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = (*KEPT, "state")


class OfferViewSet(RowViewSet):
    """Prepared proposals that look for an investor. `amount` in the currency's own unit, `land_mu` in mu."""

    model = OfferedProject
    serializer_class = OfferSerializer
    filterset_class = OfferFilterSet
    list_page = "offer_list"
    ordering_fields = ("pinyin", "amount", "updated_at")
    create_service = staticmethod(registers.offer_create)
    update_service = staticmethod(registers.offer_update)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("currency")


HIDDEN_IN_POOL = ("investor", "contact", "introducer", "offer", "note", "next_step", "tip_from")
HIDDEN = ("investor", "contact", "introducer", "offer", "note", "next_step", "amount", "tip_from")


class LeadSerializer(RowSerializer):
    """On creating, the investor is a row (`investor`) or a name (`investor_name`, with `credit_code` and
    `zone`), the contact likewise. Unit, officer and investor don't change here."""

    name = serializers.CharField(max_length=120)
    investor_name = serializers.CharField(max_length=120, required=False, write_only=True)
    credit_code = serializers.CharField(max_length=40, required=False, allow_blank=True, write_only=True)
    zone = serializers.ChoiceField(choices=Zone.choices, required=False, write_only=True)
    contact_name = serializers.CharField(max_length=60, required=False, write_only=True)
    contact_title = serializers.CharField(max_length=60, required=False, write_only=True)
    contact_phone = serializers.CharField(max_length=30, required=False, write_only=True)
    stage: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = Lead
        fields = (
            "id", "version", "number", "unit", "officer", "name", "investor", "investor_name", "credit_code", "zone",
            "contact", "contact_name", "contact_title", "contact_phone", "offer", "industry", "sector", "amount", "currency",
            "land_mu", "source", "introducer", "tip_from", "host", "next_step", "next_on", "signing_on", "visited_on",
            "stage", "stage_on", "due_on", "custody", "protected_from", "protected_until", "valid_on", "stale_on",
            "code_name", "confidential_until", "note", "registered_at", "registered_by", "archived_at", "created_at",
            "updated_at",
        )  # fmt: skip
        read_only_fields = (
            *KEPT, "number", "sector", "stage", "stage_on", "due_on", "custody", "protected_from", "protected_until",
            "valid_on", "stale_on", "registered_at", "registered_by",
        )  # fmt: skip
        extra_kwargs = {"investor": {"required": False}}

    def to_representation(self, instance: Any) -> Any:
        """Who may not recognise a confidential lead reads its code name, and nothing that would tell."""
        found = super().to_representation(instance)
        if confidential.kept_back(instance, self.context["request"].user):
            found |= {**dict.fromkeys(HIDDEN), "name": instance.code_name}
        elif confidential.of_others(instance, self.context["request"].user):
            found |= dict.fromkeys(HIDDEN_IN_POOL)
        return found


class LeadViewSet(MoveMixin, RowViewSet):
    """Leads in the caller's scope and in the pool. Without `custody` and `stage` those under way are listed; `stage`
    is the stage's code. `amount` in the currency's own unit (yuan), `land_mu` in mu. A new lead begins in the first
    stage; moving has an address of its own."""

    model = Lead
    serializer_class = LeadSerializer
    filterset_class = LeadFilterSet
    list_page = "lead_list"
    ordering_fields = ("pinyin", "amount", "next_on", "registered_at", "protected_until", "updated_at")
    create_service = staticmethod(lead_services.lead_register)
    update_service = staticmethod(lead_services.lead_update)
    move_service = staticmethod(lead_move)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("stage", "unit", "officer", "investor", "currency")

    def kept_in_order(self, actor: Any) -> Any:
        return confidential.hidden(actor), ("pinyin", "amount")

    def opened(self, row: Lead) -> bool:
        """As on its page: what it lacks is for those who may know it."""
        actor = cast(Actor, self.request.user)
        confidential.look(actor, row)
        return not (confidential.kept_back(row, actor) or confidential.of_others(row, actor))

    def get_object(self) -> Any:
        """Opening a confidential lead is logged."""
        lead = super().get_object()
        confidential.look(cast(Actor, self.request.user), lead)
        return lead
