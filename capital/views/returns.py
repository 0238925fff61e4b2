"""Monthly returns: who filed, filing, the paper to sign, its scan; and who has the duty."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital.filters.returns import DutyFilterSet, ReturnFilterSet
from capital.forms.returns import DutyForm, DutyNewForm, ReturnForm, ScanForm
from capital.models import MonthlyReturn, ReportingDuty
from capital.returns import in_force, parts_of, with_returns
from capital.services.returns import duty_archive, duty_create, duty_update, return_file, return_scan
from capital.tables.returns import DutyTable, ReturnTable
from common import clock, files, services
from common.access import Action
from common.actors import may
from common.errors import Denied, NotVisible
from common.views import ArchivePage, CreatePage, Crumbs, DetailPage, ListPage, UpdatePage, action
from common.views.base import Page
from common.views.rows import RowPage
from ledger import periods
from ledger.asked import asked
from ledger.models import FINAL_ACCOUNT, Period
from organizations.models import Unit
from projects.views.signing import SavingPage

from .entries import CAPITAL
from .grid import month_of, recent

RETURNS = (_("Monthly returns"), "return_list")
KIND = MonthlyReturn.Scope.kind


def month_asked(request: HttpRequest) -> int:
    """`?period=202611`, 13 for the final account; the present month without. Raises Refused."""
    given = request.POST.get("period") or request.GET.get("period") or ""
    return month_of(given, last=FINAL_ACCOUNT)


class ReturnList(ListPage):
    """Units with a duty in the month: filed, nil, or missing."""

    title = _("Monthly returns")
    model = ReportingDuty
    kind = "reporting_duty"
    table_class = ReturnTable
    filterset_class = ReturnFilterSet
    template_name = "capital/return_list.html"
    url_prefix = "return"
    crumbs: Crumbs = (CAPITAL,)
    empty = (
        _("No unit has to report this month."),
        _("The bureau says under “Duties” which units file a return."),
    )

    def check(self) -> None:
        super().check()
        self.period = month_asked(self.request)
        self.clock = asked(self.request.GET, self.period // 100, since=self.period)

    def rows(self, queryset: Any) -> Any:
        duties = queryset.filter(in_force(self.period))
        found = with_returns(duties, self.period, actor=self.actor, clock=self.clock)
        return found.select_related("unit")

    def make_table(self, rows: Any) -> Any:
        chosen = self.request.GET.getlist("columns")
        return self.table_class(rows, chosen=chosen, request=self.request, period=self.period)

    def views(self) -> list[tuple[Any, str, int | None]]:
        counts = self.visible().aggregate(
            all=Count("pk"),
            missing=Count("pk", filter=Q(return_state="")),
            nil=Count("pk", filter=Q(return_state="nil")),
            filed=Count("pk", filter=Q(return_state="filed")),
        )
        month = f"period={self.period}"
        return [
            (_("All"), month, counts["all"]),
            (pgettext_lazy("return", "Missing"), f"{month}&filed=missing", counts["missing"]),
            (pgettext_lazy("return", "Filed"), f"{month}&filed=filed", counts["filed"]),
            (pgettext_lazy("return", "Nothing to report"), f"{month}&filed=nil", counts["nil"]),
        ]

    def actions(self) -> list[dict[str, Any]]:
        return [action(_("Duties"), reverse("duty_list"), icon="users")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = Period.objects.filter(code=self.period).first()
        sub = periods.text(self.period)
        return super().get_context_data(
            sub=", ".join([sub, *([str(state.get_state_display())] if state else []), self.clock.words]),
            clock=self.clock,
            period=self.period,
            periods=recent(self.period),
            **kwargs,
        )


class OfMonth(Page):
    """A page about a unit's month: `?unit=&period=`."""

    kind = KIND
    crumbs: Crumbs = (CAPITAL, RETURNS)

    def check(self) -> None:
        super().check()
        self.period = month_asked(self.request)
        self.unit = self.find_unit(self.request.POST.get("unit") or self.request.GET.get("unit") or "")
        self.filed = (
            MonthlyReturn.objects.visible_to(self.actor)
            .filter(unit=self.unit, period=self.period)
            .select_related("unit", "period")
            .first()
        )

    def find_unit(self, pk: str) -> Unit:
        """Raises NotVisible when the actor may not read the unit's returns, Denied when he may not file."""
        rows = Unit.objects.visible_to(self.actor)
        found = rows.filter(pk=pk).first() if pk.isascii() and pk.isdigit() else None
        if found is None or not may(self.actor, Action.VIEW, KIND, path=found.path):
            raise NotVisible
        if not may(self.actor, self.needs, KIND, path=found.path):
            raise Denied
        return found

    @property
    def month(self) -> str:
        return periods.text(self.period)

    def about(self) -> str:
        return f"unit={self.unit.pk}&period={self.period}"


