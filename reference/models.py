"""Reference data: classifications that are loaded, and the calendar and rates that the bureau keeps."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.changelog import track
from common.models import ScopedModel
from common.scope import Scope as BaseScope
from reference.choices import DayKind, IndustryLevel, RateKind, RegionLevel, Sector

KIND = "reference"  # one right for all: it belongs to no unit
HOME_CURRENCY = "CNY"
IN_USE = Q(archived_at=None)
RATE_DIGITS, RATE_PLACES = 18, 8


class Industry(ScopedModel):
    """A section, division, group or class of GB/T 4754. Sections that hold two sectors (A, B, C) have none."""

    edition = models.PositiveSmallIntegerField(_("edition"), default=2017)
    code = models.CharField(_("code"), max_length=4)
    level = models.CharField(_("level"), max_length=8, choices=IndustryLevel)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    name = models.CharField(_("name"), max_length=100)
    pinyin = models.CharField(max_length=300, editable=False, db_collation="C")
    sector = models.CharField(_("sector"), max_length=9, choices=Sector, blank=True)

    class Scope(BaseScope):
        kind = KIND

    class Meta:
        db_table = "ref_industry"
        verbose_name = _("industry")
        verbose_name_plural = _("industries")
        ordering = ("edition", "code")
        indexes = [models.Index(fields=["pinyin"], name="ref_industry_pinyin_ix")]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="ref_industry_code_uq"),
            models.CheckConstraint(
                name="ref_industry_level_ck",
                condition=Q(level="section", code__regex=r"^[A-T]$", parent=None)
                | Q(level="division", code__regex=r"^\d{2}$", parent__isnull=False)
                | Q(level="group", code__regex=r"^\d{3}$", parent__isnull=False)
                | Q(level="class", code__regex=r"^\d{4}$", parent__isnull=False),
            ),
            models.CheckConstraint(
                name="ref_industry_sector_ck", condition=Q(level="section") | ~Q(sector="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Region(ScopedModel):
    """A province, city or county in the list of one year."""

    year = models.PositiveSmallIntegerField(_("list of the year"))
    code = models.CharField(_("code"), max_length=6, validators=[RegexValidator(r"^\d{6}$")])
    level = models.CharField(_("level"), max_length=8, choices=RegionLevel)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    name = models.CharField(_("name"), max_length=60)
    pinyin = models.CharField(max_length=300, editable=False, db_collation="C")

    class Scope(BaseScope):
        kind = KIND

    class Meta:
        db_table = "ref_region"
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ("-year", "code")
        indexes = [models.Index(fields=["pinyin"], name="ref_region_pinyin_ix")]
        constraints = [
            models.UniqueConstraint(fields=["year", "code"], name="ref_region_code_uq"),
            models.CheckConstraint(name="ref_region_code_ck", condition=Q(code__regex=r"^\d{6}$")),
            models.CheckConstraint(
                name="ref_region_parent_ck",
                condition=Q(level="province", parent=None)
                | Q(level__in=["city", "county"], parent__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Currency(ScopedModel):
    """A currency of ISO 4217 that is in use."""

    code = models.CharField(_("code"), max_length=3, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    pinyin = models.CharField(max_length=300, editable=False, db_collation="C")
    minor_units = models.PositiveSmallIntegerField(_("decimal places"))

    class Scope(BaseScope):
        kind = KIND

    class Meta:
        db_table = "ref_currency"
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(name="ref_currency_code_ck", condition=Q(code__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(name="ref_currency_minor_ck", condition=Q(minor_units__lte=4)),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


@track("ref_year_event")
class CalendarYear(ScopedModel):
    """A year whose holidays are all in. Only such years can be counted with."""

    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(1949)])
    source = models.CharField(
        _("source"), max_length=200, help_text=_("The notice that announced the holidays.")
    )

    class Scope(BaseScope):
        kind = KIND

    class Meta:
        db_table = "ref_year"
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        ordering = ("-year",)
        constraints = [
            models.UniqueConstraint(fields=["year"], condition=IN_USE, name="ref_year_year_uq"),
            models.CheckConstraint(name="ref_year_source_ck", condition=~Q(source="")),
        ]

    def __str__(self) -> str:
        return str(self.year)


@track("ref_holiday_event")
class Holiday(ScopedModel):
    """A day off, or a weekend day that is worked instead. Archived rows no longer count."""

    date = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=7, choices=DayKind)
    name = models.CharField(_("holiday"), max_length=60)
    source = models.CharField(_("source"), max_length=200)

    class Scope(BaseScope):
        kind = KIND

    class Meta:
        db_table = "ref_holiday"
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ("-date",)
        constraints = [
            models.UniqueConstraint(
                fields=["date"],
                condition=IN_USE,
                name="ref_holiday_date_uq",
                violation_error_message=_("This date is already in the calendar. Change that row instead."),
            ),
            models.CheckConstraint(
                name="ref_holiday_weekend_ck",
                condition=Q(kind="off") | Q(kind="working", date__iso_week_day__in=[6, 7]),
                violation_error_message=_("Only a Saturday or Sunday can be a working weekend day."),
            ),
            models.CheckConstraint(name="ref_holiday_source_ck", condition=~Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}"


@track("ref_rate_event")
class ExchangeRate(ScopedModel):
    """What one unit of a foreign currency is worth in yuan, on a day or as the average of a month."""

    currency = models.ForeignKey(Currency, models.PROTECT, related_name="rates", verbose_name=_("currency"))
    kind = models.CharField(_("kind"), max_length=5, choices=RateKind)
    date = models.DateField(_("date"), help_text=_("For the average of a month: its first day."))
    rate = models.DecimalField(
        _("yuan for one unit"),
        max_digits=RATE_DIGITS,
        decimal_places=RATE_PLACES,
        help_text=_("Quoted per 100 units? Divide by 100."),
    )
    source = models.CharField(
        _("source"), max_length=100, help_text=_("Who published it, for example the central parity rate.")
    )

    class Scope(BaseScope):
        kind = KIND

    class Meta:
        db_table = "ref_rate"
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ("-date", "currency")
        constraints = [
            models.CheckConstraint(
                name="ref_rate_positive_ck",
                condition=Q(rate__gt=0),
                violation_error_message=_("A rate must be above zero."),
            ),
            models.UniqueConstraint(
                fields=["currency", "kind", "date", "source"],
                condition=IN_USE,
                name="ref_rate_once_uq",
                violation_error_message=_(
                    "This source already has a rate for this currency and date. Change that row instead."
                ),
            ),
            models.CheckConstraint(
                name="ref_rate_month_ck",
                condition=Q(kind="day") | Q(kind="month", date__day=1),
                violation_error_message=_("The average of a month carries the first day of the month."),
            ),
            models.CheckConstraint(name="ref_rate_source_ck", condition=~Q(source="")),
        ]
        indexes = [models.Index(F("currency"), F("kind"), F("date").desc(), name="ref_rate_latest_ix")]

    def __str__(self) -> str:
        return f"{self.currency.code} {self.date:%Y-%m-%d} {self.rate.normalize():f}"

    def clean(self) -> None:
        if self.currency_id and self.currency.code == HOME_CURRENCY:
            raise ValidationError({"currency": _("Rates are quoted in yuan: the yuan itself needs none.")})
