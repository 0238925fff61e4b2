from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from capital.choices import EntryKind, VoucherType
from capital.models import RecognitionTerms, Sample
from common.tables import RowTable


class RecognitionTermsTable(RowTable):
    since = tables.Column(_("in force from"), linkify=("recognitionterms_detail", {"pk": tables.A("pk")}))
    evidence = tables.Column(_("vouchers asked for"), orderable=False)

    class Meta(RowTable.Meta):
        model = RecognitionTerms
        fields = (
            "since", "own_unit", "sample_percent", "sample_least", "average_rate", "evidence", "updated_at",
        )  # fmt: skip
        sequence = fields
        optional = ("updated_at",)
        order_by = ("-since",)

    def render_evidence(self, value: dict[str, list[str]]) -> str:
        return asked_words(value)

    def value_evidence(self, value: dict[str, list[str]]) -> str:
        return asked_words(value)


def asked_words(evidence: dict[str, list[str]]) -> str:
    """equipment: invoice, customs form; land: land-grant receipt. Codes that are no longer known stay codes."""
    kinds, papers = dict(EntryKind.choices), dict(VoucherType.choices)
    return "; ".join(
        f"{kinds.get(kind, kind)}: {', '.join(str(papers.get(one, one)) for one in types)}"
        for kind, types in evidence.items()
    )


class SampleTable(RowTable):
    unit = tables.Column(
        _("unit"), order_by=("unit__path", "pk"), linkify=("sample_detail", [tables.A("pk")])
    )
    period = tables.Column(_("month"), order_by=("period", "pk"))
    entries = tables.Column(_("entries"), orderable=False, attrs={"td": {"class": "ip-num"}})
    state = tables.Column(_("state"), empty_values=(), orderable=False)

    class Meta(RowTable.Meta):
        model = Sample
        fields = (
            "unit",
            "period",
            "level",
            "entries",
            "state",
            "percent",
            "drawn_name",
            "drawn_at",
            "updated_at",
        )
        sequence = fields
        optional = ("updated_at",)
        order_by = ("-drawn_at",)

    def render_entries(self, value: list[int]) -> int:
        return len(value)

    def value_entries(self, value: list[int]) -> int:
        return len(value)

    def render_state(self, record: Any) -> str:
        return sample_state(record)

    def value_state(self, record: Any) -> str:
        return sample_state(record)


def sample_state(sample: Any) -> str:
    """Where a draw stands, in words. Its bulk must be joined."""
    if getattr(sample, "bulk", None) is not None:
        return _now("recognised")
    return _now("given up") if sample.archived_at else _now("being looked at")
