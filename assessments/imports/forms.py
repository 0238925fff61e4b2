"""The upload form of figures: for whom, which month, which measures, in which unit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.choices import Nature, Scale, TargetKind
from assessments.models import Measure
from common import clock
from common.access import Action
from common.actors import may
from common.forms import ActorForm, offer
from organizations.models import Unit

YEARS = (2000, 2100)


class FiguresForm(ActorForm):
    unit = forms.ModelChoiceField(Unit._base_manager.none(), label=pgettext_lazy("import", "Units below"))
    year = forms.IntegerField(label=_("Year"), min_value=YEARS[0], max_value=YEARS[1])
    month = forms.TypedChoiceField(
        label=_("January up to month"), choices=[(n, n) for n in range(1, 13)], coerce=int
    )
    measures = forms.ModelMultipleChoiceField(
        Measure._base_manager.none(),
        label=_("Measures in the sheet"),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The first one chosen owns columns that only say “completed” or “target”."),
    )
    scale = forms.ChoiceField(
        label=_("Money is written in"),
        choices=Scale.choices,
        initial=Scale.WAN,
        help_text=_("Unless a header says otherwise."),
    )
    target_kind = forms.ChoiceField(
        label=_("Targets are"), choices=TargetKind.choices, initial=TargetKind.FIRM, required=False
    )
    holds_from = forms.TypedChoiceField(
        label=_("Targets hold from month"),
        choices=[(n, n) for n in range(1, 13)],
        coerce=int,
        initial=1,
        required=False,
    )
    implied = forms.BooleanField(
        label=_("Targets are implied"),
        required=False,
        help_text=_("Derived from published amounts and rates, not printed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = (
            Unit.objects.visible_to(self.actor)
            .filter(archived_at=None, children__isnull=False)
            .distinct()
            .order_by("path")
        )
        allowed = [u.pk for u in units if may(self.actor, Action.IMPORT, "figure", path=u.path)]
        offer(self, "unit", units.filter(pk__in=allowed))
        measures = (
            Measure.objects.visible_to(self.actor).filter(archived_at=None).exclude(nature=Nature.RATIO)
        )
        offer(self, "measures", measures)
        today = clock.today()
        before = today.replace(day=1).month - 1 or 12
        self.fields["year"].initial = today.year if before < 12 else today.year - 1
        self.fields["month"].initial = before
        if len(allowed) == 1:
            self.fields["unit"].initial = allowed[0]

    def target(self) -> tuple[str, dict[str, Any]]:
        """Unit path of the import, and its parameters."""
        given = self.cleaned_data
        order = (
            {code: n for n, code in enumerate(self.data.getlist("measures"))}
            if hasattr(self.data, "getlist")
            else {}
        )
        codes = sorted((m.code for m in given["measures"]), key=lambda c: order.get(c, 0))
        params = {
            "year": given["year"],
            "month": given["month"],
            "measures": codes,
            "scale": given["scale"],
            "target_kind": given["target_kind"] or TargetKind.FIRM,
            "holds_from": given["holds_from"] or 1,
            "implied": given["implied"],
        }
        return given["unit"].path, params
