"""manage.py demo: load the demo, and give its accounts passwords."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.commands import tell
from common.errors import ServiceError
from organizations import demo


class Command(BaseCommand):
    help = "Load the demo (published tables, invented leads and projects), or make new passwords for its accounts."

    def add_arguments(self, parser: CommandParser) -> None:
        tell(
            parser,
            "demo load",
            "demo load --only tables",
            "demo accounts",
            "demo accounts --new-passwords",
            units="rows made; days of the invented city are counted back from today",
        )
        steps = parser.add_subparsers(dest="step", required=True)
        load = steps.add_parser("load", help="into an empty installation; what is there already stays")
        load.add_argument(
            "--only",
            nargs="+",
            choices=[part.name for part in demo.parts()],
            default=[],
            help="parts; else all",
        )
        accounts = steps.add_parser("accounts", help="list the demo accounts")
        accounts.add_argument(
            "--new-passwords", action="store_true", help="set new passwords and print them once"
        )

    def handle(self, *args: Any, step: str, new_passwords: bool = False, **options: Any) -> None:
        try:
            if step == "load":
                self.load(options["only"])
            elif new_passwords:
                for account, password in demo.new_passwords():
                    self.stdout.write(f"{account.username:<13} {password:<18} {account.name}")
            else:
                for account in demo.accounts():
                    self.stdout.write(f"{account.username:<13} {account.role:<15} {account.name}")
        except ServiceError as refusal:
            raise CommandError(str(refusal)) from refusal

    def load(self, only: list[str]) -> None:
        for name, counts in demo.load(only).items():
            told = ", ".join(f"{number} {what}" for what, number in counts.items())
            self.stdout.write(f"{name}: {told or 'there already'}")
