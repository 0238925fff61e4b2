from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.choices import FigureSource, Nature, Scale
from assessments.imports.forms import YEARS
from assessments.models import Measure, RankingTable
from capital.rulebook import codes
from common import clock
from common.access import Action
from common.forms import ActorForm, RowForm, offer
from organizations.models import CompetitionGroup, Unit


def name_places(field: Any) -> None:
    """Let a choice of groups say whose they are: several places have a group of one name."""
    field.queryset = field.queryset.select_related("owner")
    field.label_from_instance = lambda group: f"{group.owner.label} {group.name}"


class MeasureForm(RowForm):
    class Meta:
        model = Measure
        fields = (
            "name",
            "code",
            "definition",
            "defined_since",
            "unit",
            "nature",
            "direction",
            "numerator",
            "denominator",
            "source",
            "rule_code",
            "basis",
            "level",
            "role",
            "words",
            "sort",
        )
        widgets = {"definition": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.instance.rule_code
        known = dict(codes())
        if given:
            known.setdefault(given, given)
        field = forms.ChoiceField(
            label=self.fields["rule_code"].label,
            help_text=self.fields["rule_code"].help_text,
            choices=[("", _("everything that was recognised")), *known.items()],
            required=False,
        )
        self.fields["rule_code"] = field
        sources = [
            pair for pair in FigureSource.choices if pair[0] != FigureSource.COUNTED
        ]  # a form of its own
        self.fields["source"] = forms.ChoiceField(
            label=self.fields["source"].label, choices=sources, required=False, initial=FigureSource.IMPORTED
        )

    def clean_source(self) -> str:
        return self.cleaned_data["source"] or FigureSource.IMPORTED


class QuartersField(forms.Field):
    """Four shares in one line: "15, 25, 30, 30"."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(v) for v in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        return [
            part
            for part in str(value or "").replace("，", ",").replace("/", ",").replace(" ", ",").split(",")
            if part
        ]


class RankingTableForm(RowForm):
    quarters = QuartersField(
        label=_("Quarterly shares, in per cent"), required=False, help_text=_("For example 15, 25, 30, 30.")
    )

    class Meta:
        model = RankingTable
        fields = (
            "group", "name", "code", "measure", "rank_by", "tie_break", "tie_measure", "rank_as_printed", "target_kind",
            "schedule", "quarters", "scale", "value_digits", "rate_digits", "rate_rounding", "points_digits",
            "points_rounding", "points_from_rounded", "growth_digits", "reported_total", "sort",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = CompetitionGroup.objects.allowed_to(self.actor, Action.CHANGE).filter(archived_at=None)
        offer(self, "group", groups)
        name_places(self.fields["group"])
        offer(
            self,
            "reported_total",
            Unit.objects.visible_to(self.actor).filter(archived_at=None).order_by("path"),
        )


class ComputeForm(ActorForm):
    """Which month, which group: None computes every group the actor runs."""

    period = forms.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", label=_("Month"))
    group = forms.ModelChoiceField(
        CompetitionGroup._base_manager.none(), required=False, label=_("Group"), to_field_name="code"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "group", CompetitionGroup.objects.visible_to(self.actor).filter(archived_at=None))


class TemplateForm(ActorForm):
    """What the downloaded template is filled with."""

    group = forms.ModelChoiceField(CompetitionGroup._base_manager.none(), label=_("Competition group"))
    year = forms.IntegerField(label=_("Year"), min_value=YEARS[0], max_value=YEARS[1])
    month = forms.TypedChoiceField(label=_("Month"), choices=[(n, n) for n in range(1, 13)], coerce=int)
    measures = forms.ModelMultipleChoiceField(
        Measure._base_manager.none(), label=_("Measures"), widget=forms.CheckboxSelectMultiple
    )
    scale = forms.ChoiceField(label=_("Money is written in"), choices=Scale.choices, initial=Scale.WAN)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "group", CompetitionGroup.objects.visible_to(self.actor).filter(archived_at=None))
        name_places(self.fields["group"])
        measures = (
            Measure.objects.visible_to(self.actor).filter(archived_at=None).exclude(nature=Nature.RATIO)
        )
        offer(self, "measures", measures)
        today = clock.today()
        self.fields["month"].initial = today.month - 1 or 12
        self.fields["year"].initial = today.year if today.month > 1 else today.year - 1
