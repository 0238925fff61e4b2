"""Investors, the people to talk to there, introducers, and projects offered (DOMAIN §1, §2)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import scope
from common.changelog import track
from common.models import ScopedModel
from leads.choices import IntroducerKind, OfferState
from ledger.choices import Zone
from organizations.models import Unit
from reference.models import Industry, Region

from .fields import area, currency_field, optional_money


@track("lds_investor_event", exclude=("grams",))
class Investor(ScopedModel):
    """A company or person who may invest. It belongs to the unit that registered it first and is seen by
    every unit that follows a lead of it; others learn only what the duplicate check may tell."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="investors", verbose_name=_("unit"))
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    pinyin = models.CharField(max_length=300, blank=True, editable=False, db_collation="C")
    normal = models.CharField(max_length=120, editable=False, db_collation="C")  # rules.similarity.normal
    grams = ArrayField(models.CharField(max_length=8), default=list, editable=False)  # for the search
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    zone = models.CharField(_("at home"), max_length=20, choices=Zone.choices, default=Zone.OUTSIDE_PROVINCE)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    country = models.CharField(_("country"), max_length=60, blank=True)
    industry = models.ForeignKey(
        Industry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("industry")
    )
    honours = models.CharField(
        _("lists it is on"), max_length=100, blank=True, help_text=_("For example Fortune 500, listed.")
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", editable=False
    )

    class Scope(scope.Scope):
        kind = "investor"
        path = "unit__path"

        @staticmethod
        def members(grant: Any) -> Q:
            return Q(leads__unit__path__startswith=grant.path)

    class Meta:
        db_table = "lds_investor"
        ordering = ("pinyin", "id")
        verbose_name = _("investor")
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code="") & Q(archived_at=None),
                name="lds_investor_code_uq",
                violation_error_message=_("An investor with this credit code is already registered."),
            )
        ]
        indexes = [
            GinIndex(fields=["grams"], name="lds_investor_grams_ix"),
            models.Index(fields=["normal"], name="lds_investor_normal_ix"),
            models.Index(fields=["pinyin"], name="lds_investor_pinyin_ix"),
            models.Index(
                fields=["short_name"], name="lds_investor_short_ix", opclasses=["varchar_pattern_ops"]
            ),
            models.Index(
                fields=["credit_code"], name="lds_investor_code_ix", opclasses=["varchar_pattern_ops"]
            ),
        ]

    def __str__(self) -> str:
        return self.name


@track("lds_contact_event")
class Contact(ScopedModel):
    """A person at an investor, known to the unit that entered him. His data are masked to others."""

    investor = models.ForeignKey(
        Investor, models.PROTECT, related_name="contacts", verbose_name=_("investor")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    title = models.CharField(_("position"), max_length=60, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    email = models.EmailField(_("mail address"), blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Scope(scope.Scope):
        kind = "contact"
        path = "unit__path"

    class Meta:
        db_table = "lds_contact"
        ordering = ("investor", "id")
        verbose_name = _("contact")

    def __str__(self) -> str:
        return self.name


@track("lds_introducer_event")
class Introducer(ScopedModel):
    """A person or organisation outside the government, or an agent, who brings projects (引荐人)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="introducers", verbose_name=_("unit"))
    kind = models.CharField(
        pgettext_lazy("introducer", "kind"), max_length=12, choices=IntroducerKind.choices
    )
    name = models.CharField(_("name"), max_length=120)
    pinyin = models.CharField(max_length=300, blank=True, editable=False, db_collation="C")
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    employer = models.CharField(_("employer"), max_length=120, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    outside = models.BooleanField(_("not a civil servant, as declared"), default=False)
    agreement_from = models.DateField(_("agreement from"), null=True, blank=True)
    agreement_to = models.DateField(_("agreement to"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Scope(scope.Scope):
        kind = "introducer"
        path = "unit__path"

    class Meta:
        db_table = "lds_introducer"
        ordering = ("pinyin", "id")
        verbose_name = _("introducer")
        constraints = [
            models.CheckConstraint(
                condition=Q(agreement_to__isnull=True)
                | Q(agreement_from__isnull=True)
                | Q(agreement_to__gte=models.F("agreement_from")),
                name="lds_introducer_dates_ck",
                violation_error_message=_("The agreement ends before it begins."),
            )
        ]

    def __str__(self) -> str:
        return self.name


@track("lds_offer_event")
class OfferedProject(ScopedModel):
    """A prepared proposal that looks for an investor (策划/包装项目)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="offers", verbose_name=_("unit"))
    name = models.CharField(_("name"), max_length=120)
    pinyin = models.CharField(max_length=300, blank=True, editable=False, db_collation="C")
    industry = models.ForeignKey(
        Industry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("industry")
    )
    amount = optional_money(_("planned investment"))
    currency = currency_field()
    land_mu = area(_("land in mu"))
    park = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("park")
    )
    summary = models.TextField(_("summary"), max_length=4000, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=OfferState.choices, default=OfferState.OPEN, editable=False
    )

    class Scope(scope.Scope):
        kind = "offer"
        path = "unit__path"

    class Meta:
        db_table = "lds_offer"
        ordering = ("pinyin", "id")
        verbose_name = _("offered project")

    def __str__(self) -> str:
        return self.name
