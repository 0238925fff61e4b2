"""When a reported figure deserves a second look: thresholds, as data (DOMAIN §3: water in self-reported figures)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import scope
from common.changelog import track
from common.models import ScopedModel


def percent(label: Any, default: int) -> models.DecimalField:
    limits = [MinValueValidator(0), MaxValueValidator(1000)]
    return models.DecimalField(
        label, max_digits=6, decimal_places=2, default=Decimal(default), validators=limits
    )


@track("cap_signal_terms_event")
class SignalTerms(ScopedModel):
    """Thresholds of the signals from a day on. A signal says where to look; it decides nothing."""

    since = models.DateField(_("in force from"), unique=True)
    year_end_months = models.PositiveSmallIntegerField(
        _("year-end spike: last months of the year"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(6)],
    )
    year_end_percent = percent(_("hold at least, in per cent of the year"), 40)
    round_step = models.DecimalField(
        _("round sums: multiples of, in yuan"),
        max_digits=18,
        decimal_places=2,
        default=Decimal(1_000_000),
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    round_count = models.PositiveSmallIntegerField(
        _("round sums: from so many entries of a year on"), default=5, validators=[MinValueValidator(2)]
    )
    round_percent = percent(_("round sums: share of the entries, in per cent"), 80)
    contract_percent = percent(_("capital above, in per cent of the contract amount"), 100)
    reversed_days = models.PositiveSmallIntegerField(
        _("in and out again: taken back within days"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(3660)],
    )
    reversed_percent = percent(_("in and out again: at least so much of it, in per cent"), 50)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Scope(scope.Scope):
        kind = "capital_rule"

    class Meta:
        db_table = "cap_signal_terms"
        ordering = ("-since",)
        verbose_name = _("thresholds of signals")

    def __str__(self) -> str:
        return f"{self.since}"
