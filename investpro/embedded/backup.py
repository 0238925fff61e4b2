"""Back up and restore the embedded installation: the database as a dump, uploaded files as an archive."""

import os
import subprocess
import tarfile
from datetime import datetime
from pathlib import Path

from investpro.embedded import database, state
from investpro.embedded.postgres import binaries
from investpro.embedded.processes import EmbeddedError
from investpro.embedded.runner import Servers

# The roles of a dump from elsewhere needn't exist here; the next start grants the application its rights.
RESTORE = ("--exit-on-error", "--no-owner", "--no-acl", f"--role={state.OWNER_ROLE}")


def _tool(name: str, url: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(binaries() / name), *arguments, f"--dbname={url}"], capture_output=True, text=True
    )
    if done.returncode:
        raise EmbeddedError(f"{name} failed:\n{done.stderr.strip()[-1500:]}")


def back_up(servers: Servers, folder: Path) -> Path:
    """Write FOLDER/investpro-TIME.dump, and .media.tar.gz with the uploaded files. Returns the dump's path.

    Both are readable by their owner only: they hold everything.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = datetime.now().astimezone().strftime("investpro-%Y%m%d-%H%M%S")
    dump = folder / f"{name}.dump"
    media = folder / f"{name}.media.tar.gz"
    for file in (dump, media):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    _tool("pg_dump", servers.postgres.url(state.DATABASE), "--format=custom", f"--file={dump}")
    with tarfile.open(media, "w:gz") as archive:
        if (servers.var / "media").is_dir():
            archive.add(servers.var / "media", arcname="media")
    return dump


def restore(servers: Servers, dump: Path) -> None:
    """Put the dump into the place of the database. What was there is gone; a wrong dump is refused before that.

    The dump goes into a new database first, and takes the old one's name when it is complete.
    """
    if not dump.is_file():
        raise EmbeddedError(f"There is no file {dump}.")
    fresh = f"{state.DATABASE}_restored"
    with database.connect(servers.postgres.url()) as cursor:
        database.drop(cursor, fresh)
        database.create(cursor, fresh, state.OWNER_ROLE)
        try:
            _tool("pg_restore", servers.postgres.url(fresh), *RESTORE, str(dump))
        except EmbeddedError:
            database.drop(cursor, fresh)
            raise
        with database.connect(servers.postgres.url(fresh)) as inside:
            database.write_note(inside, "demo", "none")
            database.write_note(inside, "reference", "restored")
        database.drop(cursor, state.DATABASE)
        cursor.execute(f'ALTER DATABASE "{fresh}" RENAME TO "{state.DATABASE}"')
    media = dump.with_name(dump.name.removesuffix(".dump") + ".media.tar.gz")
    if media.is_file():
        # Our own archive. tarfile's safe mode is missing in the Python 3.11.2 of Debian 12.
        subprocess.run(["tar", "-xzf", str(media), "-C", str(servers.var)], check=True)
