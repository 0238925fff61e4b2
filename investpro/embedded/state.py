"""Where the embedded servers keep their things under var/, and how to reach them.

Standard library only: the settings of a developer's machine read this before Django exists.
"""

import os
import secrets
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent

DATABASE = "investpro"
OWNER_ROLE = "investpro_owner"
APP_ROLE = "investpro_app"

# What `manage.py` runs as the owner of the tables. Everything else connects as the application.
OWNER_COMMANDS = frozenset({"migrate", "grants", "pgtrigger", "dbshell", "sqlmigrate", "sqlflush"})


def var_dir() -> Path:
    """The folder of everything made at run time: INVESTPRO_VAR, or var/ beside manage.py."""
    return Path(os.environ.get("INVESTPRO_VAR") or BASE_DIR / "var").resolve()


def secret(path: Path) -> str:
    """The secret in this file (mode 0600), made at the first call. Safe against two callers at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    if not path.exists():
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(32))
        try:
            os.link(draft, path)  # refuses where another process was first
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def database_url(port: int, role: str, password: str, database: str = DATABASE) -> str:
    return f"postgres://{role}:{password}@127.0.0.1:{port}/{database}"


def redis_url(port: int, password: str, number: int = 0) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/{number}"


def environment(*, owner: bool = False, var: Path | None = None) -> dict[str, str]:
    """What a process needs to reach the embedded servers; empty before they were set up.

    Returns DATABASE_URL (as the application role, or as the owner of the tables), DATABASE_APP_ROLE,
    REDIS_URL and SECRET_KEY. Says where the servers listen, not that they run.
    """
    var = var or var_dir()
    role = OWNER_ROLE if owner else APP_ROLE
    try:
        password = (var / "secrets" / role).read_text().strip()
        postgres_port = int((var / "postgres" / "port").read_text())
        valkey_port = int((var / "valkey" / "port").read_text())
        valkey_password = (var / "valkey" / "password").read_text().strip()
        key = (var / "secrets" / "secret_key").read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return {
        "DATABASE_URL": database_url(postgres_port, role, password),
        "DATABASE_APP_ROLE": APP_ROLE,
        "REDIS_URL": redis_url(valkey_port, valkey_password),
        "SECRET_KEY": key,
    }


def remembered_port(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (FileNotFoundError, ValueError):
        return None
