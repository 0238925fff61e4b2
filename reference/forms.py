from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import RowForm
from reference.choices import DayKind
from reference.models import CalendarYear, ExchangeRate, Holiday

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LONGEST = 31  # days in one line: more is a slip of the pen


class CalendarYearForm(RowForm):
    class Meta:
        model = CalendarYear
        fields = ("year", "source")


class CalendarYearCreateForm(CalendarYearForm):
    """A year with its holidays, as the yearly notice lists them."""

    days = forms.CharField(
        label=_("Holidays"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_(
            "One line each: first day, last day, name - for example 2026-10-01 2026-10-07 国庆节. "
            "A weekend day that is worked: date, a plus sign, name - for example 2026-10-10 + 国庆节."
        ),
    )

    def clean_days(self) -> list[dict[str, Any]]:
        """The lines as rows of Holiday; weekends inside a holiday are kept as days off."""
        found: dict[date, dict[str, Any]] = {}
        for number, line in enumerate(self.cleaned_data["days"].splitlines(), start=1):
            if not line.strip():
                continue
            for row in self.days_of(number, line.split(maxsplit=2)):
                if row["date"] in found:
                    raise forms.ValidationError(
                        _("Line %(line)s: %(date)s is already in a line above."),
                        params={"line": number, "date": row["date"].isoformat()},
                    )
                found[row["date"]] = row
        return [found[day] for day in sorted(found)]

    def days_of(self, number: int, parts: list[str]) -> list[dict[str, Any]]:
        try:
            first, last, name = parts
            start = date.fromisoformat(first)
            end = start if last == "+" else date.fromisoformat(last)
        except ValueError as wrong:
            raise forms.ValidationError(
                _("Line %(line)s can't be read. Write: first day, last day or +, name."),
                params={"line": number},
            ) from wrong
        length = (end - start).days + 1
        if not 1 <= length <= LONGEST or {start.year, end.year} != {self.cleaned_data.get("year")}:
            raise forms.ValidationError(
                _("Line %(line)s: both days must lie in this year, the first one first, at most 31 days."),
                params={"line": number},
            )
        kind = DayKind.WORKING if last == "+" else DayKind.OFF
        return [{"date": start + timedelta(days=n), "kind": kind, "name": name} for n in range(length)]


class HolidayForm(RowForm):
    class Meta:
        model = Holiday
        fields = ("date", "kind", "name", "source")
        widgets = {"date": DATE}


class ExchangeRateForm(RowForm):
    class Meta:
        model = ExchangeRate
        fields = ("currency", "kind", "date", "rate", "source")
        widgets = {"date": DATE}
