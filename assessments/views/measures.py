"""Measures that are counted from the books: what can be counted, a new one, the lines behind a figure."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assessments import services
from assessments.choices import MONEY, FigureSource
from assessments.explaining import reason_words
from assessments.measures.base import BASES, DERIVED, REGISTRY
from assessments.measures.forms import CountedMeasureForm
from assessments.measures.keys import WINDOWS, YEAR_TO_DATE, Asked, FactKey
from assessments.measures.reach import last_month
from assessments.measures.reading import facts
from assessments.measures.rows import Behind, rows
from assessments.models import Measure
from assessments.schemes.asking import WINDOW_WORDS, asked_by
from assessments.views.records import ADMIN
from common import clock
from common.access import Action
from common.actors import may
from common.errors import NotVisible
from common.scope import visible_q
from common.views import CreatePage, Crumbs, Page
from ledger import subjects
from ledger.models import Posting
from organizations.models import Unit
from rules.facts import Missing
from rules.money import to_display
from rules.periods import Month

LINES = 50
YEARS = range(2000, 2101)  # of an address
MEASURES = (_("Measures"), "measure_list")


class MeasureBases(Page):
    """Choose what the new measure counts."""

    kind = "measure"
    needs = Action.CREATE
    template_name = "assessments/measure_bases.html"
    title = _("New measure from the books")
    sub = _("What shall be counted? What it is narrowed to comes next.")
    crumbs: Crumbs = (ADMIN, MEASURES)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        blocks = [
            {"title": _now("Counted from the lines of the books"), "bases": BASES},
            {"title": _now("Worked out of other figures"), "bases": DERIVED},
        ]
        return self.render_to_response(self.get_context_data(blocks=blocks))


class MeasureCounted(CreatePage):
    """The form of one base: its filters are fields."""

    model = Measure
    kind = "measure"
    url_prefix = "measure"
    form_class = CountedMeasureForm
    service = staticmethod(services.measure_create)
    crumbs: Crumbs = (ADMIN, MEASURES)

    def check(self) -> None:
        super().check()
        if self.kwargs["base"] not in REGISTRY:
            raise NotVisible

    def make_form(self, data: Any = None) -> Any:
        return CountedMeasureForm(data, actor=self.actor, base=self.kwargs["base"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        base = REGISTRY[self.kwargs["base"]]
        kwargs.setdefault("title", _now("New measure: %(what)s") % {"what": base.title})
        return super().get_context_data(sub=base.definition, cancel_url=reverse("measure_bases"), **kwargs)


class MeasureRows(Page):
    """`measures/<pk>/units/<unit>/rows/?period=2026-09&window=year_to_date`: the lines behind a figure, as far as the
    reader may see them. `?run=12&input=capital` asks as the run did: by its input's filters and window, for its period,
    and up to the last line that it knew."""

    kind = "posting"
    template_name = "assessments/measure_rows.html"
    title = _("What counts")
    crumbs: Crumbs = (ADMIN, MEASURES)

    @cached_property
    def measure(self) -> Measure:
        found = Measure.objects.visible_to(self.actor).filter(pk=self.kwargs["pk"]).first()
        if found is None or found.source != FigureSource.COUNTED:
            raise NotVisible
        return found

    @cached_property
    def unit(self) -> Unit:
        found = Unit.objects.visible_to(self.actor).filter(pk=self.kwargs["unit"]).first()
        if found is None or not may(self.actor, Action.VIEW, "posting", path=found.path):
            raise NotVisible
        return found

    def check(self) -> None:
        super().check()
        assert self.measure
        assert self.unit
        assert self.question

    @cached_property
    def question(self) -> tuple[FactKey, Asked, str]:
        """What is asked, by which clock, and both in words. Raises NotVisible."""
        if "run" in self.request.GET:
            return asked_by(
                self.actor,
                self.request.GET["run"],
                self.request.GET.get("input", ""),
                self.measure,
                self.unit,
            )
        given = self.request.GET.get("window", "")
        window = given if given in WINDOWS else YEAR_TO_DATE
        said = f"{self.month} · {WINDOW_WORDS[window]}"
        return FactKey(self.measure.code, (), window), Asked.month(self.month), said

    @cached_property
    def month(self) -> Month:
        try:
            found: Month | None = Month.parse(self.request.GET.get("period", ""))
        except ValueError:
            found = None
        if found is not None and found.year in YEARS:
            return found
        today = clock.today()
        return last_month() or Month(today.year, today.month)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        key, asked, said = self.question
        fact = facts([key], [self.unit], asked)[self.unit.pk, key]
        blocks = [self.block(one) for one in rows(key, self.unit, asked)]
        kept = any(block["kept"] for block in blocks)
        if isinstance(fact, Missing):
            total = _now("missing: %(reason)s") % {"reason": reason_words(str(fact.reason))}
        else:
            total = subjects.KEPT if kept else _shown(fact.amount, fact.unit)
        return super().get_context_data(
            sub=f"{self.measure.name} · {self.unit} · {said}",
            blocks=blocks,
            total=total,
            page_obj=max(
                (block["page"] for block in blocks), key=lambda page: page.paginator.num_pages, default=None
            ),
            **kwargs,
        )

    def block(self, behind: Behind) -> dict[str, Any]:
        """One operand: its lines on this page."""
        visible = behind.lines.filter(visible_q(Posting, self.actor, Action.VIEW))
        visible = visible.select_related("unit", "posted_in").order_by("-occurred_on", "-seq")
        page = Paginator(visible, LINES).get_page(self.request.GET.get("page"))
        lines = list(page.object_list)
        counts = behind.counts([line.seq for line in lines])
        about = [(line.subject_type, line.subject_id) for line in lines]
        named, hidden = subjects.named(about), subjects.hidden(self.actor, about)
        seen = _visible(self.actor, about)
        kept = visible.filter(subjects.hidden_q(self.actor)).exists()
        unit = str(behind.sought.definition.unit)
        return {
            "title": behind.title,
            "page": page,
            "kept": kept,
            "unit": unit_words(unit),
            "lines": [
                {
                    "line": line,
                    "name": named[subject].label,
                    "url": named[subject].url if subject in seen else "",
                    "amount": subjects.KEPT
                    if subject in hidden
                    else _shown(counts[line.seq], unit, plain=True),
                }
                for line, subject in zip(lines, about, strict=True)
            ],
        }


def _visible(actor: Any, about: list[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those whose own pages the reader may open."""
    from leads.models import Lead
    from projects.models import Project

    found = set()
    for name, model in (("project", Project), ("lead", Lead)):
        pks = {pk for kind, pk in about if kind == name}
        if pks:
            rows_ = model.objects.visible_to(actor).filter(pk__in=pks)
            found |= {(name, pk) for pk in rows_.values_list("pk", flat=True)}
    return found


def unit_words(unit: str) -> str:
    """In what amounts are shown: money in ten thousands."""
    from assessments.choices import MeasureUnit

    if unit in MONEY:
        return _now("10 thousand US dollars") if unit == MeasureUnit.USD else _now("10 thousand yuan")
    return str(MeasureUnit(unit).label)


def _shown(amount: Any, unit: str, *, plain: bool = False) -> str:
    value = to_display(amount, "wan") if unit in MONEY else amount
    number = f"{value.quantize(value.__class__('0.01')):,f}" if value % 1 else f"{value.quantize(1):,f}"
    number = number.replace("-", "−")
    return number if plain else f"{number} {unit_words(unit)}"
