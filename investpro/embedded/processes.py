"""Processes by what their command line says, so that a pid that was used again never fools us."""

import fcntl
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
HAS_PROC = (PROC / "self" / "cmdline").exists()  # Linux; elsewhere ps is asked


class EmbeddedError(RuntimeError):
    """Something a person has to know; the message says what to do."""


def command_line(pid: int) -> list[str]:
    """The arguments of a living process; empty when there is none, or only its zombie.

    Without /proc the list has one element, the whole line as ps shows it.
    """
    if HAS_PROC:
        try:
            state = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
            raw = (PROC / str(pid) / "cmdline").read_bytes()
        except OSError:
            return []
        return [] if state == "Z" else [os.fsdecode(part) for part in raw.split(b"\0") if part]
    shown = subprocess.run(["ps", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True)
    stat, _, line = shown.stdout.strip().partition(" ")
    return [line.strip()] if line and not stat.startswith("Z") else []


def says(pid: int, argument: str) -> bool:
    """Whether the process lives and has exactly this argument (without /proc: contains it)."""
    line = command_line(pid)
    return argument in line if HAS_PROC else any(argument in part for part in line)


def find(argument: str) -> list[int]:
    """Every living process but this one that has this argument."""
    if HAS_PROC:
        pids: Iterable[int] = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())
    else:
        listed = subprocess.run(["ps", "-axo", "pid="], capture_output=True, text=True, check=True).stdout
        pids = map(int, listed.split())
    return sorted(pid for pid in pids if pid != os.getpid() and says(pid, argument))


def wait_until(done: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Ask until it is so or the seconds are over; the answer."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() >= end:
            return False
        time.sleep(pause)
    return True


def send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def stop(
    argument: str,
    pids: Iterable[int] | None = None,
    number: signal.Signals = signal.SIGTERM,
    seconds: float = 10,
    reap: Callable[[], object] = lambda: None,
) -> None:
    """Signal the given processes (default: all that have the argument); kill what has it still after a while."""

    def gone() -> bool:
        reap()
        return not find(argument)

    for pid in find(argument) if pids is None else pids:
        if says(pid, argument):
            send(pid, number)
    if not wait_until(gone, seconds):
        for pid in find(argument):
            send(pid, signal.SIGKILL)
        wait_until(gone, 5)


def bury(child: subprocess.Popen[bytes] | None) -> None:
    """Wait for a child of ours that is dying, so that no zombie keeps its number."""
    if child is not None:
        with suppress(subprocess.TimeoutExpired):
            child.wait(10)


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A port nobody listens on, given by the system."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def first_free_port(start: int, host: str = "127.0.0.1") -> int:
    """The first free port from start upwards, for addresses that people type."""
    ports: Iterator[int] = (port for port in range(start, start + 200) if is_free(port, host))
    try:
        return next(ports)
    except StopIteration:
        raise EmbeddedError(
            f"No free port from {start} to {start + 199}. Name one: PORT=9000 make run"
        ) from None


class Lock:
    """One holder of a file at a time; the system lets go when the holder dies, however it dies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def take(self, *, wait: bool = False) -> bool:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        self.note(f"{os.getpid()}\n")
        return True

    def note(self, text: str) -> None:
        """What somebody who finds the lock taken can read."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, text.encode(), 0)

    def read(self) -> list[str]:
        return self.path.read_text().split("\n") if self.path.exists() else []

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def is_taken(self) -> bool:
        if not self.path.exists():
            return False
        handle = os.open(self.path, os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False
