from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.masking import mask_mail, mask_phone
from common.tables import NUMBER, RowTable
from leads.models import Contact, Introducer, Investor, OfferedProject

from .columns import MaskedColumn, MoneyColumn


class InvestorTable(RowTable):
    name = tables.Column(
        _("name"), linkify=("investor_detail", {"pk": tables.A("pk")}), order_by=("pinyin", "pk")
    )
    leads = tables.Column(_("leads"), accessor="lead_count", attrs=NUMBER, orderable=False)

    class Meta(RowTable.Meta):
        model = Investor
        fields = (
            "name", "short_name", "credit_code", "zone", "industry", "leads", "unit", "region", "country", "honours",
            "updated_at",
        )  # fmt: skip
        sequence = fields
        optional = ("short_name", "region", "country", "honours", "updated_at")


class ContactTable(RowTable):
    name = tables.Column(pgettext_lazy("person", "name"), linkify=("contact_detail", {"pk": tables.A("pk")}))
    phone = MaskedColumn(_("telephone"), mask=mask_phone)
    email = MaskedColumn(_("mail address"), mask=mask_mail)

    class Meta(RowTable.Meta):
        model = Contact
        fields = ("name", "title", "phone", "email", "unit", "note")
        sequence = fields


class IntroducerTable(RowTable):
    name = tables.Column(
        _("name"), linkify=("introducer_detail", {"pk": tables.A("pk")}), order_by=("pinyin", "pk")
    )
    phone = MaskedColumn(_("telephone"), mask=mask_phone)
    leads = tables.Column(_("leads"), accessor="lead_count", attrs=NUMBER, orderable=False)

    class Meta(RowTable.Meta):
        model = Introducer
        fields = (
            "name", "kind", "employer", "phone", "outside", "leads", "unit", "agreement_from", "agreement_to",
            "credit_code", "updated_at",
        )  # fmt: skip
        sequence = fields
        optional = ("agreement_from", "credit_code", "updated_at")


class OfferTable(RowTable):
    name = tables.Column(
        _("name"), linkify=("offer_detail", {"pk": tables.A("pk")}), order_by=("pinyin", "pk")
    )
    amount = MoneyColumn(_("planned investment, ten thousands"))
    land_mu = tables.Column(_("land in mu"), attrs=NUMBER)
    leads = tables.Column(_("leads"), accessor="lead_count", attrs=NUMBER, orderable=False)

    class Meta(RowTable.Meta):
        model = OfferedProject
        fields = (
            "name",
            "state",
            "industry",
            "amount",
            "currency",
            "land_mu",
            "park",
            "leads",
            "unit",
            "updated_at",
        )
        sequence = fields
        optional = ("currency", "updated_at")
