"""`manage.py pipeline load | status`: stages, reasons and whatever else a new installation begins with."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common.actors import System
from leads import shipping


class Command(BaseCommand):
    help = "Create what the pipeline of leads and projects is shipped with (load), or say what is there (status)."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        load = verbs.add_parser(
            "load", help="create what is missing; what is there stays as it is, safe to run again"
        )
        load.add_argument("--only", nargs="+", choices=list(shipping.names()), default=[])
        status = verbs.add_parser("status", help="rows by kind; exit code 1 when something is missing")
        for verb in (load, status):
            verb.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "load":
            self.load(options)
        else:
            self.status(options)

    def load(self, options: dict[str, Any]) -> None:
        done = shipping.load(actor=System("manage.py pipeline load"), only=options["only"])
        if options["format"] == "json":
            self.stdout.write(json.dumps([one.as_dict() for one in done]))
            return
        for one in done:
            self.stdout.write(f"{one.name}: {one.created} created, {one.kept} kept")

    def status(self, options: dict[str, Any]) -> None:
        found = shipping.counts()
        if options["format"] == "json":
            self.stdout.write(json.dumps(found))
        else:
            for name, count in found.items():
                self.stdout.write(f"{name}: {count}")
        if not all(found.values()):
            self.stderr.write(self.style.WARNING("Something is missing. Run: manage.py pipeline load"))
            raise SystemExit(1)
