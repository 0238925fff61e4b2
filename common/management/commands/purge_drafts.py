"""manage.py purge_drafts: throw away drafts of forms that nobody touched for 30 days."""

from typing import Any

from django.core.management.base import BaseCommand

from common import drafts


class Command(BaseCommand):
    help = "Throw away drafts older than 30 days (also the job common.purge_drafts)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"drafts removed: {drafts.purge()}")
