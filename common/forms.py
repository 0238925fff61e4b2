"""Base of our forms: choices come from the actor's scope, and the row's version travels along."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.access import Action
from common.actors import Actor
from common.masking import masked
from common.pickers import PickerField
from common.scope import ScopedQuerySet

FEW = 12  # rows that one looks through without searching


def offer(form: forms.BaseForm, name: str, rows: Any) -> None:
    """Let a choice of a form offer these rows."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"{name} is no choice of rows")
    field.queryset = rows


def pick(form: Any, name: str, picker: str, few: int = FEW) -> None:
    """Make a choice of more than `few` rows a picker (`picker`: url name of a PickerPage); fewer stay a list to choose
    from. For an ActorForm whose field has its final rows. One query."""
    field = form.fields[name]
    if field.queryset.order_by()[: few + 1].count() <= few:
        return
    chosen = PickerField(
        field.queryset,
        picker=picker,
        label=field.label,
        help_text=field.help_text,
        required=field.required,
        initial=field.initial,
    )
    chosen.actor = form.actor
    if field.empty_label and not field.required:
        chosen.widget.attrs["placeholder"] = field.empty_label.strip("-")
    form.fields[name] = chosen


def scope_choices(fields: dict[str, forms.Field], actor: Actor) -> None:
    """Give every choice of a scoped model the rows that the actor may see, without archived ones."""
    for field in fields.values():
        if not isinstance(field, forms.ModelChoiceField) or field.queryset is None:
            continue
        if isinstance(field, PickerField):
            field.actor = actor
        model = field.queryset.model
        if isinstance(field.queryset, ScopedQuerySet):
            rows = model.objects.allowed_to(actor, getattr(field, "scope_action", Action.VIEW))
        else:
            rows = field.queryset
        if any(f.name == "archived_at" for f in model._meta.fields):
            rows = rows.filter(archived_at=None)
        field.queryset = rows


class ActorForm(forms.Form):
    """A plain form that knows who fills it in."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        scope_choices(self.fields, actor)


class RowForm(forms.ModelForm):
    """A form of an editable row. It validates and hands `values()` to a service; it never saves."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version
        else:
            del self.fields["version"]
        scope_choices(self.fields, actor)

    def values(self) -> dict[str, Any]:
        """Field values for the service, without the version."""
        return {k: v for k, v in self.cleaned_data.items() if k != "version"}

    def save(self, commit: bool = True) -> models.Model:
        raise TypeError("Forms don't save: pass values() to the service.")


class PersonForm(RowForm):
    """A form that doesn't show personal data either: a field of `personal` left empty stays as it was."""

    personal: tuple[str, ...] = ("phone",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.personal:
            if value := getattr(self.instance, name):
                self.initial[name] = ""
                self.fields[name].widget.attrs["placeholder"] = masked(name, value)
                self.fields[name].help_text = _("Leave empty to keep it as it is.")

    def values(self) -> dict[str, Any]:
        found = super().values()
        return {k: v for k, v in found.items() if v or not self.instance.pk or k not in self.personal}
