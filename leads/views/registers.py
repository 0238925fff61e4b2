"""Pages of investors, the people there, introducers and agents, and projects offered."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import services
from common.access import Action
from common.scope import may_on
from common.views import (
    ArchivePage,
    CreatePage,
    Crumbs,
    DetailPage,
    FormPage,
    ListPage,
    PersonPage,
    UpdatePage,
    action,
)
from leads import confidential
from leads.filters.registers import IntroducerFilterSet, InvestorFilterSet, OfferFilterSet
from leads.forms.registers import ContactForm, IntroducerForm, InvestorForm, OfferForm
from leads.models import Contact, Introducer, Investor, Lead, OfferedProject
from leads.services import investors, registers
from leads.tables.columns import wan_text
from leads.tables.leads import RelatedLeadTable
from leads.tables.registers import ContactTable, IntroducerTable, InvestorTable, OfferTable

PIPELINE = (_("Progress"), "")
INVESTORS = (_("Investors"), "investor_list")


def _known(actor: Any) -> Any:
    """Current leads whose investor, introducer and offer the actor may know."""
    return Lead.objects.visible_to(actor).filter(archived_at=None).exclude(confidential.unnamed(actor))


def with_leads(rows: Any, actor: Any) -> Any:
    """With `lead_count`: the current leads that the actor knows."""
    return rows.annotate(
        lead_count=Count("leads", filter=Q(leads__in=_known(actor).values("pk")), distinct=True)
    )


def leads_of(actor: Any, **of: Any) -> dict[str, Any]:
    """The related table "leads" of a register's page."""
    rows = _known(actor).filter(**of)
    rows = rows.select_related("stage", "unit", "officer", "investor").order_by("-pk")[:20]
    return {"title": _("Leads"), "table": RelatedLeadTable(rows, actor=actor)}


class InvestorNouns:
    model = Investor
    kind = "investor"
    url_prefix = "investor"
    crumbs: Crumbs = (PIPELINE, INVESTORS)


class InvestorList(InvestorNouns, ListPage):
    title = _("Investors")
    sub = _("Companies and people who may invest, and whose leads they are")
    table_class = InvestorTable
    filterset_class = InvestorFilterSet
    create_label = _("New investor")
    create_panel = True
    crumbs: Crumbs = (PIPELINE,)

    def rows(self, queryset: Any) -> Any:
        return with_leads(queryset, self.actor).select_related("unit", "industry", "region")


