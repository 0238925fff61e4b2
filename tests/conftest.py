"""Real servers for all tests: one PostgreSQL and one broker a session, a database of its own per process.

Nothing starts before the first test that needs it, so the tests of `rules` run without any server.
"""

import gc
import os
import shutil
import signal
import tempfile
from pathlib import Path

import dj_database_url
import hypothesis
import pytest
import redis
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase
from django.utils import translation

from investpro.embedded import state
from investpro.embedded.processes import Lock
from investpro.embedded.testing import PREFIX, Scratch

pytest.register_assert_rewrite("tests.support")

# Importing and collecting makes a million objects that stay: looking through them again and again for garbage
# would take a tenth of the session.
gc.disable()

# No test is timed, and a failure is the same for everybody.
hypothesis.settings.register_profile("calm", deadline=None, derandomize=True)
hypothesis.settings.load_profile("calm")

FOLDER = "INVESTPRO_TEST_FOLDER"  # how the processes of one session find each other
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
_session_lock = pytest.StashKey[Lock]()


def _chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def _office() -> str | None:
    return shutil.which("soffice")


TOOLS = {
    "browser": (_chromium, "no Chromium found: install it (apt-get install chromium) or name it in CHROMIUM"),
    "office": (_office, "no LibreOffice found: install it (apt-get install libreoffice-calc)"),
}


# What the person who runs the tests named; later the environment names this process's own database.
_given = dict(os.environ)


def _scratch() -> Scratch:
    return Scratch(Path(os.environ[FOLDER]), _given)


def pytest_configure(config):
    if WORKER:
        return
    folder = state.BASE_DIR / "var" / "test"
    lock = Lock(folder / "session.lock")
    if lock.take():
        config.stash[_session_lock] = lock
    else:  # another session of this checkout runs now
        folder = Path(tempfile.mkdtemp(prefix="investpro-test-"))
    os.environ[FOLDER] = str(folder)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stopping in order, as at Ctrl-C


def pytest_unconfigure(config):
    if WORKER or FOLDER not in os.environ:
        return
    folder = Path(os.environ[FOLDER])
    _scratch().stop()
    if lock := config.stash.get(_session_lock, None):
        shutil.rmtree(folder / "media", ignore_errors=True)
        lock.release()
    else:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.path.relative_to(state.BASE_DIR).parts:
            item.add_marker("browser")
        if item.get_closest_marker("commits"):
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Groups of our own instead of xdist's: see `tests/support/schedule.py`."""
    if config.getvalue("dist") != "loadgroup":
        return None
    from tests.support.schedule import Groups

    return Groups(config, log)


def pytest_runtest_setup(item):
    for name, (found, advice) in TOOLS.items():
        if item.get_closest_marker(name) and not found():
            if os.environ.get("CI"):
                pytest.fail(advice, pytrace=False)
            pytest.skip(advice)


@pytest.fixture(scope="session")
def chromium():
    """The browser's path, for Playwright's executable_path."""
    return _chromium()


@pytest.fixture(scope="session")
def servers():
    """The session's servers, started by whoever asks first."""
    scratch = _scratch()
    scratch.start()
    return scratch


@pytest.fixture(scope="session")
def broker(servers):
    """The broker's address for this process; its database is emptied at the start."""
    from investpro.celery import app

    url = servers.redis_url(int(WORKER.removeprefix("gw") or 0) + 1)
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    settings.REDIS_URL = settings.CELERY_BROKER_URL = os.environ["REDIS_URL"] = url
    settings.CACHES["default"]["LOCATION"] = url
    app.conf.broker_url = url
    return url


@pytest.fixture(scope="session")
def django_db_setup(servers, broker, django_db_blocker):
    """A copy of the template database, in the place of Django's own creation of a test database."""
    name = f"{PREFIX}{WORKER or 'main'}"
    url = servers.database_url(name)
    servers.recreate(name)
    os.environ["DATABASE_URL"] = url
    os.environ["DATABASE_APP_ROLE"] = settings.DATABASE_APP_ROLE = servers.app_role
    address = dj_database_url.parse(url)
    parts = {key: address[key] for key in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")}
    connections.settings["default"].update(
        parts, TEST={**connections.settings["default"]["TEST"], "NAME": name}
    )

    def replace_database(self):
        """After a test that committed: a fresh copy. Faster than emptying every table, and the rows that
        migrations wrote are there again; triggers that refuse TRUNCATE don't mind."""
        connections.close_all()
        servers.recreate(name)

    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(TransactionTestCase, "_fixture_teardown", replace_database)
        yield
        connections.close_all()
    servers.drop(name)


@pytest.fixture
def app_role(db):
    """A cursor with the rights of the application's database role only. For the tests of immutability.

    A refused statement ends the transaction, as always: put it into `transaction.atomic()`.
    """
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{settings.DATABASE_APP_ROLE}"')
        yield cursor
        if not connection.needs_rollback:
            cursor.execute("RESET ROLE")


@pytest.fixture
def tree(db):
    """The units of a small city: see `tests/support/factories.py`."""
    from tests.support.factories import Tree

    return Tree()


@pytest.fixture
def pipeline(db):
    """The shipped stages and whatever else belongs to them. Call it again after a deletion."""
    from tests.support.pipeline import ship

    ship()
    return ship


@pytest.fixture
def english(settings):
    """Sentences are compared in the language they are written in."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def fresh_counters(broker):
    """Throttles and lock-outs count from zero."""
    from django.core.cache import cache

    cache.clear()
