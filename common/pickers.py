"""A field for choosing one of very many rows: type a few letters, pick from what the server finds.

With a script it is a combobox. Without one the typed text is sent with the form: a single hit is taken,
several are offered as radio buttons below the field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import resolve, reverse
from django.utils.translation import gettext as _

from common.actors import Actor


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: `hint` is the small line below (code, unit, sector)."""

    pk: Any
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Picked:
    """What a picker sent: the key of the chosen row, or the text that was typed."""

    pk: str
    text: str

    def __str__(self) -> str:
        return self.pk or self.text

    def __bool__(self) -> bool:
        return bool(self.pk or self.text)


_urls: dict[type, str] = {}


def register(model: type, url_name: str) -> None:
    """Name the PickerPage of a model, for the filters of lists."""
    _urls[model] = url_name


def picker_of(model: type) -> str:
    """The url name of the model's PickerPage; empty when it has none."""
    return _urls.get(model, "")


class NewName(str):
    """The cleaned value of a picker with `allow_new` when nothing was chosen: the name of a row to be made."""

    __slots__ = ()


def extra_names(name: str) -> tuple[str, str]:
    """What a picker sends besides the key: what stands in the box, and what was chosen."""
    return f"{name}_text", f"{name}_label"


class PickerWidget(forms.Widget):
    """Sends `<name>` (key), `<name>_text` (what stands in the box) and `<name>_label` (what was chosen): a
    text that was changed after choosing counts as typed. `url_name` is the address of a PickerPage."""

    template_name = "common/widgets/picker.html"
    several_names = True  # for drafts
    found: list[Option] | None = None  # hits to choose from, after a text that fits several

    def __init__(
        self, url_name: str, *, allow_new: bool = False, attrs: dict[str, Any] | None = None
    ) -> None:
        super().__init__(attrs)
        self.url_name, self.allow_new = url_name, allow_new
        self.choices: Any = ()  # set by the field

    @property
    def page(self) -> Any:
        """The PickerPage behind the address."""
        return resolve(reverse(self.url_name)).func.view_class  # type: ignore[attr-defined]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Picked | None:
        pk, text, label = (data.get(f"{name}{part}") for part in ("", "_text", "_label"))
        if pk is None and text is None:
            return None
        changed = text is not None and label and text.strip() != label.strip()
        return Picked("" if changed else str(pk or "").strip(), (text or "").strip())

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_text" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        pk, text = (value.pk, value.text) if isinstance(value, Picked) else (value, "")
        row = self.row(pk) if pk not in (None, "") else None
        if row is not None:
            text = self.page.label(row)
        context["widget"] |= {
            "pk": "" if row is None else row.pk,
            "text": text,
            "url": reverse(self.url_name),
            "allow_new": self.allow_new,
            "found": self.found,
        }
        return context

    def row(self, pk: Any) -> Any:
        """The row of this key among the field's rows, or None."""
        try:
            return self.choices.queryset.filter(pk=pk).first()
        except (ValueError, TypeError):
            return None


class PickerField(forms.ModelChoiceField):
    """`ModelChoiceField` with a picker. The rows must be scoped ones, or offered by the form (`offer`).

    Cleaned value: the row, None, or a NewName (with `allow_new` only).
    """

    widget: Any
    actor: Actor | None = None  # set by common.forms.scope_choices

    def __init__(self, queryset: Any, *, picker: str, allow_new: bool = False, **kwargs: Any) -> None:
        self.allow_new = allow_new
        super().__init__(queryset, widget=PickerWidget(picker, allow_new=allow_new), **kwargs)

    def clean(self, value: Any) -> Any:
        if not isinstance(value, Picked) or value.pk or not value.text:
            return super().clean(value.pk if isinstance(value, Picked) else value)
        if self.allow_new:
            return NewName(value.text)
        found = self.widget.page.search(self.actor, value.text) if self.actor else []
        rows: Any = self.queryset
        offered = set(rows.filter(pk__in=[one.pk for one in found]).values_list("pk", flat=True))
        found = [one for one in found if one.pk in offered]
        exact = [one for one in found if one.label == value.text] or found
        if len(exact) == 1:
            return super().clean(exact[0].pk)
        self.widget.found = found
        if found:
            raise ValidationError(_("Several fit. Choose one."), code="several")
        raise ValidationError(_("Nothing found for “%(text)s”.") % {"text": value.text}, code="none")
