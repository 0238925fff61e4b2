"""manage.py schedule: which jobs run by themselves every night or every month, and when."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import changelog, schedules
from common.actors import System
from common.models import JobSchedule, Rhythm


class Command(BaseCommand):
    help = "List the regular runs; with a kind of job, set its rhythm, day and hour or switch it off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", nargs="?", help="for example assessments.rank")
        rhythm = parser.add_mutually_exclusive_group()
        rhythm.add_argument("--daily", action="store_true", help="every day")
        rhythm.add_argument("--working-days", action="store_true", help="every working day")
        rhythm.add_argument("--monthly", action="store_true", help="every month (at first so)")
        parser.add_argument("--day", type=int, help="day of the month, or the next working day (at first 5)")
        parser.add_argument("--hour", type=int, help="hour of that day (at first 6)")
        parser.add_argument("--off", action="store_true", help="no longer by itself")

    def handle(self, *args: Any, kind: str | None, **options: Any) -> None:
        if kind:
            try:
                with changelog.acting(System("manage.py schedule")):
                    schedules.schedule(
                        kind,
                        day=options["day"],
                        hour=options["hour"],
                        enabled=not options["off"],
                        **_rhythm(options),
                    )
            except ValueError as unknown:
                raise CommandError(str(unknown)) from unknown
            except ValidationError as wrong:
                raise CommandError("; ".join(wrong.messages)) from wrong
        for row in JobSchedule.objects.order_by("kind"):
            self.stdout.write(f"{row.kind:<30} {_when(row)}")


def _rhythm(options: dict[str, Any]) -> dict[str, Any]:
    if options["daily"] or options["working_days"]:
        return {"rhythm": Rhythm.DAILY, "working_days": options["working_days"]}
    return {"rhythm": Rhythm.MONTHLY, "working_days": False} if options["monthly"] else {}


def _when(row: JobSchedule) -> str:
    if not row.enabled:
        return "off"
    days = {
        Rhythm.MONTHLY: f"day {row.day}",
        Rhythm.DAILY: "working days" if row.working_days else "every day",
    }
    return f"{days[Rhythm(row.rhythm)]}, {row.hour:02d}:00"
