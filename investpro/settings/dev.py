"""A developer's machine and the trial: embedded servers unless DATABASE_URL and REDIS_URL name real ones."""

import os
import sys

from investpro.embedded import state

# The embedded servers write where they listen into var/; real servers come from the environment.
# Commands that change tables connect as their owner, everything else as the application.
_servers = state.environment(owner=not state.OWNER_COMMANDS.isdisjoint(sys.argv[1:2]))
if "DATABASE_URL" in os.environ:
    _servers.pop("DATABASE_APP_ROLE", None)
for _name, _value in _servers.items():
    os.environ.setdefault(_name, _value)

from .base import *  # noqa: E402

ALLOWED_HOSTS = ["*"]
# The demo's accounts get new random passwords at each start; ordinary hashing would take seconds for eleven of them.
PASSWORD_HASHERS = [
    "investpro.hashers.RandomPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
DEBUG = os.environ.get("DEBUG", "") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY") or "development-only"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
BUREAU_NAME = BUREAU_NAME or "演示招商局"
