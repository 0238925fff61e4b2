"""The checks of `manage.py doctor` that need the upper apps or the product's own files."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _

from common import clock
from common.doctor import FAILED, OK, WARNING, register

FRONT_END = ("vendor/tabler/css/tabler.min.css", "vendor/sortable/Sortable.min.js")


def calendar() -> tuple[str, str, str]:
    """The holidays of this year are in; those of the next are announced in November and missed from then on."""
    from reference.models import CalendarYear

    year = clock.today().year
    rows = CalendarYear.objects.unscoped(reason="doctor: which years the calendar covers")
    known = set(rows.filter(archived_at=None, year__in=(year, year + 1)).values_list("year", flat=True))
    advice = _(
        "Run manage.py reference load. What it doesn't know yet: enter the holidays of %(year)s by hand."
    )
    if year not in known:
        return FAILED, _("%(year)s is missing") % {"year": year}, advice % {"year": year}
    if year + 1 not in known:
        return WARNING, _("%(year)s is missing") % {"year": year + 1}, advice % {"year": year + 1}
    return OK, f"{year}, {year + 1}", ""


def front_end() -> tuple[str, str, str]:
    """The style sheets and scripts that are fetched at set-up are there."""
    for file in FRONT_END:
        if not (finders.find(file) or (Path(settings.STATIC_ROOT) / file).exists()):
            return FAILED, _("%(file)s is missing") % {"file": file}, _("Run: make setup")
    return OK, ", ".join(FRONT_END), ""


def translations() -> tuple[str, str, str]:
    """Every catalogue is compiled, and not older than its source."""
    sources = [file for folder in settings.LOCALE_PATHS for file in Path(folder).glob("*/LC_MESSAGES/*.po")]
    stale = [
        source
        for source in sources
        if not (made := source.with_suffix(".mo")).exists() or made.stat().st_mtime < source.stat().st_mtime
    ]
    if stale or not sources:
        found = ", ".join(str(file.relative_to(settings.BASE_DIR)) for file in stale) or _("no catalogue")
        return FAILED, found, _("Run: manage.py messages --compile")
    return OK, ", ".join(sorted(file.parent.parent.name for file in sources)), ""


def pipeline() -> tuple[str, str, str]:
    """Both pipelines have their stages: without them nothing can be registered."""
    from leads.choices import Pipeline
    from leads.models import Stage

    rows = Stage.objects.unscoped(reason="doctor: which stages are there").filter(archived_at=None)
    counts = {name: rows.filter(pipeline=name).count() for name in Pipeline.values}
    found = ", ".join(f"{Pipeline(name).label}: {count}" for name, count in counts.items())
    if not all(counts.values()):
        return FAILED, found, _("Run: manage.py pipeline load")
    return OK, found, ""


def register_checks() -> None:
    register("calendar", calendar, needs_database=True)
    register("pipeline", pipeline, needs_database=True)
    register("front_end", front_end)
    register("translations", translations)
