"""Counting rules over the API: read only, they are edited as a form."""

from __future__ import annotations

from capital.models import CountingRule
from capital.tables.rules import CountingRuleFilterSet
from common.api import ReadViewSet, RowSerializer


class CountingRuleSerializer(RowSerializer):
    class Meta:
        model = CountingRule
        fields = (
            "id", "version", "code", "number", "name", "source", "since", "until", "document", "sha256", "state",
            "published_at", "published_name", "archived_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class CountingRuleViewSet(ReadViewSet):
    """What a family of schemes counts as capital in place, version by version. `document` is the rule itself."""

    model = CountingRule
    serializer_class = CountingRuleSerializer
    filterset_class = CountingRuleFilterSet
    list_page = "countingrule_list"
    ordering_fields = ("code", "number", "since")
