"""manage.py ledger check: do the books say what they said? See docs/cli.md.

Exit code 0: nothing found; 1: findings; 2: wrong use.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common.commands import tell
from ledger import integrity


class Command(BaseCommand):
    help = "Check the books: hashes of the closings, balances, lines taken back, files."

    def add_arguments(self, parser: CommandParser) -> None:
        tell(
            parser,
            "ledger check",
            "ledger check --format json",
            units="numbers of findings, and in brackets of what was looked at (closings, periods, lines, looks)",
        )
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="computes everything anew; prints what is wrong, exit code 1")
        check.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        results = list(integrity.run())
        found = sum(len(one.findings) for one in results)
        if options["format"] == "json":
            document = {"schema": 1, "found": found, "checks": [integrity.as_dict(one) for one in results]}
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
        else:
            for one in results:
                self.stdout.write(f"{len(one.findings):>6}  {one.label} ({one.looked_at})")
                for finding in one.findings:
                    self.stdout.write(f"        {finding.where}: {finding.text}")
            self.stdout.write(f"{found:>6}")
        if found:
            raise SystemExit(1)
