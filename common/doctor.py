"""Whether the installation can work: each check says what it found and, where something is wrong, what to do.

Checks that need an upper app are registered by it (`register`), so that this module imports none.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import redis
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _

from common import clock
from common.models import Heartbeat

OK, WARNING, FAILED = "ok", "warning", "failed"
OLDEST_POSTGRES = 140000
TICK_SILENCE = timedelta(minutes=5)  # the tick beats every minute
WORKER_PATIENCE = 2.0  # seconds for workers to answer
CLOCK_DRIFT = timedelta(seconds=30)
DISK_LOW = 1_000_000_000  # bytes; below that an upload may fail any moment
DISK_SCARCE = 5_000_000_000  # bytes


@dataclass(frozen=True)
class Finding:
    """One answer: `state` is ok, warning or failed; `advice` is empty when it is ok."""

    code: str
    state: str
    found: str
    advice: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


Check = Callable[[], tuple[str, str, str]]  # state, found, advice


@dataclass(frozen=True)
class _Entry:
    code: str
    check: Check
    needs_database: bool


_registry: dict[str, _Entry] = {}


def register(code: str, check: Check, *, needs_database: bool = False) -> None:
    """Add a check under its code, or replace the one that has it."""
    _registry[code] = _Entry(code, check, needs_database)


def codes() -> list[str]:
    """What can be checked, in the order of registration."""
    return list(_registry)


def examine(only: Sequence[str] = ()) -> list[Finding]:
    """The findings of every check, or of those named, in the order of registration.

    What a broken server raises becomes a finding.
    """
    findings: list[Finding] = []
    for entry in _registry.values():
        if only and entry.code not in only:
            continue
        database_failed = any(f.code == "database" and f.state == FAILED for f in findings)
        if entry.needs_database and database_failed:
            findings.append(Finding(entry.code, FAILED, _("not checked"), _("Mend the database first.")))
            continue
        try:
            findings.append(Finding(entry.code, *entry.check()))
        except (OSError, DatabaseError, redis.RedisError) as problem:
            findings.append(
                Finding(entry.code, FAILED, _first_line(problem), _("See the message, and the logs."))
            )
    return findings


def _first_line(problem: BaseException) -> str:
    """The message without line breaks and without any address's password."""
    line = (str(problem).strip() or type(problem).__name__).split("\n")[0]
    return re.sub(r"://[^@\s]*@", "://", line)


def database() -> tuple[str, str, str]:
    """Reachable, and PostgreSQL 14 or later."""
    try:
        connection.ensure_connection()
    except DatabaseError as problem:
        return FAILED, _first_line(problem), _("Start the database, or correct DATABASE_URL.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
        number, name = cursor.fetchone()
    if number < OLDEST_POSTGRES:
        return FAILED, name, _("InvestPro needs PostgreSQL 14 or later: upgrade the server.")
    return OK, name, ""


def characters() -> tuple[str, str, str]:
    """Encoding UTF-8, and a character type that knows that a Chinese character is a letter."""
    with connection.cursor() as cursor:
        cursor.execute(
            r"SELECT pg_encoding_to_char(encoding), datctype, '招' ~ '^\w$' FROM pg_database"
            " WHERE datname = current_database()"
        )
        encoding, ctype, knows_chinese = cursor.fetchone()
    found = f"{encoding}, LC_CTYPE {ctype}"
    if encoding == "UTF8" and knows_chinese:
        return OK, found, ""
    advice = _(
        "Search would miss Chinese words. Make the database again: CREATE DATABASE … ENCODING 'UTF8' "
        "LC_CTYPE 'C.UTF-8' TEMPLATE template0, and restore the dump into it."
    )
    return FAILED, found, advice


def migrations() -> tuple[str, str, str]:
    """Every migration of the code is applied."""
    executor = MigrationExecutor(connection)
    missing = [
        str(migration) for migration, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())
    ]
    if missing:
        found = _("%(count)s not applied, the first: %(first)s") % {
            "count": len(missing),
            "first": missing[0],
        }
        return FAILED, found, _("Run as the owner of the tables: manage.py migrate, then manage.py grants.")
    return OK, _("all applied"), ""


def broker() -> tuple[str, str, str]:
    """The broker answers."""
    advice = _("Start the broker, or correct REDIS_URL.")
    if not settings.REDIS_URL:
        return FAILED, _("REDIS_URL is not set"), advice
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=3, socket_connect_timeout=3) as client:
            version = client.info("server")["redis_version"]
    except (redis.RedisError, OSError) as problem:
        return FAILED, _first_line(problem), advice
    return OK, str(version), ""


def worker() -> tuple[str, str, str]:
    """At least one worker answers within two seconds. A worker busy in all its processes answers too."""
    advice = _("Start a worker: celery -A investpro.celery worker. Until then no import or ranking runs.")
    try:
        answers = current_app.control.inspect(timeout=WORKER_PATIENCE).ping() or {}
    except (redis.RedisError, OSError, current_app.connection_for_read().connection_errors) as problem:
        return FAILED, _first_line(problem), advice
    if not answers:
        return FAILED, _("no worker answers"), advice
    return OK, ", ".join(sorted(answers)), ""


def tick() -> tuple[str, str, str]:
    """The minute tick was alive in the last five minutes."""
    advice = _("Start the clock of the system: manage.py tick. Until then waiting jobs stay waiting.")
    beat = Heartbeat.objects.filter(name="tick").first()
    if beat is None:
        return FAILED, _("never ran"), advice
    if clock.now() - beat.at > TICK_SILENCE:
        return (
            FAILED,
            _("silent since %(moment)s") % {"moment": beat.at.isoformat(timespec="seconds")},
            advice,
        )
    return OK, beat.at.isoformat(timespec="seconds"), ""


def disk() -> tuple[str, str, str]:
    """Room where uploaded files go, in gigabytes."""
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    found = _("%(size).1f GB free at %(folder)s") % {"size": free / 1e9, "folder": folder}
    if free >= DISK_SCARCE:
        return OK, found, ""
    return (
        (FAILED if free < DISK_LOW else WARNING),
        found,
        _("Make room, or set MEDIA_ROOT to a larger disk."),
    )


def time_zone() -> tuple[str, str, str]:
    """Process and settings agree on the zone, and the clocks of process and database on the moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (database_says,) = cursor.fetchone()
    here = timezone.now()
    process_offset = time.localtime(here.timestamp()).tm_gmtoff
    found = f"{settings.TIME_ZONE}, UTC{process_offset / 3600:+g}"
    wanted = timezone.localtime(here, timezone.get_default_timezone()).utcoffset()
    if wanted is None or process_offset != wanted.total_seconds():
        return FAILED, found, _("The process runs in another zone: don't set TZ, or set it to TIME_ZONE.")
    drift = abs(database_says - here)
    if drift > CLOCK_DRIFT:
        found = _("database and this machine differ by %(seconds)d s") % {"seconds": drift.total_seconds()}
        return FAILED, found, _("Set both clocks by the same time server.")
    return OK, found, ""


register("database", database)
register("characters", characters, needs_database=True)
register("migrations", migrations, needs_database=True)
register("broker", broker)
register("worker", worker)
register("tick", tick, needs_database=True)
register("disk", disk)
register("time_zone", time_zone, needs_database=True)
