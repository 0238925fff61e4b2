"""Forms of one target: set, and changed from a month on; also one made of lines."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assessments.choices import MeasureUnit, QuartersIn, TargetKind
from assessments.models import Measure, Target
from assessments.targets import composed as made
from assessments.targets.numbers import box, is_money, typed
from assessments.targets.places import YEARS, Given, Holder
from common import clock
from common.access import Action
from common.forms import ActorForm, offer, pick
from organizations.models import CompetitionGroup, Officer, Post, Unit

LINES = range(1, 7)
MONTHS = [(n, n) for n in range(1, 13)]


class GivenForm(ActorForm):
    """What a target is to be: a value, or lines; perhaps with quarters."""

    holds_from = forms.TypedChoiceField(label=_("holds from month"), choices=MONTHS, coerce=int)
    value = forms.CharField(
        label=_("target"),
        required=False,
        max_length=40,
        help_text=_("Money in ten thousands, everything else as it is. Empty when it is made of lines."),
    )
    quarters = forms.CharField(
        label=_("Quarters"),
        required=False,
        max_length=120,
        help_text=_(
            "Four amounts, or four shares such as 15% 25% 30% 30%. Empty: by the schedule of the scheme."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counts = Measure.objects.visible_to(self.actor).filter(archived_at=None, unit=MeasureUnit.COUNT)
        below = [("", "–"), *((n, n) for n in LINES)]
        for n in LINES:
            self.fields[f"of_{n}"] = forms.ModelChoiceField(
                counts, required=False, label=_now("Line %(n)s: measure") % {"n": n}
            )
            self.fields[f"needed_{n}"] = forms.IntegerField(
                required=False, min_value=1, max_value=100_000, label=_now("Line %(n)s: how many") % {"n": n}
            )
            self.fields[f"fills_{n}"] = forms.TypedChoiceField(
                choices=below,
                coerce=int,
                empty_value=None,
                required=False,
                label=_now("Line %(n)s: surplus may fill line") % {"n": n},
            )
        self.fields["fill_down"] = forms.BooleanField(
            required=False,
            label=_("surplus fills down"),
            help_text=_("What a line has too many counts for the line that it names."),
        )
        self.fields["reason"] = forms.CharField(label=_("reason"), required=False, max_length=500)
        self.fields["document_no"] = forms.CharField(
            label=_("document number"), required=False, max_length=100
        )

    def counted(self) -> Measure | None:
        """Of what it is a target."""
        found: Measure | None = self.cleaned_data.get("measure")
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        measure = self.counted()
        if measure is None or self.errors:
            return data
        money = is_money(measure)
        try:
            composed = self._composed(data)
            value = typed(data["value"], money=money)
        except ValidationError as wrong:
            self.add_error("value", wrong)
            return data
        if composed is not None and value is not None and value != composed.total:
            self.add_error("value", _("A target made of lines is what they add up to. Leave it empty."))
        try:
            quarters, quarters_in = self._quarters(data["quarters"], money=money)
        except ValidationError as wrong:
            self.add_error("quarters", wrong)
            return data
        if composed is None and value is None and quarters_in != QuartersIn.AMOUNT:
            self.add_error("value", _("Write the target of the year, or its lines."))
        data["given"] = Given(None if composed else value, quarters, quarters_in, composed)
        return data

    def _composed(self, data: dict[str, Any]) -> made.Composed | None:
        used = [n for n in LINES if data.get(f"of_{n}") or data.get(f"needed_{n}") is not None]
        codes = {n: data[f"of_{n}"].code for n in used if data.get(f"of_{n}")}
        if not used:
            return None
        if len(codes) < len(used) or any(data.get(f"needed_{n}") is None for n in used):
            raise ValidationError(_("A line needs a measure and how many."))
        lines = []
        for n in used:
            fills = data.get(f"fills_{n}")
            if fills is not None and fills not in codes:
                raise ValidationError(_now("There is no line %(n)s to fill.") % {"n": fills})
            lines.append(
                made.Line(of=codes[n], needed=data[f"needed_{n}"], fills=(codes[fills],) if fills else ())
            )
        return made.Composed(lines=tuple(lines), fill_down=bool(data.get("fill_down")))

    def _quarters(self, text: str, *, money: bool) -> tuple[Any, str]:
        parts = [one for one in text.replace("，", " ").replace(",", " ").replace("/", " ").split() if one]
        if not parts:
            return None, ""
        percent = {one.endswith(("%", "％")) for one in parts}
        if len(parts) != 4 or len(percent) > 1:
            raise ValidationError(_("Write all four quarters: as amounts, or each with a per cent sign."))
        shares = True in percent
        found = tuple(typed(one.rstrip("%％"), money=money and not shares) for one in parts)
        return found, QuartersIn.PERCENT if shares else QuartersIn.AMOUNT

    def fieldsets(self) -> list[dict[str, Any]]:
        """For the page: whose, what, the lines behind their title, why."""
        lines = [f"{part}_{n}" for n in LINES for part in ("of", "needed", "fills")] + ["fill_down"]
        why, what = ["reason", "document_no"], ["holds_from", "value", "quarters"]
        whose = [bound.name for bound in self.visible_fields() if bound.name not in (*lines, *why, *what)]
        parts = [
            (_("Whose, and of what"), whose),
            (_("Target"), what),
            (_("Made of lines"), lines),
            (_("Why"), why),
        ]
        used = any(self[name].value() for name in lines if name in self.fields)
        found = [
            {"title": title, "fields": [self[name] for name in names]} for title, names in parts if names
        ]
        found[-2] |= {
            "folded": not used,
            "hint": _(
                "Counts with conditions: the measure says the condition, the line how many. The hardest line first."
            ),
        }
        return found

    def values(self) -> dict[str, Any]:
        names = ("holds_from", "given", "reason", "document_no")
        return {name: self.cleaned_data[name] for name in names}


class TargetForm(GivenForm):
    """A target that isn't there yet."""

    unit = forms.ModelChoiceField(Unit._base_manager.none(), required=False, label=_("unit"))
    residual = forms.BooleanField(
        required=False,
        label=_("for all others below the unit"),
        help_text=_("It holds for each unit below that has no target of its own and none of its group."),
    )
    post = forms.ModelChoiceField(Post._base_manager.none(), required=False, label=_("or a post"))
    officer = forms.ModelChoiceField(Officer._base_manager.none(), required=False, label=_("or a person"))
    group = forms.ModelChoiceField(
        CompetitionGroup._base_manager.none(), required=False, label=_("or each unit of a group without one")
    )
    measure = forms.ModelChoiceField(Measure._base_manager.none(), label=_("measure"))
    year = forms.IntegerField(label=_("year"), min_value=YEARS[0], max_value=YEARS[-1])
    kind = forms.ChoiceField(label=_("kind"), choices=TargetKind.choices)
    field_order = ("unit", "residual", "post", "officer", "group", "measure", "year", "kind")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = clock.today().year
        offer(self, "unit", Unit.objects.visible_to(self.actor).filter(archived_at=None).order_by("path"))
        pick(self, "unit", "unit_pick")
        offer(self, "measure", Measure.objects.visible_to(self.actor).filter(archived_at=None))
        groups = CompetitionGroup.objects.allowed_to(self.actor, Action.CHANGE).filter(archived_at=None)
        offer(self, "group", groups)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        named = [name for name in ("unit", "post", "officer", "group") if data.get(name)]
        if len(named) != 1:
            self.add_error("unit", _("Choose one holder: a unit, a post, a person, or a group."))
        elif data.get("residual") and named != ["unit"]:
            self.add_error("residual", _("This goes with a unit only."))
        else:
            sort = "rest" if data.get("residual") else named[0]
            data["holder"] = Holder(sort, data[named[0]].pk)
        return data

    def values(self) -> dict[str, Any]:
        names = ("holder", "measure", "year", "kind")
        return {**super().values(), **{name: self.cleaned_data[name] for name in names}}


class TargetChangeForm(GivenForm):
    """Another target from a month on; the same month corrects it."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, instance: Target, **kwargs: Any) -> None:
        self.instance = instance
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True
        money = is_money(instance.measure)
        self.initial = {
            "version": instance.version,
            "holds_from": instance.holds_from,
            "value": "" if instance.composed else box(instance.value, money=money),
            "quarters": " ".join(
                f"{box(one, money=False)}%"
                if instance.quarters_in == QuartersIn.PERCENT
                else box(one, money=money)
                for one in instance.quarters or ()
            ),
        }
        if composed := made.read(instance.composed):
            at = {line.of: n for n, line in enumerate(composed.lines, 1)}
            known = {one.code: one.pk for one in Measure.objects.visible_to(self.actor)}
            self.initial["fill_down"] = composed.fill_down
            for line in composed.lines[: len(LINES)]:
                n = at[line.of]
                self.initial |= {f"of_{n}": known.get(line.of), f"needed_{n}": int(line.needed)}
                self.initial[f"fills_{n}"] = at[line.fills[0]] if line.fills else ""

    def counted(self) -> Measure | None:
        return self.instance.measure
