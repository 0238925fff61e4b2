"""Recognition over the API: the same services as the desk. What belongs to a project that is confidential to the
caller isn't there."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Count
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from capital.choices import Check, EntryKind, Level, VoucherType
from capital.filters.recognition import (
    RecognitionFilterSet,
    RecognitionTermsFilterSet,
    SampleFilterSet,
)
from capital.models import CapitalEntry, Override, Query, Recognition, RecognitionTerms, Sample, Sampled
from capital.readable import hidden_entries
from capital.services import overrides, queries, recognition, samples, terms
from common.access import Action
from common.actors import Actor, may_somewhere
from common.api import ReadViewSet, RowSerializer, RowViewSet
from common.errors import Denied, NotVisible
from organizations.models import Unit

POSTS = ["get", "post", "head", "options"]
DECISIONS = ("recognise", "refuse", "reverse")


def given(view: Any, body: type[serializers.Serializer]) -> dict[str, Any]:
    """The checked body of a POST. Raises ValidationError (400)."""
    found = body(data=view.request.data, context=view.get_serializer_context())
    found.is_valid(raise_exception=True)
    return dict(found.validated_data)


class Deciding(ReadViewSet):
    http_method_names = POSTS

    @property
    def actor(self) -> Actor:
        return cast(Actor, self.request.user)

    def must(self, wanted: Action, kind: str = "recognition") -> None:
        """Raises Denied for who may do this nowhere, whatever he sends."""
        if not may_somewhere(self.actor, wanted, kind):
            raise Denied


class RecognitionSerializer(RowSerializer):
    """`delta`: by how much the recognised amount of the entry's level changes, in the entry's own currency."""

    class Meta:
        model = Recognition
        fields = (
            "id", "entry", "ordinal", "level", "verdict", "delta", "reason", "bulk", "inspection", "decided_name",
            "second_name", "decided_at",
        )  # fmt: skip
        read_only_fields = fields


class DecisionBody(serializers.Serializer):
    entry = serializers.IntegerField()
    decision = serializers.ChoiceField(choices=DECISIONS)
    level = serializers.ChoiceField(choices=Level.choices, required=False, help_text="Not for a reversal.")
    amount = serializers.DecimalField(
        max_digits=18,
        decimal_places=2,
        required=False,
        help_text="In the entry's own currency; all of it when left out.",
    )
    reason = serializers.CharField(max_length=500, required=False, default="")
    again = serializers.BooleanField(
        required=False, default=False, help_text="A reversal: the entry waits for a new decision."
    )
    version = serializers.IntegerField(required=False, help_text="Of the entry, as it was read.")
    request_key = serializers.CharField(
        max_length=80, required=False, help_text="The same key again gives the same decision."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["decision"] != "reverse" and "level" not in attrs:
            raise serializers.ValidationError({"level": "Say at which level."})
        return attrs


class QueryBody(serializers.Serializer):
    entry = serializers.IntegerField()
    text = serializers.CharField(max_length=1000)
    version = serializers.IntegerField(required=False)


class AnswerBody(serializers.Serializer):
    query = serializers.IntegerField()
    answer = serializers.CharField(max_length=2000)


class QuerySerializer(serializers.ModelSerializer):
    class Meta:
        model = Query
        fields = (
            "id", "entry", "text", "asked_name", "asked_at", "answer", "answered_name", "answered_at", "archived_at",
        )  # fmt: skip
        read_only_fields = fields


class CapitalOverrideBody(serializers.Serializer):
    entry = serializers.IntegerField()
    level = serializers.ChoiceField(choices=Level.choices)
    amount = serializers.DecimalField(
        max_digits=18, decimal_places=2, help_text="In all, in the entry's currency."
    )
    reason = serializers.CharField(max_length=500)
    version = serializers.IntegerField(required=False)


class SignBody(serializers.Serializer):
    override = serializers.IntegerField()
    signed = serializers.BooleanField()
    remark = serializers.CharField(max_length=500, required=False, default="")


class OverrideSerializer(serializers.ModelSerializer):
    class Meta:
        model = Override
        fields = (
            "id", "entry", "level", "amount", "reason", "asked_name", "asked_at", "signed", "answered_name",
            "answered_at", "remark", "archived_at",
        )  # fmt: skip
        read_only_fields = fields


class RecognitionViewSet(Deciding):
    """Decisions about entries in the caller's scope. A decision is never changed: it is taken back by another one."""

    model = Recognition
    serializer_class = RecognitionSerializer
    filterset_class = RecognitionFilterSet
    ordering_fields = ("decided_at", "id")

    def rows(self, queryset: Any) -> Any:
        entries = CapitalEntry.objects.unscoped(reason="what is kept back")
        return queryset.exclude(entry__in=entries.filter(hidden_entries(self.actor)).values("pk"))

    @extend_schema(request=DecisionBody, responses={201: RecognitionSerializer})
    def create(self, request: Request) -> Response:
        """Recognise, refuse or take back."""
        self.must(Action.DECIDE)
        body = given(self, DecisionBody)
        common = {name: body.get(name) for name in ("entry", "reason", "version", "request_key")}
        if body["decision"] == "reverse":
            row = recognition.reverse(
                actor=self.actor, amount=body.get("amount"), again=body["again"], **cast(Any, common)
            )
        elif body["decision"] == "refuse":
            row = recognition.refuse(actor=self.actor, level=body["level"], **cast(Any, common))
        else:
            row = recognition.recognise(
                actor=self.actor, level=body["level"], amount=body.get("amount"), **cast(Any, common)
            )
        return Response(RecognitionSerializer(row, context=self.get_serializer_context()).data, status=201)

    @extend_schema(request=QueryBody, responses={201: QuerySerializer})
    @action(detail=False, methods=["post"])
    def ask(self, request: Request) -> Response:
        """Ask the unit about an entry."""
        self.must(Action.DECIDE)
        row = queries.query_ask(actor=self.actor, **given(self, QueryBody))
        return Response(QuerySerializer(row).data, status=201)

    @extend_schema(request=AnswerBody, responses=QuerySerializer)
    @action(detail=False, methods=["post"])
    def answer(self, request: Request) -> Response:
        """Answer a query about an entry of one's own."""
        self.must(Action.CHANGE, "capital_entry")
        body = given(self, AnswerBody)
        row = queries.query_answer(actor=self.actor, pk=body["query"], answer=body["answer"])
        return Response(QuerySerializer(row).data)

    @extend_schema(responses=QuerySerializer(many=True))
    @action(detail=False, methods=["get"], pagination_class=None)
    def queries(self, request: Request) -> Response:
        """Open queries about entries in the caller's scope, at most 200."""
        entries = CapitalEntry.objects.visible_to(self.actor).exclude(hidden_entries(self.actor))
        rows = Query._base_manager.filter(
            entry__in=entries.values("pk"), answered_at=None, archived_at=None
        ).order_by("asked_at")
        return Response(QuerySerializer(rows[:200], many=True).data)

    @extend_schema(request=CapitalOverrideBody, responses={201: OverrideSerializer})
    @action(detail=False, methods=["post"])
    def override(self, request: Request) -> Response:
        """Ask to recognise more than was reported; another person signs."""
        self.must(Action.DECIDE)
        row = overrides.override_ask(actor=self.actor, **given(self, CapitalOverrideBody))
        return Response(OverrideSerializer(row).data, status=201)

    @extend_schema(request=SignBody, responses=OverrideSerializer)
    @action(detail=False, methods=["post"])
    def sign(self, request: Request) -> Response:
        """The second signature, or no."""
        self.must(Action.CONFIRM)
        body = given(self, SignBody)
        pk = body.pop("override")
        overrides.override_sign(actor=self.actor, pk=pk, **body)
        return Response(OverrideSerializer(Override._base_manager.get(pk=pk)).data)


