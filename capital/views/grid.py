"""The month grid of a unit: a row for each running project, a column for each kind."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from capital import grid as grids
from capital import grid_sheet
from capital.services.grid import KIND, grid_save
from capital.views.entries import EntryNouns
from common import clock
from common.access import Action
from common.actors import may
from common.errors import Denied, NotVisible, Refused
from common.exporting import XLSX
from common.models import ExportLog
from common.views import action
from common.views.base import Page
from ledger import periods
from ledger.asked import Clock, asked
from ledger.asked import said as said_clock
from ledger.choices import PeriodState
from ledger.models import Period
from organizations.models import Unit
from projects.models import Project

MONTHS = 6  # offered beside the present one
YEARS = range(1990, 2200)


class EntryGrid(EntryNouns, Page):
    """`?unit=&period=202611`. Everything typed comes back when something of it is refused."""

    template_name = "capital/grid.html"
    needs = Action.CREATE
    title = _("Month grid")

    def units(self) -> list[Unit]:
        """Units with projects at which the actor may enter."""
        alive = Project._base_manager.filter(unit=OuterRef("pk"), archived_at=None)
        found = Unit.objects.visible_to(self.actor).filter(Exists(alive), archived_at=None).order_by("path")
        return [one for one in found if may(self.actor, Action.CREATE, KIND, path=one.path)]

    def unit(self, units: list[Unit], wanted: str) -> Unit | None:
        """The one that is asked for, else the actor's own, else the first. Raises NotVisible."""
        if wanted:
            found = next((one for one in units if str(one.pk) == wanted), None)
            if found is None:
                raise NotVisible
            return found
        own = [one for one in units if one.pk == getattr(self.actor, "unit_id", None)]
        return next(iter(own or units), None)

    def period(self, wanted: str) -> int:
        """A month that has begun; the present one when none is asked for. Raises Refused."""
        code = month_of(wanted, last=periods.DECEMBER)
        if code > periods.code_of(clock.today()):
            raise Refused(_("There is no such month to report for."), code="month")
        return code

    def clock_of(self, period: int) -> Clock:
        """Of last month and the year so far."""
        if not hasattr(self, "_clock"):
            before = grids.month_before(period)
            self._clock = asked(self.request.GET, before // 100, period // 100, since=before)
        return self._clock

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        units = self.units()
        unit = self.unit(units, request.GET.get("unit", ""))
        period = self.period(request.GET.get("period", ""))
        grid = grids.read(self.actor, unit, period, self.clock_of(period)) if unit else None
        if grid and request.GET.get("format") == "xlsx":
            return self.handed_out(grid, period)
        return self.drawn(units, unit, period, grid, last_day(period).isoformat())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        given = request.POST
        unit = self.named_unit(given.get("unit", ""))
        period = self.period(given.get("period", ""))
        if "fill" in given:
            return self.filled(unit, period)
        cells, wrong = grids.cells_of(given.dict())
        problems = (
            [_now("%(n)s values are no amounts; they are marked.") % {"n": len(wrong)}] if wrong else []
        )
        day = parsed_day(given.get("occurred_on", ""))
        if day is None:
            problems.append(_now("Write the day as 2026-11-30."))
        if not problems and day:
            try:
                saved = grid_save(
                    actor=self.actor,
                    unit=unit,
                    period=period,
                    occurred_on=day,
                    cells=cells,
                    seen=seen_in(given),
                )
            except Refused as refused:
                problems.append(str(refused))
                wrong = {name: " ".join(map(str, words)) for name, words in refused.fields.items()}
            else:
                messages.success(request, said(saved))
                return HttpResponseRedirect(f"{request.path}?unit={unit.pk}&period={period}")
        grid = grids.read(self.actor, unit, period, self.clock_of(period))
        grids.typed_again(grid, given.dict(), wrong)
        return self.drawn(
            self.units(), unit, period, grid, given.get("occurred_on", ""), problems=problems, status=422
        )

    def handed_out(self, grid: grids.Grid, period: int) -> HttpResponseBase:
        """The grid as a workbook, logged as every export is."""
        if not self.may(Action.EXPORT):
            raise Denied
        ExportLog.objects.create(
            at=clock.now(),
            actor_id=self.actor.pk,
            actor_name=self.actor.actor_name,
            kind=self.kind,
            query=self.request.GET.urlencode()[:2000],
            rows=len(grid.lines),
        )
        response = HttpResponse(grid_sheet.workbook(grid), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="grid-{period}.xlsx"'
        return response

    def filled(self, unit: Unit, period: int) -> HttpResponseBase:
        """What a workbook says stands in the boxes, beside what was typed; nothing is saved yet."""
        given, sheet = self.request.POST, self.request.FILES.get("sheet")
        grid = grids.read(self.actor, unit, period, self.clock_of(period))
        grids.typed_again(grid, given.dict(), {})
        problems, notice = [], ""
        try:
            if sheet is None:
                raise Refused(_now("Choose a file first."))
            data = sheet.read(grid_sheet.MOST_BYTES + 1)
            done, unknown = grid_sheet.fill(grid, data, sheet.name or "")
        except Refused as refused:
            problems.append(str(refused))
        else:
            notice = _now("%(n)s values are filled in. Look at them, then save.") % {"n": done}
            if unknown:
                problems.append(_now("Not in this grid: %(names)s.") % {"names": "、".join(unknown[:20])})
        return self.drawn(
            self.units(),
            unit,
            period,
            grid,
            given.get("occurred_on", ""),
            problems=problems,
            notice=notice,
            status=422 if problems else 200,
        )

    def named_unit(self, pk: str) -> Unit:
        """Raises NotVisible, Denied."""
        rows = Unit.objects.visible_to(self.actor).filter(archived_at=None)
        found = rows.filter(pk=pk).first() if pk.isascii() and pk.isdigit() else None
        if found is None:
            raise NotVisible
        if not may(self.actor, Action.CREATE, KIND, path=found.path):
            raise Denied
        return found

    def drawn(
        self,
        units: list[Unit],
        unit: Unit | None,
        period: int,
        grid: grids.Grid | None,
        day: str,
        *,
        problems: list[str] | None = None,
        notice: str = "",
        status: int = 200,
    ) -> HttpResponseBase:
        open_now = not Period.objects.filter(code=period).exclude(state=PeriodState.OPEN).exists()
        by = self.clock_of(period)
        context = self.get_context_data(
            sub=f"{unit}, {periods.text(period)}" if unit else "",
            units=units,
            unit=unit,
            period=period,
            periods=recent(period),
            is_open=open_now,
            day=day,
            columns=grids.columns(),
            lines=grid.lines if grid else [],
            totals=grids.totals(grid) if grid else [],
            seen=",".join(f"{pk}:{version}" for pk, version in grid.seen.items()) if grid else "",
            problems=problems or [],
            notice=notice,
            sheet_gone=bool(problems and not notice and self.request.FILES.get("sheet")),
            clock=by,
            month_clock=said_clock(by.closing if grids.month_published(period, by) else None),
        )
        return self.render_to_response(context, status=status)

    def actions(self) -> list[dict[str, Any]]:
        found = [action(_("New entry"), reverse("entry_create"), icon="plus")]
        if self.may(Action.IMPORT, "capital_entry"):
            url = f"{reverse('import_list')}?importer=capital"
            found.append(action(_("From Excel"), url, icon="upload"))
        return found


def seen_in(given: QueryDict) -> dict[int, int]:
    """The drafts that the grid showed: "12:1,13:4"."""
    found = {}
    for part in given.get("seen", "").split(","):
        pk, _colon, version = part.partition(":")
        if pk.isascii() and pk.isdigit() and version.isascii() and version.isdigit():
            found[int(pk)] = int(version)
    return found


def month_of(text: str, *, last: int) -> int:
    """The code of a month as it stands in an address ("202611"), its number up to `last`; the present month for
    "". Raises Refused for what is no month."""
    if not text:
        return periods.code_of(clock.today())
    good = text.isascii() and text.isdigit() and len(text) == 6 and 1 <= int(text) % 100 <= last
    if not good or int(text) // 100 not in YEARS:
        raise Refused(_("There is no such month."), code="month")
    return int(text)


def last_day(period: int) -> date:
    """The month's last day, or today while it goes on."""
    year, month = divmod(period, 100)
    return min(date(year, month, calendar.monthrange(year, month)[1]), clock.today())


def parsed_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def recent(chosen: int) -> list[dict[str, Any]]:
    """The last months, and the one that is looked at."""
    codes, code = {chosen}, periods.code_of(clock.today())
    for _one in range(MONTHS):
        codes.add(code)
        code = grids.month_before(code)
    return [
        {"value": one, "label": periods.text(one), "selected": one == chosen}
        for one in sorted(codes, reverse=True)
    ]


def said(saved: Any) -> str:
    total = saved.created + saved.changed + saved.discarded
    if not total:
        return _now("Nothing changed.")
    text = ngettext("%(n)s draft saved", "%(n)s drafts saved", saved.created + saved.changed) % {
        "n": saved.created + saved.changed
    }
    if saved.discarded:
        text += ", " + ngettext("%(n)s put away", "%(n)s put away", saved.discarded) % {"n": saved.discarded}
    return text + _now(". They count as reported when the month's return is filed.")
