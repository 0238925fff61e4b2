"""An entry's page and its forms."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from capital.choices import EntryState
from capital.forms.entries import EntryForm, EntryNewForm, EntryVoucherForm, PaperForm
from capital.models import CapitalEntry
from capital.readable import told
from capital.sections import decisions, facts, papers, proofs, queries
from capital.selectors import with_sums
from capital.services.entries import entries_report, entry_update, entry_withdraw
from capital.services.rows import OPEN_STATES
from capital.services.together import entry_with_voucher, voucher_for
from capital.services.vouchers import allocation_set, entry_file_add
from common import files, services
from common.access import Action
from common.actors import may
from common.errors import Denied, NotVisible, Refused
from common.scope import may_on
from common.views import ArchivePage, BulkPage, Crumbs, DetailPage, UpdatePage, action
from common.views.base import write
from common.views.rows import RowPage
from projects import confidential
from projects.models import Project
from projects.views.signing import SavingPage

CAPITAL = (_("Capital in place"), "")
JOINS = ("project__unit", "unit", "period", "funder", "replaces")


class EntryNouns:
    model: Any = CapitalEntry
    kind = "capital_entry"
    url_prefix = "entry"
    crumbs: Crumbs = (CAPITAL, (_("Entries"), "entry_list"))


class OfEntry(EntryNouns, RowPage):
    """A page about one entry. Whoever opens a confidential project's is written down."""

    def get_object(self) -> CapitalEntry:
        if not hasattr(self, "object"):
            rows = with_sums(CapitalEntry.objects.visible_to(self.actor)).select_related(
                *JOINS, "currency", "project__lead", "project__leader", "reported_by"
            )
            found = rows.filter(pk=self.kwargs["pk"]).first()
            if found is None:
                raise NotVisible
            self.object = found
        return self.object

    def must_know(self) -> None:
        if not told(self.get_object(), self.actor):
            raise Denied


class EntryDetail(OfEntry, DetailPage):
    template_name = "capital/entry_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        confidential.look(self.actor, self.get_object().project)
        return super().get(request, *args, **kwargs)

    @property
    def changes(self) -> bool:
        entry = self.get_object()
        alive = entry.archived_at is None and told(entry, self.actor)
        return alive and may_on(self.actor, Action.CHANGE, entry)

    def actions(self) -> list[dict[str, Any]]:
        entry, found = self.get_object(), []
        at_desk = entry.state not in (EntryState.DRAFT, EntryState.WITHDRAWN) and told(entry, self.actor)
        if at_desk and may(self.actor, Action.DECIDE, "recognition", path=entry.unit.path):
            desk = f"{reverse('desk')}?entry={entry.pk}"
            found.append(action(_("Recognition desk"), desk, icon="recognition"))
        if not self.changes:
            return found
        if entry.state in OPEN_STATES:
            label = _("Discard") if entry.state == EntryState.DRAFT else _("Withdraw")
            found.append(action(label, reverse("entry_archive", args=[entry.pk])))
            found.append(
                action(
                    _("Add a voucher"),
                    reverse("entry_voucher_add", args=[entry.pk]),
                    icon="attach",
                    panel=True,
                )
            )
        if entry.state == EntryState.DRAFT:
            found.append(
                action(_("Change"), reverse("entry_update", args=[entry.pk]), icon="edit", panel=True)
            )
            found.append(
                action(
                    _("Report"),
                    reverse("entry_report", args=[entry.pk]),
                    icon="check",
                    primary=True,
                    post=True,
                )
            )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry = self.get_object()
        readable = told(entry, self.actor)
        here: dict[str, Any] = {"actor": self.actor, "changes": self.changes}
        found = super().get_context_data(
            title=entry.number,
            sub=confidential.shown_name(entry.project, self.actor),
            badges=[{"label": entry.get_state_display(), "css": _css(entry)}],
            warning=confidential.notice(entry.project),
            facts=facts(entry, self.actor),
            parts=[draw(entry, **here) for draw in (proofs, decisions, queries, papers)] if readable else [],
            **kwargs,
        )
        if not readable:
            found.pop("history", None)
        return found


