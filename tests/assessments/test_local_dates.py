"""Days on pages are the bureau's: 19 November, 17:00 UTC is the 20th there."""

from datetime import UTC, datetime

from assessments.imports.store import _named
from common.models import ImportBatch

LATE = datetime(2026, 11, 19, 17, tzinfo=UTC)


def test_a_refused_undo_names_the_later_import_by_its_day_here():
    batch = ImportBatch(pk=1, filename="示例.xlsx", confirmed_at=LATE)
    assert _named({batch}) == "示例.xlsx (2026-11-20 01:00)"
