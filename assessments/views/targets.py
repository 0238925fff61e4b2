"""The grid of targets: read, typed, pasted, filled from a workbook, saved from a month on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from assessments.choices import TargetKind
from assessments.models import Measure
from assessments.services import targets_set
from assessments.services.targets import Saved
from assessments.targets import grid as grids
from assessments.targets import sheet as sheets
from assessments.targets.places import YEARS, Place
from assessments.views.target_records import TargetNouns
from common import clock
from common.access import Action
from common.actors import may
from common.errors import Denied, NotVisible, Refused
from common.exporting import XLSX
from common.grids import MOST_BYTES
from common.models import ExportLog
from common.numbers import whole
from common.views import action
from common.views.base import Page
from organizations.models import CompetitionGroup, Unit

BOTH = "both"  # firm and stretch beside each other
HOLDERS = {"unit": _("Units"), "post": _("Posts"), "officer": _("Persons")}
NUMBERS = 10  # digits of a key or a year in an address


class TargetGrid(TargetNouns, Page):
    """`?year=&place=g1|u1&which=&holders=&month=&quarters=1&pick=1&measure=` (measures only with `pick`: else those that fit) (`group=1` is `place=g1`). All that was typed comes back when something of
    it is refused."""

    template_name = "assessments/target_grid.html"
    title = _("Grid of targets")

    def asked(self, given: QueryDict) -> grids.Asked:
        """Raises NotVisible, Refused: wrong_year, wrong_month."""
        today = clock.today()
        year, month = _number(given, "year", today.year), _number(given, "month", 1)
        if year not in YEARS:
            raise Refused(_now("There is no such year."), code="wrong_year")
        if not 1 <= month <= 12:
            raise Refused(_now("A target holds from a month from 1 to 12 on."), code="wrong_month")
        group, parent = self.place(given)
        which = given.get("which", TargetKind.FIRM)
        kinds = (TargetKind.FIRM, TargetKind.STRETCH) if which == BOTH else (which,)
        if not set(kinds) <= set(TargetKind.values) or given.get("holders", "unit") not in HOLDERS:
            raise NotVisible
        return grids.Asked(
            parent=parent,
            group=group,
            year=year,
            month=month,
            kinds=tuple(str(kind) for kind in kinds),
            holders=given.get("holders", "unit"),
            quarters=given.get("quarters") == "1",
            measures=tuple(int(one) for one in given.getlist("measure") if _is_key(one) and "pick" in given),
        )

    def place(self, given: QueryDict) -> tuple[CompetitionGroup | None, Unit]:
        """The group that is asked for and the unit that runs it, or the unit below which one looks; else the first group
        that the actor runs, else his own unit. Raises NotVisible."""
        wanted = given.get("place") or (f"g{given['group']}" if given.get("group") else "")
        if wanted.startswith("g"):
            group = next((one for one in self.groups() if wanted == f"g{one.pk}"), None)
            if group is None:
                raise NotVisible
            return group, group.owner
        units = self.units()
        if wanted:
            unit = next((one for one in units if wanted == f"u{one.pk}"), None)
            if unit is None:
                raise NotVisible
            return None, unit
        run = [one for one in self.groups() if may(self.actor, Action.CHANGE, self.kind, path=one.owner.path)]
        if run:
            return run[0], run[0].owner
        own = [one for one in units if one.pk == getattr(self.actor, "unit_id", None)]
        if not (own or units):
            raise NotVisible
        return None, (own or units)[0]

    def groups(self) -> list[CompetitionGroup]:
        if not hasattr(self, "_groups"):
            rows = CompetitionGroup.objects.visible_to(self.actor).filter(archived_at=None)
            found = rows.select_related("owner").order_by("owner__path", "sort", "code")
            self._groups = [
                one for one in found if may(self.actor, Action.VIEW, self.kind, path=one.owner.path)
            ]
        return self._groups

    def units(self) -> list[Unit]:
        """Units with others below them, and the actor's own."""
        if not hasattr(self, "_units"):
            rows = Unit.objects.visible_to(self.actor).filter(archived_at=None).order_by("path")
            parents = set(rows.order_by().exclude(parent=None).values_list("parent", flat=True))
            own = getattr(self.actor, "unit_id", None)
            self._units = [
                one
                for one in rows
                if (one.pk in parents or one.pk == own)
                and may(self.actor, Action.VIEW, self.kind, path=one.path)
            ]
        return self._units

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = self.asked(request.GET)
        if request.GET.get("format") == "xlsx":
            return self.handed_out(grids.read(self.actor, asked, grids.MOST * grids.COLUMNS))
        return self.drawn(grids.read(self.actor, asked))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        given = request.POST
        asked = self.asked(given)
        grid = grids.read(self.actor, asked)
        if "fill" in given:
            return self.filled(grid)
        cells, wrong = grids.given_in(grid, given.dict())
        unread = ngettext(
            "%(n)s value can't be read; it is marked.",
            "%(n)s values can't be read; they are marked.",
            len(wrong),
        )
        problems = [unread % {"n": len(wrong)}] if wrong else []
        if not problems:
            try:
                saved = targets_set(
                    actor=self.actor,
                    year=asked.year,
                    holds_from=asked.month,
                    cells=cells,
                    seen=seen_in(given, cells),
                    reason=given.get("reason", ""),
                    document_no=given.get("document_no", "")[:100],
                )
            except Refused as refused:
                problems.append(str(refused))
                wrong = {name: " ".join(map(str, words)) for name, words in refused.fields.items()}
            else:
                messages.success(request, said(saved))
                return HttpResponseRedirect(f"{request.path}?{query_of(given)}")
        grids.typed_again(grid, given.dict(), wrong)
        return self.drawn(grid, problems=problems, wrong=wrong, status=422)

    def handed_out(self, grid: grids.Grid) -> HttpResponseBase:
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
        response = HttpResponse(sheets.workbook(grid), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="targets-{grid.asked.year}.xlsx"'
        return response

    def filled(self, grid: grids.Grid) -> HttpResponseBase:
        """What a workbook says stands in the boxes, beside what was typed; nothing is saved yet."""
        given, sheet = self.request.POST, self.request.FILES.get("sheet")
        grids.typed_again(grid, given.dict(), {})
        problems, notice = [], ""
        try:
            if sheet is None:
                raise Refused(_now("Choose a file first."))
            done, unknown = sheets.fill(grid, sheet.read(MOST_BYTES + 1), sheet.name or "")
        except Refused as refused:
            problems.append(str(refused))
        else:
            notice = _now("%(n)s values are filled in. Look at them, then save.") % {"n": done}
            if unknown:
                problems.append(_now("Not in this grid: %(names)s.") % {"names": "、".join(unknown[:20])})
        return self.drawn(grid, problems=problems, notice=notice, status=422 if problems else 200)

    def drawn(
        self,
        grid: grids.Grid,
        *,
        problems: list[str] | None = None,
        wrong: dict[str, str] | None = None,
        notice: str = "",
        status: int = 200,
    ) -> HttpResponseBase:
        asked, given = grid.asked, self.request.POST if self.request.method == "POST" else self.request.GET
        which = BOTH if len(asked.kinds) > 1 else asked.kinds[0]
        chosen = f"g{asked.group.pk}" if asked.group else f"u{asked.parent.pk}"
        shown = {column.measure.pk for column in grid.columns}
        measures = Measure.objects.visible_to(self.actor).filter(archived_at=None).order_by("sort", "code")
        query = [
            ("year", asked.year),
            ("place", chosen),
            ("which", which),
            ("holders", asked.holders),
            ("month", asked.month),
        ]
        query += [("quarters", 1)] if asked.quarters else []
        query += [("pick", 1)] if asked.measures else []
        query += [("measure", pk) for pk in asked.measures]
        fields = QueryDict(mutable=True)
        for name, value in query:
            fields.appendlist(name, str(value))
        context = self.get_context_data(
            sub=f"{asked.group or asked.parent}, {asked.year}",
            grid=grid,
            asked=asked,
            hidden=query,
            query=fields.urlencode(),
            groups=[
                {"value": f"g{one.pk}", "label": f"{one.owner.label} {one.name}"} for one in self.groups()
            ],
            units=[{"value": f"u{one.pk}", "label": one.name} for one in self.units()],
            chosen=chosen,
            years=sorted({asked.year, *range(clock.today().year - 2, clock.today().year + 2)}, reverse=True),
            months=range(1, 13),
            kinds=[(BOTH, _("firm and stretch")), *TargetKind.choices],
            which=which,
            holders=HOLDERS.items(),
            measures=[{"pk": one.pk, "name": one.name, "chosen": one.pk in shown} for one in measures],
            sums=grids.sums(grid),
            seen=",".join(f"{place.name}:{pk}" for place, pk in grid.seen.items()),
            editable=any(line.editable for line in grid.lines),
            reason=given.get("reason", ""),
            reason_wrong=(wrong or {}).get("reason", ""),
            document_no=given.get("document_no", ""),
            problems=problems or [],
            notice=notice,
            sheet_gone=bool(problems and not notice and self.request.FILES.get("sheet")),
        )
        return self.render_to_response(context, status=status)

    def actions(self) -> list[dict[str, Any]]:
        found = [action(_("List of targets"), reverse("target_list"))]
        if self.may(Action.CREATE):
            found.append(action(_("New target"), reverse("target_create"), icon="plus"))
        return found


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= NUMBERS


def _number(given: QueryDict, name: str, default: int) -> int:
    text = given.get(name, "")
    return int(text) if _is_key(text) else default if not text else 0


def seen_in(given: QueryDict, cells: Any) -> dict[Place, int]:
    """The rows that the grid showed, as it wrote them: "name of the box:id"."""
    pairs = (part.partition(":") for part in given.get("seen", "").split(","))
    rows = {name: whole(pk) for name, _colon, pk in pairs if whole(pk)}
    return {place: rows[place.name] for place in cells if place.name in rows}


def query_of(given: QueryDict) -> str:
    """The address of the page from which a grid was sent."""
    found = QueryDict(mutable=True)
    for name in ("year", "place", "which", "holders", "month", "quarters", "pick", "measure"):
        found.setlist(name, given.getlist(name))
    return found.urlencode()


def said(saved: Saved) -> str:
    total = saved.created + saved.changed + saved.withdrawn
    if not total:
        return _now("Nothing changed.")
    parts = [
        (saved.created, ngettext("%(n)s target set", "%(n)s targets set", saved.created)),
        (saved.changed, ngettext("%(n)s target changed", "%(n)s targets changed", saved.changed)),
        (saved.withdrawn, ngettext("%(n)s target taken out", "%(n)s targets taken out", saved.withdrawn)),
    ]
    return ", ".join(words % {"n": number} for number, words in parts if number) + "."
