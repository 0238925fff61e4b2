from datetime import UTC, datetime

import pytest
from django.utils import translation

from common import clock


@pytest.fixture
def november():
    """It is 20 November 2026, noon in the bureau."""
    with clock.at(datetime(2026, 11, 20, 4, tzinfo=UTC)):
        yield


@pytest.fixture
def english(settings):
    """Sentences are compared in the language they are written in."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield
