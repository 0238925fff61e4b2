"""A part of the demo: the leads and projects of an invented city over two years, told in the order of time.

Who did something is the account that would have done it, and its services say whether it may. Needs the root unit
of the published tables.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from common import clock, jobs, memo
from leads import shipping, tasks
from leads.demo.cast import ACCOUNTS, CITY, FOLDER, Cast, document
from leads.demo.course import Course
from leads.demo.days import Days, tell
from leads.duplicates.pairs import pairs_search
from leads.models import Lead, Stage
from leads.nightly import PROTECTION, TASKS
from organizations import demo
from organizations import services as org
from organizations.choices import UnitKind
from organizations.demo import DEMO, ROOT
from organizations.models import Unit
from projects.models import Project
from reference import services as reference
from reference.models import CalendarYear, Currency, Industry

from .course import ProjectCourse
from .opening import OpeningCourse
from .parts import FOLDER as PROJECTS

NEEDED = (("industries", Industry), ("currencies", Currency), ("holidays", CalendarYear))


def is_loaded() -> bool:
    return Unit.objects.unscoped(reason="is the demo here").filter(code=CITY).exists()


@transaction.atomic
def load() -> dict[str, int]:
    """Load the city. What it stands on (industries, stages) is loaded first where it is missing."""
    _foundations()
    with memo.block():  # the stories change neither stages nor holidays
        return _tell(Days())


def _tell(days: Days) -> dict[str, int]:
    with clock.at(days.now):
        cast = Cast(days).make()
        stories: list[Any] = [
            *(Course(cast, row, n).write() for n, row in enumerate(document(FOLDER, "leads"), 1)),
            *(ProjectCourse(cast, row, n).write() for n, row in enumerate(document(PROJECTS, "projects"), 1)),
            *(OpeningCourse(cast, row, n).write() for n, row in enumerate(document(PROJECTS, "opening"), 1)),
        ]
    steps = tell(one.diary.story() for one in stories)
    pairs = pairs_search()
    for kind in (PROTECTION, TASKS, tasks.MARKS):  # reminders and marks as of today: the worker makes them
        jobs.enqueue(kind, params={"day": days.today.isoformat()}, key=f"demo:{kind}", actor=DEMO)
    return {
        "leads": Lead.objects.unscoped(reason="count").count(),
        "projects": Project.objects.unscoped(reason="count").count(),
        "steps": steps,
        "likely pairs": sum(pairs.values()),
    }


def _foundations() -> None:
    missing = [name for name, model in NEEDED if not model._base_manager.exists()]
    if missing:
        reference.load(actor=DEMO, only=missing)
    if not Stage._base_manager.exists():
        shipping.load(actor=DEMO)
    if not Unit.objects.unscoped(reason="is the demo here").filter(code=ROOT).exists():
        org.unit_create(actor=DEMO, parent=None, name="演示（示例）", code=ROOT, kind=UnitKind.REGION)


def register() -> None:
    """Called once, when the app is ready."""
    demo.register(demo.Part("pipeline", 20, is_loaded, load, ACCOUNTS))
