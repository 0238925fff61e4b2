"""manage.py messages: collect the texts of the interface into the catalogues, check them, compile them."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import messages


class Command(BaseCommand):
    help = "Merge the texts of code and templates into locale/*/LC_MESSAGES/django.po, keeping translations."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        action = parser.add_mutually_exclusive_group()
        action.add_argument(
            "--check", action="store_true", help="write nothing; list what is wrong and exit with 1"
        )
        action.add_argument("--compile", action="store_true", help="write the .mo files that Django reads")

    def handle(self, *args: Any, check: bool, compile: bool, **options: Any) -> None:
        base, catalogues = Path(settings.BASE_DIR), messages.catalogues(settings.LOCALE_PATHS)
        if not catalogues:
            raise CommandError("There is no catalogue: make locale/<language>/LC_MESSAGES/django.po, empty.")
        if compile:
            for path in catalogues:
                self.stdout.write(str(messages.compile_catalogue(path).relative_to(base)))
            return
        entries = messages.collect(base)
        wrong = 0
        for path in catalogues:
            old = messages.read(path)
            if not check:
                old = messages.merge(entries, old)
                path.write_bytes(messages.render(old, messages.language(path)))
            found = messages.defects(entries, old)
            wrong += len(found)
            for defect in found:
                self.stdout.write(f"{path.relative_to(base)}: {defect}")
            self.stdout.write(f"{path.relative_to(base)}: {len(entries)} texts, {len(found)} to mend")
        if check and wrong:
            raise CommandError("Translate in the .po file; collect with: manage.py messages", returncode=1)
