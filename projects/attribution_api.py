"""Whose a project is, over the API: read with the project, changed by the services of the page."""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common import services
from common.access import Action
from common.actors import Actor
from common.api import RowSerializer
from ledger.choices import Role
from organizations.models import Officer, Unit
from projects.api_fields import Scoped, chosen
from projects.forms import parts
from projects.models import AttributionShare, AttributionVersion, Project
from projects.services import Share, attribution_end, attribution_set

CHANGEABLE = [one for one in Role.choices if one[0] != Role.REFERRER]


class ShareSerializer(RowSerializer):
    class Meta:
        model = AttributionShare
        fields = ("unit", "officer", "leader", "introducer_id", "share")


class AttributionSerializer(RowSerializer):
    """The shares of one dimension, from a day until before another one (null: still)."""

    valid_from: Any = serializers.DateField(source="valid.lower")
    valid_to: Any = serializers.DateField(source="valid.upper", allow_null=True)
    shares: Any = ShareSerializer(many=True)

    class Meta:
        model = AttributionVersion
        fields = (
            "id",
            "role",
            "valid_from",
            "valid_to",
            "superseded_by",
            "reason",
            "at",
            "actor_name",
            "shares",
        )


class GivenShareSerializer(serializers.Serializer):
    """A part of 1. Officers and leaders in their own dimensions only; a leader is one above the unit or the host."""

    unit: Any = Scoped(Unit)
    officer: Any = Scoped(Officer, required=False, allow_null=True)
    leader = serializers.IntegerField(required=False, allow_null=True)
    share = serializers.DecimalField(max_digits=9, decimal_places=8)


class GivenAttributionSerializer(serializers.Serializer):
    """`version` is the project's. Empty `shares` end the dimension: nobody holds it from that day."""

    version = serializers.IntegerField()
    role = serializers.ChoiceField(choices=CHANGEABLE)
    valid_from = serializers.DateField()
    reason = serializers.CharField(max_length=500)
    shares: Any = GivenShareSerializer(many=True, allow_empty=True)

    def found(self, project: Project) -> list[Share]:
        """Raises ValidationError for a leader that can't be chosen."""
        leaders = parts.leaders(project.unit, project.host)
        return [
            Share(
                one["unit"].pk,
                one["share"],
                officer=one["officer"].pk if one.get("officer") else None,
                leader=chosen(leaders, one["leader"], "shares").pk if one.get("leader") else None,
            )
            for one in self.validated_data["shares"]
        ]


class AttributionMixin:
    """Of a view set of projects: other shares in one dimension from a day on, or none."""

    @extend_schema(request=GivenAttributionSerializer, responses=AttributionSerializer)
    @action(detail=True, methods=["post"])
    def attribution(self, request: Request, pk: str) -> Response:
        actor = cast(Actor, request.user)
        project: Project = self.get_object()  # type: ignore[attr-defined]
        services.authorize(actor, Action.ASSIGN, project)
        given = GivenAttributionSerializer(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        shares = given.found(project)
        about = {name: given.validated_data[name] for name in ("role", "valid_from", "reason", "version")}
        if shares:
            version = attribution_set(actor=actor, project=project.pk, shares=shares, **about)
        else:
            version = attribution_end(actor=actor, project=project.pk, **about)
        version.refresh_from_db()  # the range as the database gives it
        return Response(AttributionSerializer(version).data)
