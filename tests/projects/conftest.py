from datetime import UTC, datetime

import pytest

from common import clock


@pytest.fixture
def november():
    """It is 1 November 2026, noon in the bureau."""
    with clock.at(datetime(2026, 11, 1, 4, tzinfo=UTC)):
        yield
