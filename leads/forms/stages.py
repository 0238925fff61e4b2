"""Forms of the ladders: a stage, a reason, and the move itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from common import clock
from common.forms import ActorForm, RowForm, offer, scope_choices
from common.pickers import PickerField
from leads import facts
from leads.choices import Evidence
from leads.forms.fields import WanField
from leads.models import Contact, Stage, StageReason
from leads.stages import Ladder, Missing
from organizations.choices import ENTERING, Role
from organizations.forms import DAY
from reference.models import Industry

IN_TEN_THOUSANDS = ("amount", "fixed_assets", "registered_capital")
FILE = "file_"  # the field of a kind of evidence begins with this


def _boxes(label: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


class StageForm(RowForm):
    """What a stage asks for, as boxes from the catalogue of facts."""

    facts = _boxes(_("Required facts"))
    evidence = _boxes(_("Required evidence"), _("Files of these kinds in the dossier."))
    movers = _boxes(_("Who may move"), _("None: everybody who may change the record."))

    class Meta:
        model = Stage
        fields = ("name", "name_en", "facts", "evidence", "movers", "due_days", "stale_days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "facts": [(f.code, f.label) for f in facts.catalogue(self.instance.pipeline).values()],
            "evidence": Evidence.choices,
            "movers": [(role.value, role.label) for role in Role if role in ENTERING],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]


class StageReasonForm(RowForm):
    class Meta:
        model = StageReason
        fields = ("name", "name_en", "code", "sort")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]


class MoveForm(ActorForm):
    """Exactly what the target still needs: the fields of missing facts, a file for each missing kind of
    evidence, the date, and a reason where the way asks for one."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    on = forms.DateField(label=_("Date of the move"), widget=DAY)

    def __init__(
        self,
        *args: Any,
        row: Any,
        steps: Ladder,
        target: str,
        missing: tuple[Missing, ...],
        words: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        self.fields["version"].initial = row.version
        self.fields["on"].initial = today
        self.fields["on"].widget.attrs |= {"max": today.isoformat(), "min": row.stage_on.isoformat()}
        self.supplied = [name for one in missing for name in one.fields]
        for name in self.supplied:
            self.fields[name] = self._field(row, name)
        self.papers = [one for one in missing if one.kind == "evidence"]
        for one in self.papers:
            self.fields[FILE + one.code] = forms.FileField(label=capfirst(one.label))
        listed = steps.reasons.get(target, {})
        if listed:
            offered = [("", _("Choose a reason")), *((code, reason.label) for code, reason in listed.items())]
            self.fields["reason_code"] = forms.ChoiceField(label=_("Reason"), choices=offered)
        if listed or words:
            self.fields["reason_text"] = forms.CharField(
                label=_("Reason in words"),
                max_length=500,
                required=words,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        scope_choices(self.fields, self.actor)
        if "contact" in self.fields:
            people = Contact.objects.visible_to(self.actor).filter(investor=row.investor_id, archived_at=None)
            offer(self, "contact", people)

    def _field(self, row: Any, name: str) -> forms.Field:
        column = row._meta.get_field(name)
        if column.related_model is Industry:
            return PickerField(Industry.objects.none(), picker="industry_pick", label=_("Industry"))
        field: forms.Field = column.formfield()
        if name in IN_TEN_THOUSANDS:
            label = _("%(what)s, in ten thousands") % {"what": column.verbose_name}
            field = WanField(label=label)
        field.required = True
        field.initial = getattr(row, column.attname)
        if isinstance(field, forms.DateField):
            field.widget = DAY
        return field

    def values(self) -> dict[str, Any]:
        """The facts given along, by field name."""
        return {name: self.cleaned_data[name] for name in self.supplied}

    def files_given(self) -> dict[str, Any]:
        """Uploaded files by the kind of evidence."""
        return {one.code: self.cleaned_data[FILE + one.code] for one in self.papers}
