"""Forms of schemes, their versions and runs. The document itself is edited in the editor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models import Scheme, SchemeVersion
from assessments.schemes.periods import ends, period_words
from assessments.schemes.words import unfit_text
from common import clock
from common.access import Action
from common.actors import may
from common.forms import ActorForm, RowForm
from organizations.models import CompetitionGroup, Unit
from rules import scheme as rules

DAY = forms.DateInput(attrs={"type": "date"})
YEARS_BACK = 3
LARGEST = 1_000_000  # bytes of a document


class SchemeForm(RowForm):
    class Meta:
        model = Scheme
        fields = ("owner", "name", "code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]  # stands in documents and runs
        field: Any = self.fields["owner"]
        rows = Unit.objects.visible_to(self.actor).filter(archived_at=None).order_by("path")
        wanted = Action.CHANGE if self.instance.pk else Action.CREATE
        allowed = [
            one.pk for one in rows.only("pk", "path") if may(self.actor, wanted, "scheme", path=one.path)
        ]
        field.queryset = rows.filter(pk__in=allowed)
        if allowed and not self.instance.pk:
            field.initial = allowed[0]  # the highest: mostly one's own


class DraftForm(ActorForm):
    """The next version: from another one, from a file, or empty."""

    copy_of = forms.ModelChoiceField(
        SchemeVersion._base_manager.none(),
        label=_("Begin as"),
        required=False,
        empty_label=_("an empty document"),
    )
    file = forms.FileField(
        label=_("or as this file"), required=False, help_text=_("A method as YAML or JSON.")
    )
    since = forms.DateField(label=_("In force from"), widget=DAY)
    until = forms.DateField(label=_("Until"), widget=DAY, required=False)
    source = forms.CharField(
        label=_("Source"), required=False, max_length=300, help_text=_("Document and clause.")
    )

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["copy_of"]
        field.queryset = SchemeVersion.objects.visible_to(self.actor).filter(scheme=scheme)
        field.label_from_instance = version_label
        field.initial = field.queryset.first()
        self.fields["since"].initial = clock.today().replace(month=1, day=1)

    def clean_file(self) -> Any:
        return document_of(self.cleaned_data.get("file"))


class DaysForm(RowForm):
    """Source and days of a draft."""

    class Meta:
        model = SchemeVersion
        fields = ("since", "until", "source")
        widgets = {"since": DAY, "until": DAY}


def document_of(file: Any) -> Any:
    """What stands in a file; None where there is none. ValidationError when it is neither YAML nor JSON."""
    if not file:
        return None
    if file.size > LARGEST:
        raise forms.ValidationError(_("The file is too large for a method."))
    try:
        found = rules.parse(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise forms.ValidationError(_("Save the file as UTF-8.")) from None
    except rules.Unfit as problem:
        raise forms.ValidationError(unfit_text(problem)) from None
    except ValueError as error:
        raise forms.ValidationError(
            _("This is neither YAML nor JSON: %(why)s"), params={"why": str(error)[:300]}
        ) from None
    if not isinstance(found, dict):
        raise forms.ValidationError(_("This file holds no method."))
    return found


def version_label(row: SchemeVersion) -> str:
    """A version in a list of choices."""
    said = _("version %(n)s, %(state)s, from %(day)s")
    return str(said) % {"n": row.number, "state": row.get_state_display(), "day": row.since}


class PeriodForm(ActorForm):
    """Which period, with data up to which month."""

    period = forms.ChoiceField(label=_("Period"))
    data_through = forms.TypedChoiceField(
        label=_("Data up to month"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("the last month of the period")), *((n, n) for n in range(1, 13))],
        help_text=_("Earlier where data lag: targets then fall due up to it."),
    )

    def __init__(self, *args: Any, length: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["period"]
        field.choices = periods(length)

    def clean_period(self) -> tuple[int, int]:
        year, month = self.cleaned_data["period"].split("-")
        return int(year), int(month)


def periods(length: str) -> list[tuple[str, str]]:
    """The periods that have begun, the latest first."""
    today, found = clock.today(), []
    for year in range(today.year, today.year - YEARS_BACK, -1):
        for month in reversed(ends(length)):
            first = (
                min(month, 12) - (12 if length == "year" else {"quarter": 3, "half": 6}.get(length, 1)) + 1
            )
            if (year, first) <= (today.year, today.month):
                found.append((f"{year}-{month:02d}", period_words(year, month, length)))
    return found


class GroupsForm(ActorForm):
    """Which competition group each group of the document is."""

    def __init__(self, *args: Any, groups: dict[str, str], bound: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = CompetitionGroup.objects.allowed_to(self.actor, Action.CHANGE).filter(archived_at=None)
        every = CompetitionGroup.objects.unscoped(reason="what is bound stays a choice").select_related(
            "owner"
        )
        for code, title in groups.items():
            rows = every.filter(Q(pk__in=own.values("pk")) | Q(pk=bound.get(code)))
            field: Any = forms.ModelChoiceField(rows, label=title, required=False, initial=bound.get(code))
            field.label_from_instance = lambda group: f"{group.owner.label} {group.name}"
            self.fields[f"group_{code}"] = field

    def chosen(self) -> dict[str, CompetitionGroup | None]:
        return {name.removeprefix("group_"): value for name, value in self.cleaned_data.items()}


class RestateForm(ActorForm):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
