"""Certificate, pool, release and claim."""

from __future__ import annotations

from typing import Any

import segno
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from common import clock, services
from common.access import Action
from common.errors import NotVisible, Stale
from common.scope import may_on
from common.views import Crumbs, ListPage, Page, action
from common.views.forms import FormPage
from common.views.rows import RowPage
from leads import confidential
from leads.certificates import is_genuine
from leads.choices import Custody
from leads.filters.protection import PoolFilterSet
from leads.forms.protection import ClaimForm, ReleaseForm
from leads.models import FirstContact, Lead
from leads.services.protection import lead_claim, lead_release
from leads.tables.protection import PoolTable

PIPELINE = (_("Progress"), "")
POOL: Crumbs = (PIPELINE, (_("Pool"), "pool_list"))


class LeadForm(RowPage, FormPage):
    """A form about one lead that its services check again; conflicts are told, never lost."""

    model = Lead
    kind = "lead"
    url_prefix = "lead"
    panel = True
    crumbs: Crumbs = (PIPELINE, (_("Leads"), "lead_list"))

    def check(self) -> None:
        services.authorize(self.actor, self.needs, self.get_object())

    def conflict(self, form: Any, stale: Stale) -> HttpResponse:
        form.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=form), status=409)

    def done_url(self, result: Any) -> str:
        return self.detail_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("sub", confidential.shown_name(self.get_object(), self.actor))
        kwargs.setdefault("cancel_url", self.detail_url())
        return super().get_context_data(**kwargs)


class PoolList(ListPage):
    """What everybody may take. It shows the idea, not the investor and nobody's talks with him."""

    model = Lead
    kind = "lead"
    url_prefix = "pool"
    title = _("Pool")
    sub = _("Leads that nobody follows: given up, or not followed in time")
    crumbs: Crumbs = (PIPELINE,)
    table_class = PoolTable
    filterset_class = PoolFilterSet
    empty = (_("The pool is empty."), _("What is given up or lapses comes here, open to every unit."))

    def rows(self, queryset: Any) -> Any:
        rows = queryset.filter(custody=Custody.POOL, merged_into=None)
        return rows.select_related("unit", "industry", "investor", "stage", "officer")

    def make_table(self, rows: Any) -> Any:
        table = super().make_table(rows)
        table.may_claim = self.may(Action.CLAIM) or self.may(Action.ASSIGN)
        return table


class PoolClaim(LeadForm):
    title = _("Claim from the pool")
    needs = Action.VIEW
    form_class = ClaimForm
    submit_label = _("Claim")
    saved = _("Claimed. A new period of protection has begun.")
    crumbs: Crumbs = POOL

    def check(self) -> None:
        lead = self.get_object()
        if lead.custody == Custody.POOL and not may_on(self.actor, Action.ASSIGN, lead):
            services.authorize(self.actor, Action.CLAIM, lead)

    def run(self, form: Any) -> Any:
        officer = form.cleaned_data.get("officer")
        return lead_claim(actor=self.actor, pk=self.kwargs["pk"], officer=officer.pk if officer else None)

    def done_url(self, result: Any) -> str:
        if Lead.objects.visible_to(self.actor).filter(pk=self.kwargs["pk"]).exists():
            return self.detail_url()
        return reverse("pool_list")  # claimed for an officer of another unit

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("pool_list"), **kwargs)


class LeadRelease(LeadForm):
    title = _("Give up to the pool")
    needs = Action.CHANGE
    form_class = ReleaseForm
    submit_label = _("Give up")
    saved = _("The lead lies in the pool now.")

    def make_form(self, data: Any = None) -> Any:
        return ReleaseForm(data, actor=self.actor, initial={"version": self.get_object().version})

    def run(self, form: Any) -> Any:
        return lead_release(actor=self.actor, pk=self.kwargs["pk"], **form.cleaned_data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = [_("Protection ends at once, and every unit may claim the lead.")]
        return super().get_context_data(consequences=told, **kwargs)


class CertificateDetail(Page):
    """The certificate, made to be printed on A4. Its QR code leads to `CertificateCheck`."""

    template_name = "leads/certificate.html"
    kind = "lead"
    title = _("First-contact certificate")
    crumbs: Crumbs = (PIPELINE, (_("Leads"), "lead_list"))

    def check(self) -> None:
        rows = FirstContact.objects.visible_to(self.actor).select_related("lead__unit", "lead__officer")
        self.paper = rows.filter(pk=self.kwargs["pk"]).first()
        if self.paper is None or confidential.kept_back(self.paper.lead, self.actor):
            raise NotVisible

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paper = self.paper
        confidential.look(self.actor, paper.lead)
        address = self.request.build_absolute_uri(reverse("certificate_check", args=[paper.token]))
        return super().get_context_data(
            sub=paper.number,
            paper=paper,
            lead=paper.lead,
            genuine=is_genuine(paper),
            address=address,
            qr=qr_svg(address),
            printed_on=clock.today(),
            **kwargs,
        )

    def actions(self) -> list[dict[str, Any]]:
        return [action(_("To the lead"), reverse("lead_detail", args=[self.paper.lead_id]))]


class CertificateCheck(Page):
    """Where the QR code leads: who may see the lead goes to the certificate; anybody else inside learns its
    number, unit and date, and whether it is genuine."""

    template_name = "leads/certificate_check.html"
    title = _("Check a certificate")

    def check(self) -> None:
        rows = FirstContact.objects.unscoped(
            reason="number, unit, date and genuineness are for everybody inside"
        )
        self.paper = (
            rows.select_related("lead__unit", "lead__officer").filter(Q(token=self.kwargs["token"])).first()
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        status = 200 if self.paper else 404
        return self.render_to_response(self.get_context_data(), status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paper = self.paper
        opens = paper is not None and (
            may_on(self.actor, Action.VIEW, paper) and not confidential.kept_back(paper.lead, self.actor)
        )
        return super().get_context_data(
            paper=paper,
            genuine=paper is not None and is_genuine(paper),
            record_url=reverse("certificate_detail", args=[paper.pk]) if paper and opens else "",
            **kwargs,
        )


def qr_svg(text: str) -> Any:
    """A QR code as inline SVG without any style in it."""
    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(border=2, omitsize=True, svgclass="ip-qr", lineclass=None)
    return mark_safe(drawn)  # noqa: S308  (drawn from the matrix: the text itself is not in it)
