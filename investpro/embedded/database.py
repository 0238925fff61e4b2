"""The database and its two roles, and whether its tables are those of the code that runs."""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from investpro.embedded import state
from investpro.embedded.postgres import Postgres

LONGEST_STAMP = 24  # hex digits kept of a hash


@contextmanager
def connect(url: str) -> Iterator[Any]:
    """A cursor that commits each statement by itself."""
    connection = psycopg2.connect(url, connect_timeout=10)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def ensure_role(cursor: Any, role: str, password: str | None = None, attributes: str = "") -> None:
    """Make the role, or give an existing one this password."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    login = sql.SQL("LOGIN PASSWORD {}").format(sql.Literal(password)) if password else sql.SQL("NOLOGIN")
    statement = sql.SQL(verb + " ROLE {} {} " + attributes).format(sql.Identifier(role), login)
    cursor.execute(statement)


def exists(cursor: Any, database: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
    return cursor.fetchone() is not None


def create(cursor: Any, database: str, owner: str, template: str = "template0") -> None:
    statement = "CREATE DATABASE {} OWNER {} TEMPLATE {}"
    cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, (database, owner, template))))


def drop(cursor: Any, database: str) -> None:
    """Drop a database with whoever is connected to it. The server's own worker that is vacuuming there can't be sent
    away by who isn't superuser: it is waited for, ten seconds at most."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
    for turn in range(40):
        try:
            cursor.execute(statement)
            return
        except psycopg2.errors.InsufficientPrivilege:
            if turn == 39:
                raise
            time.sleep(0.25)


def prepare(server: Postgres, var: Path) -> bool:
    """Roles, passwords and the database. True when the database was made now."""
    passwords = {role: state.secret(var / "secrets" / role) for role in (state.OWNER_ROLE, state.APP_ROLE)}
    with connect(server.url()) as cursor:
        for role, password in passwords.items():
            ensure_role(cursor, role, password)
        if exists(cursor, state.DATABASE):
            return False
        create(cursor, state.DATABASE, state.OWNER_ROLE)
        names = [sql.Identifier(name) for name in (state.DATABASE, state.APP_ROLE)]
        cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(names[0]))
        cursor.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(*names))
    return True


def code_stamp(base: Path = state.BASE_DIR) -> str:
    """A hash of everything that decides how the tables look: migrations, installed apps, locked packages."""
    digest = hashlib.sha256()
    files = [
        *base.glob("*/migrations/*.py"),
        *base.glob("*/management/commands/grants.py"),
        base / "investpro" / "settings" / "base.py",
        base / "requirements" / "base.txt",
    ]
    for file in sorted(files):
        digest.update(str(file.relative_to(base)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:LONGEST_STAMP]


def applied_stamp(cursor: Any) -> str:
    """A hash of the migrations the database says it has."""
    cursor.execute("SELECT to_regclass('django_migrations')")
    if cursor.fetchone()[0] is None:
        return ""
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
    return hashlib.sha256(json.dumps(cursor.fetchall()).encode()).hexdigest()[:LONGEST_STAMP]


def read_notes(cursor: Any) -> dict[str, str]:
    """What we wrote on the database itself: `schema` (both stamps), `demo` (loaded, or none)."""
    cursor.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    )
    try:
        notes = json.loads(cursor.fetchone()[0] or "{}")
    except ValueError:
        return {}
    return notes if isinstance(notes, dict) else {}


def write_note(cursor: Any, key: str, value: str) -> None:
    notes = json.dumps({**read_notes(cursor), key: value}, sort_keys=True)
    cursor.execute("SELECT current_database()")
    name = sql.Identifier(cursor.fetchone()[0])
    cursor.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(notes)))


def schema_stamp(cursor: Any) -> str:
    """Equal to the note `schema` when nothing is left to migrate: neither code nor database moved since."""
    return f"{code_stamp()}-{applied_stamp(cursor)}"


def shipped_stamp() -> str:
    """Changes when this version ships other stages, or other files that `manage.py pipeline load` reads."""
    found = hashlib.sha256()
    for file in sorted(state.BASE_DIR.glob("*/shipped/*.yaml")):
        found.update(file.read_bytes())
    return found.hexdigest()[:LONGEST_STAMP]
