"""The suites that every model with pages inherits: declare nouns, get the proof."""

from tests.support.ui.lists import ListSuite
from tests.support.ui.rows import CreateSuite, DetailSuite, RowSuite, filled

__all__ = ["CreateSuite", "DetailSuite", "ListSuite", "RowSuite", "filled"]
