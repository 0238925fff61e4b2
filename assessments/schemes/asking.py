"""The question that a run put to the measures, put again: for the page of the lines behind one of its figures."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.measures.catalogue import key_of
from assessments.measures.keys import Asked, FactKey
from assessments.measures.words import filter_words
from assessments.models import Measure, SchemeRun
from assessments.schemes.periods import period_of, period_words
from assessments.schemes.replay import scheme_of
from assessments.schemes.sources import Clock
from common.actors import Actor
from common.errors import NotVisible
from organizations.models import Unit
from rules.periods import Month

WINDOW_WORDS = {
    "month": gettext_lazy("the month"),
    "period": gettext_lazy("the period"),
    "year_to_date": gettext_lazy("year to date"),
    "year_before": gettext_lazy("the same months of the last year"),
    "cumulative": gettext_lazy("all up to the month"),
}


def asked_by(actor: Actor, run: str, code: str, measure: Measure, unit: Unit) -> tuple[FactKey, Asked, str]:
    """What an input of a run asked for a unit, by the run's clock, and both in words. Raises NotVisible: the run isn't the
    reader's to see, the unit has no line in it, or it has no such input of this measure."""
    rows = SchemeRun.objects.visible_to(actor).select_related("version__scheme").defer("facts")
    pk = int(run) if run.isdigit() and len(run) < 19 else 0
    found = rows.filter(pk=pk, lines__unit=unit).distinct().first()
    scheme = found and scheme_of(found)
    key = key_of(scheme.inputs[code]) if scheme and code in scheme.inputs else None
    if found is None or scheme is None or key is None or key.measure != measure.code:
        raise NotVisible
    period = period_of(scheme, found.year, found.month)
    through = Month(found.year, min(found.data_through, period.last.number))
    said = [
        _("of the result: %(name)s, run %(n)s") % {"name": found.version.scheme, "n": found.number},
        period_words(found.year, found.month, scheme.period),
        str(WINDOW_WORDS[key.window]),
        *(
            f"{name}: {value}"
            for name, value in filter_words({name: list(some) for name, some in key.filters})
        ),
    ]
    return key, Clock(period, through, found.watermark).asked, " · ".join(said)
