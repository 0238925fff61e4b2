"""An entry, with its voucher if that is at hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital.choices import Basis, VoucherType
from capital.models import CapitalEntry, Voucher
from capital.readable import hidden_vouchers
from common import clock
from common.access import Action
from common.forms import ActorForm, RowForm, offer, pick
from common.pickers import PickerField
from leads.forms.fields import DAY, WanField, usual_first
from leads.models import Investor
from ledger.choices import Mode, Zone
from organizations.models import Unit
from projects import confidential
from projects.models import Project

TEN_THOUSANDS = _("In ten thousands of its currency.")
FILE_HELP = _("PDF, picture or Office document; it is shown to those who may see this only.")
VOUCHER = ("type", "issuer", "number", "dated", "amount", "payer", "payee", "file")
FACTS = (
    "kind",
    "basis",
    "occurred_on",
    "amount",
    "currency",
    "funder",
    "zone",
    "fund_source",
    "mode",
    "note",
)


def funders(project: Project | None) -> Any:
    """The project's investors. The caller has seen that the actor may know the project."""
    rows = Investor.objects.unscoped(reason="investors of a project that the actor may know")
    if project is None:
        return rows.none()
    return rows.filter(projects__project=project, projects__archived_at=None).distinct().order_by("pinyin")


class EntryForm(RowForm):
    """The facts of a draft. What is left out follows from kind and project."""

    amount = WanField(label=pgettext_lazy("capital", "amount"), help_text=TEN_THOUSANDS, required=True)
    basis = forms.ChoiceField(
        label=_("basis"),
        choices=[("", _("by its kind")), *Basis.choices],
        required=False,
        help_text=_(
            "Only “other” must be told: money paid in has arrived, equipment, plant and land are formed."
        ),
    )
    zone = forms.ChoiceField(
        label=_("zone of the funder"),
        choices=[("", _("as the funder is at home")), *Zone.choices],
        required=False,
    )
    mode = forms.ChoiceField(
        label=pgettext_lazy("project", "mode"),
        choices=[("", _("as the project")), *Mode.choices],
        required=False,
    )

    class Meta:
        model = CapitalEntry
        fields: tuple[str, ...] = FACTS
        widgets = {"occurred_on": DAY, "note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "currency", usual_first(self.fields["currency"].queryset))  # type: ignore[attr-defined]
        offer(self, "funder", funders(self.of_project()))
        self.fields["funder"].empty_label = _("not told")  # type: ignore[attr-defined]
        self.fields["occurred_on"].widget.attrs["max"] = clock.today().isoformat()

    def of_project(self) -> Project | None:
        return self.instance.project if self.instance.pk else None

    def values(self) -> dict[str, Any]:
        found = super().values()
        if not found["mode"]:
            found["mode"] = self.of_project().mode  # type: ignore[union-attr]
        return found


class EntryNewForm(EntryForm):
    """A new entry. A voucher is recorded with it as soon as its number is filled in."""

    project = PickerField(Project.objects.none(), picker="entry_project_pick", label=_("project"))
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("reporting unit"),
        required=False,
        empty_label=_("the unit that brought the project"),
    )
    voucher_type = forms.ChoiceField(
        label=pgettext_lazy("voucher", "type"), choices=VoucherType.choices, required=False
    )
    voucher_issuer = forms.CharField(label=_("issuer"), max_length=120, required=False)
    voucher_number = forms.CharField(label=_("voucher number"), max_length=60, required=False)
    voucher_dated = forms.DateField(label=_("date of the voucher"), widget=DAY, required=False)
    voucher_amount = WanField(
        label=_("amount of the voucher"), help_text=_("In ten thousands; empty: as the entry.")
    )
    voucher_payer = forms.CharField(label=_("payer"), max_length=120, required=False)
    voucher_payee = forms.CharField(label=_("payee"), max_length=120, required=False)
    voucher_file = forms.FileField(label=_("file"), required=False, help_text=FILE_HELP)

    class Meta(EntryForm.Meta):
        fields = ("project", "unit", *FACTS)

    def __init__(self, *args: Any, project: Project | None = None, **kwargs: Any) -> None:
        self._given = project
        super().__init__(*args, **kwargs)
        known = Project.objects.visible_to(self.actor).exclude(confidential.hidden(self.actor))
        offer(self, "project", known.filter(archived_at=None))
        units = Unit.objects.allowed_to(self.actor, Action.VIEW).filter(archived_at=None)
        offer(self, "unit", units.filter(path__startswith=_root(self.actor)).order_by("path"))
        pick(self, "unit", "unit_pick")
        self.fields["currency"].required = False
        self.fields["currency"].empty_label = _("as the project")  # type: ignore[attr-defined]
        self.initial = {"project": project.pk if project else None, **self.initial}
        self.initial["currency"] = project.currency_id if project else ""
        self.initial.setdefault("occurred_on", clock.today())

    def of_project(self) -> Project | None:
        return self._given

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("voucher_file") and not given.get("voucher_number"):
            self.add_error("voucher_number", _("Write the number that stands on the voucher."))
        if given.get("voucher_number"):
            for name in ("issuer", "dated"):
                if not given.get(f"voucher_{name}"):
                    self.add_error(f"voucher_{name}", _("A voucher is its issuer, number and date."))
        return given

    def values(self) -> dict[str, Any]:
        given = {k: v for k, v in self.cleaned_data.items() if not k.startswith("voucher_")}
        return {k: v for k, v in given.items() if v not in (None, "")}

    def voucher(self) -> dict[str, Any] | None:
        """What was typed of the voucher; None when there is none."""
        given = {name: self.cleaned_data.get(f"voucher_{name}") for name in VOUCHER}
        return given if given["number"] else None


class EntryVoucherForm(ActorForm):
    """A voucher for an entry: one that is recorded, or a new one."""

    voucher = PickerField(
        Voucher.objects.none(),
        picker="voucher_pick",
        label=_("recorded voucher"),
        required=False,
        help_text=_("By its number; leave empty to record a new one below."),
    )
    used = WanField(label=_("amount used for this entry"), help_text=TEN_THOUSANDS, required=False)
    split = forms.FileField(
        label=_("written split"),
        required=False,
        help_text=_("When the voucher is another unit's: the paper by which the two divide it."),
    )
    type = forms.ChoiceField(
        label=pgettext_lazy("voucher", "type"), choices=VoucherType.choices, required=False
    )
    issuer = forms.CharField(label=_("issuer"), max_length=120, required=False)
    number = forms.CharField(label=_("voucher number"), max_length=60, required=False)
    dated = forms.DateField(label=_("date of the voucher"), widget=DAY, required=False)
    amount = WanField(label=_("amount of the voucher"), help_text=TEN_THOUSANDS)
    payer = forms.CharField(label=_("payer"), max_length=120, required=False)
    payee = forms.CharField(label=_("payee"), max_length=120, required=False)
    file = forms.FileField(label=_("file"), required=False, help_text=FILE_HELP)

    def __init__(self, *args: Any, entry: CapitalEntry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"used": entry.amount, **self.initial}
        known = Voucher.objects.visible_to(self.actor).exclude(hidden_vouchers(self.actor))
        offer(self, "voucher", known.filter(archived_at=None))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("voucher") or self.errors:
            return given
        for name in ("issuer", "number", "dated", "amount"):
            if not given.get(name):
                self.add_error(name, _("Choose a recorded voucher, or fill this in."))
        return given

    def new(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in VOUCHER}


class PaperForm(ActorForm):
    file = forms.FileField(label=_("File"), help_text=FILE_HELP)
    note = forms.CharField(label=_("note"), max_length=200, required=False)


def _root(actor: Any) -> str:
    """The path above all units at which the actor may enter; the whole tree when there are several."""
    paths = {grant.path for grant in actor.grants()}
    return paths.pop() if len(paths) == 1 else ""
