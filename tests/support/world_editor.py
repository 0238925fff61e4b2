"""A draft of a scheme for the pages of the editor."""

from datetime import date
from functools import cached_property

from assessments.models import Scheme, SchemeVersion
from common.changelog import acting
from tests.support.factories import TESTS
from tests.support.schemes import document


class EditorRows:
    """Needs `tree`."""

    @cached_property
    def edited_draft(self):
        with acting(TESTS):
            scheme = Scheme._base_manager.create(owner=self.tree.county, code="edited", name="标记办法")
            content = {**document(), "title": "标记办法"}
            return SchemeVersion._base_manager.create(
                scheme=scheme, since=date(2026, 1, 1), document=content, sha256="0" * 64
            )
