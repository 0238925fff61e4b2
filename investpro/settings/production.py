"""Production: everything secret comes from the environment; what is missing stops the start with its name."""

import os

from django.core.exceptions import ImproperlyConfigured

for _name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS"):
    if not os.environ.get(_name):
        raise ImproperlyConfigured(f"Set the environment variable {_name}. docs/deploy.md lists them all.")

from .base import *  # noqa: E402

# Plain HTTP behind a closed network is possible, but has to be said: HTTPS=0.
_https = os.environ.get("HTTPS", "1") == "1"
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
