"""A whole installation with the demo: its own database, web server, and worker.

Chromium, the web server and the worker are processes of their own, as in an office; nothing here touches
the test process's database connection.
"""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from investpro.embedded import processes, state
from investpro.embedded.testing import PREFIX, Scratch

START = 120  # seconds until a server must answer
DEMO = """
import json
import os
from django.core.management import call_command
from organizations import demo
call_command("reference", "load", "--only", "industries", "currencies", verbosity=0, stdout=open("/dev/null", "w"))
call_command("pipeline", "load", stdout=open("/dev/null", "w"))
demo.load(os.environ["DEMO_PARTS"].split())
made = demo.new_passwords()
print("PASSWORDS", json.dumps({account.username: password for account, password in made}))
"""


class Site:
    """Use as a context manager; afterwards its processes are gone and its database is dropped."""

    def __init__(self, servers: Scratch, name: str, redis_number: int, demo: str = "tables") -> None:
        self.demo = demo  # parts of the demo, with blanks between
        self.servers, self.database = servers, f"{PREFIX}site_{name}"
        self.redis = servers.redis_url(redis_number)
        self.folder = servers.folder / f"site-{name}"
        self.address = ""
        self.passwords: dict[str, str] = {}
        self._children: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Site":
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.servers.recreate(self.database)
            self._start_worker()
            starting = self._start_web()  # both come up while the demo is loaded
            self._load_demo()
            self.address = self._await(*starting)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    @contextmanager
    def another_web(self, **environ: str) -> Iterator[str]:
        """A second web server on the same database with other settings; its address."""
        before = len(self._children)
        try:
            yield self._await(*self._start_web(**environ))
        finally:
            self._end(self._children[before:])

    def _environment(self, **more: str) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
            "DATABASE_URL": self.servers.database_url(self.database),
            "DATABASE_APP_ROLE": self.servers.app_role,
            "REDIS_URL": self.redis,
            "MEDIA_ROOT": str(self.folder / "media"),
            "PYTHONUNBUFFERED": "1",
            "WORKER_CONCURRENCY": "1",
            "DEMO_PARTS": self.demo,
            **more,
        }

    def shell(self, code: str) -> str:
        """Run code in a process of its own on the site's database; gives what it printed. RuntimeError if it fails."""
        command = [sys.executable, str(state.BASE_DIR / "manage.py"), "shell", "--no-imports", "-c", code]
        done = subprocess.run(
            command, cwd=state.BASE_DIR, env=self._environment(), capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"This could not be run on the site:\n{done.stderr[-3000:]}")
        return done.stdout

    def _load_demo(self) -> None:
        printed = self.shell(DEMO)
        line = next(line for line in printed.splitlines() if line.startswith("PASSWORDS "))
        self.passwords = json.loads(line.removeprefix("PASSWORDS "))

    def _start_worker(self) -> None:
        # The loops of one worker process: no fork, so that one signal ends it.
        command = ["-m", "celery", "-A", "investpro.celery", "worker", "--pool", "solo", "--loglevel", "INFO"]
        self._launch("worker", [*command, "--without-gossip", "--without-mingle", "--without-heartbeat"])

    def _start_web(self, **environ: str) -> tuple[str, subprocess.Popen[bytes], Path]:
        port = processes.free_port()
        command = [
            "-m",
            "gunicorn",
            "investpro.wsgi:application",
            "--bind",
            f"127.0.0.1:{port}",
            "--threads",
            "4",
        ]
        command += [
            "--worker-class",
            "gthread",
            "--no-control-socket",
            "--graceful-timeout",
            "1",
            "--timeout",
            "120",
        ]
        child = self._launch(f"web-{port}", command, **environ)
        return f"http://127.0.0.1:{port}", child, self.folder / f"web-{port}.log"

    def _await(self, address: str, child: subprocess.Popen[bytes], log: Path) -> str:
        def settled() -> bool:
            with suppress(OSError), urllib.request.urlopen(f"{address}/health/", timeout=10) as answer:  # noqa: S310
                return bool(answer.status == 200)
            return child.poll() is not None

        if not processes.wait_until(settled, START, pause=0.1) or child.poll() is not None:
            raise RuntimeError(f"The web server did not start:\n{log.read_text(errors='replace')[-3000:]}")
        return address

    def _launch(self, name: str, arguments: list[str], **environ: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as log:
            child = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=state.BASE_DIR,
                env=self._environment(**environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._children.append(child)
        return child

    def _stop(self) -> None:
        self._end(list(self._children))
        self.servers.drop(self.database)
        shutil.rmtree(self.folder / "media", ignore_errors=True)

    def _end(self, children: list[subprocess.Popen[bytes]]) -> None:
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait(10)
            self._children.remove(child)


def scratch_at(folder: Path) -> Scratch:
    """Servers of their own in this folder (or those of DATABASE_URL and REDIS_URL), not yet started."""
    return Scratch(folder, dict(os.environ))
