"""Tests: a real PostgreSQL and a real broker, started by tests/conftest.py unless the environment names them."""

import os

os.environ.setdefault("SECRET_KEY", "tests-only-not-a-secret")

from .base import *  # noqa: E402

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
AXES_ENABLED = True
WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = VAR_DIR / "test" / "media" / os.environ.get("PYTEST_XDIST_WORKER", "main")
BUREAU_NAME = "云川市投资促进局"
