"""python -m investpro.embedded run | start | stop | status | psql | env | backup FOLDER | restore DUMP."""

import argparse
import os
import shlex
import signal
import sys
from pathlib import Path

from investpro.embedded import backup, processes, state
from investpro.embedded.postgres import binaries
from investpro.embedded.processes import EmbeddedError
from investpro.embedded.runner import PATIENCE, Runner


def start(runner: Runner) -> int:
    runner.servers.start()
    print("The database and the broker run. Stop them with: python -m investpro.embedded stop")
    return 0


def stop(runner: Runner) -> int:
    """The run in another terminal, what an earlier one left, and the servers."""
    if runner.lock.is_taken():
        processes.send(int(runner.lock.read()[0]), signal.SIGTERM)
        if not processes.wait_until(lambda: not runner.lock.is_taken(), PATIENCE + 60):
            raise EmbeddedError("The run did not stop; look at its terminal.")
    processes.stop(runner.marker, seconds=PATIENCE)
    runner.servers.stop()
    print("Stopped.")
    return 0


def status(runner: Runner) -> int:
    """0 when both servers run, else 3."""
    for name, server in (("PostgreSQL", runner.servers.postgres), ("Valkey", runner.servers.valkey)):
        pid = server.pid()
        print(f"{name}: {f'process {pid}, port {server.port}' if pid else 'not running'}")
    run = (runner.lock.read()[1] or "starting") if runner.lock.is_taken() else "not running"
    print(f"InvestPro: {run}")
    return 3 if runner.servers.dead() else 0


def psql(runner: Runner, arguments: list[str]) -> int:
    """As the owner of the tables; becomes psql."""
    env = state.environment(owner=True, var=runner.var)
    if not env:
        raise EmbeddedError("There is no embedded database yet. Start it: python -m investpro.embedded start")
    program = str(binaries() / "psql")
    os.execv(program, [program, env["DATABASE_URL"], *arguments])  # noqa: S606


def env(runner: Runner, owner: bool) -> int:
    for name, value in state.environment(owner=owner, var=runner.var).items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def restore(runner: Runner, dump: Path) -> int:
    if not runner.lock.take():
        raise EmbeddedError("Stop the running InvestPro first: python -m investpro.embedded stop")
    runner.servers.start()
    backup.restore(runner.servers, dump)
    print(f"Restored from {dump}. The next start brings the tables up to date.")
    return 0


def back_up(runner: Runner, folder: Path) -> int:
    was_running = not runner.servers.dead()
    runner.servers.start()
    try:
        print(backup.back_up(runner.servers, folder))
    finally:
        if not was_running:
            runner.servers.stop()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m investpro.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in {
        "run": "start everything, stay, stop everything at Ctrl-C",
        "start": "start only the servers, in the background",
        "stop": "stop everything",
        "status": "what runs",
    }.items():
        commands.add_parser(name, help=text)
    commands.add_parser("psql", help="the database's shell, as the owner").add_argument("rest", nargs="*")
    shown = commands.add_parser("env", help="DATABASE_URL and the rest, for the shell")
    shown.add_argument("--owner", action="store_true", help="as the owner of the tables")
    commands.add_parser("backup", help="dump database and files").add_argument("folder", type=Path)
    commands.add_parser("restore", help="put a dump in the database's place").add_argument("dump", type=Path)
    given = parser.parse_args()
    runner = Runner()
    try:
        match given.command:
            case "run":
                return runner.run()
            case "start":
                return start(runner)
            case "stop":
                return stop(runner)
            case "status":
                return status(runner)
            case "psql":
                return psql(runner, given.rest)
            case "env":
                return env(runner, given.owner)
            case "backup":
                return back_up(runner, given.folder)
            case _:
                return restore(runner, given.dump)
    except EmbeddedError as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
