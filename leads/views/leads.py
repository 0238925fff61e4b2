"""The list of leads, a lead's page, and what changes one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common import clock, files, services
from common.access import Action
from common.errors import Refused
from common.scope import may_on
from common.views import (
    ArchivePage,
    CreatePage,
    Crumbs,
    DetailPage,
    FormPage,
    ListPage,
    UpdatePage,
    action,
)
from common.views.base import write
from common.views.rows import RowPage
from leads import confidential, panels, stages
from leads.choices import Custody, StageKind
from leads.duplicates.views import hints_context
from leads.filters.leads import UNDER_WAY, LeadFilterSet, disputed_q, ending_q, mine_q, visited_q
from leads.forms.leads import AssignForm, LeadForm, LeadQuickForm
from leads.models import Lead, OfferedProject
from leads.services import leads as lead_services
from leads.services.files import attachment_add
from leads.tables.columns import sum_text
from leads.tables.leads import LeadTable

PIPELINE = (_("Progress"), "")
IN_SIGHT = 3  # buttons in the head of a lead's page; the others stand behind "more"
JOINS = ("stage", "held_from", "investor", "unit", "officer")


class LeadNouns:
    model = Lead
    kind = "lead"
    url_prefix = "lead"
    crumbs: Crumbs = (PIPELINE, (_("Leads"), "lead_list"))


class LeadList(LeadNouns, ListPage):
    """Under way unless the filters say otherwise. One query counts all tabs, one adds up the investment."""

    title = _("Leads")
    table_class = LeadTable
    filterset_class = LeadFilterSet
    create_label = _("Register a lead")
    create_panel = True
    create_key = "n"
    importer = "leads"
    crumbs: Crumbs = (PIPELINE,)
    empty = (_("No lead yet."), _("Register the first one: four fields are enough."))
    switch = ((_("Table"), "lead_list"), (_("Board"), "lead_board"))
    bulk = (
        ("follow_up", _("Record a follow-up"), "edit", "lead_follow_up_many"),
        ("assign", _("Assign"), "user", "lead_assign_many"),
        ("move", _("Move"), "chevron-right", "lead_move_many"),
        ("release", _("Give up to the pool"), "archive", "lead_release_many"),
    )

    def rows(self, queryset: Any) -> Any:
        chosen = set(self.request.GET.getlist("columns"))
        more = ("offer", "contact__unit", "industry", "introducer__unit", "tip_from", "host")
        return queryset.select_related(*JOINS, *(name for name in more if name.split("__")[0] in chosen))

    def views(self) -> list[tuple[Any, str, int | None]]:
        counts = (
            Lead.objects.visible_to(self.actor)
            .filter(archived_at=None)
            .aggregate(
                **{
                    name: Count("pk", filter=q)
                    for name, q in (
                        ("all", UNDER_WAY),
                        ("mine", UNDER_WAY & mine_q(self.actor)),
                        ("ending", ending_q()),
                        ("visits", visited_q()),
                        ("pool", Q(custody=Custody.POOL)),
                        ("disputes", disputed_q()),
                    )
                }
            )
        )
        return [
            (_("All under way"), "", counts["all"]),
            (_("Mine"), "mine=yes", counts["mine"]),
            (_("Protection ends soon"), "ending=yes", counts["ending"]),
            (_("Visits this month"), "visited=yes", counts["visits"]),
            (_("Pool"), "custody=pool", counts["pool"]),
            (_("Disputes"), "disputed=yes", counts["disputes"]),
        ]

    def summary(self) -> str:
        """38 leads, planned investment 164.20 亿元, by currency. What is kept back from the reader is counted, and
        its amount left out."""
        open_ones = ~confidential.hidden(self.actor)
        found = self.filterset.qs if self.filterset.is_valid() else self.visible().none()
        sums = list(
            found.order_by()
            .values("currency_id")
            .annotate(total=Sum("amount", filter=open_ones), n=Count("pk"))
            .order_by("-total")
        )
        count = sum(one["n"] for one in sums)
        amounts = [sum_text(one["total"], one["currency_id"]) for one in sums if one["total"]]
        text = ngettext("%(n)s lead", "%(n)s leads", count) % {"n": count}
        if not amounts:
            return text
        return _now("%(leads)s, planned investment %(amounts)s") % {
            "leads": text,
            "amounts": _now(", ").join(amounts[:3]),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            sub=self.summary(), live_sub=True, create_key=self.create_key, **kwargs
        )


class LeadDetail(LeadNouns, DetailPage):
    """Facts, stage bar, and what other parts hang in (leads/panels.py). Opening a confidential lead is logged."""

    template_name = "leads/lead_detail.html"

    def get_object(self) -> Lead:
        if not hasattr(self, "object"):
            rows = Lead.objects.visible_to(self.actor).select_related(
                *JOINS, "contact", "industry", "currency", "host", "introducer", "tip_from", "offer"
            )
            self.object = rows.filter(pk=self.kwargs["pk"]).first() or services.get_visible(
                Lead, self.kwargs["pk"], self.actor
            )
        return self.object

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        confidential.look(self.actor, self.get_object())
        return super().get(request, *args, **kwargs)

    def actions(self) -> list[dict[str, Any]]:
        lead = self.get_object()
        if lead.archived_at is not None or confidential.kept_back(lead, self.actor):
            return []
        # Signing, when it is the next step, or the way to the project: before what can wait.
        found = sorted(panels.actions(lead, self.actor), key=lambda one: not one["primary"])
        if may_on(self.actor, Action.DECIDE, lead):
            label = _("Not valuable after all") if lead.valid_on else _("Found valuable")
            found.append(action(label, reverse("lead_find_valid", args=[lead.pk]), post=True))
        if may_on(self.actor, Action.ASSIGN, lead) and lead.custody == Custody.HELD:
            found.append(action(_("Assign"), reverse("lead_assign", args=[lead.pk]), icon="user", panel=True))
        gone = reverse("lead_archive", args=[lead.pk]) if lead.stage.kind == StageKind.WON else ""
        found += [one for one in super().actions() if one["url"] != gone]
        for one in found:
            one["primary"] = False
        if found:
            found[0]["primary"] = True
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead, actor = self.get_object(), self.actor
        badges: list[dict[str, Any]] = [{"label": lead.stage.label, "css": "acc"}]
        if lead.custody != Custody.HELD:
            badges.append({"label": lead.get_custody_display(), "css": "line"})
        if lead.stale_on:
            badges.append({"label": _("stale"), "css": "warn"})
        if lead.valid_on:
            badges.append({"label": _("found valuable"), "css": "ok"})
        if lead.archived_at:
            badges.append({"label": _("archived"), "css": "line"})
        buttons = self.actions()
        found = super().get_context_data(
            actions=buttons[:IN_SIGHT],
            every_action=buttons,
            title=confidential.shown_name(lead, actor),
            sub=confidential.shown_investor(lead, actor),
            badges=badges,
            lead=lead,
            warning=confidential.notice(lead, actor),
            bar=stage_bar(lead),
            main=panels.drawn("main", lead, actor),
            side=panels.drawn("aside", lead, actor),
            **kwargs,
        )
        if confidential.kept_back(lead, actor):
            found.pop("history", None)
        return found


def stage_bar(lead: Lead) -> list[dict[str, Any]]:
    """The main line for `parts/stages.html`, with the days on which its stages were entered."""
    steps = stages.ladder("lead")
    main = list(steps.main)
    entered = {move.to_stage_id: move.on for move in lead.moves.order_by("pk")}
    here = lead.stage if lead.stage in main else lead.held_from
    place = main.index(here) if here in main else -1
    found = []
    for number, stage in enumerate(main):
        state = "done" if number < place else "now" if number == place else "todo"
        one: dict[str, Any] = {
            "label": stage.label,
            "state": state,
            "date": entered.get(stage.pk) if state != "todo" else None,
        }
        if state == "now":
            days = (clock.today() - lead.stage_on).days
            note = ngettext("for %(n)s day", "for %(n)s days", days) % {"n": days}
            if lead.due_on:
                note = _now("%(since)s, due %(date)s") % {"since": note, "date": f"{lead.due_on:%m-%d}"}
            one |= {"note": note, "late": stages.is_overdue(lead, clock.today())}
        found.append(one)
    return found


class LeadCreate(LeadNouns, CreatePage):
    """The quick form: in the panel beside the list, or a page of its own. What is typed is kept as a draft."""

    title = _("Register a lead")
    sub = _("Investor, idea and source; the rest can follow.")
    panel = True
    draft_key = "lead"
    again_label = _("Register and enter another")
    submit_label = _("Register")
    saved = _("Registered.")
    form_class = LeadQuickForm
    service = staticmethod(lead_services.lead_register)

    def make_form(self, data: Any = None) -> Any:
        form = super().make_form(data)
        if offered := self.request.GET.get("offer", ""):
            rows = OfferedProject.objects.visible_to(self.actor).filter(archived_at=None)
            if offered.isdigit() and (row := rows.filter(pk=offered).select_related("industry").first()):
                form.initial |= {
                    "offer": row.pk, "name": row.name, "industry": row.industry_id, "amount": row.amount,
                    "currency": row.currency_id, "land_mu": row.land_mu, "host": row.park_id,
                }  # fmt: skip
        return form

    def run(self, form: Any) -> Lead:
        """With the photo or business card, if there is one: both or neither."""
        upload = form.cleaned_data["file"]
        with transaction.atomic():
            lead = super().run(form)
            if upload:
                try:
                    stored = files.store(upload)
                except Refused as refused:
                    raise ValidationError({"file": [str(refused)]}) from refused
                attachment_add(actor=self.actor, lead=lead.pk, stored=stored, name=upload.name)
        return lead

    def said(self, result: Any) -> Any:
        return _("Registered: %(number)s %(name)s") % {"number": result.number, "name": result.name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs["form"]
        first = [form[name] for name in LeadQuickForm.FIRST if name in form.fields]
        rest = [form[name] for name in form.fields if name not in LeadQuickForm.FIRST]
        fieldsets = [
            {"fields": first[:1], "after": "leads/_hints_slot.html"},
            {"fields": first[1:]},
            {"title": _("More"), "fields": rest, "folded": not any(field.errors for field in rest)},
        ]
        if form.is_bound:
            kwargs |= hints_context(self.actor, form.data)
        return super().get_context_data(fieldsets=fieldsets, **kwargs)


class LeadUpdate(LeadNouns, UpdatePage):
    panel = True
    form_class = LeadForm
    service = staticmethod(lead_services.lead_update)

    def check(self) -> None:
        super().check()
        confidential.look(self.actor, self.get_object())


class LeadArchive(LeadNouns, ArchivePage):
    service = staticmethod(lead_services.lead_archive)


class LeadAssign(LeadNouns, RowPage, FormPage):
    title = _("Give to an officer")
    needs = Action.ASSIGN
    form_class = AssignForm
    panel = True
    stays = True
    submit_label = _("Assign")
    saved = _("Assigned.")

    def check(self) -> None:
        services.authorize(self.actor, Action.ASSIGN, self.get_object())

    def make_form(self, data: Any = None) -> Any:
        lead = self.get_object()
        return AssignForm(
            data, actor=self.actor, initial={"version": lead.version, "officer": lead.officer_id}
        )

    def run(self, form: Any) -> Any:
        given = form.cleaned_data
        return lead_services.lead_assign(
            actor=self.actor,
            pk=self.kwargs["pk"],
            version=given["version"],
            officer=given["officer"],
            reason=given["reason"],
        )

    def conflict(self, form: Any, stale: Any) -> Any:
        form.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=form), status=409)

    def done_url(self, result: Any) -> str:
        return self.detail_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name = confidential.shown_name(self.get_object(), self.actor)
        return super().get_context_data(sub=name, cancel_url=self.detail_url(), **kwargs)


class LeadFindValid(LeadNouns, RowPage):
    """One button: found valuable, or not after all."""

    http_method_names = ["post"]
    needs = Action.DECIDE

    def check(self) -> None:
        services.authorize(self.actor, Action.DECIDE, self.get_object())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        lead = self.get_object()
        valid = lead.valid_on is None

        def do() -> Lead:
            return lead_services.lead_find_valid(
                actor=self.actor, pk=lead.pk, version=lead.version, valid=valid
            )

        write(request, do, said=_now("Found valuable.") if valid else _now("Taken back."))
        return HttpResponseRedirect(self.detail_url())
