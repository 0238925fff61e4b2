"""Filters that several lists share."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reference.choices import IndustryLevel
from reference.models import Industry
from reference.sectors import SECTIONS
from reference.selectors import PUBLIC


def section_choices() -> list[tuple[str, str]]:
    """The sections of GB/T 4754 that are loaded: ("C", "C 制造业")."""
    rows = Industry.objects.unscoped(reason=PUBLIC).filter(level=IndustryLevel.SECTION).order_by("code")
    return [(code, f"{code} {name}") for code, name in rows.values_list("code", "name")]


def in_section(field: str, letter: str) -> Q:
    """Rows whose industry (the foreign key `field`) lies in a section, at whatever level it was chosen."""
    first, last = SECTIONS[letter]
    return Q(**{f"{field}__code": letter}) | Q(
        **{f"{field}__code__gte": f"{first:02d}", f"{field}__code__lt": f"{last + 1:02d}"}
    )


class SectionFilter(django_filters.ChoiceFilter):
    """Section of the industry, by its letter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs = {
            "choices": section_choices,
            "label": _("Industry section"),
            "empty_label": _("all"),
            "field_name": "industry",
            **kwargs,
        }
        super().__init__(*args, **kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        return qs.filter(in_section(self.field_name, value)) if value else qs
