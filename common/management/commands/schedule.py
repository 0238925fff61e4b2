"""manage.py schedule: which jobs run by themselves every month, and when."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import changelog, jobs
from common.actors import System
from common.models import JobSchedule


class Command(BaseCommand):
    help = "List the regular runs; with a kind of job, set its day and hour or switch it off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", nargs="?", help="for example assessments.rank")
        parser.add_argument("--day", type=int, help="day of the month, or the next working day (at first 5)")
        parser.add_argument("--hour", type=int, help="hour of that day (at first 6)")
        parser.add_argument("--off", action="store_true", help="no longer by itself")

    def handle(
        self, *args: Any, kind: str | None, day: int | None, hour: int | None, off: bool, **options: Any
    ) -> None:
        if kind:
            try:
                with changelog.acting(System("manage.py schedule")):
                    jobs.schedule(kind, day=day, hour=hour, enabled=not off)
            except ValueError as unknown:
                raise CommandError(str(unknown)) from unknown
            except ValidationError as wrong:
                raise CommandError("; ".join(wrong.messages)) from wrong
        for row in JobSchedule.objects.order_by("kind"):
            when = f"day {row.day}, {row.hour:02d}:00" if row.enabled else "off"
            self.stdout.write(f"{row.kind:<24} {when}")
