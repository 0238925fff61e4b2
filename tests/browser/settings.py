"""The servers of the browser tests: as the other tests, with static files straight from their folders."""

import os
from pathlib import Path

from investpro.settings.test import *  # noqa: F403

WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = Path(os.environ["MEDIA_ROOT"])
DEBUG = False