class EntryCreate(EntryNouns, SavingPage):
    """`?project=` begins with it; the funders to choose from are its investors."""

    title = _("New entry")
    needs = Action.CREATE
    form_class = EntryNewForm
    draft_key = "entry_create"
    again_label = _("Save and next")
    saved = _("Entered as a draft. It counts as reported with the month's return.")

    def project(self) -> Project | None:
        given = self.request.POST.get("project") or self.request.GET.get("project") or ""
        if not (given.isascii() and given.isdigit()):
            return None
        found = Project.objects.visible_to(self.actor).select_related("unit").filter(pk=given).first()
        return None if found is None or confidential.kept_back(found, self.actor) else found

    def make_form(self, data: Any = None) -> Any:
        upload = self.request.FILES if data is not None else None
        return EntryNewForm(data, upload, actor=self.actor, project=self.project())

    def save(self, form: Any) -> CapitalEntry:
        try:
            with transaction.atomic():
                return entry_with_voucher(actor=self.actor, voucher=form.voucher(), **form.values())
        except files.NotTaken:  # stays what it is
            raise
        except Refused as refused:  # fields of the voucher have names of their own here
            names = {
                name if name in form.fields else f"voucher_{name}": words
                for name, words in refused.fields.items()
            }
            raise Refused(refused.message, code=refused.code, fields=names) from refused

    def done_url(self, result: CapitalEntry) -> str:
        return reverse("entry_detail", args=[result.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs["form"]
        names = [name for name in form.fields if not name.startswith("voucher_")]
        first = [form[name] for name in names if name not in ("project", "unit")]
        sheet = [form[name] for name in form.fields if name.startswith("voucher_")]
        filled = any(form[f"voucher_{name}"].value() for name in ("number", "issuer", "file"))
        wrong = any(name.startswith("voucher_") for name in form.errors)
        fieldsets = [
            {"fields": [form["project"], form["unit"]]},
            {"fields": first, "after": "capital/_hints_slot.html"},
            {"title": _("Its voucher"), "fields": sheet, "folded": not (filled or wrong)},
        ]
        return super().get_context_data(fieldsets=fieldsets, cancel_url=reverse("entry_list"), **kwargs)


class EntryUpdate(OfEntry, UpdatePage):
    panel = True
    form_class = EntryForm
    service = staticmethod(entry_update)

    def check(self) -> None:
        super().check()
        self.must_know()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs["form"]
        fieldsets = [{"fields": list(form.visible_fields()), "after": "capital/_hints_slot.html"}]
        return super().get_context_data(fieldsets=fieldsets, hint_entry=self.get_object().pk, **kwargs)


class EntryArchive(OfEntry, ArchivePage):
    """Withdraw what was reported, discard a draft."""

    needs = Action.CHANGE
    submit_label = _("Take it back")
    saved = _("Taken back.")
    service = staticmethod(entry_withdraw)

    def check(self) -> None:
        services.authorize(self.actor, Action.CHANGE, self.get_object())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry = self.get_object()
        said = (
            _("The draft is put away; nothing of it counted.")
            if entry.state == EntryState.DRAFT
            else _("It counts no longer as reported. You can enter it again in its place.")
        )
        title = _("Take back %(number)s") % {"number": entry.number}
        return super().get_context_data(title=title, consequences=[said], **kwargs)


class EntryReport(OfEntry):
    """A button: POST only."""

    http_method_names = ["post"]
    needs = Action.CHANGE

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        pk = self.kwargs["pk"]
        write(request, lambda: entries_report(actor=self.actor, pks=[pk]), said=_("Reported."))
        return HttpResponseRedirect(reverse("entry_detail", args=[pk]))


class EntryReportMany(EntryNouns, BulkPage):
    """Chosen drafts are reported, all or none."""

    title = _("Report entries")
    submit_label = _("Report")

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("project__unit", "unit")

    def run(self, form: Any) -> int:
        if not self.chosen:
            raise Refused(_("Choose at least one row in the list."))
        for row in self.chosen:
            if row.state != EntryState.DRAFT:
                self.refusals[row.pk] = _now("It was reported before.")
        if self.refusals:
            raise Refused(_("Only drafts are reported. Choose the drafts alone."), code="not_draft")
        return len(entries_report(actor=self.actor, pks=[row.pk for row in self.chosen]))


class OnEntry(OfEntry, SavingPage):
    """A form that adds to an entry, in the panel beside its page."""

    needs = Action.CHANGE
    panel = True
    stays = True

    def check(self) -> None:
        services.authorize_change(self.actor, self.get_object())
        self.must_know()

    def done_url(self, result: Any) -> str:
        return self.detail_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sub=self.get_object().number, cancel_url=self.detail_url(), **kwargs)


class EntryVoucherAdd(OnEntry):
    title = _("Add a voucher")
    form_class = EntryVoucherForm
    saved = _("The voucher proves this entry now.")

    def make_form(self, data: Any = None) -> Any:
        upload = self.request.FILES if data is not None else None
        return EntryVoucherForm(data, upload, actor=self.actor, entry=self.get_object())

    def save(self, form: Any) -> Any:
        given, entry = form.cleaned_data, self.get_object()
        if not given["voucher"]:
            return voucher_for(self.actor, entry, form.new(), given["used"])
        split = given["split"]
        return allocation_set(
            actor=self.actor,
            voucher=given["voucher"].pk,
            entry=entry.pk,
            amount=given["used"] or entry.amount,
            split=files.store(split) if split else None,
            split_name=split.name if split else "",
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs["form"]
        here, new = (
            ("voucher", "used", "split"),
            ("type", "issuer", "number", "dated", "amount", "payer", "payee", "file"),
        )
        fieldsets = [
            {"fields": [form[name] for name in here]},
            {
                "title": _("Or a new one"),
                "fields": [form[name] for name in new],
                "after": "capital/_hints_slot.html",
            },
        ]
        return super().get_context_data(fieldsets=fieldsets, **kwargs)


class EntryPaperAdd(OnEntry):
    title = _("Add a paper")
    form_class = PaperForm
    saved = _("File added.")

    def save(self, form: Any) -> Any:
        upload = form.cleaned_data["file"]
        return entry_file_add(
            actor=self.actor,
            entry=self.kwargs["pk"],
            stored=files.store(upload),
            name=upload.name,
            note=form.cleaned_data["note"],
        )


def _css(entry: CapitalEntry) -> str:
    return {
        EntryState.FINAL: "ok",
        EntryState.PRELIMINARY: "acc",
        EntryState.QUERIED: "warn",
        EntryState.REFUSED: "bad",
    }.get(entry.state, "line")  # type: ignore[call-overload]
