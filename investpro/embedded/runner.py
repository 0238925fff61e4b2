"""`make run`: everything that a trial needs, in one terminal, ended by Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType

from investpro.embedded import database, processes, state
from investpro.embedded.postgres import Postgres
from investpro.embedded.processes import EmbeddedError, Lock
from investpro.embedded.valkey import Valkey

RESTARTS = 3  # within RESTART_WINDOW, for each process
RESTART_WINDOW = 600.0  # seconds
PATIENCE = 15  # seconds for a process to end what it has in hand
WEB_START = 90  # seconds until the web server must answer


class StopRequested(BaseException):
    """Ctrl-C, or the system asked us to end."""


def say(text: str = "") -> None:
    with suppress(BrokenPipeError):
        print(text, flush=True)


def tail(file: Path, lines: int = 15) -> str:
    with suppress(FileNotFoundError), file.open(errors="replace") as text:
        return "".join(deque(text, lines)).rstrip()
    return ""


class Servers:
    """Both embedded servers of one var/ folder."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.postgres = Postgres(var / "postgres", log=var / "log" / "postgres.log")
        self.valkey = Valkey(var / "valkey", log=var / "log" / "valkey.log")

    def start(self) -> bool:
        """Both run afterwards. True when the database was made now."""
        self.var.mkdir(parents=True, exist_ok=True)
        state.secret(self.var / "secrets" / "secret_key")
        self.postgres.start()
        self.valkey.start()
        return database.prepare(self.postgres, self.var)

    def stop(self) -> None:
        self.valkey.stop()
        self.postgres.stop()

    def dead(self) -> list[str]:
        pairs = (("PostgreSQL", self.postgres), ("Valkey", self.valkey))
        return [name for name, server in pairs if server.pid() is None]


