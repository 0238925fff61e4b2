"""Entering a lead in under a minute; changing one; giving it to somebody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from common.access import Action
from common.actors import may
from common.forms import ActorForm, offer
from common.pickers import NewName, PickerField
from leads.choices import Source
from leads.models import Contact, Introducer, Investor, Lead, OfferedProject
from leads.services.leads import own_officer
from ledger.choices import Zone
from organizations.forms import limit_units
from organizations.models import Officer, Unit
from reference.models import Industry

from .fields import DAY, MoneyForm
from .registers import CodeField

ROWS = forms.Textarea(attrs={"rows": 2})


class LeadFields(MoneyForm):
    """What entering and changing have in common."""

    industry = PickerField(
        Industry.objects.none(),
        picker="industry_pick",
        required=False,
        label=_("industry"),
        help_text=_("The sector follows from it."),
    )
    offer = PickerField(
        OfferedProject.objects.none(), picker="offer_pick", required=False, label=_("offered project")
    )
    introducer = PickerField(
        Introducer.objects.none(), picker="introducer_pick", required=False, label=_("introducer")
    )
    tip_from = PickerField(Unit.objects.none(), picker="unit_pick", required=False, label=_("tip from"))
    host = PickerField(
        Unit.objects.none(), picker="unit_pick", required=False, label=_("park or place intended")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("source") == Source.TIP and not given.get("tip_from") and "tip_from" in self.fields:
            self.add_error("tip_from", _("Which department gave the tip?"))
        return given


class LeadQuickForm(LeadFields):
    """One form for lead, investor and contact. `investor` takes a row or a new name; without a name of its
    own the lead is called as the project offered."""

    investor = PickerField(
        Investor.objects.none(), picker="investor_pick", allow_new=True, label=_("investor")
    )
    credit_code = CodeField(
        help_text=_("18 characters; empty for a foreign investor or one not yet registered.")
    )
    zone = forms.ChoiceField(
        label=_("at home"), choices=Zone.choices, initial=Zone.OUTSIDE_PROVINCE, required=False
    )
    name = forms.CharField(label=_("project idea"), max_length=120, required=False)
    contact_name = forms.CharField(label=_("contact"), max_length=60, required=False)
    contact_title = forms.CharField(label=_("position"), max_length=60, required=False)
    contact_phone = forms.CharField(
        label=_("telephone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    officer = forms.ModelChoiceField(
        Officer.objects.none(), label=_("officer"), required=False, empty_label=_("not assigned yet")
    )
    file = forms.FileField(
        label=_("photo or business card"), required=False, help_text=_("PDF, picture or Office document.")
    )

    # The first eleven are asked at once, the others stand behind "more".
    field_order = (
        "investor", "name", "source", "contact_name", "contact_phone", "amount", "currency", "industry", "next_step",
        "next_on", "file", "credit_code", "zone", "contact_title", "land_mu", "host", "offer", "introducer", "tip_from", "unit",
        "officer", "note",
    )  # fmt: skip
    FIRST = field_order[:11]

    class Meta:
        model = Lead
        fields = (
            "unit", "offer", "source", "amount", "currency", "industry", "land_mu", "next_step", "next_on", "introducer",
            "tip_from", "host", "note",
        )  # fmt: skip
        widgets = {"next_on": DAY, "note": ROWS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_units(self, "lead")
        units = self.fields["unit"]
        offered = list(units.queryset[:2])  # type: ignore[attr-defined]
        home = getattr(self.actor, "unit_id", None)
        if len(offered) == 1:
            units.initial = offered[0].pk
        elif units.queryset.filter(pk=home).exists():  # type: ignore[attr-defined]
            units.initial = home
        own = own_officer(self.actor)
        if any(may(self.actor, Action.ASSIGN, "lead", path=grant.path) for grant in self.actor.grants()):
            self.fields["officer"].initial = own and own.pk
        else:
            del self.fields["officer"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not given.get("name") and "name" not in self.errors:
            if given.get("offer"):
                given["name"] = given["offer"].name
            else:
                self.add_error("name", _("Enter the idea, or choose an offered project."))
        return given

    def values(self) -> dict[str, Any]:
        """For `lead_register`, without the file."""
        found = super().values()
        found.pop("file")
        if isinstance(found["investor"], NewName):
            found["investor_name"] = str(found["investor"])
            found["investor"] = None
        found["zone"] = found["zone"] or Zone.OUTSIDE_PROVINCE
        return found


class LeadForm(LeadFields):
    """Facts of a lead. A field whose present value the person may not choose (a contact of the unit that had
    the lead before) isn't shown and stays."""

    contact = forms.ModelChoiceField(Contact.objects.none(), label=_("contact"), required=False)

    class Meta:
        model = Lead
        fields = (
            "name", "contact", "offer", "source", "introducer", "tip_from", "industry", "amount", "currency", "land_mu",
            "host", "next_step", "next_on", "visited_on", "signing_on", "code_name", "confidential_until", "note",
        )  # fmt: skip
        widgets = {
            "next_on": DAY,
            "signing_on": DAY,
            "visited_on": DAY,
            "confidential_until": DAY,
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.fields["contact"].queryset  # type: ignore[attr-defined]
        offer(self, "contact", people.filter(investor_id=self.instance.investor_id).order_by("pk"))
        for name, field in list(self.fields.items()):
            if not isinstance(field, forms.ModelChoiceField) or name == "currency":
                continue
            value = getattr(self.instance, f"{name}_id")
            if value and not field.queryset.filter(pk=value).exists():  # type: ignore[union-attr]
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("confidential_until") and not given.get("code_name"):
            self.add_error("code_name", _("A confidential lead needs a code name."))
        return given


class AssignForm(ActorForm):
    officer = forms.ModelChoiceField(Officer.objects.none(), label=_("officer"))
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False, widget=ROWS)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
