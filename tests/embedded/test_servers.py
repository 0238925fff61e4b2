"""The embedded servers against kills, stale files and second starts. Real processes throughout."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
import redis

from investpro.embedded import backup, database, processes, state
from investpro.embedded.postgres import Postgres
from investpro.embedded.processes import EmbeddedError, Lock
from investpro.embedded.runner import Servers
from investpro.embedded.valkey import Valkey


@pytest.fixture(scope="module")
def new_cluster(tmp_path_factory):
    """A cluster as initdb leaves it, started and stopped once: copied, because initdb takes a second."""
    server = Postgres(tmp_path_factory.mktemp("new") / "postgres")
    server.start()
    server.stop()
    return server.folder


@pytest.fixture
def postgres(tmp_path, new_cluster):
    shutil.copytree(new_cluster, tmp_path / "postgres")
    server = Postgres(tmp_path / "postgres")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey(tmp_path):
    server = Valkey(tmp_path / "valkey")
    server.start()
    yield server
    server.stop()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def kill(server) -> int:
    pid = server.pid()
    os.kill(pid, signal.SIGKILL)
    assert processes.wait_until(lambda: server.pid() is None, 10)
    return pid


def test_postgres_knows_chinese_letters_and_utf8(postgres):
    with database.connect(postgres.url()) as cursor:
        cursor.execute("SHOW server_encoding")
        assert cursor.fetchone() == ("UTF8",)
        # \w is decided by the character type: LC_CTYPE=C would say no.
        cursor.execute(r"SELECT '招' ~ '^\w$'")
        assert cursor.fetchone() == (True,)


def test_postgres_wants_the_password(postgres):
    assert mode(postgres.folder / "password") == 0o600
    assert mode(postgres.data) == 0o700
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(postgres.url(password="wrong"))


def test_three_kills_lose_no_committed_row(postgres):
    with database.connect(postgres.url()) as cursor:
        cursor.execute("CREATE TABLE kept (number int)")
    for round_ in range(1, 4):
        with database.connect(postgres.url()) as cursor:
            cursor.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
        kill(postgres)
        assert postgres.start() is True
        with database.connect(postgres.url()) as cursor:
            cursor.execute("SELECT count(*) FROM kept")
            assert cursor.fetchone() == (1000 * round_,)


@pytest.mark.parametrize("command", [["sleep", "60"], ["true"]], ids=["stranger", "zombie"])
def test_a_pid_that_is_not_ours_does_not_stop_the_start(postgres, command):
    kill(postgres)
    other = subprocess.Popen(command)
    if command == ["true"]:
        assert processes.wait_until(lambda: not processes.command_line(other.pid), 10)
        os.kill(other.pid, 0)  # not waited for: the number is still taken
    try:
        file = postgres.data / "postmaster.pid"
        lines = file.read_text().split("\n")
        file.write_text("\n".join([str(other.pid), *lines[1:]]))
        assert postgres.pid() is None
        assert postgres.start() is True
        assert postgres.pid() not in (None, other.pid)
        assert command == ["true"] or other.poll() is None, "a stranger's process was touched"
    finally:
        other.kill()
        other.wait()


def test_a_second_start_adopts_the_running_server(postgres, valkey):
    again = Postgres(postgres.folder)
    assert again.start() is False
    assert again.pid() == postgres.pid()
    broker = Valkey(valkey.folder)
    assert broker.start() is False
    assert broker.pid() == valkey.pid()


def test_a_taken_port_is_left_to_its_holder(postgres):
    postgres.stop()
    old = postgres.port
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import socket,time;s=socket.socket();"
            f"s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1);"
            f"s.bind(('127.0.0.1',{old}));s.listen();print(flush=True);time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
    )
    try:
        holder.stdout.readline()
        postgres.start()
        assert postgres.port != old
        with database.connect(postgres.url()) as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
    finally:
        holder.kill()
        holder.communicate()


def test_a_killed_initdb_is_done_again(tmp_path):
    server = Postgres(tmp_path / "half")
    server.data.mkdir(parents=True)
    (server.data / "base").mkdir()
    try:
        assert server.start() is True
        assert server.pid()
    finally:
        server.stop()
    assert server.pid() is None


def test_a_cluster_that_cannot_start_says_why(postgres):
    postgres.stop()
    broken = Postgres(postgres.folder, options=["no_such_setting=1"])
    broken._launch(postgres.port)
    with pytest.raises(EmbeddedError, match="no_such_setting"):
        broken._complain()


def test_valkey_keeps_the_queue_over_a_kill_and_wants_the_password(valkey):
    assert mode(valkey.config) == 0o600
    assert mode(valkey.folder / "password") == 0o600
    with redis.Redis.from_url(valkey.url()) as client:
        client.rpush("queue", *range(1000))
        client.execute_command("WAITAOF", 1, 0, 5000)
    kill(valkey)
    assert valkey.start() is True
    with redis.Redis.from_url(valkey.url()) as client:
        assert client.llen("queue") == 1000
    with redis.Redis(port=valkey.port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_roles_the_application_owns_nothing(tmp_path, postgres):
    assert database.prepare(postgres, tmp_path) is True
    assert database.prepare(postgres, tmp_path) is False, "the second time there is nothing to make"
    assert state.environment(var=tmp_path) == {}, "no broker yet: not set up"
    Valkey(tmp_path / "valkey").password, state.secret(tmp_path / "secrets" / "secret_key")
    (tmp_path / "valkey" / "port").write_text("1")
    owner = state.environment(owner=True, var=tmp_path)["DATABASE_URL"]
    application = state.environment(var=tmp_path)["DATABASE_URL"]
    assert {mode(file) for file in (tmp_path / "secrets").iterdir()} == {0o600}
    with database.connect(owner) as cursor:
        cursor.execute("CREATE TABLE t (x int)")
        cursor.execute("GRANT SELECT ON t TO investpro_app")
    with database.connect(application) as cursor:
        cursor.execute("SELECT count(*) FROM t")
        for refused in ("DELETE FROM t", "TRUNCATE t", "DROP TABLE t", "CREATE TABLE u (x int)"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(refused)


def test_notes_on_the_database_notice_a_migration_that_was_undone(tmp_path, postgres):
    database.prepare(postgres, tmp_path)
    url = state.database_url(
        postgres.port, state.OWNER_ROLE, state.secret(tmp_path / "secrets" / state.OWNER_ROLE)
    )
    with database.connect(url) as cursor:
        assert database.read_notes(cursor) == {}
        cursor.execute("CREATE TABLE django_migrations (app text, name text)")
        cursor.execute("INSERT INTO django_migrations VALUES ('common', '0001'), ('common', '0002')")
        database.write_note(cursor, "schema", database.schema_stamp(cursor))
        database.write_note(cursor, "demo", "loaded")
        assert database.read_notes(cursor) == {"schema": database.schema_stamp(cursor), "demo": "loaded"}
        cursor.execute("DELETE FROM django_migrations WHERE name = '0002'")
        assert database.read_notes(cursor)["schema"] != database.schema_stamp(cursor)


def test_code_stamp_follows_the_migration_files(tmp_path):
    for name in ("investpro/settings/base.py", "requirements/base.txt", "common/migrations/0001_a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    first = database.code_stamp(tmp_path)
    assert database.code_stamp(tmp_path) == first
    (tmp_path / "common/migrations/0002_b.py").write_text("x")
    assert database.code_stamp(tmp_path) != first


def test_lock_is_free_again_when_its_holder_was_killed(tmp_path):
    path = tmp_path / "lock"
    code = (
        "import sys, time; from pathlib import Path; from investpro.embedded.processes import Lock\n"
        "held = Lock(Path(sys.argv[1])); assert held.take()\n"
        "print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, cwd=state.BASE_DIR
    )
    try:
        holder.stdout.readline()
        assert Lock(path).is_taken()
        assert Lock(path).take() is False
    finally:
        holder.kill()
        holder.communicate()
    mine = Lock(path)
    assert mine.take() is True
    mine.release()


def test_secret_is_made_once(tmp_path):
    first = state.secret(tmp_path / "s" / "key")
    assert len(first) >= 40
    assert state.secret(tmp_path / "s" / "key") == first
    assert mode(tmp_path / "s" / "key") == 0o600
    assert [file.name for file in (tmp_path / "s").iterdir()] == ["key"]


def test_backup_and_restore_bring_back_rows_and_files(tmp_path, postgres):
    servers = Servers(tmp_path)  # its cluster is the fixture's folder
    servers.start()
    owner = state.environment(owner=True, var=tmp_path)["DATABASE_URL"]
    try:
        with database.connect(owner) as cursor:
            cursor.execute("CREATE TABLE kept (name text)")
            cursor.execute("INSERT INTO kept VALUES ('招商')")
            database.write_note(cursor, "demo", "loaded")
        (tmp_path / "media").mkdir()
        (tmp_path / "media" / "table.xlsx").write_bytes(b"sheet")
        dump = backup.back_up(servers, tmp_path / "backups")
        assert {mode(file) for file in (tmp_path / "backups").iterdir()} == {0o600}

        with database.connect(owner) as cursor:
            cursor.execute("DELETE FROM kept")
        (tmp_path / "media" / "table.xlsx").unlink()
        damaged = tmp_path / "damaged.dump"
        damaged.write_bytes(dump.read_bytes()[:200])
        with pytest.raises(EmbeddedError, match="pg_restore failed"):
            backup.restore(servers, damaged)
        with database.connect(owner) as cursor:
            cursor.execute("SELECT count(*) FROM kept")
            assert cursor.fetchone() == (0,), "a damaged dump changes nothing"

        backup.restore(servers, dump)
        with database.connect(owner) as cursor:
            cursor.execute("SELECT name FROM kept")
            assert cursor.fetchall() == [("招商",)]
            notes = database.read_notes(cursor)
            assert notes == {"demo": "none", "reference": "restored"}, (
                "no new passwords for restored accounts"
            )
        assert (tmp_path / "media" / "table.xlsx").read_bytes() == b"sheet"
    finally:
        servers.stop()
