"""What we promised the investor and what he owes us (DOMAIN §6), land, and what the land yields."""

from __future__ import annotations

from datetime import date

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.changelog import track
from common.models import RowModel
from leads.models import Attachment
from leads.models.fields import money, optional_money
from organizations.models import Unit
from projects.choices import Finding, Half, ObligationKind

from .projects import Project


@track("prj_commitment_event")
class Commitment(RowModel):
    """A promise of ours. One to a named company needs its legal basis and its fair-competition review."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="commitments")
    text = models.TextField(_("what was promised"), max_length=2000)
    incentive = models.BooleanField(
        _("an incentive to this company"), default=True, help_text=_("Money, land, tax: not plain service.")
    )
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    review_number = models.CharField(_("fair-competition review, number"), max_length=60, blank=True)
    review_on = models.DateField(_("reviewed on"), null=True, blank=True)
    review_file = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("review on file")
    )
    responsible = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible")
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    kept_on = models.DateField(_("kept on"), null=True, blank=True, editable=False)
    outcome = models.CharField(_("outcome"), max_length=500, blank=True, editable=False)

    class Meta:
        db_table = "prj_commitment"
        ordering = ("due_on", "id")
        verbose_name = _("commitment")
        constraints = [
            models.CheckConstraint(
                condition=Q(incentive=False)
                | (~Q(legal_basis="") & ~Q(review_number="") & Q(review_on__isnull=False)),
                name="prj_commitment_law_ck",
                violation_error_message=_(
                    "An incentive to a named company needs its legal basis and its fair-competition review."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


@track("prj_obligation_event")
class Obligation(RowModel):
    """What the investor owes: a value to reach by a day, or a step by a day. Checked when due."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="obligations")
    kind = models.CharField(
        pgettext_lazy("obligation", "kind"), max_length=16, choices=ObligationKind.choices
    )
    text = models.CharField(_("in words"), max_length=300, blank=True)
    target = models.DecimalField(
        _("to reach"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    due_on = models.DateField(_("due"))
    finding = models.CharField(
        _("finding"), max_length=8, choices=Finding.choices, default=Finding.OPEN, editable=False
    )
    actual = models.DecimalField(
        _("reached"), max_digits=18, decimal_places=2, null=True, blank=True, editable=False
    )
    checked_on = models.DateField(_("checked on"), null=True, blank=True, editable=False)
    checked_by = models.CharField(_("checked by"), max_length=150, blank=True, editable=False)
    remark = models.CharField(_("remark"), max_length=500, blank=True, editable=False)

    class Meta:
        db_table = "prj_obligation"
        ordering = ("due_on", "id")
        verbose_name = _("obligation")

    def __str__(self) -> str:
        return self.text or self.get_kind_display()


@track("prj_parcel_event")
class LandParcel(RowModel):
    """Land granted to the project: its grant fee is the base of the land-fee bonus."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="parcels")
    number = models.CharField(_("parcel number"), max_length=60)
    area_mu = models.DecimalField(
        _("area in mu"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    plot_ratio = models.DecimalField(_("plot ratio"), max_digits=6, decimal_places=2, null=True, blank=True)
    grant_fee = optional_money(_("land-grant fee"))
    granted_on = models.DateField(_("granted on"), null=True, blank=True)
    fee_paid_on = models.DateField(_("fee paid on"), null=True, blank=True)
    contract = models.ForeignKey(
        Attachment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contract on file"),
    )

    class Meta:
        db_table = "prj_parcel"
        ordering = ("granted_on", "id")
        verbose_name = _("parcel")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"],
                name="prj_parcel_number_uq",
                violation_error_message=_("This parcel is already entered."),
            ),
            models.CheckConstraint(condition=Q(area_mu__gt=0), name="prj_parcel_area_ck"),
        ]

    def __str__(self) -> str:
        return self.number


@track("prj_yield_event")
class HalfYear(RowModel):
    """Tax and output of the enterprise in a half-year, in yuan."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="half_years")
    year = models.PositiveSmallIntegerField(_("year"))
    half = models.CharField(_("half-year"), max_length=1, choices=Half.choices)
    tax_paid = money(_("tax paid"))
    tax_refunded = money(_("tax refunded"), default=0)
    output = money(_("output value"))
    source = models.CharField(_("source"), max_length=100, blank=True)

    class Meta:
        db_table = "prj_half_year"
        ordering = ("-year", "-half")
        verbose_name = _("half-year")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "year", "half"],
                name="prj_half_year_uq",
                violation_error_message=_("This half-year is already entered."),
            ),
            models.CheckConstraint(
                condition=Q(tax_refunded__lte=models.F("tax_paid")),
                name="prj_half_year_tax_ck",
                violation_error_message=_("More tax was refunded than paid."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.get_half_display()}"

    @property
    def last_day(self) -> date:
        return date(self.year, 6, 30) if self.half == Half.FIRST else date(self.year, 12, 31)
