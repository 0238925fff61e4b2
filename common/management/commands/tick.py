"""manage.py tick: the clock of the system. One process; a second one stands by at the advisory lock."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections

from common import jobs, schedules


class Command(BaseCommand):
    help = "Dispatch due and lost jobs every minute, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one turn, then stop")
        parser.add_argument("--seconds", type=int, default=60, help="pause between turns")

    def handle(self, *args: Any, once: bool, seconds: int, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            try:
                schedules.ensure()
                jobs.tick()
            except OperationalError as problem:
                if once:
                    raise
                self.stderr.write(f"Database unreachable, next try in {seconds} s: {problem}")
            if once:
                return
            stop.wait(seconds)
