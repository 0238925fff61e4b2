"""manage.py doctor: every check is shown both well and ill, against real servers."""

import json
import os
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from common import clock, doctor
from common.models import Heartbeat
from investpro.doctor import FRONT_END, calendar, front_end, translations
from investpro.embedded import database, processes

pytestmark = pytest.mark.django_db


def run(url: str, *arguments: str) -> tuple[int, dict]:
    """The command in a process of its own, against this database; its exit code and answer."""
    env = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "investpro.settings.test"}
    command = [sys.executable, "manage.py", "doctor", "--format", "json", *arguments]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True)
    assert "secret-word" not in done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize("code", ["database", "characters", "migrations", "broker", "time_zone"])
def test_a_sound_installation_passes(code):
    (finding,) = doctor.examine([code])
    assert (finding.state, finding.advice) == (doctor.OK, ""), finding


def test_no_database_fails_itself_and_what_needs_it():
    url = f"postgres://investpro:secret-word@127.0.0.1:{processes.free_port()}/investpro"
    exit_code, answer = run(url, "--only", "database", "--only", "migrations", "--only", "disk")
    found = {check["code"]: check for check in answer["checks"]}
    assert exit_code == 1
    assert answer["ok"] is False
    assert [found[code]["state"] for code in ("database", "migrations")] == ["failed", "failed"]
    assert found["disk"]["state"] != "failed"
    assert "DATABASE_URL" in found["database"]["advice"]


def test_a_character_type_without_chinese_fails(servers):
    name = f"{connection.settings_dict['NAME']}_c"
    modern = connection.pg_version >= 150000
    with database.connect(servers.database_url("postgres")) as cursor:
        database.drop(cursor, name)
        provider = "LOCALE_PROVIDER libc" if modern else ""
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' {provider} LC_CTYPE 'C'")
        try:
            exit_code, answer = run(servers.database_url(name), "--only", "characters")
        finally:
            database.drop(cursor, name)
    assert exit_code == 1
    (check,) = answer["checks"]
    assert check["found"] == "UTF8, LC_CTYPE C"
    assert "C.UTF-8" in check["advice"]


def test_a_missing_migration_is_named():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    state, found, advice = doctor.migrations()
    assert state == doctor.FAILED
    assert "sessions.0001_initial" in found
    assert "migrate" in advice


def test_no_broker_fails_without_showing_its_password(settings):
    settings.REDIS_URL = f"redis://:secret-word@127.0.0.1:{processes.free_port()}/0"
    state, found, advice = doctor.broker()
    assert state == doctor.FAILED
    assert "secret-word" not in found
    assert "REDIS_URL" in advice


def test_no_worker_fails():
    state, _, advice = doctor.worker()
    assert state == doctor.FAILED
    assert "celery" in advice


def test_tick_must_have_been_alive_in_the_last_five_minutes():
    assert doctor.tick()[0] == doctor.FAILED
    beat = Heartbeat.objects.create(name="tick", at=clock.now() - timedelta(minutes=4))
    assert doctor.tick()[0] == doctor.OK
    beat.at = clock.now() - timedelta(minutes=6)
    beat.save()
    assert doctor.tick()[0] == doctor.FAILED


def test_little_room_warns_and_none_fails(monkeypatch):
    monkeypatch.setattr(doctor, "DISK_SCARCE", 0)
    assert doctor.disk()[0] == doctor.OK
    monkeypatch.setattr(doctor, "DISK_SCARCE", 10**18)
    assert doctor.disk()[0] == doctor.WARNING
    monkeypatch.setattr(doctor, "DISK_LOW", 10**18)
    assert doctor.disk()[0] == doctor.FAILED


def test_a_process_in_another_zone_fails(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        state, found, _ = doctor.time_zone()
    time.tzset()
    assert state == doctor.FAILED
    assert found == "Asia/Shanghai, UTC+0"


def test_calendar_needs_this_year_and_warns_of_the_next():
    from reference.models import CalendarYear

    years = CalendarYear.objects.unscoped(reason="test")
    years.all().delete()
    with clock.at(datetime(2031, 3, 1, tzinfo=ZoneInfo("Asia/Shanghai"))):
        assert clock.today() == date(2031, 3, 1)
        assert calendar()[0] == doctor.FAILED
        CalendarYear(year=2031, source="notice").save()
        state, found, advice = calendar()
        assert state == doctor.WARNING
        assert "2032" in found
        assert "2032" in advice
        CalendarYear(year=2032, source="notice").save()
        assert calendar() == (doctor.OK, "2031, 2032", "")


def test_missing_front_end_files_fail(settings, tmp_path):
    settings.STATICFILES_DIRS = [tmp_path]
    settings.STATIC_ROOT = tmp_path / "root"
    for file in FRONT_END:
        assert front_end()[0] == doctor.FAILED
        (tmp_path / "root" / file).parent.mkdir(parents=True)
        (tmp_path / "root" / file).write_text("")
    assert front_end()[0] == doctor.OK


def test_a_catalogue_must_be_compiled_after_its_last_change(settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path]
    settings.BASE_DIR = tmp_path
    assert translations()[0] == doctor.FAILED
    source = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text("")
    assert translations()[0] == doctor.FAILED
    source.with_suffix(".mo").write_bytes(b"")
    assert translations() == (doctor.OK, "zh_Hans", "")
    os.utime(source, (time.time() + 60,) * 2)
    assert translations()[0] == doctor.FAILED


def test_command_ends_with_zero_only_when_nothing_failed(capsys, settings):
    call_command("doctor", only=["database", "broker"])
    assert "✓ database:" in capsys.readouterr().out
    settings.REDIS_URL = ""
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", only=["database", "broker"])
    assert ended.value.code == 1
    assert "× broker:" in capsys.readouterr().out
