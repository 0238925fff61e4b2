"""What the boxes of the lead's forms find."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from common.access import Action
from common.actors import Actor
from common.pickers import Option
from common.views import PickerPage, RowPicker
from leads.choices import OfferState
from leads.duplicates.search import search_investors
from leads.models import Introducer, Investor, OfferedProject


class InvestorPick(PickerPage):
    """By a part of the name, the credit code, pinyin or its initials."""

    kind, model = "investor", Investor
    needs = Action.VIEW

    @classmethod
    def search(cls, actor: Actor, text: str) -> list[Option]:
        return [
            Option(row.pk, row.name, _(", ").join(filter(None, (row.unit.label, row.credit_code))))
            for row in search_investors(actor, text, cls.limit)
        ]


class IntroducerPick(RowPicker):
    kind, model = "introducer", Introducer
    search_fields = ("name", "pinyin", "employer")

    @classmethod
    def hint(cls, row: Introducer) -> str:
        return _(", ").join(filter(None, (str(row.get_kind_display()), row.employer)))


class OfferPick(RowPicker):
    kind, model = "offer", OfferedProject

    @classmethod
    def rows(cls, queryset: Any) -> Any:
        return queryset.filter(state=OfferState.OPEN).select_related("unit")

    @classmethod
    def hint(cls, row: OfferedProject) -> str:
        return row.unit.label
