from __future__ import annotations

from django import forms

from common.forms import RowForm
from reference.models import CalendarYear, ExchangeRate, Holiday

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CalendarYearForm(RowForm):
    class Meta:
        model = CalendarYear
        fields = ("year", "source")


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
