"""The inherited suites for counting rules and for thresholds of signals."""

from datetime import date, timedelta

import pytest

from capital.models import CountingRule, SignalTerms
from tests.support.api import ReadSuite
from tests.support.factories import RowFactory
from tests.support.ui import ListSuite, RowSuite

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline")]


class CountingRuleFactory(RowFactory):
    class Meta:
        model = CountingRule
        skip_postgeneration_save = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        code = f"rule-{CountingRule._base_manager.count()}"
        given = {"code": code, "name": code, "since": date(2026, 1, 1), "document": {"schema": 1}, **kwargs}
        return super()._create(model_class, *args, **given)


class SignalTermsFactory(RowFactory):
    class Meta:
        model = SignalTerms
        skip_postgeneration_save = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        first = SignalTerms._base_manager.order_by("-since").first()
        return super()._create(model_class, *args, **{"since": first.since + timedelta(days=1), **kwargs})


class RuleNouns:
    model, factory, prefix, base = CountingRule, CountingRuleFactory, "countingrule", "counting-rules"
    outsider = None

    def place(self, tree):
        return {}


class TestCountingRule(RuleNouns, ListSuite):
    filters, misses = ("state=draft",), ("state=published",)


class TestCountingRuleApi(RuleNouns, ReadSuite):
    pass


class TestSignalTerms(RowSuite):
    model, factory, prefix, text = SignalTerms, SignalTermsFactory, "signalterms", "source"
    outsider = None
    sort = column = label = "source"
    change = ("source", "改后丁")

    def place(self, tree):
        return {}

    def form(self, tree):
        return {
            "since": "2027-01-01",
            "year_end_months": 2,
            "year_end_percent": 50,
            "round_step": 500000,
            "round_count": 4,
            "round_percent": 75,
            "contract_percent": 110,
            "reversed_days": 60,
            "reversed_percent": 40,
            "source": "标记甲",
        }
