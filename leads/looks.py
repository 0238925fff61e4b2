"""How leads look in tables and on pages: stage dots, due days, protection left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from common import clock
from common.templatetags.ip import glyph
from common.templatetags.parts import stage_dots
from leads import stages
from leads.calendar import PatientCalendar, calendar
from leads.choices import Pipeline, StageKind

SOON = 3  # calendar days before a due day from which it is marked
LAST = 5  # working days of protection from which it is marked


@dataclass(frozen=True, slots=True)
class Drawer:
    """What the cells of one page share: read once, however many rows. `places` gives a stage's place among the
    stages of the main line, by its id."""

    today: date
    places: Mapping[int, int]
    length: int
    calendar: PatientCalendar

    @classmethod
    def load(cls, pipeline: str = Pipeline.LEAD) -> Drawer:
        """Four queries. Raises NoStages."""
        open_ones = [row for row in stages.ladder(pipeline).main if row.kind == StageKind.OPEN]
        places = {row.pk: place for place, row in enumerate(open_ones, start=1)}
        return cls(clock.today(), places, len(open_ones), calendar())

    def stage(self, row: Any) -> SafeString:
        """Dots up to the row's stage, and always its name."""
        here = row.held_from_id if row.stage.kind == StageKind.HELD else row.stage_id
        place = self.places.get(here, self.length if row.stage.kind == StageKind.WON else 0)
        stopped = row.stage.kind in (StageKind.HELD, StageKind.ENDED)
        mark = format_html("{} ", glyph("soon")) if row.stale_on else ""
        title = _("No sign of life since %(date)s") % {"date": row.stale_on} if row.stale_on else ""
        return format_html(
            '<span class="ip-st" title="{}">{}{}{}</span>',
            title,
            stage_dots(place, self.length, stopped),
            mark,
            row.stage.label,
        )

    def due(self, day: date | None) -> SafeString | str:
        """A day, marked when it is past or near: 逾期 11-19."""
        if day is None:
            return ""
        text = f"{day:%m-%d}" if day.year == self.today.year else f"{day:%Y-%m-%d}"
        if day < self.today:
            return format_html('<span class="ip-st">{}{} {}</span>', glyph("overdue"), _("overdue"), text)
        if (day - self.today).days <= SOON:
            return format_html('<span class="ip-st">{}{}</span>', glyph("soon"), text)
        return format_html('<span class="ip-2">{}</span>', text)

    def left(self, until: date | None) -> SafeString | str:
        """Working days of protection left: 41 天; marked in the last days, and when it has ended."""
        if until is None:
            return ""
        days = self.calendar.between(self.today, until)
        text = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
        if days > LAST:
            return text
        if until < self.today:
            return format_html(
                '<span class="ip-st">{}{}</span>', glyph("overdue"), pgettext("protection", "ended")
            )
        return format_html('<span class="ip-st">{}<b class="ip-warn">{}</b></span>', glyph("soon"), text)
