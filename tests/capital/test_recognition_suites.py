"""Recognition and samples by the inherited suites: who reads what, over the API and on pages."""

from itertools import count

import pytest
from django.utils import timezone

from capital.models import Recognition, Sample
from organizations.choices import Role
from tests.support.api import ReadSuite
from tests.support.factories_capital import CapitalEntryFactory, period
from tests.support.pipeline import ship
from tests.support.ui import ListSuite

pytestmark = pytest.mark.django_db
_days = count(1)


@pytest.fixture(autouse=True)
def stages(db):
    ship()


def RecognitionFactory(*, unit, reason="理由"):
    entry = CapitalEntryFactory(unit=unit, state="preliminary")
    return Recognition._base_manager.create(
        entry=entry, ordinal=1, level="preliminary", verdict="partial", delta=1, reason=reason,
        decided_name="核查员", decided_at=timezone.now(),
    )  # fmt: skip


def SampleFactory(*, unit, drawn_name="核查员"):
    return Sample._base_manager.create(
        unit=unit, period=period(202600 + 1 + next(_days) % 12), level="preliminary", percent=5, seed="种子",
        entries=[1, 2], drawn_at=timezone.now(), drawn_name=drawn_name,
    )  # fmt: skip


class TestRecognitionApi(ReadSuite):
    model, base, ordering = Recognition, "recognitions", "decided_at"
    factory, text = staticmethod(RecognitionFactory), "reason"


class TestSampleApi(ReadSuite):
    model, base, ordering = Sample, "samples", "drawn_at"
    factory, text = staticmethod(SampleFactory), "drawn_name"


class TestSamplePages(ListSuite):
    model, prefix = Sample, "sample"
    factory, text = staticmethod(SampleFactory), "drawn_name"
    sort = column = "drawn_name"
    reader = Role.EVALUATOR
    filters = ("level=preliminary",)
    misses = ("level=final",)

    def test_export_needs_its_right(self, tree):
        """Whoever decides may export: there is no reader of this list without the right."""
        assert self.as_reader(tree).get(f"{self.url()}?format=csv").status_code == 200
