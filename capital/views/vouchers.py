"""Vouchers: list, page, forms, and the files themselves."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Count, F, Q, Value, When
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from capital.filters.vouchers import VoucherFilterSet
from capital.forms.vouchers import AllocationForm, VoucherForm, VoucherNewForm
from capital.models import Allocation, CapitalEntry, EntryFile, Voucher
from capital.readable import KEPT, hidden_vouchers, told
from capital.selectors import with_used
from capital.services.vouchers import allocation_set, voucher_archive, voucher_create, voucher_update
from capital.tables.vouchers import VoucherTable
from common import files, services
from common.access import Action
from common.errors import Denied, NotVisible
from common.file_types import PDF, SHOWN_INLINE
from common.scope import may_on
from common.views import ArchivePage, Crumbs, DetailPage, ListPage, action
from common.views.base import Page
from common.views.rows import RowPage, UpdatePage
from leads.tables.columns import wan, wan_text
from projects import confidential
from projects.sections import NUM, num, row, section
from projects.views.signing import SavingPage

from .entries import CAPITAL


class VoucherNouns:
    model: Any = Voucher
    kind = "voucher"
    url_prefix = "voucher"
    crumbs: Crumbs = (CAPITAL, (_("Vouchers"), "voucher_list"))


def with_kept(rows: Any, actor: Any) -> Any:
    """Vouchers with `used` and `kept`: about a project whose facts are kept from the actor."""
    return with_used(rows).annotate(
        kept=Case(When(hidden_vouchers(actor), then=Value(True)), default=Value(False))
    )


class VoucherList(VoucherNouns, ListPage):
    title = _("Vouchers")
    table_class = VoucherTable
    filterset_class = VoucherFilterSet
    create_label = _("New voucher")
    crumbs: Crumbs = (CAPITAL,)
    empty = (_("No voucher yet."), _("A voucher is recorded with the entry that it proves, or here."))

    def rows(self, queryset: Any) -> Any:
        return with_kept(queryset, self.actor).select_related("unit")

    def views(self) -> list[tuple[Any, str, int | None]]:
        rows = with_kept(Voucher.objects.visible_to(self.actor), self.actor).filter(archived_at=None)
        counts = (
            rows.aggregate(  # what the lists behind them hold: what is kept back isn't found by narrowing
                all=Count("pk"),
                left=Count("pk", filter=Q(used__lt=F("amount"), kept=False)),
                no_file=Count("pk", filter=Q(stored=None, kept=False)),
            )
        )
        return [
            (_("All"), "", counts["all"]),
            (_("Not used up"), "left=yes", counts["left"]),
            (_("Without a file"), "no_file=yes", counts["no_file"]),
        ]


class OfVoucher(VoucherNouns, RowPage):
    def get_object(self) -> Any:
        if not hasattr(self, "object"):
            rows = with_kept(Voucher.objects.visible_to(self.actor), self.actor)
            found = rows.select_related("unit", "stored").filter(pk=self.kwargs["pk"]).first()
            if found is None:
                raise NotVisible
            self.object = found
        return self.object

    def must_know(self) -> None:
        if self.get_object().kept:
            raise Denied


class VoucherDetail(OfVoucher, DetailPage):
    template_name = "capital/voucher_detail.html"

    @property
    def changes(self) -> bool:
        voucher = self.get_object()
        return voucher.archived_at is None and not voucher.kept and may_on(self.actor, Action.CHANGE, voucher)

    def actions(self) -> list[dict[str, Any]]:
        voucher, found = self.get_object(), []
        if not self.changes:
            return []
        if not voucher.used and may_on(self.actor, Action.ARCHIVE, voucher):
            found.append(action(_("Archive"), reverse("voucher_archive", args=[voucher.pk])))
        found.append(
            action(_("Change"), reverse("voucher_update", args=[voucher.pk]), icon="edit", panel=True)
        )
        if voucher.used < voucher.amount:
            found.append(
                action(
                    _("Use it for an entry"),
                    reverse("voucher_allocate", args=[voucher.pk]),
                    icon="link",
                    primary=True,
                    panel=True,
                )
            )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        voucher = self.get_object()
        found = super().get_context_data(
            title=KEPT if voucher.kept else str(voucher),
            sub="" if voucher.kept else voucher.issuer,
            facts=self.facts(voucher),
            parts=[] if voucher.kept else [self.uses(voucher)],
            shown=self.shown(voucher),
            **kwargs,
        )
        if voucher.kept:
            found.pop("history", None)
        return found

    def shown(self, voucher: Voucher) -> dict[str, Any] | None:
        """The file, to look at beside the facts when a browser can show it."""
        if voucher.kept or voucher.stored is None:  # type: ignore[attr-defined]
            return None
        url = reverse("voucher_file", args=[voucher.pk])
        kind = voucher.stored.media_type
        return {
            "url": url,
            "name": voucher.file_name,
            "kind": "pdf" if kind == PDF else "image" if kind in SHOWN_INLINE else "",
            "inline": f"{url}?inline=1",
        }

    def facts(self, voucher: Any) -> list[tuple[Any, Any]]:
        if voucher.kept:
            return [(_("unit"), voucher.unit.name), (_("date"), voucher.dated.isoformat())]
        currency = voucher.currency_id
        return [
            (_("unit"), voucher.unit.name),
            (_("date"), voucher.dated.isoformat()),
            (_("amount of the voucher"), wan_text(voucher.amount, currency)),
            (pgettext("voucher", "used"), wan_text(voucher.used, currency)),
            (pgettext("voucher", "left"), wan_text(voucher.amount - voucher.used, currency)),
            (_("payer"), voucher.payer),
            (_("payee"), voucher.payee),
            (_("note"), voucher.note),
            (_("entered by"), voucher.entered_name),
            (_("SHA-256 of the file"), voucher.stored.sha256[:16] if voucher.stored else ""),
        ]

    def uses(self, voucher: Any) -> dict[str, Any]:
        """What it proves. An entry that the reader may not see is told by its unit alone."""
        parts = Allocation._base_manager.filter(voucher=voucher, archived_at=None)
        parts = parts.select_related("entry__project__unit", "entry__unit").order_by("pk")
        seen = set(
            CapitalEntry.objects.visible_to(self.actor)
            .filter(pk__in=[one.entry_id for one in parts])
            .values_list("pk", flat=True)
        )
        lines = []
        for one in parts:
            entry = one.entry
            name: dict[str, Any] = {"text": _("an entry of another unit")}
            if entry.pk in seen:
                name = {
                    "text": entry.number,
                    "url": reverse("entry_detail", args=[entry.pk]),
                    "sub": confidential.shown_name(entry.project, self.actor),
                }
            split: dict[str, Any] = {"text": ""}
            if one.split_file_id:
                split = {"text": _("written split"), "url": reverse("allocation_split", args=[one.pk])}
            state = entry.get_state_display() if entry.pk in seen else ""
            lines.append(row(name, entry.unit.label, num(wan(one.amount, voucher.currency_id)), state, split))
        heads = [
            (_("entry"), ""), (_("unit"), ""), (_("used, ten thousands"), NUM), (_("state"), ""), ("", ""),
        ]  # fmt: skip
        return section(_("What it proves"), heads, lines, empty=_("It proves nothing yet."))


class VoucherCreate(VoucherNouns, SavingPage):
    title = _("New voucher")
    needs = Action.CREATE
    form_class = VoucherNewForm
    again_label = _("Save and next")

    def save(self, form: Any) -> Voucher:
        values = dict(form.values())
        upload = values.pop("file")
        probe = Voucher(unit=values["unit"])
        if not may_on(self.actor, Action.CREATE, probe):
            raise Denied
        return voucher_create(actor=self.actor, **values, **kept(upload))

    def done_url(self, result: Voucher) -> str:
        return reverse("voucher_detail", args=[result.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fieldsets = [{"fields": kwargs["form"].visible_fields(), "after": "capital/_hints_slot.html"}]
        return super().get_context_data(fieldsets=fieldsets, cancel_url=reverse("voucher_list"), **kwargs)


class VoucherUpdate(OfVoucher, UpdatePage):
    panel = True
    form_class = VoucherForm

    def check(self) -> None:
        super().check()
        self.must_know()

    def run(self, form: Any) -> Voucher:
        values = dict(form.values())
        upload = values.pop("file")
        return voucher_update(
            actor=self.actor,
            pk=self.kwargs["pk"],
            version=form.cleaned_data.get("version") or 0,
            **values,
            **(kept(upload) if upload else {}),
        )


class VoucherArchive(OfVoucher, ArchivePage):
    service = staticmethod(voucher_archive)


class VoucherAllocate(OfVoucher, SavingPage):
    """Let it prove an entry, or take that back."""

    title = _("Use a voucher")
    needs = Action.CHANGE
    panel = True
    stays = True
    form_class = AllocationForm
    saved = _("Saved what the voucher proves.")

    def check(self) -> None:
        services.authorize_change(self.actor, self.get_object())
        self.must_know()

    def save(self, form: Any) -> Any:
        given = form.cleaned_data
        split = given["split"]
        return allocation_set(
            actor=self.actor,
            voucher=self.kwargs["pk"],
            entry=given["entry"].pk,
            amount=given["amount"],
            split=files.store(split) if split else None,
            split_name=split.name if split else "",
        )

    def done_url(self, result: Any) -> str:
        return self.detail_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sub=str(self.get_object()), cancel_url=self.detail_url(), **kwargs)


class VoucherFile(OfVoucher, Page):
    """The file, for those who may read the voucher. `?inline=1` shows PDF and pictures, nothing acts."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        voucher = self.get_object()
        self.must_know()
        if voucher.stored is None:
            raise NotVisible
        return files.respond(voucher.stored, voucher.file_name, inline="inline" in request.GET)


