"""Closed lists of the reference data."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class IndustryLevel(models.TextChoices):
    """The four levels of GB/T 4754-2017."""

    SECTION = "section", _("Section")
    DIVISION = "division", _("Division")
    GROUP = "group", pgettext_lazy("industry", "Group")
    CLASS = "class", _("Class")


class Sector(models.TextChoices):
    """The three sectors of the statistics bureau (DOMAIN §9)."""

    PRIMARY = "primary", _("Primary sector")
    SECONDARY = "secondary", _("Secondary sector")
    TERTIARY = "tertiary", _("Tertiary sector")


class RegionLevel(models.TextChoices):
    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    COUNTY = "county", _("County")


class DayKind(models.TextChoices):
    OFF = "off", _("Day off")
    WORKING = "working", _("Working weekend day")


class RateKind(models.TextChoices):
    DAY = "day", _("Rate of the day")
    MONTH = "month", _("Average of the month")
