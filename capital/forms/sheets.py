"""Forms of score sheets, and the inspection form that a sheet makes."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital.models import Inspection, ScoreSheet
from capital.services import inspections
from common.forms import ActorForm
from leads.forms.fields import DAY, WanField
from projects.forms.rows import Rows, RowsForm
from rules.inspection import Item, Kind, Option
from rules.trace import decimal_text

KINDS = (
    (Kind.POINTS, pgettext_lazy("item", "points")),
    (Kind.YES_NO, pgettext_lazy("item", "yes or no")),
    (Kind.CHOICE, pgettext_lazy("item", "choice")),
    (Kind.AMOUNT, pgettext_lazy("item", "amount")),
    (Kind.TEXT, pgettext_lazy("item", "text")),
)
ANSWERS = (("yes", _("yes")), ("no", _("no")))
SEPARATORS = re.compile(r"[;；\n]")


def number(**options: Any) -> forms.DecimalField:
    return forms.DecimalField(max_digits=7, decimal_places=2, min_value=0, **options)


class SheetForm(RowsForm):
    """A sheet and its items, a row each."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    code = forms.SlugField(label=_("code"), max_length=40)
    name = forms.CharField(label=_("name"), max_length=100)
    groups = (
        Rows(
            "items",
            _("Items"),
            {
                "label": lambda: forms.CharField(label=_("What is asked"), max_length=200),
                "kind": lambda: forms.ChoiceField(label=_("Answer"), choices=KINDS),
                "weight": lambda: number(label=_("Weight"), help_text=_("Empty: scores nothing.")),
                "full": lambda: number(label=_("Full mark"), help_text=_("For points.")),
                "options": lambda: forms.CharField(
                    label=_("Answers to choose from"),
                    max_length=500,
                    help_text=_(
                        "For a choice: in use=100; partly there=60; not there=0 (per cent of the weight)."
                    ),
                ),
                "good": lambda: forms.ChoiceField(
                    label=_("Good answer"), choices=ANSWERS, help_text=_("For yes or no.")
                ),
                "required": lambda: forms.BooleanField(label=_("required"), initial=True),
                "counts": lambda: forms.BooleanField(
                    label=_("counts in the result"), help_text=_("For an amount: part of the team's result.")
                ),
            },
            needed=("label",),
            given=("kind", "good", "required"),
            blank=2,
            hint=_(
                "Points, yes or no and choices score by their weight; amounts and texts are written down."
            ),
        ),
    )

    def __init__(self, *args: Any, instance: ScoreSheet | None = None, **kwargs: Any) -> None:
        start = [row_of(item) for item in inspections.rule.items_of(instance.document)] if instance else []
        super().__init__(*args, start={"items": start}, **kwargs)
        if instance is None:
            del self.fields["version"]
            return
        del self.fields["code"]
        self.fields["name"].initial = instance.name
        self.fields["version"].initial = instance.version
        for n in range(len(start)):  # an empty row offers a tick, a filled one has its own
            self.fields[self.key("items", n, "required")].initial = start[n]["required"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for row in given.get("items", ()):
            if row["kind"] == Kind.CHOICE:
                try:
                    row["options"] = options_of(row["options"] or "")
                except ValidationError as wrong:
                    self.add_error(self.key("items", row["number"], "options"), wrong)
        return given

    def values(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            name: self.cleaned_data[name] for name in ("code", "name") if name in self.cleaned_data
        }
        return {
            **found,
            "items": [item_of(row, n) for n, row in enumerate(self.cleaned_data["items"], start=1)],
        }


def options_of(text: str) -> tuple[Option, ...]:
    """in use=100; partly there=60 → options with what they are worth in per cent."""
    found = []
    for n, part in enumerate((one.strip() for one in SEPARATORS.split(text) if one.strip()), start=1):
        label, sign, share = part.replace("＝", "=").rpartition("=")
        try:
            worth = Decimal(share.strip().rstrip("%％"))
        except InvalidOperation:
            sign = ""
        if not sign or not label.strip() or not worth.is_finite():
            raise ValidationError(
                _now("Write each answer as: text=per cent. This is not one: %(part)s") % {"part": part}
            )
        found.append(Option(f"o{n}", label.strip(), worth))
    return tuple(found)


def item_of(row: dict[str, Any], n: int) -> Item:
    kind = Kind(row["kind"])
    scores = kind in inspections.rule.SCORED
    return Item(
        code=f"q{n}",
        label=row["label"],
        kind=kind,
        weight=(row["weight"] or Decimal(0)) if scores else Decimal(0),
        full=(row["full"] or Decimal(0)) if kind is Kind.POINTS else Decimal(0),
        good=row["good"] != "no",
        options=row["options"] if kind is Kind.CHOICE else (),
        required=bool(row["required"]),
        counts=bool(row["counts"]) and kind is Kind.AMOUNT,
    )


def row_of(item: Item) -> dict[str, Any]:
    return {
        "label": item.label,
        "kind": item.kind.value,
        "weight": plain(item.weight) if item.weight else "",
        "full": plain(item.full) if item.full else "",
        "options": "; ".join(f"{one.label}={plain(one.share)}" for one in item.options),
        "good": "yes" if item.good else "no",
        "required": item.required,
        "counts": item.counts,
    }


def plain(value: Decimal) -> str:
    """Without zeros behind the point."""
    text = decimal_text(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


class InspectionForm(ActorForm):
    """The questions of a sheet, as one answers them on site. Nothing is required here: the form is kept as it is
    and finished later. `q_<code>` are the answers."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = inspections.sheet_of(row)
        kept = inspections.unpacked(self.items, row.answers)
        self.fields["version"].initial = row.version
        self.fields["visited_on"] = forms.DateField(
            label=_("inspected on"), widget=DAY, required=False, initial=row.visited_on
        )
        for item in self.items:
            field = self.question(item)
            field.initial = said(item, kept.get(item.code))
            self.fields[f"q_{item.code}"] = field
        self.fields["photo"] = forms.FileField(
            label=_("File taken on site"),
            required=False,
            help_text=_("Picture or PDF, if you want to add one."),
        )

    def question(self, item: Item) -> forms.Field:
        label = item.label if item.required else _now("%(item)s (optional)") % {"item": item.label}
        common: dict[str, Any] = {"label": label, "required": False}
        if item.kind is Kind.POINTS:
            hint = _now("0 to %(full)s points") % {"full": plain(item.full)}
            return forms.DecimalField(
                min_value=0, max_value=item.full, max_digits=9, decimal_places=2, help_text=hint, **common
            )
        if item.kind is Kind.YES_NO:
            return forms.ChoiceField(choices=ANSWERS, widget=forms.RadioSelect, **common)
        if item.kind is Kind.CHOICE:
            chosen = [(one.value, one.label) for one in item.options]
            return forms.ChoiceField(choices=chosen, widget=forms.RadioSelect, **common)
        if item.kind is Kind.AMOUNT:
            return WanField(help_text=_now("In ten thousand yuan."), **common)
        return forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), **common)

    def answers(self) -> dict[str, Any]:
        """As the service takes them."""
        found: dict[str, Any] = {}
        for item in self.items:
            given = self.cleaned_data[f"q_{item.code}"]
            found[item.code] = {"yes": True, "no": False}.get(given) if item.kind is Kind.YES_NO else given
        return found


def said(item: Item, answer: Any) -> Any:
    """A kept answer as its box shows it."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return plain(answer) if isinstance(answer, Decimal) and item.kind is Kind.POINTS else answer
