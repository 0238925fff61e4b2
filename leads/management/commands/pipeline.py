"""`manage.py pipeline load | status | names`: what a new installation begins with, and what follows from names."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common.actors import System
from common.commands import tell
from leads import naming, shipping


class Command(BaseCommand):
    help = (
        "Create what the pipeline of leads and projects is shipped with (load), say what is there (status), or make the "
        "search keys of all names anew (names)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        tell(
            parser,
            "pipeline load",
            "pipeline load --only stages",
            "pipeline status --format json",
            "pipeline names --check",
            units="rows of the database",
        )
        verbs = parser.add_subparsers(dest="verb", required=True)
        load = verbs.add_parser(
            "load", help="create what is missing; what is there stays as it is, safe to run again"
        )
        load.add_argument(
            "--only", nargs="+", choices=list(shipping.names()), default=[], help="files; else all"
        )
        status = verbs.add_parser("status", help="rows by kind; exit code 1 when something is missing")
        names = verbs.add_parser(
            "names",
            help="make pinyin and search keys anew after an upgrade that changed them; safe to run again",
        )
        names.add_argument("--check", action="store_true", help="only count; exit code 1 when some are stale")
        for verb in (load, status, names):
            verb.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "load":
            self.load(options)
        elif options["verb"] == "names":
            self.names(options)
        else:
            self.status(options)

    def load(self, options: dict[str, Any]) -> None:
        done = shipping.load(actor=System("manage.py pipeline load"), only=options["only"])
        if options["format"] == "json":
            self.stdout.write(json.dumps([one.as_dict() for one in done]))
            return
        for one in done:
            self.stdout.write(f"{one.name}: {one.created} created, {one.kept} kept")

    def names(self, options: dict[str, Any]) -> None:
        check = options["check"]
        found = naming.names_renew(actor=System("manage.py pipeline names"), check=check)
        if options["format"] == "json":
            self.stdout.write(json.dumps(found))
        else:
            for name, count in found.items():
                self.stdout.write(f"{name}: {count} {'stale' if check else 'renewed'}")
        if check and any(found.values()):
            self.stderr.write(self.style.WARNING("Some are stale. Run: manage.py pipeline names"))
            raise SystemExit(1)

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
