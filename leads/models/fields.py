"""Columns that several tables of leads and projects share."""

from __future__ import annotations

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from reference.models import HOME_CURRENCY, Currency


def money(label: Any, **options: Any) -> models.DecimalField:
    """An amount in the currency's own unit (yuan, dollars), to the cent; never 万元."""
    options.setdefault("validators", [MinValueValidator(0)])
    return models.DecimalField(label, max_digits=18, decimal_places=2, **options)


def optional_money(label: Any, **options: Any) -> models.DecimalField:
    return money(label, null=True, blank=True, **options)


def currency_field(label: Any = None, **options: Any) -> models.ForeignKey:
    """ISO 4217 code; the yuan unless said otherwise."""
    return models.ForeignKey(
        Currency,
        models.PROTECT,
        to_field="code",
        default=HOME_CURRENCY,
        related_name="+",
        verbose_name=label or _("currency"),
        **options,
    )


def area(label: Any, **options: Any) -> models.DecimalField:
    """Land in mu (1 mu = 666.67 m²)."""
    return models.DecimalField(
        label,
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        **options,
    )
