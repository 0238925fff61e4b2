"""Forms of queries, samples and the terms of recognition."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from capital.choices import EntryKind, Level, VoucherType
from capital.desk_queue import DecidedUnits, levels
from capital.models import RecognitionTerms
from capital.services.deciding import RIGHT
from common import clock
from common.forms import ActorForm, RowForm, offer, pick
from common.scope import visible_q
from ledger import periods
from organizations.models import Unit


class AnswerForm(ActorForm):
    answer = forms.CharField(
        label=_("Answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Vouchers and files are added on the entry's own page."),
    )


class DrawForm(ActorForm):
    """Which month's entries of which unit are drawn from."""

    unit = forms.ModelChoiceField(label=_("unit"), queryset=Unit._base_manager.none())
    month = forms.RegexField(
        label=_("month"),
        regex=r"^\d{4}-(0[1-9]|1[0-3])$",
        help_text=_("As 2026-11; 13 is the final account."),
        error_messages={"invalid": _("Write the month as 2026-11.")},
    )
    level = forms.ChoiceField(label=_("level"), choices=Level.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = levels(self.actor)
        rows = Unit.objects.visible_to(self.actor).filter(archived_at=None)
        among = Q(pk__in=())
        for level in mine:
            among |= visible_q(DecidedUnits, self.actor, RIGHT[Level(level)])
        offer(self, "unit", rows.filter(among).order_by("path"))
        pick(self, "unit", "unit_pick")
        field: Any = self.fields["level"]
        field.choices = [one for one in Level.choices if one[0] in mine]
        code = periods.code_of(clock.today())
        self.fields["month"].initial = f"{code // 100}-{code % 100:02d}"

    def period(self) -> int:
        year, month = self.cleaned_data["month"].split("-")
        return int(year) * 100 + int(month)


class TermsForm(RowForm):
    """Terms, with a row of boxes for each kind of entry instead of a document."""

    class Meta:
        model = RecognitionTerms
        fields = ("since", "own_unit", "sample_percent", "sample_least", "average_rate")
        widgets = {"since": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.fields["since"].initial = clock.today()
        for kind, label in EntryKind.choices:
            self.fields[f"asked_{kind}"] = forms.MultipleChoiceField(
                label=_("Vouchers for %(kind)s, one of") % {"kind": label},
                choices=VoucherType.choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=self.instance.asked_for(kind),
                help_text=_("None chosen: any voucher will do."),
            )

    def values(self) -> dict[str, Any]:
        found = super().values()
        asked = {kind: found.pop(f"asked_{kind}") for kind in EntryKind.values}
        return {**found, "evidence": {kind: types for kind, types in asked.items() if types}}
