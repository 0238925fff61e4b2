"""Forms about results: what-if, publication, objections, values set by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.explaining.gaining import own_target
from assessments.explaining.numbers import plain
from assessments.schemeresults import ResultReader
from assessments.services.publications import DAYS, MOST_DAYS
from rules import scheme as rules
from rules.scheme.document import Group, Indicator

TEN_THOUSAND = Decimal(10_000)
LINES = forms.Textarea(attrs={"rows": 4})


class WhatIfForm(forms.Form):
    """One change of a rule and one of a unit's figures; both at once will do."""

    indicator = forms.ChoiceField(label=_("Indicator"), required=False)
    full = forms.DecimalField(
        label=_("Full marks"), required=False, min_value=0, max_digits=12, decimal_places=4
    )
    weight = forms.DecimalField(label=_("Weight"), required=False, max_digits=12, decimal_places=4)
    unit = forms.ChoiceField(label=pgettext_lazy("organization", "Unit"), required=False)
    fact = forms.ChoiceField(label=_("Figure"), required=False)
    value = forms.DecimalField(
        label=_("would be"),
        required=False,
        max_digits=20,
        decimal_places=6,
        help_text=_("Money in 10,000 yuan or 10,000 US dollars."),
    )
    target = forms.DecimalField(
        label=_("and its target of the year"), required=False, max_digits=20, decimal_places=6
    )

    def __init__(self, data: Any = None, *, reader: ResultReader, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.reader = reader
        nothing = [("", "—")]
        choices: dict[str, list[tuple[str, str]]] = {
            "indicator": [(row.code, row.title) for row in reader.rows_of_marks],
            "unit": [(line.unit, line.row.unit_name) for line in reader.lines],
            "fact": [(code, one.title) for code, one in reader.scheme.inputs.items()],
        }
        for name, found in choices.items():
            self.fields[name].choices = nothing + found  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        rule = given.get("full") is not None or given.get("weight") is not None
        figure = given.get("value") is not None or given.get("target") is not None
        if rule and not given.get("indicator"):
            self.add_error("indicator", _("Choose the indicator that would change."))
        if figure and not given.get("unit"):
            self.add_error("unit", _("Choose the unit whose figure would change."))
        if figure and not given.get("fact"):
            self.add_error("fact", _("Choose the figure that would change."))
        if not rule and not figure and not self.errors:
            raise ValidationError(_("Change something: full marks, a weight, a figure or a target."))
        if given.get("target") is not None and given.get("fact") and self._which() is None:
            self.add_error("target", _("The scheme holds this figure against no target of the unit."))
        return given

    def changed(self) -> tuple[rules.Scheme, rules.Facts]:
        """The copies with the changes in."""
        given, reader = self.cleaned_data, self.reader
        scheme, facts = reader.scheme, reader.facts
        if given["indicator"]:
            groups = tuple(
                self._group(one) if one.code == reader.group.code else one for one in scheme.groups
            )
            scheme = scheme.model_copy(update={"groups": groups})
        if given["value"] is not None:
            facts = rules.with_fact(facts, given["unit"], given["fact"], self._amount(given["value"]))
        if given["target"] is not None:
            which = self._which()
            assert which is not None
            facts = rules.with_target(
                facts, given["unit"], given["fact"], which, self._amount(given["target"])
            )
        return scheme, facts

    def said(self) -> list[str]:
        """The changes in words."""
        given, found = self.cleaned_data, []
        title = dict(self.fields["indicator"].choices).get(given["indicator"], "")  # type: ignore[attr-defined]
        if given["full"] is not None:
            found.append(
                _now("%(name)s: full marks %(value)s") % {"name": title, "value": plain(given["full"], 0)}
            )
        if given["weight"] is not None:
            found.append(
                _now("%(name)s: weight %(value)s") % {"name": title, "value": plain(given["weight"], 0)}
            )
        unit = dict(self.fields["unit"].choices).get(given["unit"], "")  # type: ignore[attr-defined]
        fact = dict(self.fields["fact"].choices).get(given["fact"], "")  # type: ignore[attr-defined]
        words = {"unit": unit, "name": fact}
        if given["value"] is not None:
            found.append(_now("%(unit)s: %(name)s %(value)s") % {**words, "value": plain(given["value"], 0)})
        if given["target"] is not None:
            found.append(
                _now("%(unit)s: target of %(name)s %(value)s") % {**words, "value": plain(given["target"], 0)}
            )
        return found

    def _which(self) -> str | None:
        found = own_target(self.reader.scheme, self.reader.group.code, self.cleaned_data["fact"])
        return None if found is None else found.which

    def _amount(self, value: Decimal) -> Decimal:
        money = self.reader.scheme.inputs[self.cleaned_data["fact"]].unit in ("yuan", "usd")
        return value * TEN_THOUSAND if money else value

    def _group(self, group: Group) -> Group:
        given = self.cleaned_data
        values = {name: given[name] for name in ("full", "weight") if given[name] is not None}

        def changed(rows: tuple[Indicator, ...]) -> tuple[Indicator, ...]:
            return tuple(
                row.model_copy(update=values) if row.code == given["indicator"] else row for row in rows
            )

        return group.model_copy(
            update={name: changed(getattr(group, name)) for name in ("indicators", "bonuses", "deductions")}
        )


class TellForm(forms.Form):
    """The first step of a publication."""

    days = forms.IntegerField(
        label=_("Working days for objections"),
        initial=DAYS,
        min_value=1,
        max_value=MOST_DAYS,
        help_text=_("Counted from tomorrow on, by the calendar of working days."),
    )

    def __init__(self, *args: Any, actor: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class ObjectionForm(forms.Form):
    """What is wrong: the whole result of the unit, or one indicator."""

    unit = forms.TypedChoiceField(label=pgettext_lazy("organization", "Unit"), coerce=int)
    indicator = forms.ChoiceField(label=_("What it is about"), required=False)
    text = forms.CharField(
        label=_("Objection"),
        widget=LINES,
        max_length=2000,
        help_text=_("What is wrong, what it should be, and by which document."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        actor: Any,
        units: list[tuple[int, str]],
        indicators: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        self.fields["indicator"].choices = [("", _now("the whole result")), *indicators]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """Accepted or rejected, in words."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    accept = forms.ChoiceField(
        label=_("Decision"),
        choices=[("yes", _("accepted: a corrected result or value follows")), ("no", _("rejected"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(label=_("Answer"), widget=LINES, max_length=2000)

    def __init__(self, *args: Any, actor: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class OverrideForm(forms.Form):
    """A published value that people set."""

    unit = forms.TypedChoiceField(label=pgettext_lazy("organization", "Unit"), coerce=int)
    what = forms.ChoiceField(label=_("Value"))
    value = forms.DecimalField(label=_("published value"), max_digits=24, decimal_places=8)
    reason = forms.CharField(label=_("reason"), max_length=500)
    signatory = forms.CharField(label=_("signed by"), max_length=100)
    paper = forms.CharField(label=_("document"), max_length=200, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        actor: Any,
        units: list[tuple[int, str]],
        whats: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        self.fields["what"].choices = whats  # type: ignore[attr-defined]