class AllocationSplit(Page):
    """The written split, for those who may read the voucher or the entry."""

    kind = "voucher"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = Allocation._base_manager.select_related("entry__project__unit", "voucher", "split_file")
        one = rows.filter(pk=self.kwargs["pk"]).exclude(split_file=None).first()
        if one is None or not (
            may_on(self.actor, Action.VIEW, one.voucher) or may_on(self.actor, Action.VIEW, one.entry)
        ):
            raise NotVisible
        back = Voucher.objects.unscoped(reason="is it kept from this reader").filter(
            hidden_vouchers(self.actor)
        )
        if not told(one.entry, self.actor) or back.filter(pk=one.voucher_id).exists():
            raise Denied
        assert one.split_file is not None
        return files.respond(one.split_file, one.split_name, inline="inline" in request.GET)


class EntryPaper(Page):
    """A paper of an entry, for those who may read the entry."""

    kind = "capital_entry"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        one = EntryFile._base_manager.select_related("stored").filter(pk=self.kwargs["pk"]).first()
        entry = (
            CapitalEntry.objects.visible_to(self.actor)
            .filter(pk=one.entry_id if one else None)
            .select_related("project__unit")
            .first()
        )
        if one is None or entry is None:
            raise NotVisible
        if not told(entry, self.actor):
            raise Denied
        confidential.look(self.actor, entry.project)
        return files.respond(one.stored, one.name, inline="inline" in request.GET)


def kept(upload: Any) -> dict[str, Any]:
    """An upload as a service takes it. Raises Refused for what isn't taken."""
    if not upload:
        return {}
    return {"stored": files.store(upload), "file_name": upload.name}
