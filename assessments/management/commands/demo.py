"""manage.py demo: load the demo, and give its accounts passwords."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.demo import loading
from common.errors import ServiceError


class Command(BaseCommand):
    help = "Load published tables of four places as a demo, or make new passwords for its accounts."

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        steps.add_parser("load", help="into an empty installation; says so when it is there already")
        accounts = steps.add_parser("accounts", help="list the demo accounts")
        accounts.add_argument(
            "--new-passwords", action="store_true", help="set new passwords and print them once"
        )

    def handle(self, *args: Any, step: str, new_passwords: bool = False, **options: Any) -> None:
        try:
            if step == "load":
                self.load()
            elif new_passwords:
                for account, password in loading.new_passwords():
                    self.stdout.write(f"{account.username:<10} {password:<18} {account.name}")
            else:
                for account in loading.ACCOUNTS:
                    self.stdout.write(f"{account.username:<10} {account.role:<15} {account.name}")
        except ServiceError as refusal:
            raise CommandError(str(refusal)) from refusal

    def load(self) -> None:
        if loading.is_loaded():
            self.stdout.write("The demo is there already.")
            return
        done = loading.load()
        self.stdout.write(f"Demo loaded: {done['units']} units, {done['runs']} rankings.")
