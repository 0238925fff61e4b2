"""manage.py doctor: whether this installation can work, and what to do where it can't."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common import doctor

SIGNS = {doctor.OK: "✓", doctor.WARNING: "!", doctor.FAILED: "×"}


class Command(BaseCommand):
    help = "Check database, broker, worker, tick, disk, time and calendar. Exit code 1 when something failed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--format", choices=["text", "json"], default="text", help="json: docs/operations.md"
        )

        parser.add_argument(
            "--only", choices=doctor.codes(), action="append", default=[], help="this check alone"
        )

    def handle(self, *args: Any, format: str, only: list[str], **options: Any) -> None:
        findings = doctor.examine(only)
        failed = [finding for finding in findings if finding.state == doctor.FAILED]
        if format == "json":
            answer = {"ok": not failed, "checks": [finding.as_dict() for finding in findings]}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            for finding in findings:
                self.stdout.write(f"{SIGNS[finding.state]} {finding.code}: {finding.found}")
                if finding.advice:
                    self.stdout.write(f"  → {finding.advice}")
        if failed:
            sys.exit(1)