class SampledSerializer(serializers.ModelSerializer):
    class Meta:
        model = Sampled
        fields = ("id", "entry", "check_result", "note", "checked_name", "checked_at")
        read_only_fields = fields


class SampleSerializer(RowSerializer):
    """`entries`: all that waited; `drawn`: those to look at; `recognised`: how many were recognised by it."""

    drawn = SampledSerializer(many=True, read_only=True)
    recognised = serializers.SerializerMethodField()

    class Meta:
        model = Sample
        fields = (
            "id", "version", "unit", "period", "level", "percent", "seed", "entries", "drawn", "drawn_at", "drawn_name",
            "recognised", "archived_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_recognised(self, sample: Sample) -> int:
        return int(getattr(sample, "count_done", 0) or 0)


class DrawBody(serializers.Serializer):
    unit = serializers.IntegerField()
    period = serializers.IntegerField(help_text="Year × 100 + month, as 202611.")
    level = serializers.ChoiceField(choices=Level.choices)


class SampleFindingBody(serializers.Serializer):
    entry = serializers.IntegerField()
    result = serializers.ChoiceField(choices=[Check.GOOD, Check.BAD])
    note = serializers.CharField(max_length=300, required=False, default="")


class ReasonBody(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class SampleViewSet(Deciding):
    """Samples of a month's entries, drawn before they are recognised together."""

    model = Sample
    serializer_class = SampleSerializer
    filterset_class = SampleFilterSet
    list_page = "sample_list"
    ordering_fields = ("drawn_at", "id")

    def rows(self, queryset: Any) -> Any:
        return queryset.prefetch_related("drawn").annotate(count_done=Count("bulk__recognitions"))

    def answer(self, pk: Any, status: int = 200) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data, status=status)

    @extend_schema(request=DrawBody, responses={201: SampleSerializer})
    def create(self, request: Request) -> Response:
        """Draw a sample."""
        self.must(Action.DECIDE)
        body = given(self, DrawBody)
        unit = Unit.objects.visible_to(self.actor).filter(pk=body["unit"]).first()
        if unit is None:
            raise NotVisible
        row = samples.sample_draw(actor=self.actor, unit=unit, period=body["period"], level=body["level"])
        return self.answer(row.pk, 201)

    @extend_schema(request=SampleFindingBody, responses=SampleSerializer)
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: str) -> Response:
        """Note what was found about a drawn entry."""
        sample = self.get_object()
        self.must(Action.DECIDE)
        body = given(self, SampleFindingBody)
        drawn = sample.drawn.filter(entry=body["entry"]).first()
        if drawn is None:
            raise NotVisible
        samples.sample_check(actor=self.actor, pk=drawn.pk, result=body["result"], note=body["note"])
        return self.answer(sample.pk)

    @extend_schema(request=None, responses={202: SampleSerializer})
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Recognise all of the sample's entries: a job does it."""
        sample = self.get_object()
        samples.bulk_start(actor=self.actor, sample=sample.pk)
        return self.answer(sample.pk, 202)

    @extend_schema(request=ReasonBody, responses=SampleSerializer)
    @action(detail=True, methods=["post"], url_path="give-up")
    def give_up(self, request: Request, pk: str) -> Response:
        """Give the draw up: nothing is recognised by it."""
        sample = self.get_object()
        self.must(Action.DECIDE)
        samples.sample_give_up(actor=self.actor, pk=sample.pk, **given(self, ReasonBody))
        return self.answer(sample.pk)


class RecognitionTermsSerializer(RowSerializer):
    """`evidence`: {kind of entry: [types of vouchers, of which one is needed]}; a kind that isn't there takes any."""

    evidence = serializers.DictField(
        child=serializers.ListField(child=serializers.ChoiceField(choices=VoucherType.choices)),
        required=False,
    )

    class Meta:
        model = RecognitionTerms
        fields = (
            "id", "version", "since", "own_unit", "sample_percent", "sample_least", "evidence", "average_rate",
            "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = ("archived_at", "created_at", "updated_at")

    def validate_evidence(self, value: dict[str, list[str]]) -> dict[str, list[str]]:
        if strange := set(value) - set(EntryKind.values):
            raise serializers.ValidationError(f"No kind of entry: {', '.join(sorted(strange))}")
        return value


class RecognitionTermsViewSet(RowViewSet):
    """How recognition works, from a day on."""

    model = RecognitionTerms
    serializer_class = RecognitionTermsSerializer
    filterset_class = RecognitionTermsFilterSet
    list_page = "recognitionterms_list"
    ordering_fields = ("since",)
    create_service = staticmethod(terms.recognitionterms_create)
    update_service = staticmethod(terms.recognitionterms_update)
