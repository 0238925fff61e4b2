"""The duplicate check for programs: the same as on the quick form."""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.access import Action
from common.actors import Actor, may_somewhere
from common.errors import Denied
from reference.models import HOME_CURRENCY
from rules.similarity import LeadLike

from .candidates import warnings_for
from .words import reason_words


class TypedSerializer(serializers.Serializer):
    """What is about to be entered; everything may be left out. `amount` is in the currency's own unit."""

    lead = serializers.IntegerField(required=False, allow_null=True)
    investor = serializers.IntegerField(required=False, allow_null=True)
    investor_name = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
    credit_code = serializers.CharField(required=False, allow_blank=True, max_length=40, default="")
    name = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
    amount = serializers.DecimalField(required=False, allow_null=True, max_digits=18, decimal_places=2)
    currency = serializers.CharField(required=False, max_length=3, default=HOME_CURRENCY)


class HitSerializer(serializers.Serializer):
    """A likely duplicate. Of other units' records only unit, stage and date are filled; `level` is null for
    another idea of the same investor and for a confidential record."""

    level = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    reason_text = serializers.SerializerMethodField()
    unit = serializers.CharField()
    stage = serializers.CharField()
    on = serializers.DateField(allow_null=True)
    visible = serializers.BooleanField()
    confidential = serializers.BooleanField()
    name = serializers.CharField()
    idea = serializers.CharField()
    officer = serializers.CharField()
    until = serializers.DateField(allow_null=True)
    url = serializers.CharField()

    def get_reason_text(self, hit: Any) -> str:
        return reason_words(hit.reason)


class CollisionSerializer(serializers.Serializer):
    """Another unit was in touch with this investor."""

    on = serializers.DateField()
    days = serializers.IntegerField()


class WarningsSerializer(serializers.Serializer):
    hits = HitSerializer(many=True)
    collision = CollisionSerializer(allow_null=True)


class LeadDuplicatesView(APIView):
    """Likely duplicates of a lead, in all units."""

    @extend_schema(request=TypedSerializer, responses=WarningsSerializer, operation_id="leads_duplicates")
    def post(self, request: Request) -> Response:
        actor = cast(Actor, request.user)
        if not may_somewhere(actor, Action.CREATE, "lead"):
            raise Denied
        given = TypedSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        typed = LeadLike(
            key=values.get("lead"),
            name=values["name"],
            investor_key=values.get("investor"),
            investor_name=values["investor_name"],
            credit_code=values["credit_code"],
            amount=values.get("amount"),
            currency=values["currency"],
        )
        return Response(WarningsSerializer(warnings_for(actor, [typed])[0]).data)
