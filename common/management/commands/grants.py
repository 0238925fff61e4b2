"""manage.py grants: what the application's database role may do. Run as the owner, after migrate."""

from typing import Any

import pghistory.models
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from psycopg2 import sql


def append_only_tables() -> list[str]:
    """Tables in which the application may only add: ledgers, results, and the change log itself."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if getattr(model, "append_only", False)
        or (issubclass(model, pghistory.models.Event) and model._meta.managed and not model._meta.proxy)
    )


class Command(BaseCommand):
    help = (
        "Grant the application role its rights: all tables, but only INSERT and SELECT on append-only ones."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", default=settings.DATABASE_APP_ROLE, help="default: DATABASE_APP_ROLE")

    @transaction.atomic
    def handle(self, *args: Any, role: str, **options: Any) -> None:
        if not role:
            raise CommandError("Name the role: --role NAME or the environment variable DATABASE_APP_ROLE.")
        who = sql.Identifier(role)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if not cursor.fetchone():
                raise CommandError(f"There is no database role {role!r}. Create it first: docs/deploy.md.")

            def run(statement: str, *names: sql.Composable) -> None:
                cursor.cursor.execute(sql.SQL(statement).format(*names, role=who))

            run("GRANT USAGE ON SCHEMA public TO {role}")
            run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
            run("REVOKE TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA public FROM {role}")
            run("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
            run("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
            tables = append_only_tables()
            for table in tables:
                run("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {role}", sql.Identifier(table))
        self.stdout.write(f"{role}: granted; append-only tables: {len(tables)}")
