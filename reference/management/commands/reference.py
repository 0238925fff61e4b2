"""`manage.py reference load | status`: fill the reference tables, and say how far they go."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common import clock
from common.actors import System
from reference import selectors, services


class Command(BaseCommand):
    help = "Fill the reference tables from their sources (load), or say how far they go (status)."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        load = verbs.add_parser("load", help="create what is missing, update what differs; safe to run again")
        load.add_argument("--only", nargs="+", choices=list(services.LOADERS), default=[])
        status = verbs.add_parser(
            "status", help="rows by level, covered years, rates; exit code 1 when something is missing"
        )
        for verb in (load, status):
            verb.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "load":
            self.load(options)
        else:
            self.status(options)

    def load(self, options: dict[str, Any]) -> None:
        done = services.load(actor=System("manage.py reference load"), only=options["only"])
        if options["format"] == "json":
            self.stdout.write(json.dumps([one.as_dict() for one in done]))
            return
        for one in done:
            self.stdout.write(
                f"{one.table}: {one.created} created, {one.updated} updated, {one.unchanged} unchanged"
            )

    def status(self, options: dict[str, Any]) -> None:
        found = selectors.coverage()
        problems = found.problems(clock.today())
        if options["format"] == "json":
            self.stdout.write(json.dumps({**found.as_dict(), "problems": problems}, default=str))
        else:
            for label, value in found.as_dict().items():
                self.stdout.write(f"{label}: {value}")
            for problem in problems:
                self.stdout.write(self.style.WARNING(problem))
        if problems:
            raise SystemExit(1)