class Runner:
    """Web server, worker and tick over the embedded servers (or over those the environment names)."""

    def __init__(self, var: Path | None = None) -> None:
        self.var = var or state.var_dir()
        self.log = self.var / "log"
        self.lock = Lock(self.var / "run" / "lock")
        self.servers = Servers(self.var)
        self.own_servers = not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))
        self.host = os.environ.get("HOST", "127.0.0.1")
        self.port = 0
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.deaths: dict[str, list[float]] = {}

    @property
    def marker(self) -> str:
        """An argument that only processes of this var/ folder carry: leftovers of a killed run are found by it."""
        return f"investpro={self.var}"

    @property
    def address(self) -> str:
        return f"http://{'127.0.0.1' if self.host == '0.0.0.0' else self.host}:{self.port}/"  # noqa: S104

    # ---- the run ----

    def run(self) -> int:
        """Until Ctrl-C, or until something cannot be kept alive. The exit code."""
        if not self.lock.take():
            pid, address, *_ = [*self.lock.read(), "", ""]
            say(
                f"InvestPro already runs from this folder{f' at {address}' if address else ''} (process {pid})."
            )
            say(f"Stop it with Ctrl-C there, or here: {sys.executable} -m investpro.embedded stop")
            return 1
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        try:
            self._prepare()
            self._serve()
            return self._watch()
        except StopRequested:
            say("\nStopping ...")
            return 0
        except EmbeddedError as problem:
            say(f"\n{problem}")
            return 1
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            self._stop_all()
            self.lock.release()
            say("Stopped.")

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        raise StopRequested

    def _prepare(self) -> None:
        self.port = self._choose_port()
        leftovers = processes.find(self.marker)
        if leftovers:
            say(f"Stopping {len(leftovers)} processes that an earlier run left behind.")
            processes.stop(self.marker, seconds=PATIENCE)
        if self.own_servers:
            say("Starting the database and the broker ...")
            self.servers.start()
        self._migrate()
        self._compile_messages()
        self._load_reference()
        self._load_pipeline()
        self._load_demo()

    def _choose_port(self) -> int:
        wanted = os.environ.get("PORT")
        if not wanted:
            return processes.first_free_port(8000, self.host)
        if not wanted.isdigit() or not 0 < int(wanted) < 65536:
            raise EmbeddedError(f"PORT must be a number from 1 to 65535, not {wanted!r}.")
        if not processes.is_free(int(wanted), self.host):
            raise EmbeddedError(f"Port {wanted} is taken. Leave PORT out, or name another.")
        return int(wanted)

    def _serve(self) -> None:
        for name in self._commands():
            self._launch(name)
        accounts = self._demo_accounts()  # while the web server starts
        self._await_web()
        self.lock.note(f"{os.getpid()}\n{self.address}\n")
        say(f"\nInvestPro runs at {self.address}\n")
        if accounts:
            say(accounts)
        say(f"\nLogs: {self.log}. Ctrl-C stops everything.")

    def _demo_accounts(self) -> str:
        """The demo's accounts with passwords made now; "" where the demo was not loaded here."""
        with database.connect(self._environment()["DATABASE_URL"]) as cursor:
            if database.read_notes(cursor).get("demo") != "loaded":
                return ""
        return self._manage("demo", "accounts", "--new-passwords").rstrip()

    def _watch(self) -> int:
        while True:
            time.sleep(0.5)
            for name, child in list(self.children.items()):
                code = child.poll()
                if code is not None:
                    self._died(name, f"exit code {code}")
            for name in self.servers.dead() if self.own_servers else ():
                self._died(name, "it is gone")

    def _died(self, name: str, how: str) -> None:
        """Say it, and start it again; after the third time give up aloud."""
        now = time.monotonic()
        recent = [moment for moment in self.deaths.get(name, []) if now - moment < RESTART_WINDOW]
        if len(recent) >= RESTARTS:
            raise EmbeddedError(
                f"{name} died again ({how}); giving up.\n{tail(self.log / f'{name.lower()}.log')}"
            )
        self.deaths[name] = [*recent, now]
        say(f"{name} died ({how}). Starting it again, {len(recent) + 1} of {RESTARTS}.")
        if name in self.children:
            self._launch(name)
        else:
            self.servers.start()

    # ---- processes ----

    def _commands(self) -> dict[str, list[str]]:
        python = [sys.executable, "-X", self.marker]
        web = ["-m", "gunicorn", "investpro.wsgi:application", "--bind", f"{self.host}:{self.port}"]
        web += [
            "--worker-class",
            "gthread",
            "--workers",
            os.environ.get("WEB_WORKERS", "2"),
            "--threads",
            "4",
            "--no-control-socket",
        ]
        web += ["--access-logfile", "-", "--graceful-timeout", "5", "--timeout", "120"]
        worker = ["-m", "celery", "-A", "investpro.celery", "worker", "--loglevel", "INFO"]
        worker += ["--without-gossip", "--without-mingle"]
        tick = [str(state.BASE_DIR / "manage.py"), "tick"]
        return {"web": python + web, "worker": python + worker, "tick": python + tick}

    def _environment(self, *, owner: bool = False) -> dict[str, str]:
        """The environment of a child: the application's role, or for migrations the owner's."""
        env = {**os.environ, "INVESTPRO_VAR": str(self.var), "PYTHONUNBUFFERED": "1"}
        env.setdefault("DJANGO_SETTINGS_MODULE", "investpro.settings.dev")
        if self.own_servers:
            env.update(state.environment(owner=owner, var=self.var))
        elif owner and env.get("DATABASE_OWNER_URL"):
            env["DATABASE_URL"] = env["DATABASE_OWNER_URL"]
        return env

    def _launch(self, name: str) -> None:
        self.log.mkdir(parents=True, exist_ok=True)
        with (self.log / f"{name}.log").open("ab") as log:
            self.children[name] = subprocess.Popen(
                self._commands()[name],
                cwd=state.BASE_DIR,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; we stop the others in order
            )

    def _await_web(self) -> None:
        def settled() -> bool:
            return self.children["web"].poll() is not None or self._answers()

        processes.wait_until(settled, WEB_START, pause=0.2)
        if not self._answers():
            raise EmbeddedError(
                f"The web server did not start. The end of its log:\n{tail(self.log / 'web.log')}"
            )

    def _answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{self.address}health/", timeout=10) as answer:  # noqa: S310
            return bool(answer.status == 200)
        return False

    def _stop_all(self) -> None:
        def reap() -> None:
            for child in self.children.values():
                child.poll()

        leaders = [child.pid for child in self.children.values()]
        processes.stop(self.marker, leaders, seconds=PATIENCE, reap=reap)
        if self.own_servers:
            self.servers.stop()

    # ---- set-up ----

    def _manage(self, *arguments: str, owner: bool = False) -> str:
        """Run a manage.py command; what it printed. EmbeddedError with its output when it failed."""
        command = [sys.executable, "-X", self.marker, str(state.BASE_DIR / "manage.py"), *arguments]
        env: Mapping[str, str] = self._environment(owner=owner)
        done = subprocess.run(
            command, cwd=state.BASE_DIR, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode:
            shown = "\n".join((done.stdout + done.stderr).rstrip().split("\n")[-25:])
            raise EmbeddedError(f"manage.py {' '.join(arguments)} failed:\n{shown}")
        return done.stdout

    def _migrate(self) -> None:
        url = self._environment(owner=True)["DATABASE_URL"]
        with database.connect(url) as cursor:
            if database.read_notes(cursor).get("schema") == database.schema_stamp(cursor):
                return
        self._step("Preparing the tables", "migrate", "--verbosity", "0", owner=True)
        if self._environment().get("DATABASE_APP_ROLE"):
            self._manage("grants", owner=True)
        with database.connect(url) as cursor:
            database.write_note(cursor, "schema", database.schema_stamp(cursor))

    def _compile_messages(self) -> None:
        def is_stale(source: Path) -> bool:
            made = source.with_suffix(".mo")
            return not made.exists() or made.stat().st_mtime < source.stat().st_mtime

        if any(map(is_stale, state.BASE_DIR.glob("locale/*/LC_MESSAGES/*.po"))):
            self._step("Compiling the translations", "messages", "--compile")

    def _load_reference(self) -> None:
        """Holidays, regions, industries: once in a new database; later changes are the bureau's own."""
        url = self._environment(owner=True)["DATABASE_URL"]
        with database.connect(url) as cursor:
            if "reference" in database.read_notes(cursor):
                return
        self._step("Loading holidays, regions and industries", "reference", "load")
        with database.connect(url) as cursor:
            database.write_note(cursor, "reference", "loaded")

    def _load_pipeline(self) -> None:
        """Stages and reasons: whenever this version ships others than the last one did."""
        url = self._environment(owner=True)["DATABASE_URL"]
        shipped = database.shipped_stamp()
        with database.connect(url) as cursor:
            if database.read_notes(cursor).get("pipeline") == shipped:
                return
        self._step("Loading stages and reasons", "pipeline", "load")
        with database.connect(url) as cursor:
            database.write_note(cursor, "pipeline", shipped)

    def _load_demo(self) -> None:
        """Once in a new database. INVESTPRO_DEMO=0 leaves it out; a restored database never gets it."""
        url = self._environment(owner=True)["DATABASE_URL"]
        with database.connect(url) as cursor:
            if "demo" in database.read_notes(cursor):
                return
        wanted = self.own_servers and os.environ.get("INVESTPRO_DEMO", "1") != "0"
        if wanted:
            self._step("Loading the demo", "demo", "load")
        with database.connect(url) as cursor:
            database.write_note(cursor, "demo", "loaded" if wanted else "none")

    def _step(self, what: str, *arguments: str, owner: bool = False) -> None:
        start: Callable[[], float] = time.monotonic
        began = start()
        say(f"{what} ...")
        self._manage(*arguments, owner=owner)
        say(f"  done in {start() - began:.0f} s")