class ReturnPrint(OfMonth):
    """The return as a paper: what was entered, who answers for it, room for signatures and the stamp."""

    template_name = "capital/return_print.html"

    def actions(self) -> list[dict[str, Any]]:
        found = []
        filed, changes = self.filed, may(self.actor, Action.CHANGE, KIND, path=self.unit.path)
        if filed and changes:
            found.append(
                action(
                    _("Attach the signed scan"),
                    reverse("return_scan", args=[filed.pk]),
                    icon="attach",
                    panel=True,
                )
            )
        if may(self.actor, Action.CREATE, KIND, path=self.unit.path):
            label = _("File it again") if filed else _("File the return")
            url = f"{reverse('return_file')}?{self.about()}"
            found.append(action(label, url, icon="check", primary=not filed))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        parts = parts_of(self.actor, self.unit, self.period)
        return super().get_context_data(
            title=_("Monthly return of capital in place"),
            sub=f"{self.unit.name}, {self.month}",
            unit=self.unit,
            month=self.month,
            filed=self.filed,
            parts=parts,
            drafts=sum(1 for part in parts for line in part.lines if line.is_draft),
            grid_url=f"{reverse('entry_grid')}?{self.about()}",
            printed_on=clock.today(),
            **kwargs,
        )


class ReturnDetail(ReturnPrint):
    """The same paper by the return's own address."""

    def check(self) -> None:
        Page.check(self)
        found = services.get_visible(MonthlyReturn, self.kwargs["pk"], self.actor)
        self.filed, self.period = found, found.period_id
        self.unit = Unit.objects.unscoped(reason="the unit of a return that may be read").get(
            pk=found.unit_id
        )


class ReturnFile(OfMonth, SavingPage):
    title = _("File the monthly return")
    needs = Action.CREATE
    form_class = ReturnForm
    submit_label = pgettext_lazy("return", "File")
    saved = _("Filed. Print it, have it signed and stamped, and attach the scan.")

    def make_form(self, data: Any = None) -> Any:
        last = self.filed or (
            MonthlyReturn.objects.visible_to(self.actor).filter(unit=self.unit).order_by("-period").first()
        )
        names = {name: getattr(last, name, "") for name in ("preparer", "checker", "responsible")}
        names["preparer"] = names["preparer"] or self.actor.actor_name
        version = self.filed.version if self.filed else None
        return ReturnForm(data, actor=self.actor, initial={**names, "version": version})

    def save(self, form: Any) -> MonthlyReturn:
        given = dict(form.cleaned_data)
        return return_file(actor=self.actor, unit=self.unit, period=self.period, **given)

    def done_url(self, result: Any) -> str:
        return f"{reverse('return_print')}?{self.about()}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        parts = parts_of(self.actor, self.unit, self.period)
        drafts = sum(1 for part in parts for line in part.lines if line.is_draft)
        said = [_("%(n)s drafts of this month are reported with it.") % {"n": drafts}] if drafts else []
        return super().get_context_data(
            sub=f"{self.unit.name}, {self.month}", consequences=said, cancel_url=self.done_url(None), **kwargs
        )


class OfReturn(RowPage):
    model = MonthlyReturn
    kind = KIND
    url_prefix = "return"
    crumbs: Crumbs = (CAPITAL, RETURNS)


class ReturnScan(OfReturn, SavingPage):
    title = _("Attach the signed scan")
    needs = Action.CHANGE
    panel = stays = True
    form_class = ScanForm
    submit_label = _("Attach")
    saved = _("The signed scan is attached.")

    def check(self) -> None:
        services.authorize_change(self.actor, self.get_object())

    def make_form(self, data: Any = None) -> Any:
        upload = self.request.FILES if data is not None else None
        return ScanForm(data, upload, actor=self.actor, initial={"version": self.get_object().version})

    def save(self, form: Any) -> MonthlyReturn:
        upload = form.cleaned_data["scan"]
        return return_scan(
            actor=self.actor,
            pk=self.kwargs["pk"],
            version=form.cleaned_data["version"],
            stored=files.store(upload),
            name=upload.name,
        )

    def done_url(self, result: Any) -> str:
        return self.detail_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sub=str(self.get_object()), cancel_url=self.detail_url(), **kwargs)


class ReturnScanFile(OfReturn):
    """The signed paper, for those who may read the return."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = self.get_object()
        if found.scan is None:
            raise NotVisible
        return files.respond(found.scan, found.scan_name, inline="inline" in request.GET)


class DutyNouns:
    model: Any = ReportingDuty
    kind = "reporting_duty"
    url_prefix = "duty"
    crumbs: Crumbs = (CAPITAL, RETURNS, (_("Duties to report"), "duty_list"))


class DutyList(DutyNouns, ListPage):
    title = _("Duties to report")
    table_class = DutyTable
    filterset_class = DutyFilterSet
    create_label = _("New duty")
    crumbs: Crumbs = (CAPITAL, RETURNS)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("unit")


class DutyDetail(DutyNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        duty = self.get_object()
        rows = [
            (_("unit"), duty.unit.name),
            (_("from"), f"{duty.since:%Y-%m}"),
            (_("until"), f"{duty.until:%Y-%m}" if duty.until else ""),
        ]
        return [{"title": _("Duty to report"), "rows": rows}]


class DutyCreate(DutyNouns, CreatePage):
    title = _("New duty")
    form_class = DutyNewForm

    @transaction.atomic
    def run(self, form: Any) -> Any:
        given = form.cleaned_data
        return [duty_create(actor=self.actor, unit=unit, since=given["since"]) for unit in given["units"]]

    def done_url(self, result: Any) -> str:
        return reverse("duty_list")


class DutyUpdate(DutyNouns, UpdatePage):
    form_class = DutyForm
    service = staticmethod(duty_update)


class DutyArchive(DutyNouns, ArchivePage):
    service = staticmethod(duty_archive)
