"""Forms of the registry: a measure that counts a base, and a figure that somebody gives."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assessments.choices import FigureSource, Nature, Span
from assessments.imports.forms import YEARS
from assessments.measures.base import REGISTRY, Derived
from assessments.measures.catalogue import measure_problems
from assessments.measures.filters import SPECS
from assessments.measures.words import choices, is_amount, problem_text
from assessments.models import GivenFigure, Measure
from common import clock
from common.forms import RowForm, offer
from leads.forms.fields import WanField
from organizations.forms import limit_units

PREFIX = "only_"  # fields of filters


class ListField(forms.CharField):
    """Codes in one line, separated by commas or spaces."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, (list, tuple)) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        for sign in ("，", "、", ";", "；", " "):
            text = text.replace(sign, ",")
        return [part for part in text.split(",") if part]


class CountedMeasureForm(RowForm):
    """A measure over one base of the registry: only the filters that it knows, each a field of its own."""

    class Meta:
        model = Measure
        fields = (
            "name",
            "code",
            "definition",
            "of_measure",
            "role",
            "credit",
            "direction",
            "defined_since",
            "words",
            "sort",
        )
        widgets = {"definition": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, base: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.base = REGISTRY[base or self.instance.base]
        if isinstance(self.base, Derived) and self.base.of_measure:
            of = self.fields["of_measure"]
            of.required = True
            rows = of.queryset.exclude(pk=self.instance.pk).exclude(nature=Nature.RATIO)  # type: ignore[attr-defined]
            offer(self, "of_measure", rows)
        else:
            del self.fields["of_measure"]
        self.fields["role"].required = True
        self.initial.setdefault("role", "assessed")
        if not self.instance.pk:
            self.initial["direction"] = self.base.direction
        for name in SPECS:
            if name in self.base.allowed:
                self.fields[f"{PREFIX}{name}"] = self._field(name)
                self.initial[f"{PREFIX}{name}"] = self._now(name)

    def _field(self, name: str) -> forms.Field:
        spec = SPECS[name]
        about: dict[str, Any] = {"label": spec.title, "help_text": spec.help, "required": False}
        if name.startswith("size_"):
            return WanField(**{**about, "help_text": spec.help or _("In ten thousands.")})
        if spec.words is not None and spec.many:
            return forms.MultipleChoiceField(
                choices=choices(name), widget=forms.CheckboxSelectMultiple, **about
            )
        if spec.words is not None:
            return forms.ChoiceField(choices=[("", _("no matter")), *choices(name)], **about)
        if is_amount(name):
            return forms.DecimalField(min_value=0, **about)
        return ListField(**about) if spec.many else forms.CharField(**about)

    def _now(self, name: str) -> Any:
        """The filter's present value, as its field shows it."""
        value = self.instance.filters.get(name)
        return Decimal(value) if value and name.startswith("size_") else value

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.filters = {}
        for name in SPECS:
            value = given.pop(f"{PREFIX}{name}", None)
            if value not in (None, "", []):
                self.filters[name] = value if isinstance(value, list) else _plain(value)
        of = given.get("of_measure")
        for problem in measure_problems(self.base.code, self.filters, of):
            where = problem.path.removeprefix("filters.")
            field = f"{PREFIX}{where}" if f"{PREFIX}{where}" in self.fields else where
            self.add_error(field if field in self.fields else None, ValidationError(problem_text(problem)))
        return given

    def values(self) -> dict[str, Any]:
        return {
            **super().values(),
            "source": FigureSource.COUNTED,
            "base": self.base.code,
            "filters": self.filters,
            "unit": self.base.unit,
            "nature": self.base.nature,
        }


def _plain(value: Any) -> str:
    """A number as the filters keep it: without an exponent or zeros behind."""
    if hasattr(value, "normalize"):
        return f"{value.normalize():f}"
    return str(value)


class GivenFigureForm(RowForm):
    """What a giver says of a unit, with the paper that proves it."""

    month = forms.TypedChoiceField(
        label=_("Month"),
        choices=[(n, n) for n in range(1, 13)],
        coerce=int,
        help_text=_("For a quarter or a year its last month."),
    )
    file = forms.FileField(label=_("evidence"), help_text=_("The signed sheet, letter or minutes."))

    class Meta:
        model = GivenFigure
        fields = ("unit", "measure", "year", "month", "span", "value", "giver", "giver_class", "remark")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_units(self, "given_figure")
        rows = Measure.objects.visible_to(self.actor).filter(archived_at=None)
        offer(self, "measure", rows.exclude(numerator__isnull=False).exclude(source=FigureSource.COUNTED))
        today = clock.today()
        self.fields["year"] = forms.IntegerField(
            label=_("Year"), min_value=YEARS[0], max_value=YEARS[1], initial=today.year
        )
        self.fields["month"].initial = today.month
        self.fields["span"].initial = Span.YEAR_TO_DATE
        self.fields["value"].help_text = _("In the measure's own unit: yuan, pieces, marks.")
        self.fields["giver"].help_text = _("Who says so: a jury, a unit, a department that confirms.")
        self.fields["giver_class"].help_text = _(
            "A short code, such as park or town, when kinds weigh differently."
        )

    def validate_constraints(self) -> None:
        """The service supersedes what the same giver said before."""