class InvestorDetail(InvestorNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        return [
            {
                "title": _("Facts"),
                "rows": [
                    (_("unified social credit code"), row.credit_code),
                    (_("short name"), row.short_name),
                    (_("at home"), row.get_zone_display()),
                    (_("region"), row.region and row.region.name),
                    (_("country"), row.country),
                    (_("industry"), row.industry),
                    (_("lists it is on"), row.honours),
                    (_("unit"), row.unit),
                    (_("note"), row.note),
                ],
            }
        ]

    def related(self) -> list[dict[str, Any]]:
        row, found = self.get_object(), []
        if self.may(Action.VIEW, "contact"):
            people = Contact.objects.visible_to(self.actor).filter(investor=row, archived_at=None)
            one: dict[str, Any] = {
                "title": _("Contacts"),
                "table": ContactTable(people.select_related("unit").order_by("pk")),
            }
            if self.may(Action.CREATE, "contact") and row.archived_at is None:
                one["add_url"] = reverse("contact_create", args=[row.pk])
            found.append(one)
        return [*found, leads_of(self.actor, investor=row)]

    def actions(self) -> list[dict[str, Any]]:
        row, found = self.get_object(), super().actions()
        if row.merged_into_id:
            found.append(
                action(_("Open that one"), reverse("investor_detail", args=[row.merged_into_id]), icon="link")
            )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.get_object().merged_into_id:
            kwargs["notice"] = _("This record was merged into another one and is closed.")
        return super().get_context_data(**kwargs)


class InvestorCreate(InvestorNouns, CreatePage):
    title = _("New investor")
    panel = True
    form_class = InvestorForm
    service = staticmethod(investors.investor_create)


class InvestorUpdate(InvestorNouns, UpdatePage):
    form_class = InvestorForm
    service = staticmethod(investors.investor_update)


class InvestorArchive(InvestorNouns, ArchivePage):
    service = staticmethod(investors.investor_archive)


class ContactNouns:
    model = Contact
    kind = "contact"
    url_prefix = "contact"
    crumbs: Crumbs = (PIPELINE, INVESTORS)


class ContactDetail(ContactNouns, PersonPage):
    """Telephone and mail are masked; showing them is a POST that is logged."""

    personal = ("phone", "email")
    unmask_label = _("Show telephone and mail")

    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        return [
            {
                "title": _("Facts"),
                "rows": [
                    (_("investor"), row.investor),
                    (_("position"), row.title),
                    (_("telephone"), self.shown("phone")),
                    (_("mail address"), self.shown("email")),
                    (_("unit"), row.unit),
                    (_("note"), row.note),
                ],
            }
        ]


class ContactCreate(ContactNouns, FormPage):
    """A person of one investor: the investor stands in the address."""

    title = _("New contact")
    needs = Action.CREATE
    panel = True
    stays = True
    form_class = ContactForm

    def check(self) -> None:
        super().check()
        self.investor = services.get_visible(Investor, self.kwargs["pk"], self.actor)

    def run(self, form: Any) -> Any:
        return investors.contact_create(actor=self.actor, investor=self.investor, **form.values())

    def done_url(self, result: Any) -> str:
        return reverse("investor_detail", args=[self.investor.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sub=self.investor.name, cancel_url=self.done_url(None), **kwargs)


class ContactUpdate(ContactNouns, UpdatePage):
    form_class = ContactForm
    service = staticmethod(investors.contact_update)


class ContactArchive(ContactNouns, ArchivePage):
    service = staticmethod(investors.contact_archive)


class IntroducerNouns:
    model = Introducer
    kind = "introducer"
    url_prefix = "introducer"
    crumbs: Crumbs = (PIPELINE, (_("Introducers"), "introducer_list"))


class IntroducerList(IntroducerNouns, ListPage):
    title = _("Introducers")
    sub = _("People, organisations and agents who bring projects")
    table_class = IntroducerTable
    filterset_class = IntroducerFilterSet
    create_label = _("New introducer")
    create_panel = True
    crumbs: Crumbs = (PIPELINE,)

    def rows(self, queryset: Any) -> Any:
        return with_leads(queryset, self.actor).select_related("unit")


class IntroducerDetail(IntroducerNouns, PersonPage):
    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        agreed = [f"{day:%Y-%m-%d}" if day else "" for day in (row.agreement_from, row.agreement_to)]
        return [
            {
                "title": _("Facts"),
                "rows": [
                    (_("kind"), row.get_kind_display()),
                    (_("employer"), row.employer),
                    (_("telephone"), self.shown("phone")),
                    (_("unified social credit code"), row.credit_code),
                    (_("not a civil servant, as declared"), _("yes") if row.outside else _("no")),
                    (_("agreement"), " – ".join(agreed) if any(agreed) else ""),
                    (_("unit"), row.unit),
                    (_("note"), row.note),
                ],
            }
        ]

    def related(self) -> list[dict[str, Any]]:
        return [leads_of(self.actor, introducer=self.get_object())]


class IntroducerCreate(IntroducerNouns, CreatePage):
    title = _("New introducer")
    panel = True
    form_class = IntroducerForm
    service = staticmethod(registers.introducer_create)


class IntroducerUpdate(IntroducerNouns, UpdatePage):
    form_class = IntroducerForm
    service = staticmethod(registers.introducer_update)


class IntroducerArchive(IntroducerNouns, ArchivePage):
    service = staticmethod(registers.introducer_archive)


class OfferNouns:
    model = OfferedProject
    kind = "offer"
    url_prefix = "offer"
    crumbs: Crumbs = (PIPELINE, (_("Offered projects"), "offer_list"))


class OfferList(OfferNouns, ListPage):
    title = _("Offered projects")
    sub = _("Prepared proposals that look for an investor")
    table_class = OfferTable
    filterset_class = OfferFilterSet
    create_label = _("New offered project")
    crumbs: Crumbs = (PIPELINE,)

    def rows(self, queryset: Any) -> Any:
        return with_leads(queryset, self.actor).select_related("unit", "industry", "park")


class OfferDetail(OfferNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        return [
            {
                "title": _("Facts"),
                "rows": [
                    (_("progress"), row.get_state_display()),
                    (_("industry"), row.industry),
                    (_("planned investment"), wan_text(row.amount, row.currency_id)),
                    (_("land in mu"), row.land_mu),
                    (_("park"), row.park),
                    (_("unit"), row.unit),
                    (_("summary"), row.summary),
                ],
            }
        ]

    def related(self) -> list[dict[str, Any]]:
        return [leads_of(self.actor, offer=self.get_object())]

    def actions(self) -> list[dict[str, Any]]:
        found, row = super().actions(), self.get_object()
        if (
            row.archived_at is None
            and self.may(Action.CREATE, "lead")
            and may_on(self.actor, Action.VIEW, row)
        ):
            url = f"{reverse('lead_create')}?offer={row.pk}"
            found.insert(0, action(_("Register a lead for it"), url, icon="plus", panel=True))
        return found


class OfferCreate(OfferNouns, CreatePage):
    title = _("New offered project")
    form_class = OfferForm
    service = staticmethod(registers.offer_create)


class OfferUpdate(OfferNouns, UpdatePage):
    form_class = OfferForm
    service = staticmethod(registers.offer_update)


class OfferArchive(OfferNouns, ArchivePage):
    service = staticmethod(registers.offer_archive)
