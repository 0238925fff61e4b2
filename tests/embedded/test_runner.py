"""`make run` as a person meets it: start, a second start, a death, a kill, the end. Real processes."""

import os
import signal
import subprocess
import sys
import threading
import urllib.request

import pytest

from investpro.embedded import processes, state
from investpro.embedded.runner import Runner

READY = "InvestPro runs at "


class Run:
    """`python -m investpro.embedded run` over a folder of its own; its words are collected."""

    def __init__(self, env):
        command = [sys.executable, "-m", "investpro.embedded", "run"]
        self.process = subprocess.Popen(
            command, cwd=state.BASE_DIR, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.said = ""
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.said += line

    def wait_for(self, words):
        ended = lambda: self.process.poll() is not None  # noqa: E731
        processes.wait_until(lambda: words in self.said or ended(), 180)
        assert words in self.said, self.said
        return self.said

    def end(self, number):
        self.process.send_signal(number)
        code = self.process.wait(90)
        self.reader.join(30)
        return code

    @property
    def health(self):
        address = self.wait_for(READY + "http").split(READY)[1].split()[0]
        with urllib.request.urlopen(f"{address}health/", timeout=20) as answer:
            return answer.status


@pytest.fixture
def env(tmp_path):
    ours = ("DATABASE_URL", "REDIS_URL", "DATABASE_APP_ROLE", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "PORT")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {
        **kept,
        "INVESTPRO_VAR": str(tmp_path / "var"),
        "INVESTPRO_DEMO": "0",
        "WORKER_CONCURRENCY": "1",
        "WEB_WORKERS": "1",
    }


@pytest.fixture
def stopped(env, tmp_path):
    """Whatever the test leaves is stopped."""
    yield
    subprocess.run(
        [sys.executable, "-m", "investpro.embedded", "stop"], cwd=state.BASE_DIR, env=env, check=True
    )


@pytest.mark.usefixtures("stopped")
def test_a_run_survives_what_happens_to_it(env, tmp_path):
    runner = Runner(tmp_path / "var")
    first = Run(env)
    assert first.health == 200
    assert "Preparing the tables" in first.said
    assert "Loading holidays" in first.said
    assert "Loading stages and reasons" in first.said

    second = subprocess.run(
        [sys.executable, "-m", "investpro.embedded", "run"],
        cwd=state.BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
    )
    assert second.returncode == 1
    assert "InvestPro already runs from this folder at http://127.0.0.1:" in second.stdout

    worker = next(pid for pid in processes.find(runner.marker) if "worker" in processes.command_line(pid))
    os.kill(worker, signal.SIGKILL)
    first.wait_for("worker died (exit code -9). Starting it again, 1 of 3.")

    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    assert processes.find(runner.marker), "the kill leaves the children: the next start has something to mend"

    third = Run(env)
    assert third.health == 200
    assert "that an earlier run left behind" in third.said
    assert "Preparing the tables" not in third.said, "nothing to migrate the second time"
    assert "Loading" not in third.said

    assert third.end(signal.SIGINT) == 0, third.said
    assert third.said.rstrip().endswith("Stopped.")
    assert processes.find(runner.marker) == []
    assert runner.servers.dead() == ["PostgreSQL", "Valkey"]


def test_a_taken_port_is_said(env, tmp_path):
    with processes.socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        refused = Run({**env, "PORT": str(port)})
        assert refused.process.wait(60) == 1
        refused.reader.join(10)
    assert f"Port {port} is taken. Leave PORT out, or name another." in refused.said
    assert Runner(tmp_path / "var").servers.dead() == ["PostgreSQL", "Valkey"], "nothing was started"
