"""A database for one benchmark: made when it begins, dropped when it ends."""

import os
from contextlib import contextmanager
from pathlib import Path

import dj_database_url

from investpro.embedded import state
from investpro.embedded.testing import PREFIX, Scratch

NAME = f"{PREFIX}bench"


@contextmanager
def database():
    """Django is set up on a fresh database inside the block."""
    scratch = Scratch(Path(state.BASE_DIR) / "var" / "bench", dict(os.environ))
    scratch.start()
    try:
        scratch.recreate(NAME)
        os.environ["DATABASE_URL"] = scratch.database_url(NAME)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investpro.settings.test")
        import django

        django.setup()
        from django.conf import settings
        from django.db import connections

        ours = dj_database_url.parse(os.environ["DATABASE_URL"])["NAME"]
        assert settings.DATABASES["default"]["NAME"] == ours, "the rows would go into another database"
        yield
        connections.close_all()
    finally:
        scratch.drop(NAME)
        scratch.stop()
