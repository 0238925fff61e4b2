"""Servers and databases for a test session: embedded ones, or those that DATABASE_URL and REDIS_URL name.

A template database is migrated once and kept as long as no migration changes; each test process gets a
copy of it, and a copy is also how a database is made clean again after a test that really committed.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from psycopg2 import sql

from investpro.embedded import database, state
from investpro.embedded.postgres import THROWAWAY, Postgres
from investpro.embedded.processes import EmbeddedError, Lock
from investpro.embedded.valkey import Valkey

PREFIX = "investpro_test_"


class Scratch:
    """The servers of one test session. All its processes share the folder; the first one starts them."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder = folder
        self._given_database = environ.get("DATABASE_URL", "")
        self._given_redis = environ.get("REDIS_URL", "")
        self.app_role = environ.get("DATABASE_APP_ROLE") or state.APP_ROLE
        self.postgres = Postgres(folder / "postgres", options=THROWAWAY)
        self.valkey = Valkey(folder / "valkey", durable=False)

    def start(self) -> None:
        """Both servers answer afterwards, the roles exist, and the template database is up to date."""
        lock = Lock(self.folder / "start.lock")
        lock.take(wait=True)
        try:
            if not self._given_redis:
                self.valkey.start()
            if not self._given_database:
                self.postgres.start()
            self._make_roles()
            self._make_template()
        finally:
            lock.release()

    def stop(self) -> None:
        """Ends what was started; a server that was given is left alone."""
        self.valkey.stop()
        self.postgres.stop()

    def redis_url(self, number: int) -> str:
        """The broker's address with this database number."""
        if self._given_redis:
            return urlsplit(self._given_redis)._replace(path=f"/{number}").geturl()
        return self.valkey.url(number)

    def database_url(self, name: str) -> str:
        """The database's address as the owner of its tables."""
        if self._given_database:
            return urlsplit(self._given_database)._replace(path=f"/{name}").geturl()
        password = state.secret(self.folder / "secrets" / state.OWNER_ROLE)
        return self.postgres.url(name, state.OWNER_ROLE, password)

    def recreate(self, name: str) -> None:
        """A fresh copy of the template under this name; connections to an old one are cut."""
        with database.connect(self._admin_url) as cursor:
            database.drop(cursor, name)
            database.create(cursor, name, self._owner, self.template)

    def drop(self, name: str) -> None:
        with database.connect(self._admin_url) as cursor:
            database.drop(cursor, name)

    @cached_property
    def template(self) -> str:
        """Its name; the files are read once, so that who works on migrations meanwhile doesn't disturb a run."""
        return f"{PREFIX}template_{database.code_stamp()[:12]}"

    @property
    def _admin_url(self) -> str:
        return self.database_url("postgres") if self._given_database else self.postgres.url()

    @property
    def _owner(self) -> str:
        return urlsplit(self._given_database).username or "" if self._given_database else state.OWNER_ROLE

    def _make_roles(self) -> None:
        with database.connect(self._admin_url) as cursor:
            if not self._given_database:
                password = state.secret(self.folder / "secrets" / state.OWNER_ROLE)
                database.ensure_role(cursor, state.OWNER_ROLE, password, "CREATEDB")
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [self.app_role])
            if not cursor.fetchone():
                database.ensure_role(cursor, self.app_role)
            cursor.execute("SELECT pg_has_role(%s, %s, 'USAGE')", [self._owner, self.app_role])
            if cursor.fetchone() != (True,):
                names = map(sql.Identifier, (self.app_role, self._owner))
                cursor.execute(sql.SQL("GRANT {} TO {}").format(*names))

    def _make_template(self) -> None:
        name, draft = self.template, f"{PREFIX}template_draft"
        with database.connect(self._admin_url) as cursor:
            if database.exists(cursor, name):
                return
            cursor.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"{PREFIX}template_"]
            )
            for (old,) in cursor.fetchall():
                database.drop(cursor, old)
            database.create(cursor, draft, self._owner)
            self._manage(draft, "migrate", "--verbosity", "0")
            self._manage(draft, "grants", "--role", self.app_role)
            names = map(sql.Identifier, (draft, name))
            cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))

    def _manage(self, name: str, *arguments: str) -> None:
        env = {
            **os.environ,
            "DATABASE_URL": self.database_url(name),
            "REDIS_URL": self.redis_url(1),
            "DJANGO_SETTINGS_MODULE": "investpro.settings.test",
        }
        command = [sys.executable, str(state.BASE_DIR / "manage.py"), *arguments]
        done = subprocess.run(command, cwd=state.BASE_DIR, env=env, capture_output=True, text=True)
        if done.returncode:
            raise EmbeddedError(
                f"manage.py {' '.join(arguments)} failed:\n{(done.stdout + done.stderr)[-4000:]}"
            )
